//! Makes a file again by the program that the configuration in force names, in a copy of the tree outside the repository
//! that is gone afterwards (`SPEC X2`, `K3`).

use super::objects::Objects;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use switchback_core::content::remake::{Program, Remake};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, Leaf, Mode, RepoPath, TreeId};
use switchback_machine::child::{self, Capture, Ended, Ending, Run};

/// How much of what a program complained about is repeated: its last lines say why.
const LINES_TOLD: usize = 3;

/// Runs the program beside the files of the tree, and takes what it made.
pub(super) fn remake(objects: &Objects, remake: Remake<'_>) -> Result<Result<BlobId, String>, Fault> {
    let folder = tempfile::Builder::new().prefix("switchback-").tempdir();
    let folder = match folder {
        Ok(folder) => folder,
        Err(error) => return Ok(Err(format!("there is no room for a copy of the files: {error}"))),
    };
    if let Err(why) = check_out(objects, remake.tree, folder.path())? {
        return Ok(Err(why));
    }
    let Some(file) = inside(folder.path(), remake.path) else { return Ok(Err(escapes(remake.path))) };
    match run(remake.by, file.parent().unwrap_or(folder.path())) {
        Err(why) => Ok(Err(why)),
        Ok(()) => match made(&file) {
            Ok(bytes) => Ok(Ok(BlobId(objects.make(gix::objs::Kind::Blob, bytes)?))),
            Err(error) => Ok(Err(format!("`{}` left no file at {}: {error}", remake.by.line(), remake.path))),
        },
    }
}

/// What stands at a place: only a plain file is taken, for a link could lead anywhere.
fn made(file: &Path) -> io::Result<Vec<u8>> {
    if !fs::symlink_metadata(file)?.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    fs::read(file)
}

fn run(program: &Program, folder: &Path) -> Result<(), String> {
    let line = program.line();
    let Some((name, arguments)) = program.words.split_first() else { return Err("no program is named".to_owned()) };
    let mut command = Command::new(name);
    command.args(arguments).current_dir(folder);
    // It belongs to a copy: git, should it run it, must not take it for the repository.
    for variable in super::worktree::FOREIGN {
        command.env_remove(variable);
    }
    let timeout = Duration::from_secs(program.timeout_s);
    let ended = child::run(Run { command, input: &[], timeout, capture: Capture::Together, stop: &|| false })
        .map_err(|error| format!("`{line}` cannot be run: {error}"))?;
    match ended.status {
        Ending::Exited(status) if status.success() => Ok(()),
        Ending::Exited(status) => Err(format!("`{line}` failed ({status}){}", complaint(&ended))),
        Ending::TimedOut | Ending::Stopped => {
            Err(format!("`{line}` was not done after {} seconds{}", program.timeout_s, complaint(&ended)))
        }
    }
}

/// The last lines of what it printed, for a sentence to end with.
fn complaint(ended: &Ended) -> String {
    let said = String::from_utf8_lossy(&ended.output);
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match &lines[lines.len().saturating_sub(LINES_TOLD)..] {
        [] => String::new(),
        last => format!(": {}", last.join(" / ")),
    }
}

/// Writes every file of a tree below a folder.
fn check_out(objects: &Objects, tree: TreeId, folder: &Path) -> Result<Result<(), String>, Fault> {
    let mut leaves = Vec::new();
    objects.leaves(tree.0, &[], &mut leaves)?;
    for (path, leaf) in leaves {
        let Some(place) = inside(folder, &path) else { return Ok(Err(escapes(&path))) };
        let bytes = match leaf.mode {
            Mode::Submodule => None,
            _ => Some(objects.blob(leaf.id)?),
        };
        if let Err(error) = put(&place, leaf, bytes.as_deref()) {
            return Ok(Err(format!("{path} cannot be copied for the program: {error}")));
        }
    }
    Ok(Ok(()))
}

fn put(place: &Path, leaf: Leaf, bytes: Option<&[u8]>) -> io::Result<()> {
    if let Some(above) = place.parent() {
        fs::create_dir_all(above)?;
    }
    let Some(bytes) = bytes else { return fs::create_dir(place) };
    if leaf.mode == Mode::Symlink {
        return symlink(OsStr::from_bytes(bytes), place);
    }
    let mode = if leaf.mode == Mode::Executable { 0o700 } else { 0o600 };
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(mode).open(place)?;
    file.write_all(bytes)
}

/// Where a path of a tree lies below a folder; `None` where it would lie elsewhere, or be git's own.
fn inside(folder: &Path, path: &RepoPath) -> Option<PathBuf> {
    let path = Path::new(OsStr::from_bytes(path.as_bytes()));
    let plain = |part: Component<'_>| matches!(part, Component::Normal(name) if !name.eq_ignore_ascii_case(".git"));
    path.components().all(plain).then(|| folder.join(path))
}

fn escapes(path: &RepoPath) -> String {
    format!("{path} is no place for a file")
}
