//! `resolution list|show|forget`: what people decided about conflicts, and is decided so again (`SPEC X5`).

use crate::answer::Answer;
use crate::decision::Use;
use crate::operation::{Operation, Preview};
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which resolutions to list; newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only those about this path.
    pub path: Option<String>,
    /// Forgotten ones too.
    pub forgotten: bool,
}

/// Resolutions.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Resolutions {
    /// Newest first.
    pub resolutions: Vec<Resolution>,
}

impl View for Resolutions {}
verb!(GET "/resolutions" ListRequest => Resolutions: "How conflicts were settled, as far as it is remembered");

/// A remembered resolution.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Resolution {
    /// 16 hexadecimal digits: a hash of the three sides it settles.
    pub id: String,
    /// The path it was made for. Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// Who decided it.
    pub by: String,
    /// When.
    pub at: String,
    /// The operation it was made for; `null` where it came with the repository.
    pub operation: Option<String>,
    /// How often it settled something without anybody being asked, as far as that stands.
    pub reused: u32,
    /// Who had it forgotten, when and why; `null` while it counts.
    pub forgotten: Option<Forgotten>,
}

/// Why a resolution settles nothing any more.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Forgotten {
    /// Who said so.
    pub by: String,
    /// When.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// Which resolution to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// The id, or how it begins.
    pub resolution: String,
}

/// One resolution, with what it is about.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ShownResolution")]
pub struct Shown {
    /// It.
    pub resolution: Resolution,
    /// What both sides started from; `null` where nothing stood.
    pub base: Option<String>,
    /// What the destination held.
    pub ours: Option<String>,
    /// What the change wanted.
    pub theirs: Option<String>,
    /// What was put there; `null` where the path was deleted.
    pub result: Option<String>,
    /// How the four are written: `utf-8`, or `base64` when one of them is no text.
    pub encoding: String,
    /// Where it was used.
    pub used: Vec<Use>,
}

impl View for Shown {}
verb!(GET "/resolutions/{resolution}" ShowRequest => Shown: "One remembered resolution, with its contents");

/// Which resolution to forget.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgetRequest {
    /// The id, or how it begins.
    pub resolution: String,
}

verb!(POST "/resolutions/{resolution}/forget" ForgetRequest => Answer<Operation, Preview>: "Forgets a resolution: the same conflict is asked about again");
