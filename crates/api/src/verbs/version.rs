//! The versions of an area: what each put there (`SPEC A5`).

use crate::decision::AutoResolved;
use crate::verb::{View, verb};
use crate::verbs::area::Version;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Of which area to list the versions.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "VersionsRequest")]
#[serde(deny_unknown_fields)]
pub struct ListRequest {
    /// Its name.
    pub area: String,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// Versions.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Versions {
    /// Newest first.
    pub versions: Vec<Version>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Versions {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}
verb!(GET "/areas/{area}/versions" ListRequest => Versions: "The versions of an area, the newest first");

/// Which version to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "VersionRequest")]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// The area.
    pub area: String,
    /// Its number.
    pub version: String,
}

/// One version, whole.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ShownVersion")]
pub struct Shown {
    /// Of which area.
    pub area: String,
    /// The area's stage.
    pub stage: String,
    /// It.
    pub version: Version,
    /// Whether it is the newest, which the target holds.
    pub is_current: bool,
    /// The id of the tree that was wanted, under the stage's names and before values were put in.
    pub wanted: String,
    /// The commit that keeps it.
    pub commit: String,
    /// Where the stage stood.
    pub stage_head: String,
    /// What differs from the version before, file by file; of the first version everything.
    pub files: Vec<FileEntry>,
    /// What somebody had edited on the target, and what became of it.
    pub drift: Vec<Edited>,
    /// Conflicts that arose only in the area, and what settled them.
    pub auto_resolved: Vec<AutoResolved>,
    /// The last lines that hooks printed.
    pub said: Vec<String>,
}

impl View for Shown {}
verb!(GET "/areas/{area}/versions/{version}" ShowRequest => Shown: "One version of an area: changes, files, drift that was found, what hooks said");

/// A file that differs, with what stands there.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct FileEntry {
    /// Where. Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// `added`, `modified`, `deleted`, `mode`.
    pub change: String,
    /// What stood there before, `100644 <blob>`; `null` where nothing did.
    pub before: Option<String>,
    /// What stands there now; `null` where nothing does.
    pub after: Option<String>,
}

/// A file that somebody had edited on the target.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Edited {
    /// Where.
    pub path: String,
    /// `kept`, `overwritten` or `set-aside`.
    pub what: String,
}
