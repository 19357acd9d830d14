//! Conflicts that nobody was asked about (`SPEC X2`, `X5`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A conflict that was settled without asking anybody.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct AutoResolved {
    /// Whose difference it was.
    pub change: String,
    /// Where. Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// On which stage; absent where an area's own content was merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// `structural`, `union`, `source`, `destination`; `reused` for what a person decided earlier; `as-source` where the
    /// stage then holds the same changes as the one they come from, and takes the path as that holds it; `never-held` where
    /// it is as if an older revision had never been there, because another change does what that one did.
    pub strategy: String,
    /// The type of the file whose strategy it was, `Profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
    /// What `.gitattributes` says, where that settled it: `merge=union`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The resolution that was reused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Who had made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The resolutions whose blocks were reused, where the file differs elsewhere; absent where the whole one was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<String>,
    /// The stage from which it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    /// The older revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
}

/// One use of a remembered resolution (`SPEC X5`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Use {
    /// On the line of this stage; absent where it was in an area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// In this area; absent where it was on a stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// In this version of the area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Whose conflict it settled.
    pub change: String,
    /// At which path. Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// The operation that used it; `null` for what was adopted.
    pub operation: Option<String>,
    /// Whether nobody was asked; else it was made then.
    pub reused: bool,
    /// Whether the place still holds what it settled.
    pub stands: bool,
}
