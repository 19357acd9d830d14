//! Conflicts, as they are told: the contents, where the sides have them, and what could be taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A conflict (`SPEC X1`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// Which change could not be merged.
    pub change: String,
    /// Where. Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// `content`, `binary`, `add-add`, `edit-delete`, `mode`, `file-folder`, `rename`, `folder-rename`, `submodule`.
    pub kind: String,
    /// On which stage.
    pub stage: String,
    /// What both sides started from; `null` where nothing stood.
    pub base: Option<String>,
    /// What the destination holds.
    pub ours: Option<String>,
    /// What the change wants.
    pub theirs: Option<String>,
    /// How the three are written: `utf-8`, or `base64` when one of them is no text.
    pub encoding: String,
    /// Where the sides have the file; absent where all have it at `path`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<ConflictPaths>,
    /// What a person would most likely choose, with why; absent where there is nothing to propose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposed>,
    /// What people decided about other files that fits here, and waits to be taken; absent where there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offered>,
    /// The earlier change that made the other side; `null` when the stage's base did.
    pub other_side: Option<String>,
    /// The changes that made what is edited here, and that the stage lacks; absent where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Why it was not settled by itself, in a sentence; absent where there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Where the sides of a conflict have the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ConflictPaths {
    /// Where both sides started from.
    pub base: String,
    /// Where the destination has it, or would have it with a folder that it moved.
    pub ours: String,
    /// Where the change has it, or would have it with a folder that it moved.
    pub theirs: String,
    /// Where `--file` puts it, and the others too where one side alone moved it, unless that is what is in dispute.
    pub result: String,
    /// Paths that the destination loses unless `--ours` settles it. For `rename` the file's own other places; else what gives
    /// way where the file goes where theirs is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
}

/// What is proposed for a conflict.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Proposed {
    /// What it was made by, block after block: `later`, `touching`, `insertions`, `ordered`.
    pub by: Vec<String>,
    /// Why, in a sentence for each.
    pub why: Vec<String>,
    /// What it comes to, written as the conflict's contents are.
    pub content: Option<String>,
}

/// A resolution about another file that fits a conflict.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Offered {
    /// Its id.
    pub resolution: String,
    /// The file it was made for.
    pub path: String,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: String,
    /// What it would put there, written as the conflict's contents are; `null` deletes.
    pub content: Option<String>,
}
