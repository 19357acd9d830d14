//! `area list|show|verify|repair|populate|adopt|move`: the places stages deploy to (`SPEC 6`).

use crate::answer::Answer;
use crate::exit::Exit;
use crate::operation::{Operation, Preview};
use crate::reason::{ChangeAt, Problem};
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which areas to list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only those of this stage.
    pub stage: Option<String>,
}

/// Areas.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Areas {
    /// In the pipeline's order.
    pub areas: Vec<Area>,
}

impl View for Areas {}
verb!(GET "/areas" ListRequest => Areas: "The areas and their versions");

/// One area, as it is configured and as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// Its stage.
    pub stage: String,
    /// Deploy by Default.
    pub default: bool,
    /// `deployment` or `development`.
    pub class: String,
    /// Its sequence number.
    pub sequence: u32,
    /// Where its files go, in one line.
    pub target: String,
    /// Which of the stage's files it gets; all when empty.
    pub include: Vec<String>,
    /// Which of them it does not get.
    pub exclude: Vec<String>,
    /// What is taken off the front of their names.
    pub strip_prefix: Option<String>,
    /// `refuse`, `overwrite` or `keep`.
    pub on_drift: String,
    /// `files`, `lines` or `strict`.
    pub rollback: String,
    /// `allow` or `refuse`.
    pub regression: String,
    /// It takes no deployment until it is back.
    pub offline: bool,
    /// It takes nothing any more, and keeps its history (`SPEC A15`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// Its newest version.
    pub version: Option<u32>,
    /// The id of the tree it holds.
    pub tree: Option<String>,
    /// How many changes it holds.
    pub changes: u64,
    /// How many changes its stage holds and it does not, or not at that revision.
    pub pending: u64,
    /// Deployments and rollbacks of it that failed, and that nobody has settled yet; absent where there are none
    /// (`SPEC D7`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<String>,
    /// What is wrong with its place: lost, moved, or ahead of the ledger (`SPEC A15`). A program is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// What comparing the target with the newest version found last (`SPEC A13`); absent where nobody has since the last
    /// deployment. Reading looks at no target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
}

/// What comparing a target with a version found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Checked {
    /// When.
    pub at: String,
    /// With which version.
    pub version: u32,
    /// The files that were not as the version has them.
    pub deviations: Vec<Deviation>,
    /// What kept it from being compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<NotCompared>,
}

/// Why a target could not be compared.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct NotCompared {
    /// The code.
    pub code: String,
    /// The sentence.
    pub message: String,
}

/// Which area to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// Its name.
    pub area: String,
}

/// One area with its versions.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ShownArea")]
pub struct Shown {
    /// It.
    pub area: Area,
    /// What it holds, in the order it came.
    pub held: Vec<Held>,
    /// Changes automatic deployments skip (`SPEC R8`).
    pub on_hold: Vec<String>,
    /// Files that stand on the target as somebody edited them, and are left alone (`SPEC A7`).
    #[serde(default)]
    pub kept: Vec<String>,
    /// Its versions, newest first.
    pub versions: Vec<Version>,
}

impl View for Shown {}
verb!(GET "/areas/{area}" ShowRequest => Shown: "One area, with its versions");

/// A change an area holds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// Which.
    pub change: String,
    /// At which revision.
    pub revision: u32,
    /// The version that brought it.
    pub since: u32,
}

/// One version of an area (`SPEC A5`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Version {
    /// Its number.
    pub version: u32,
    /// `baseline`, `deploy`, `rollback`, `repair`, `adopt`, `move`.
    pub kind: String,
    /// The deployment that made it.
    pub deployment: String,
    /// The changes that came in or went out.
    pub changes: Vec<ChangeAt>,
    /// The id of its tree.
    pub tree: String,
    /// Files that somebody had edited on the target and that were left alone; absent where there are none (`SPEC A7`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// Files that somebody had edited on the target and that were replaced; `area kept` has what they held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overwritten: Vec<String>,
    /// Who asked for it.
    pub by: String,
    /// When it was made.
    pub at: String,
    /// Why.
    pub reason: Option<String>,
    /// The version it takes back.
    pub reverts: Option<u32>,
}

/// Which areas to compare with their targets; every one when none is named.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VerifyRequest {
    /// Their names.
    pub area: Vec<String>,
}

/// What the targets hold, compared with what they should (`SPEC A13`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "VerifiedAreas")]
pub struct Verified {
    /// In the pipeline's order.
    pub areas: Vec<VerifiedArea>,
}

impl View for Verified {
    fn exit(&self) -> Exit {
        match self.areas.iter().all(|area| area.clean) {
            true => Exit::Done,
            false => Exit::Refused,
        }
    }
}

verb!(GET "/verification/areas" VerifyRequest => Verified: "Compares what stands in areas with their versions");

/// One area, compared with its target.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct VerifiedArea {
    /// Its name.
    pub area: String,
    /// Its newest version.
    pub version: Option<u32>,
    /// The id of the tree that version wrote.
    pub tree: Option<String>,
    /// The id of the tree recomputed from the target; `null` when the target could not be read.
    pub found: Option<String>,
    /// Whether the two are equal.
    pub clean: bool,
    /// How many files were compared.
    pub files: u64,
    /// Files that stand as somebody edited them and that the version left alone: no deviation.
    #[serde(default)]
    pub kept: Vec<String>,
    /// The files that differ.
    pub deviations: Vec<Deviation>,
    /// Why the target could not be read, or what is wrong with the place.
    pub problem: Option<Problem>,
}

/// A managed file that is not what the last version wrote.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Deviation {
    /// Where. Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// `missing`, `changed`, `mode`, `unexpected`.
    pub what: String,
    /// What the version wrote, `100644 <blob>`; `null` where nothing.
    pub expected: Option<String>,
    /// What stands there; `null` where nothing does.
    pub found: Option<String>,
}

/// Which area to bring back to its newest version.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairRequest {
    /// Its name.
    pub area: String,
}

verb!(POST "/areas/{area}/repair" RepairRequest => Answer<Operation, Preview>: "Reinstates an area's version as a new one");

/// Which area to write the baseline of (`SPEC A4`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PopulateRequest {
    /// Its name.
    pub area: String,
}

verb!(POST "/areas/{area}/populate" PopulateRequest => Answer<Operation, Preview>: "Writes the first version of an area");

/// Which area to take as it stands (`SPEC A15`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptRequest {
    /// Its name.
    pub area: String,
}

verb!(POST "/areas/{area}/adopt" AdoptRequest => Answer<Operation, Preview>: "Takes what stands in an area as a new version");

/// Which area to follow to where its place was moved (`SPEC A15`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    /// Its name.
    pub area: String,
}

verb!(POST "/areas/{area}/move" MoveRequest => Answer<Operation, Preview>: "Follows an area's place that was moved");

/// Whose edits to tell of, or which of them to give.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KeptRequest {
    /// Only those in this area.
    pub area: Option<String>,
    /// The file whose content is wanted; goes with an area.
    pub path: Option<String>,
    /// As this deployment met it, `D-4`; the newest where it is not said.
    pub at: Option<String>,
    /// With this content, by the beginning of its id.
    pub content: Option<String>,
}

/// What somebody had edited on targets and what is kept of it (`SPEC A7`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// File by file, newest first; the one that was asked for.
    pub files: Vec<KeptFile>,
    /// What it held, where one was asked for; `null` where somebody had removed the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// How the content is written: `utf-8`, or `base64` where it is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

impl View for Kept {}
verb!(GET "/kept" KeptRequest => Kept: "What somebody had edited on targets and deployments replaced");

/// A file that somebody had edited.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct KeptFile {
    /// In which area.
    pub area: String,
    /// Where. Bytes that are no UTF-8 are written `\\xNN`.
    pub path: String,
    /// `kept` (it was left alone), `overwritten`, or `set-aside` (it was edited in the middle of a deployment).
    pub what: String,
    /// The deployment that met it.
    pub deployment: String,
    /// The version that deployment made; `null` where it was taken back.
    pub version: Option<u32>,
    /// When.
    pub at: String,
    /// The id of what somebody had written; `null` where they had removed the file.
    pub blob: Option<String>,
}
