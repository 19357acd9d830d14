//! Changes that a stage lacks.

use crate::words::names::{ChangeKey, StageName};
use crate::words::remedy::Course;
use serde::{Deserialize, Serialize};

/// What has to come to a stage before what was made on it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Missing {
    /// Which.
    pub changes: Vec<ChangeKey>,
    /// Where from, where that has to be said: the stage has an older revision, as others have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StageName>,
    /// Where to.
    pub to: StageName,
    /// Up, or down.
    pub course: Course,
}
