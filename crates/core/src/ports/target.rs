//! Where a deployment goes (`SPEC A11`).

use crate::pipeline::area::Area;
use crate::ports::repository::Blobs;
use crate::words::fault::Fault;
use crate::words::names::{AreaName, OperationId, PlaceId, VersionNo};
use crate::words::object::{CommitId, Leaf, Mode, PathChange, RepoPath, TreeId};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// A delta to be put on a target, whole or not at all (`SPEC A6`).
#[derive(Clone, Copy, Debug)]
pub struct Put<'a> {
    /// The version this makes.
    pub version: VersionNo,
    /// The deployment that asked for it.
    pub deployment: OperationId,
    /// The area's tree afterwards.
    pub tree: TreeId,
    /// The version's commit, which tells it from another of the same number.
    pub commit: CommitId,
    /// What changes; `before` is what stands on the target now, and its blob is in the repository.
    pub changes: &'a [PathChange],
    /// What stands as wanted already and is part of the version: nothing is written, but from now on it is managed, or
    /// is not managed any more.
    pub standing: &'a [(RepoPath, Option<Leaf>)],
}

/// What a target says is under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Underway {
    /// The version that was being made.
    pub version: VersionNo,
    /// The deployment that asked for it.
    pub deployment: OperationId,
}

/// Whose a place is (`SPEC A15`). It is kept at the place itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// The pipeline of the area.
    pub pipeline: String,
    /// The area.
    pub area: AreaName,
    /// What no other place has.
    pub id: PlaceId,
}

/// The version that was last put on a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Its number.
    pub version: VersionNo,
    /// Its commit; `None` where a program put it that kept none.
    pub commit: Option<CommitId>,
}

/// The list of managed files, as a place keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum List {
    /// There is none.
    #[default]
    Missing,
    /// It cannot be read.
    Damaged,
    /// It was rebuilt, and says of no version.
    Rebuilt,
    /// It is as this version left it.
    Of(Mark),
}

/// What a place says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Whose it is; `None` where nothing says so.
    pub identity: Option<Identity>,
    /// What was put there.
    pub list: List,
}

/// An edited file that was set aside on a target when a deployment was taken back (`SPEC A7`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aside {
    /// What was set aside together, and is let go of together.
    pub batch: String,
    /// The deployment that was taken back; `None` where an older program did not note it.
    pub deployment: Option<OperationId>,
    /// Where it stood.
    pub path: RepoPath,
    /// What it was.
    pub mode: Mode,
    /// Its bytes (a link's target for a link).
    pub bytes: Vec<u8>,
}

/// What a target says to a check-only deployment: a delta that it is asked to take and not given (`SPEC P15`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PutCheck {
    /// It would take it, as far as it can tell.
    Takes {
        /// The last lines that its program printed.
        said: Vec<String>,
    },
    /// Its program says that it would not.
    Refuses {
        /// The program's exit code.
        exit: i32,
        /// The last lines that it printed.
        said: Vec<String>,
    },
    /// It was not asked; why, in a few words.
    Unasked {
        /// Why.
        why: String,
    },
}

/// Whether somebody wants what runs to stop.
pub type StopWish = Arc<dyn Fn() -> bool + Send + Sync>;

/// A place that holds an area's files (`SPEC A11`). Every method may be called again after a crash.
pub trait Target: Send + Sync {
    /// Whether the target can be used at all; says what is wrong and how to mend it.
    fn check(&self) -> Result<(), Fault>;
    /// What stands at some paths, in the order asked.
    fn read(&self, paths: &[RepoPath]) -> Result<Vec<Option<Leaf>>, Fault>;
    /// The bytes at a path (a link's target for a link): kept before they are overwritten (`SPEC A7`).
    fn fetch(&self, path: &RepoPath) -> Result<Vec<u8>, Fault>;
    /// Every file Switchback manages here, with what stands there now. Other files are not listed.
    fn managed(&self) -> Result<Vec<(RepoPath, Leaf)>, Fault>;
    /// What the place says of itself (`SPEC A15`). Creates nothing.
    fn standing(&self) -> Result<Standing, Fault>;
    /// The same where nothing but this machine's files has to be asked; `None` where a program would have to run.
    fn glance(&self) -> Result<Option<Standing>, Fault>;
    /// The folders that a glance looks at.
    fn glanced_at(&self) -> Vec<PathBuf> {
        Vec::new()
    }
    /// Writes whose place it is, where `instead` says so by now.
    fn identify(&self, identity: &Identity, instead: Option<&PlaceId>) -> Result<(), Fault>;
    /// Makes these the managed files and writes none of them: for a target that lost its own list
    /// (`area-manifest-lost`, `area-manifest-damaged`), and for what is taken over as it stands.
    fn adopt(&self, files: &[(RepoPath, Leaf)]) -> Result<(), Fault>;
    /// Puts a delta. On an error the target is as it was before. On success the journal stays until
    /// [`confirm`](Target::confirm), so that a version the ledger never heard of can be undone.
    fn put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault>;
    /// Whether it would take a delta, told without leaving a trace: nothing is written, no lock is taken. What
    /// [`put`](Target::put) would fail with is a fault here too, as far as it can be known.
    fn check_put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<PutCheck, Fault>;
    /// The ledger has the version: forget how to undo it.
    fn confirm(&self, version: VersionNo) -> Result<(), Fault>;
    /// What a dead worker left; `None` when nothing is under way.
    fn underway(&self) -> Result<Option<Underway>, Fault>;
    /// Takes back what is under way: the target is as it was before the [`put`](Target::put). A file that somebody
    /// edited meanwhile is [set aside](Target::set_aside).
    fn undo(&self, blobs: &dyn Blobs) -> Result<(), Fault>;
    /// What was edited in the middle of deployments and set aside when they were taken back.
    fn set_aside(&self) -> Result<Vec<Aside>, Fault>;
    /// The repository has a batch of what was set aside: it need not stay on the target.
    fn let_go(&self, batch: &str) -> Result<(), Fault>;
}

/// From what the configuration says to a target that can be used.
pub trait Targets: Send + Sync {
    /// The target of an area.
    fn open(&self, area: &Area) -> Box<dyn Target>;
    /// The same for who only asks: a program that runs for it is ended as soon as somebody wants it to stop.
    fn open_to_ask(&self, area: &Area, stop: StopWish) -> Box<dyn Target>;
}
