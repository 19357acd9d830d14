//! What is settled on a change's own branch, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a change's own branch has to do with a stage's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OnBranch {
    /// Which change.
    pub change: String,
    /// Its branch; `None` where it has none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// The stage.
    pub stage: String,
    /// The stage's branch.
    pub branch: String,
    /// What to do there.
    pub settling: Settling,
}

/// What to do on the branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Settling {
    /// Merge the stage's branch, and record the change again.
    Merge,
    /// The same, and put right before it is committed what git merges without a conflict.
    Mend,
    /// Record what is new as a change of its own: others build on what the change did before.
    Anew,
    /// Put its own commits onto the stage's branch, and record the change again: they follow a revision of another that the
    /// stage does not hold.
    Onto {
        /// Where that revision ends.
        after: String,
    },
}
