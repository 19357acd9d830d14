//! Where a deployment goes (`SPEC A11`).

use crate::pipeline::area::Area;
use crate::ports::repository::Blobs;
use crate::words::fault::Fault;
use crate::words::names::{OperationId, VersionNo};
use crate::words::object::{Leaf, PathChange, RepoPath, TreeId};

/// A delta to be put on a target, whole or not at all (`SPEC A6`).
#[derive(Clone, Copy, Debug)]
pub struct Put<'a> {
    /// The version this makes.
    pub version: VersionNo,
    /// The deployment that asked for it.
    pub deployment: OperationId,
    /// The area's tree afterwards.
    pub tree: TreeId,
    /// What changes; `before` is what stands on the target now, and its blob is in the repository.
    pub changes: &'a [PathChange],
}

/// What a target says is under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Underway {
    /// The version that was being made.
    pub version: VersionNo,
    /// The deployment that asked for it.
    pub deployment: OperationId,
}

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
    /// Makes these the managed files and writes none of them: for a target that lost its own list
    /// (`area-manifest-lost`, `area-manifest-damaged`). The engine knows the tree of the last version.
    fn adopt(&self, files: &[(RepoPath, Leaf)]) -> Result<(), Fault>;
    /// Puts a delta. On an error the target is as it was before. On success the journal stays until
    /// [`confirm`](Target::confirm), so that a version the ledger never heard of can be undone.
    fn put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault>;
    /// The ledger has the version: forget how to undo it.
    fn confirm(&self, version: VersionNo) -> Result<(), Fault>;
    /// What a dead worker left; `None` when nothing is under way.
    fn underway(&self) -> Result<Option<Underway>, Fault>;
    /// Takes back what is under way: the target is as it was before the [`put`](Target::put).
    fn undo(&self, blobs: &dyn Blobs) -> Result<(), Fault>;
}

/// From what the configuration says to a target that can be used.
pub trait Targets: Send + Sync {
    /// The target of an area.
    fn open(&self, area: &Area) -> Box<dyn Target>;
}
