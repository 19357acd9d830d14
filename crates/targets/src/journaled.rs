//! Makes a [`Target`] of any place that can read files, write files and keep two small documents.
//!
//! Journal, list of managed files, undo and proof are here, once; a [`RemotePlace`] need not be atomic, only
//! repeatable. What is kept lies at the place itself, so that any worker on any machine can take over.

mod documents;

use super::identity::{self, Kept};
use documents::{FORMAT, Head, Journal, Managed, Numbered, Shelf, Shelved, Work};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::target::{Aside, Identity, List, Mark, Put, PutCheck, Standing, Target, Underway};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{PlaceId, VersionNo};
use switchback_core::words::object::{CommitId, Leaf, Mode, Oid, PathChange, RepoPath};
use switchback_core::words::remedy::{Damage, Remedy};
use switchback_machine::failpoint;

/// What a place has to be able to do.
pub trait RemotePlace: Send + Sync {
    /// Whether the place can be used at all; says what is wrong and how to mend it.
    fn check(&self) -> Result<(), Fault>;
    /// What stands at some paths, in the order asked; `None` where nothing does.
    fn read(&self, paths: &[RepoPath]) -> Result<Vec<Option<Leaf>>, Fault>;
    /// The bytes at a path (a link's target for a link).
    fn fetch(&self, path: &RepoPath) -> Result<Vec<u8>, Fault>;
    /// Makes every path hold its `after`, whatever stands there now. May stop half way; running it again ends it.
    fn write(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault>;
    /// What keeps it from being asked whether it would write something; `None` where nothing does.
    fn unasked(&self) -> Option<String>;
    /// Whether it would write it. Writes nothing.
    fn check_write(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<PutCheck, Fault>;
    /// A document Switchback keeps here, as it was last saved; `None` when there is none.
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, Fault>;
    /// Keeps a document durably, at once or not at all.
    fn save(&self, name: &str, document: &[u8]) -> Result<(), Fault>;
}

/// The document that says what is under way.
const JOURNAL: &str = "journal";
/// The document that lists the managed files.
const MANAGED: &str = "managed";
/// The document that says whose place it is.
const IDENTITY: &str = "identity";

/// The code for a list of managed files that cannot be read.
const MANIFEST_DAMAGED: &str = "area-manifest-damaged";

/// The document that lists what was set aside; each file is a document of its own.
const KEPT: &str = "kept";

/// A target over a place.
pub struct Journaled<P>(P);

impl<P: RemotePlace> Journaled<P> {
    /// Makes a target of a place.
    pub fn new(place: P) -> Self {
        Self(place)
    }

    fn load<D: DeserializeOwned>(&self, name: &str) -> Result<Option<D>, Fault> {
        let Some(document) = self.0.load(name)? else { return Ok(None) };
        let head: Head = serde_json::from_slice(&document).map_err(|error| damaged(name, &error))?;
        if head.format > FORMAT {
            let message = format!("A newer Switchback wrote the document `{name}` on the target.");
            return Err(Fault::new("area-newer", message, "Use that version of Switchback here too."));
        }
        serde_json::from_slice(&document).map(Some).map_err(|error| damaged(name, &error))
    }

    fn save(&self, name: &str, document: &impl Serialize) -> Result<(), Fault> {
        let bytes =
            serde_json::to_vec(&Numbered { format: FORMAT, says: document }).map_err(|error| damaged(name, &error))?;
        self.0.save(name, &bytes)
    }

    fn work(&self) -> Result<Option<Work>, Fault> {
        Ok(self.load::<Journal>(JOURNAL)?.unwrap_or_default().underway)
    }

    fn identity(&self) -> Result<Option<Identity>, Fault> {
        self.0.load(IDENTITY)?.map_or(Ok(None), |document| identity::read(&document))
    }

    fn list(&self) -> Result<Managed, Fault> {
        Ok(self.load(MANAGED)?.unwrap_or_default())
    }

    /// Keeps, at the place, what somebody wrote over what was put.
    fn shelve(&self, work: &Work) -> Result<(), Fault> {
        let paths: Vec<RepoPath> = work.changes.iter().map(|change| change.path.clone()).collect();
        let standing = self.0.read(&paths)?;
        let mut shelf: Shelf = self.load(KEPT)?.unwrap_or_default();
        let known = shelf.files.len();
        let stem = format!("{}-{}", work.version, work.deployment.number);
        let of_work = shelf.files.iter().filter(|file| file.deployment == work.deployment);
        let batch = format!("{stem}-{}", of_work.map(|file| &file.batch).collect::<BTreeSet<_>>().len());
        for (nth, (change, standing)) in work.changes.iter().zip(standing).enumerate() {
            let Some(leaf) = standing.filter(|leaf| ![change.before, change.after].contains(&Some(*leaf))) else {
                continue;
            };
            if leaf.mode == Mode::Submodule {
                continue;
            }
            let document = format!("{KEPT}-{batch}-{nth}");
            self.0.save(&document, faster_hex::hex_string(&self.0.fetch(&change.path)?).as_bytes())?;
            let (path, deployment, mode) = (change.path.clone(), work.deployment, leaf.mode);
            shelf.files.push(Shelved { batch: batch.clone(), deployment, path, mode, document });
        }
        if shelf.files.len() > known { self.save(KEPT, &shelf) } else { Ok(()) }
    }

    fn forget(&self) -> Result<(), Fault> {
        self.save(JOURNAL, &Journal::default())
    }

    /// Every path holds what is wanted of it; else which one does not.
    fn expect(&self, changes: &[PathChange], wanted: impl Fn(&PathChange) -> Option<Leaf>) -> Result<(), Fault> {
        match self.other(changes, wanted)? {
            None => Ok(()),
            Some(path) => {
                let message = format!("`{path}` on the target is not what was expected.");
                Err(Fault::new("area-changed", message, "Run it again; drift is judged anew."))
            }
        }
    }

    /// The first path that does not hold what is wanted of it.
    fn other<'c>(
        &self,
        changes: &'c [PathChange],
        wanted: impl Fn(&PathChange) -> Option<Leaf>,
    ) -> Result<Option<&'c RepoPath>, Fault> {
        let paths: Vec<RepoPath> = changes.iter().map(|change| change.path.clone()).collect();
        let standing = self.0.read(&paths)?;
        if standing.len() != paths.len() {
            let message = format!("The target was asked for {} paths and told of {}.", paths.len(), standing.len());
            return Err(Fault::new("area-program-answer", message, "Answer with one entry for each path, in order."));
        }
        let other = changes.iter().zip(standing).find(|(change, standing)| wanted(change) != *standing);
        Ok(other.map(|(change, _)| &change.path))
    }

    fn carry_out(&self, put: Put<'_>, mut managed: Managed, blobs: &dyn Blobs) -> Result<(), Fault> {
        self.0.write(put, blobs)?;
        failpoint::hit("journaled.put.written");
        self.expect(put.changes, |change| change.after)?;
        (managed.version, managed.commit) = (Some(put.version), Some(put.commit));
        managed.follow(put.changes);
        put.standing.iter().for_each(|(path, leaf)| managed.set(path, *leaf));
        self.save(MANAGED, &managed)?;
        failpoint::hit("journaled.put.recorded");
        Ok(())
    }

    fn take_back(&self, work: &Work, blobs: &dyn Blobs) -> Result<(), Fault> {
        self.shelve(work)?;
        let changes: Vec<PathChange> = work.changes.iter().map(inverse).collect();
        let Work { version, deployment, tree, .. } = *work;
        let commit = work.previous_commit.unwrap_or(CommitId(Oid([0; 20])));
        let put = Put { version, deployment, tree, commit, changes: &changes, standing: &[] };
        self.0.write(put, blobs)?;
        failpoint::hit("journaled.undo.written");
        self.expect(&changes, |change| change.after)?;
        let mut managed = self.list()?;
        if managed.version == Some(work.version) {
            (managed.version, managed.commit) = (work.previous, work.previous_commit);
            managed.follow(&changes);
            work.standing.iter().for_each(|(path, leaf)| managed.set(path, *leaf));
            self.save(MANAGED, &managed)?;
        }
        failpoint::hit("journaled.undo.recorded");
        self.forget()
    }
}

fn inverse(change: &PathChange) -> PathChange {
    PathChange { path: change.path.clone(), before: change.after, after: change.before }
}

/// What hexadecimal digits stand for: a document is text, and what was edited need not be.
fn unhex(digits: &[u8]) -> Result<Vec<u8>, faster_hex::Error> {
    let mut bytes = vec![0; digits.len() / 2];
    faster_hex::hex_decode(digits, &mut bytes)?;
    Ok(bytes)
}

fn damaged(name: &str, error: &dyn std::fmt::Display) -> Fault {
    let code = if name == MANAGED { MANIFEST_DAMAGED } else { "area-journal-damaged" };
    let message = format!("Switchback's document `{name}` on the target cannot be read: {error}.");
    Fault::new(code, message, Remedy::RepairArea { area: None, after: Damage::DocumentDamaged })
}

fn wrote(path: &RepoPath) -> Fault {
    let message =
        format!("`{path}` on the target is another since it was only asked whether it would take what comes.");
    let hint = "Take `check_put` out of the area's target until its program writes nothing at `check-put`; then repair the area.";
    Fault::new("area-check-wrote", message, hint)
}

fn underway() -> Fault {
    let message = "Another deployment of this area was not ended.";
    Fault::new("area-underway", message, "It is undone or confirmed when the area's next job starts; run it again.")
}

impl<P: RemotePlace> Target for Journaled<P> {
    fn check(&self) -> Result<(), Fault> {
        self.0.check()
    }

    fn read(&self, paths: &[RepoPath]) -> Result<Vec<Option<Leaf>>, Fault> {
        self.0.read(paths)
    }

    fn fetch(&self, path: &RepoPath) -> Result<Vec<u8>, Fault> {
        self.0.fetch(path)
    }

    fn managed(&self) -> Result<Vec<(RepoPath, Leaf)>, Fault> {
        let paths: Vec<RepoPath> = self.list()?.files.into_keys().collect();
        let leaves = self.0.read(&paths)?;
        Ok(paths.into_iter().zip(leaves).filter_map(|(path, leaf)| leaf.map(|leaf| (path, leaf))).collect())
    }

    fn adopt(&self, files: &[(RepoPath, Leaf)]) -> Result<(), Fault> {
        if self.work()?.is_some() {
            return Err(underway());
        }
        self.save(MANAGED, &Managed { files: files.iter().cloned().collect(), ..Managed::default() })
    }

    fn standing(&self) -> Result<Standing, Fault> {
        let list = match self.load::<Managed>(MANAGED) {
            Ok(None) => List::Missing,
            Ok(Some(managed)) => match managed.made() {
                Some((version, commit)) => List::Of(Mark { version, commit }),
                None => List::Rebuilt,
            },
            Err(fault) if fault.code == MANIFEST_DAMAGED => List::Damaged,
            Err(fault) => return Err(fault),
        };
        Ok(Standing { identity: self.identity()?, list })
    }

    fn glance(&self) -> Result<Option<Standing>, Fault> {
        Ok(None)
    }

    fn identify(&self, identity: &Identity, instead: Option<&PlaceId>) -> Result<(), Fault> {
        match identity::kept(self.identity()?.as_ref(), identity, instead) {
            Kept::Already => Ok(()),
            Kept::NotYet => self.0.save(IDENTITY, &identity::written(identity)?),
            Kept::Other => Err(identity::taken()),
        }
    }

    fn put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault> {
        let managed: Option<Managed> = self.load(MANAGED)?;
        let this = Some((put.version, Some(put.commit)));
        let made = managed.as_ref().is_some_and(|managed| managed.made() == this);
        match self.work()? {
            Some(work) if made && work.version == put.version && work.deployment == put.deployment => return Ok(()),
            Some(_) => return Err(underway()),
            None if made => return Ok(()),
            None => {}
        }
        if managed.is_none() && put.version.0 > 1 {
            let message = "The target has lost Switchback's list of managed files.";
            let remedy = Remedy::RepairArea { area: None, after: Damage::ListLost };
            return Err(Fault::new("area-manifest-lost", message, remedy));
        }
        let managed = managed.unwrap_or_default();
        self.expect(put.changes, |change| change.before)?;
        let Put { version, deployment, tree, .. } = put;
        let listed = put.standing.iter().map(|(path, _)| (path.clone(), managed.files.get(path).copied()));
        let (previous, previous_commit, standing) = (managed.version, managed.commit, listed.collect());
        let changes = put.changes.to_vec();
        let work = Work { version, deployment, tree, changes, previous, previous_commit, standing };
        let journal = Journal { underway: Some(work) };
        self.save(JOURNAL, &journal)?;
        failpoint::hit("journaled.put.journalled");
        let Err(cause) = self.carry_out(put, managed, blobs) else { return Ok(()) };
        let undone = journal.underway.as_ref().map_or(Ok(()), |work| self.take_back(work, blobs));
        Err(match undone {
            Ok(()) => cause,
            Err(second) => {
                let message =
                    format!("{} Reinstating the version before it failed as well: {}", cause.message, second.message);
                let hint = "Mend the cause; the area is reinstated when its next job starts.";
                Fault::new("area-undo-failed", message, hint)
            }
        })
    }

    fn check_put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<PutCheck, Fault> {
        if let Some(why) = self.0.unasked() {
            return Ok(PutCheck::Unasked { why });
        }
        if self.work()?.is_some() {
            return Err(underway());
        }
        self.expect(put.changes, |change| change.before)?;
        let checked = self.0.check_write(put, blobs);
        // A program that took the question for the thing itself is found out, whatever it answered.
        match self.other(put.changes, |change| change.before)? {
            None => checked,
            Some(path) => Err(wrote(path)),
        }
    }

    fn confirm(&self, version: VersionNo) -> Result<(), Fault> {
        let Some(work) = self.work()? else { return Ok(()) };
        if work.version != version {
            return Err(underway());
        }
        if self.list()?.version != Some(version) {
            let message = "The deployment under way on this target was not finished, so it cannot be confirmed.";
            return Err(Fault::new("area-half-put", message, "Undo it and deploy again."));
        }
        self.forget()
    }

    fn underway(&self) -> Result<Option<Underway>, Fault> {
        Ok(self.work()?.map(|work| Underway { version: work.version, deployment: work.deployment }))
    }

    fn set_aside(&self) -> Result<Vec<Aside>, Fault> {
        let shelf: Shelf = self.load(KEPT)?.unwrap_or_default();
        let one = |file: Shelved| {
            let digits = self.0.load(&file.document)?.unwrap_or_default();
            let bytes = unhex(&digits).map_err(|error| damaged(&file.document, &error))?;
            let (path, mode, deployment) = (file.path, file.mode, Some(file.deployment));
            Ok(Aside { batch: file.batch, deployment, path, mode, bytes })
        };
        shelf.files.into_iter().map(one).collect()
    }

    fn let_go(&self, batch: &str) -> Result<(), Fault> {
        let mut shelf: Shelf = self.load(KEPT)?.unwrap_or_default();
        let (gone, stays) = shelf.files.into_iter().partition(|file| file.batch == batch);
        shelf.files = stays;
        self.save(KEPT, &shelf)?;
        let gone: Vec<Shelved> = gone;
        gone.iter().try_for_each(|file| self.0.save(&file.document, b""))
    }

    fn undo(&self, blobs: &dyn Blobs) -> Result<(), Fault> {
        match self.work()? {
            Some(work) => self.take_back(&work, blobs),
            None => Ok(()),
        }
    }
}
