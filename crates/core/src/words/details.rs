//! What a refusal says to programs beside its sentence: the same, as members of one object (`SPEC 11`).

use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, StageName, UserName, VersionNo};
use crate::words::object::{CommitId, RepoPath};
use crate::words::remedy::Edge;
use crate::words::scope::Scope;
use serde::Serialize;
use serde_json::Value;

/// The details of a refusal. The names of the members are a contract; which rule gives which stands in its name.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub enum Details {
    /// There is nothing to add.
    Nothing {},
    /// A name that stands for nothing, with the closest one that does.
    Unknown {
        name: String,
        did_you_mean: Option<String>,
    },
    /// A pipeline whose record is not here, with the highest operation of each kind that something names.
    BegunElsewhere {
        pipeline: String,
        last: Vec<OperationId>,
        refs: usize,
    },
    /// A stage whose branch carries operations that the ledger does not know, with the highest of each kind.
    LedgerBehind {
        stage: StageName,
        last: Vec<OperationId>,
    },
    /// A name that stands for nothing, or for several things.
    Named {
        name: String,
    },
    User {
        user: UserName,
    },
    Area {
        area: AreaName,
    },
    /// An area, and where the configuration says that it is.
    Place {
        area: AreaName,
        place: Option<String>,
    },
    Stage {
        stage: StageName,
    },
    Branch {
        branch: String,
    },
    Change {
        change: ChangeKey,
    },
    Deployment {
        deployment: OperationId,
    },
    Promotion {
        promotion: OperationId,
    },
    /// A job, and how it stands.
    Job {
        job: u64,
        state: &'static str,
    },
    /// An id of a resolution.
    Resolution {
        resolution: String,
    },
    /// What somebody looked at before they edited it, as it is now, and what it is called then.
    Record {
        etag: String,
        now: Value,
    },
    /// A promotion that is over, and how it ended.
    Ended {
        promotion: OperationId,
        status: &'static str,
    },
    /// A change that a promotion does not carry.
    NotCarried {
        promotion: OperationId,
        change: ChangeKey,
    },
    /// A path with several conflicts.
    Ambiguous {
        path: RepoPath,
        conflicts: Vec<ConflictAt>,
    },
    /// A path without one, and those that have one.
    NoConflict {
        promotion: OperationId,
        path: Option<RepoPath>,
        open: Vec<String>,
    },
    /// What somebody decided would break the document.
    Broken {
        path: RepoPath,
        file_type: String,
        problem: String,
    },
    /// A path in conflict for which nothing is proposed.
    Unproposed {
        path: RepoPath,
    },
    /// A resolution that was made for other contents than a path has in conflict.
    Unfit {
        resolution: String,
        path: RepoPath,
    },
    /// A set of conflict markers in what somebody decided.
    Marked {
        path: RepoPath,
        line: usize,
    },
    /// A version of a manual area must go first.
    OnManualArea {
        change: ChangeKey,
        area: AreaName,
        version: VersionNo,
    },
    /// A rollback would bring back what was demoted.
    BringsBack {
        area: AreaName,
        version: VersionNo,
        changes: Vec<ChangeKey>,
    },
    /// Changes whose content stays without them, and what brings it too.
    Stays {
        staying: Vec<Staying>,
    },
    Dependents {
        changes: Vec<ChangeKey>,
        dependents: Vec<ChangeKey>,
    },
    /// Dependents that were to be rewritten.
    Rewriting {
        changes: Vec<ChangeKey>,
        dependents: Vec<ChangeKey>,
        rewritable: Vec<ChangeKey>,
        not_rewritable: Vec<NotRewritable>,
    },
    /// The conflicts stand as the record keeps them.
    Conflicting {
        change: ChangeKey,
        stage: StageName,
        conflicts: Value,
    },
    /// Commits of a branch that are not the change's own as far as it can be told.
    Carried {
        change: ChangeKey,
        commits: Vec<CarriedCommit>,
    },
    /// A branch that holds nothing but what came along with stages' branches.
    LeftOut {
        change: ChangeKey,
        left_out: Vec<CameAlong>,
    },
    Owned {
        change: ChangeKey,
        owner: UserName,
    },
    /// An area of another stage than the one the changes go to.
    NotAtTarget {
        area: AreaName,
        stage: StageName,
        target: StageName,
    },
    /// A change asked for by name, at its place in the order, that may not go.
    Locked {
        change: ChangeKey,
        revision: RevisionNo,
        position: usize,
        reasons: Vec<Because>,
        /// Every change that was named and may not go, this one first.
        locked: Vec<LockedChange>,
    },
    /// Of all candidates none may go.
    AllLocked {
        locked: Vec<LockedChange>,
    },
    /// Several stages fit as one end of a move.
    Candidates {
        end: &'static str,
        candidates: Vec<StageName>,
    },
    /// Several edges of the pipeline fit.
    Edges {
        edges: Vec<Edge>,
    },
    Privilege {
        user: UserName,
        privilege: &'static str,
        scope: Scope,
    },
    ChangeAtStage {
        change: ChangeKey,
        stage: StageName,
    },
    /// Nothing above the target holds the change.
    NotAbove {
        change: ChangeKey,
        target: StageName,
    },
    HeldAbove {
        change: ChangeKey,
        from: StageName,
        held_at: StageName,
    },
    ChangeInArea {
        change: ChangeKey,
        area: AreaName,
    },
    NotAtStageOfArea {
        change: ChangeKey,
        area: AreaName,
        stage: StageName,
    },
    Task {
        change: ChangeKey,
        task: u32,
        area: AreaName,
    },
    Needs {
        change: ChangeKey,
        area: AreaName,
        stage: StageName,
        path: RepoPath,
        needs: Vec<ChangeKey>,
    },
    /// What must be rolled back before, newest first.
    DependedOn {
        area: AreaName,
        version: VersionNo,
        later: Vec<LaterVersion>,
        order: Vec<String>,
    },
    Drifted {
        area: AreaName,
        files: Vec<String>,
    },
    Hook {
        area: AreaName,
        command: Vec<String>,
        output: String,
    },
    /// A rollback that should have come before a demotion.
    Prelude {
        area: AreaName,
        deployment: OperationId,
        changes: Vec<ChangeKey>,
    },
    Rewritten {
        stage: StageName,
        branch: String,
        expected: CommitId,
        found: Option<CommitId>,
    },
    /// The hash that was approved, and today's.
    Plan {
        approved: String,
        plan: String,
    },
}

/// A commit of another change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct CarriedCommit {
    pub commit: CommitId,
    pub change: ChangeKey,
    pub subject: String,
}

/// A change that came to a branch with a stage's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct CameAlong {
    pub change: ChangeKey,
    pub revision: RevisionNo,
    pub stage: StageName,
}

/// Where a conflict is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct ConflictAt {
    pub change: ChangeKey,
    pub stage: StageName,
}

/// What a change did that stays on a stage without it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct Staying {
    pub change: ChangeKey,
    pub stage: StageName,
    pub paths: Vec<RepoPath>,
    pub brought_by: Vec<Brings>,
}

/// What brings it too: a change with its commit, or the commit the branch had before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct Brings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeKey>,
    pub commit: CommitId,
}

/// A dependent that cannot be rewritten.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct NotRewritable {
    pub change: ChangeKey,
    pub why: String,
}

/// One reason against a change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct Because {
    pub code: &'static str,
    pub message: String,
}

/// A change that may not go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct LockedChange {
    pub change: ChangeKey,
    pub reasons: Vec<Because>,
}

/// A version that depends on an earlier one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "a member's name and type say all there is to say about it")]
pub struct LaterVersion {
    pub version: VersionNo,
    /// The deployment that made it.
    pub deployment: OperationId,
    pub changes: Vec<ChangeKey>,
    /// Whose they are, in the same order.
    pub owners: Vec<UserName>,
}
