//! One resolution as a folder of `refs/switchback/resolutions`: `base`, `ours`, `theirs` and `result` hold the contents,
//! `about` the rest.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use switchback_core::content::Sides;
use switchback_core::ports::repository::Repo;
use switchback_core::records::resolution::{Remembered, ResolutionId};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, Time, UserName};
use switchback_core::words::object::{BlobId, Leaf, Mode, RepoPath};

/// The form of `about` this program writes. In form 1 a folder was named by its sides alone.
const FORMAT: u32 = 2;

/// The file that says what the others are.
const ABOUT: &str = "about";

/// What stands in `about`.
#[derive(Serialize, Deserialize)]
struct About {
    format: u32,
    path: RepoPath,
    /// By the name of the file; what is not here is nothing, or was deleted.
    modes: BTreeMap<String, Mode>,
    /// Commits of submodules, which have no file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    submodules: BTreeMap<String, BlobId>,
    /// Where the result went, where that was not the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<RepoPath>,
    /// Other paths where nothing stayed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left: Vec<RepoPath>,
    by: UserName,
    at: Time,
    operation: Option<OperationId>,
}

/// The files of one folder.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Folder(BTreeMap<String, Leaf>);

impl Folder {
    /// Adds a file.
    pub fn put(&mut self, name: &str, leaf: Leaf) {
        self.0.insert(name.to_owned(), leaf);
    }

    /// Reads it; or says why it is no resolution.
    ///
    /// # Errors
    /// A fault of the repository.
    pub fn read(&self, repo: &dyn Repo, name: &str) -> Result<Result<Remembered, String>, Fault> {
        let Some(leaf) = self.0.get(ABOUT) else { return Ok(Err("has no file `about`".to_owned())) };
        let bytes = repo.read(leaf.id)?;
        Ok(serde_json::from_slice(&bytes)
            .map_err(|error| format!("has an `about` that cannot be read: {error}"))
            .and_then(|about| self.remembered(about, name)))
    }

    fn remembered(&self, about: About, name: &str) -> Result<Remembered, String> {
        if !(1..=FORMAT).contains(&about.format) {
            return Err("was written by a newer Switchback".to_owned());
        }
        let side = |name: &str| match (about.modes.get(name), about.submodules.get(name), self.0.get(name)) {
            (None, _, _) => Ok(None),
            (Some(Mode::Submodule), Some(id), _) => Ok(Some(Leaf { mode: Mode::Submodule, id: *id })),
            (Some(mode), _, Some(leaf)) => Ok(Some(Leaf { mode: *mode, id: leaf.id })),
            (Some(_), _, None) => Err(format!("lacks the file `{name}`")),
        };
        let sides = Sides { base: side("base")?, ours: side("ours")?, theirs: side("theirs")? };
        let id = match about.format {
            1 => ResolutionId::without_path(&sides),
            _ => ResolutionId::of(&about.path, &sides),
        };
        if id.to_string() != name {
            return Err("is about other contents than its name says".to_owned());
        }
        let About { path, place, left, by, at, .. } = about;
        Ok(Remembered { path, sides, result: side("result")?, place, left, by, at, operation: None, forgotten: None })
    }
}

/// What takes the folder away that an earlier program made of a resolution.
pub fn earlier(folders: &BTreeMap<String, Folder>, known: &Remembered) -> Vec<(RepoPath, Option<Leaf>)> {
    let name = ResolutionId::without_path(&known.sides).to_string();
    let files = folders.get(&name).into_iter().flat_map(|folder| folder.0.keys());
    files.map(|file| (RepoPath::new(format!("{name}/{file}")), None)).collect()
}

/// What makes a folder hold a resolution; a forgotten one has none.
pub fn edits(repo: &dyn Repo, id: ResolutionId, known: &Remembered) -> Result<Vec<(RepoPath, Option<Leaf>)>, Fault> {
    let Sides { base, ours, theirs } = known.sides;
    let sides = [("base", base), ("ours", ours), ("theirs", theirs), ("result", known.result)];
    let place = |name: &str| RepoPath::new(format!("{id}/{name}"));
    if known.forgotten.is_some() {
        let names = sides.iter().map(|(name, _)| *name).chain([ABOUT]);
        return Ok(names.map(|name| (place(name), None)).collect());
    }
    let there = || sides.iter().filter_map(|(name, leaf)| leaf.map(|leaf| ((*name).to_owned(), leaf)));
    let about = About {
        format: FORMAT,
        path: known.path.clone(),
        modes: there().map(|(name, leaf)| (name, leaf.mode)).collect(),
        submodules: there().filter(is_submodule).map(|(name, leaf)| (name, leaf.id)).collect(),
        place: known.place.clone(),
        left: known.left.clone(),
        by: known.by.clone(),
        at: known.at,
        operation: known.operation,
    };
    let mut text = serde_json::to_vec_pretty(&about).map_err(|error| {
        Fault::new("ledger-failed", format!("a resolution cannot be written: {error}"), "report this")
    })?;
    text.push(b'\n');
    let file = |leaf: Leaf| (leaf.mode != Mode::Submodule).then_some(Leaf { mode: Mode::File, id: leaf.id });
    let mut edits: Vec<_> = sides.iter().map(|(name, leaf)| (place(name), leaf.and_then(file))).collect();
    edits.push((place(ABOUT), Some(Leaf { mode: Mode::File, id: repo.blob(&text)? })));
    Ok(edits)
}

fn is_submodule(one: &(String, Leaf)) -> bool {
    one.1.mode == Mode::Submodule
}
