//! A work tree that could not follow its branch.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A work tree that could not follow its branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LeftBehind {
    /// Its folder.
    pub path: String,
    /// The branch it shows.
    pub branch: String,
    /// The commit that its files and its index belong to.
    pub shows: String,
    /// What kept it.
    pub hindrance: Hindrance,
}

/// What keeps a work tree from following its branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Hindrance {
    /// It has changes of its own.
    Edited,
    /// A file that git does not keep stands where one would come.
    InTheWay {
        /// Which.
        file: String,
    },
    /// Something is under way in it.
    UnderWay {
        /// A merge, a rebase.
        what: String,
    },
    /// Git's lock of it is held, or was left behind.
    Locked {
        /// The lock.
        lock: String,
    },
    /// The `git` program, which writes its files, cannot be run.
    NoGit,
}
