//! Format 6: content at a path, and what settled conflicts about it.

use crate::content;
use crate::content::filetype;
use crate::ledger::stored::form::{Form, forms};
use crate::records::{change, conflict, resolution};
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName, Time, UserName};
use crate::words::object;
use crate::words::object::{BlobId, CommitId, RepoPath};

pub(in crate::ledger::stored) use crate::records::resolution::ResolutionId;

forms! {
    struct MoveConflict = conflict::MoveConflict {
        stage: StageName,
        change: ChangeKey,
        path: RepoPath,
        kind: ConflictKind,
        sides: Sides,
        #[serde(default, skip_serializing_if = "Places::is_plain")]
        places: Places,
        other_side: Option<ChangeKey>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        needs: Vec<ChangeKey>,
        #[serde(default)]
        why: Option<String>,
    }

    enum ConflictKind = content::ConflictKind {
        Content,
        Binary,
        AddAdd,
        EditDelete,
        Mode,
        FileFolder,
        Rename,
        FolderRename,
        Submodule,
    }

    struct Resolution = resolution::Resolution {
        path: RepoPath,
        sides: Sides,
        result: Option<Leaf>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<RepoPath>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<RepoPath>,
        #[serde(default)]
        by: Settler,
    }

    #[derive(Default)]
    enum Settler = resolution::Settler {
        #[default]
        Person,
        Remembered(id: ResolutionId),
        Blocks(ids: Vec<ResolutionId>),
        Attribute(written: String),
        Proposed { name: String, kinds: Vec<Proposal>, },
        Type { name: String, strategy: Strategy, },
        AsSource(stage: StageName),
        NeverHeld(older: RevisionNo),
        Followed,
    }

    enum Proposal = content::proposal::Proposal { Later, Touching, Insertions, Ordered, }

    enum Strategy = filetype::Strategy { Structural, Union, Source, Destination, Regenerate, Stop, }

    struct Remembered = resolution::Remembered {
        path: RepoPath,
        sides: Sides,
        result: Option<Leaf>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<RepoPath>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<RepoPath>,
        by: UserName,
        at: Time,
        operation: Option<OperationId>,
        forgotten: Option<Remark>,
    }

    struct Remark = change::Remark { by: UserName, at: Time, reason: String, }

    struct Redecided = resolution::Redecided { commit: CommitId, resolution: Resolution, }

    struct Sides = content::Sides { base: Option<Leaf>, ours: Option<Leaf>, theirs: Option<Leaf>, }

    #[derive(Default, PartialEq, Eq)]
    struct Places = content::entry::Places {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<RepoPath>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ours: Option<RepoPath>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        theirs: Option<RepoPath>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ours_merged: Option<Leaf>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        theirs_merged: Option<Leaf>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<RepoPath>,
    }

    #[derive(PartialEq, Eq)]
    struct Leaf = object::Leaf { mode: Mode, id: BlobId, }

    #[derive(PartialEq, Eq)]
    enum Mode = object::Mode { File, Executable, Symlink, Submodule, }

    struct PathChange = object::PathChange { path: RepoPath, before: Option<Leaf>, after: Option<Leaf>, }
}

impl Places {
    /// Whether nothing needs to be said.
    pub(in crate::ledger::stored) fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
