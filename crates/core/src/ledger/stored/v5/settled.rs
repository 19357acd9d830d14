//! Format 5: content at a path, and what settled conflicts about it.

use crate::content;
use crate::content::filetype;
use crate::ledger::stored::form::{Form, forms};
use crate::records::{change, resolution};
use crate::words::names::{OperationId, Time, UserName};
use crate::words::object;
use crate::words::object::{BlobId, CommitId, RepoPath};

pub(in crate::ledger::stored) use crate::records::resolution::ResolutionId;

forms! {
    struct Resolution = resolution::Resolution {
        path: RepoPath,
        sides: Sides,
        result: Option<Leaf>,
        #[serde(default)]
        by: Settler,
    }

    #[derive(Default)]
    enum Settler = resolution::Settler {
        #[default]
        Person,
        Remembered(id: ResolutionId),
        Type { name: String, strategy: Strategy, },
    }

    enum Strategy = filetype::Strategy { Structural, Union, Source, Destination, Stop, }

    struct Remembered = resolution::Remembered {
        path: RepoPath,
        sides: Sides,
        result: Option<Leaf>,
        by: UserName,
        at: Time,
        operation: Option<OperationId>,
        forgotten: Option<Remark>,
    }

    struct Remark = change::Remark { by: UserName, at: Time, reason: String, }

    struct Redecided = resolution::Redecided { commit: CommitId, resolution: Resolution, }

    struct Sides = content::Sides { base: Option<Leaf>, ours: Option<Leaf>, theirs: Option<Leaf>, }

    struct Leaf = object::Leaf { mode: Mode, id: BlobId, }

    enum Mode = object::Mode { File, Executable, Symlink, Submodule, }

    struct PathChange = object::PathChange { path: RepoPath, before: Option<Leaf>, after: Option<Leaf>, }
}
