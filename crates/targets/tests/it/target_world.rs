//! A small world for the tests of targets: contents, a fake repository, and a look at what is on disk.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use switchback_core::ports::repository::BlobReader;
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::target::{Put, PutCheck, Target};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, OperationKind, VersionNo};
use switchback_core::words::object::{BlobId, CommitId, Leaf, Mode, Oid, PathChange, RepoPath, TreeId};
use switchback_targets::command::{CommandTarget, Program};
use switchback_targets::dir::DirTarget;

/// Files of a tree: path, mode, bytes.
pub type Files = BTreeMap<RepoPath, (Mode, Vec<u8>)>;

pub fn files(list: &[(&[u8], Mode, &str)]) -> Files {
    list.iter().map(|(path, mode, text)| (RepoPath::new(path), (*mode, text.as_bytes().to_vec()))).collect()
}

pub fn leaf(mode: Mode, bytes: &[u8]) -> Leaf {
    let id = gix_object::compute_hash(gix_hash::Kind::Sha1, gix_object::Kind::Blob, bytes).unwrap();
    Leaf { mode, id: BlobId(Oid(id.as_slice().try_into().unwrap())) }
}

pub fn leaves(files: &Files) -> Vec<(RepoPath, Leaf)> {
    files.iter().map(|(path, (mode, bytes))| (path.clone(), leaf(*mode, bytes))).collect()
}

/// What differs between two trees.
pub fn delta(before: &Files, after: &Files) -> Vec<PathChange> {
    let at = |files: &Files, path: &RepoPath| files.get(path).map(|(mode, bytes)| leaf(*mode, bytes));
    let paths: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changes = paths.into_iter().map(|path| PathChange {
        path: path.clone(),
        before: at(before, path),
        after: at(after, path),
    });
    changes.filter(|change| change.before != change.after).collect()
}

/// A repository that is only blobs.
#[derive(Default)]
pub struct Memory(pub BTreeMap<BlobId, Vec<u8>>);

impl Memory {
    pub fn of(trees: &[&Files]) -> Self {
        let contents = trees.iter().flat_map(|files| files.values());
        Self(contents.map(|(mode, bytes)| (leaf(*mode, bytes).id, bytes.clone())).collect())
    }
}

impl Blobs for Memory {
    fn reader(&self) -> BlobReader<'_> {
        Box::new(|id, buffer| {
            let bytes = self.0.get(&id).ok_or_else(|| Fault::new("blob-missing", "A blob is missing.", "Fetch it."))?;
            buffer.clone_from(bytes);
            Ok(())
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Dir,
    Command,
}

/// What is on disk, by path.
pub type Snapshot = BTreeMap<String, String>;

/// A target of one kind, in a temporary folder.
pub struct World {
    pub kind: Kind,
    pub folder: tempfile::TempDir,
}

impl World {
    pub fn new(kind: Kind) -> Self {
        Self { kind, folder: tempfile::tempdir().unwrap() }
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("area")
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// A target that remembers nothing of earlier calls.
    pub fn target(&self) -> Box<dyn Target> {
        target(self.kind, &self.root())
    }

    /// Puts and confirms.
    pub fn deploy(&self, version: u32, before: &Files, after: &Files) {
        self.put(version, before, after).unwrap();
        self.target().confirm(VersionNo(version)).unwrap();
    }

    pub fn put(&self, version: u32, before: &Files, after: &Files) -> Result<(), Fault> {
        put(&*self.target(), version, before, after)
    }

    pub fn undo(&self, before: &Files, after: &Files) {
        self.target().undo(&Memory::of(&[before, after])).unwrap();
    }

    pub fn snapshot(&self) -> Snapshot {
        let mut found = BTreeMap::new();
        look(&self.root(), &self.root(), &mut found);
        found
    }

    pub fn assert_holds(&self, files: &Files) {
        let paths: Vec<RepoPath> = files.keys().cloned().collect();
        let wanted: Vec<_> = leaves(files).into_iter().map(|(_, leaf)| Some(leaf)).collect();
        assert_eq!(self.target().read(&paths).unwrap(), wanted);
        assert_eq!(self.target().managed().unwrap(), leaves(files));
    }
}

pub fn target(kind: Kind, root: &Path) -> Box<dyn Target> {
    match kind {
        Kind::Dir => Box::new(DirTarget::new(root.to_owned(), Vec::new())),
        Kind::Command => {
            Box::new(CommandTarget::new(Program::new(words(root), "/".into(), Duration::from_secs(60)).that_checks()))
        }
    }
}

/// The example of a program that keeps an area.
pub fn words(root: &Path) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/directory-target.py");
    // A wrapper around the interpreter would take most of the tests' time.
    let python = ["/usr/bin/python3", "/usr/local/bin/python3"].into_iter().find(|python| Path::new(python).exists());
    vec![python.unwrap_or("python3").to_owned(), script.to_owned(), root.to_str().unwrap().to_owned()]
}

pub fn put(target: &dyn Target, version: u32, before: &Files, after: &Files) -> Result<(), Fault> {
    put_delta(target, version, (&delta(before, after), &Memory::of(&[before, after])))
}

/// The commit of a version.
pub fn commit(version: u32) -> CommitId {
    CommitId(Oid([version as u8; 20]))
}

pub fn put_delta(target: &dyn Target, version: u32, (changes, blobs): (&[PathChange], &Memory)) -> Result<(), Fault> {
    target.put(asked(version, changes), blobs)
}

/// A delta as a deployment of the same number would put it.
pub fn asked(version: u32, changes: &[PathChange]) -> Put<'_> {
    let deployment = OperationId { kind: OperationKind::Deployment, number: version };
    let (version, commit) = (VersionNo(version), commit(version));
    Put { version, deployment, tree: TreeId::EMPTY, commit, changes, standing: &[] }
}

/// Asks whether a delta between two trees would be put.
pub fn check(target: &dyn Target, version: u32, before: &Files, after: &Files) -> Result<PutCheck, Fault> {
    target.check_put(asked(version, &delta(before, after)), &Memory::of(&[before, after]))
}

/// Everything below a folder except Switchback's own, with mode and content.
fn look(root: &Path, folder: &Path, found: &mut Snapshot) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().as_os_str();
        if name == ".switchback" {
            continue;
        }
        let info = path.symlink_metadata().unwrap();
        let what = if info.is_symlink() {
            format!("link {:?}", std::fs::read_link(&path).unwrap())
        } else if info.is_dir() {
            look(root, &path, found);
            "folder".to_owned()
        } else {
            let bytes = std::fs::read(&path).unwrap();
            format!("{:o} {:?}", info.permissions().mode() & 0o777, OsStr::from_bytes(&bytes))
        };
        found.insert(format!("{name:?}"), what);
    }
}
