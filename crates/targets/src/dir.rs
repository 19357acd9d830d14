//! A local directory (`SPEC A11`): atomic file by file, undone or kept as a whole after a crash (`SPEC A6`).
//!
//! Knows nothing of stages, changes or rules. Everything it keeps for itself lies in `.switchback/` inside the
//! area: the [journal](journal) of what is under way, the [manifest] of managed files, a lock.

mod area;
mod aside;
mod cache;
mod check;
mod faults;
mod fence;
mod file;
mod identity;
mod journal;
mod manifest;
mod paths;
mod put;
mod remove;
mod share;
mod survey;
mod swap;
mod sync;
mod undo;
mod walk;

use area::{Area, Held};
use cache::Cache;
use file::{Known, Stands};
use manifest::Made;
use paths::split;
use share::share;
use std::collections::BTreeMap;
use std::path::PathBuf;
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::target::{Aside, Identity, List, Mark, Put, PutCheck, Standing, Target, Underway};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{PlaceId, VersionNo};
use switchback_core::words::object::{Leaf, Mode, RepoPath};
use switchback_machine::failpoint;
use walk::{Entered, Walk};

/// A directory that an area deploys to.
pub struct DirTarget {
    root: PathBuf,
    repository: Vec<PathBuf>,
    cache: Cache,
}

impl DirTarget {
    /// The directory `root`, which need not exist yet. `repository` names the git directory and the work trees the
    /// area has to keep apart from.
    pub fn new(root: PathBuf, repository: Vec<PathBuf>) -> Self {
        Self { root, repository, cache: Cache::default() }
    }

    fn stands(&self, area: &Area, paths: &[RepoPath]) -> Result<Vec<Option<Leaf>>, Fault> {
        // A list that cannot be read only spares work here: what stands is looked at in any case.
        let manifest = match self.cache.load(area) {
            Err(fault) if fault.code == faults::MANIFEST_DAMAGED => None,
            loaded => loaded?,
        };
        let found = share(paths.len(), |shares| {
            let mut walk = Walk::new(&area.root);
            let mut found = Vec::new();
            while let Some(range) = shares.take() {
                for index in range {
                    let known = manifest.as_ref().and_then(|manifest| manifest.get(paths[index].as_bytes()));
                    found.push((index, look(&mut walk, &paths[index], known)?.leaf()));
                }
            }
            Ok(found)
        })?;
        let mut leaves = vec![None; paths.len()];
        for (index, leaf) in found.into_iter().flatten() {
            leaves[index] = leaf;
        }
        Ok(leaves)
    }
}

fn look(walk: &mut Walk<'_>, path: &RepoPath, known: Option<Known>) -> Result<Stands, Fault> {
    paths::check(path)?;
    let (folder, name) = split(path.as_bytes());
    match walk.enter(folder).map_err(|error| faults::io("enter", folder, error))? {
        Entered::Folder(handle) => file::look(handle, name, known),
        // Behind a link or a file stands nothing of ours.
        Entered::Missing(_) | Entered::Blocked(_) => Ok(Stands::Nothing),
    }
    .map_err(|error| faults::io("read", path.as_bytes(), error))
}

fn listed(made: Made) -> List {
    match made.version {
        0 => List::Rebuilt,
        version => List::Of(Mark { version: VersionNo(version), commit: made.commit }),
    }
}

impl Target for DirTarget {
    fn check(&self) -> Result<(), Fault> {
        fence::check(&self.root, &self.repository)
    }

    fn read(&self, paths: &[RepoPath]) -> Result<Vec<Option<Leaf>>, Fault> {
        match Area::find(&self.root)? {
            Some(area) => self.stands(&area, paths),
            None => Ok(vec![None; paths.len()]),
        }
    }

    fn fetch(&self, path: &RepoPath) -> Result<Vec<u8>, Fault> {
        let area = Area::find(&self.root)?.ok_or_else(|| faults::missing(path))?;
        let mut walk = Walk::new(&area.root);
        let mode = match look(&mut walk, path, None)? {
            Stands::Leaf(leaf) if leaf.mode != Mode::Submodule => leaf.mode,
            _ => return Err(faults::missing(path)),
        };
        let (folder, name) = split(path.as_bytes());
        match walk.enter(folder).map_err(|error| faults::io("enter", folder, error))? {
            Entered::Folder(handle) => {
                file::read(handle, name, mode).map_err(|error| faults::io("read", path.as_bytes(), error))
            }
            Entered::Missing(_) | Entered::Blocked(_) => Err(faults::missing(path)),
        }
    }

    fn managed(&self) -> Result<Vec<(RepoPath, Leaf)>, Fault> {
        let Some(area) = Area::find(&self.root)? else { return Ok(Vec::new()) };
        let Some(manifest) = self.cache.load(&area)? else { return Ok(Vec::new()) };
        let paths: Vec<RepoPath> = manifest.files().into_keys().map(RepoPath::new).collect();
        let leaves = self.stands(&area, &paths)?;
        Ok(paths.into_iter().zip(leaves).filter_map(|(path, leaf)| leaf.map(|leaf| (path, leaf))).collect())
    }

    fn adopt(&self, files: &[(RepoPath, Leaf)]) -> Result<(), Fault> {
        let held = Held::take(&self.root)?;
        if journal::read(held.home())?.is_some() {
            return Err(faults::underway());
        }
        let now = put::clock(&held)?;
        let mut walk = Walk::new(&held.area.root);
        let mut known = BTreeMap::new();
        for (path, leaf) in files {
            known.insert(path.as_bytes(), put::as_it_stands(&mut walk, (path, *leaf), now)?);
        }
        let rows: Vec<manifest::ManifestRow<'_>> = known.into_iter().map(|(path, known)| (path, Some(known))).collect();
        self.cache.replace(&held, &manifest::segment(Made::default(), &rows))
    }

    fn standing(&self) -> Result<Standing, Fault> {
        let Some(area) = Area::find(&self.root)? else { return Ok(Standing::default()) };
        let list = match self.cache.load(&area) {
            Ok(manifest) => manifest.and_then(|manifest| manifest.made()).map_or(List::Missing, listed),
            Err(fault) if fault.code == faults::MANIFEST_DAMAGED => List::Damaged,
            Err(fault) => return Err(fault),
        };
        Ok(Standing { identity: identity::read(&area)?, list })
    }

    fn glance(&self) -> Result<Option<Standing>, Fault> {
        self.standing().map(Some)
    }

    fn glanced_at(&self) -> Vec<PathBuf> {
        vec![self.root.clone(), self.root.join(paths::HOME)]
    }

    fn identify(&self, identity: &Identity, instead: Option<&PlaceId>) -> Result<(), Fault> {
        self.check()?;
        identity::write(&Held::take(&self.root)?, identity, instead)
    }

    fn put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault> {
        self.check()?;
        put::put(&Held::take(&self.root)?, &self.cache, put, blobs)
    }

    fn check_put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<PutCheck, Fault> {
        self.check()?;
        check::check(&self.root, &self.cache, put, blobs).map(|()| PutCheck::Takes { said: Vec::new() })
    }

    fn confirm(&self, version: VersionNo) -> Result<(), Fault> {
        let held = Held::take(&self.root)?;
        let Some(journal) = journal::read(held.home())? else { return Ok(()) };
        if journal.version != version {
            return Err(faults::underway());
        }
        let outline = cache::outline(&held)?.filter(|outline| outline.made.version == version.0);
        let Some(outline) = outline else { return Err(faults::half()) };
        journal::forget(&held)?;
        failpoint::hit("dir.confirm.forgotten");
        if !outline.is_grown {
            return Ok(());
        }
        if let Some(compacted) = self.cache.load(&held.area)?.and_then(|manifest| manifest.compacted()) {
            self.cache.replace(&held, &compacted)?;
            failpoint::hit("dir.confirm.compacted");
        }
        Ok(())
    }

    fn underway(&self) -> Result<Option<Underway>, Fault> {
        let Some(area) = Area::find(&self.root)? else { return Ok(None) };
        let Some(home) = area.home() else { return Ok(None) };
        let journal = journal::read(home)?;
        Ok(journal.map(|journal| Underway { version: journal.version, deployment: journal.deployment }))
    }

    fn set_aside(&self) -> Result<Vec<Aside>, Fault> {
        match Area::find(&self.root)? {
            Some(area) => aside::list(&area),
            None => Ok(Vec::new()),
        }
    }

    fn let_go(&self, batch: &str) -> Result<(), Fault> {
        aside::let_go(&Held::take(&self.root)?, batch)
    }

    fn undo(&self, blobs: &dyn Blobs) -> Result<(), Fault> {
        let held = Held::take(&self.root)?;
        match journal::read(held.home())? {
            Some(journal) => undo::take_back(&held, &self.cache, &journal, blobs),
            None => Ok(()),
        }
    }
}
