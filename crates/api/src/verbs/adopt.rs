//! `stage adopt`: a stage's branch is taken as somebody rewrote it (`SPEC L8`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which stage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptRequest {
    /// Its name.
    pub stage: String,
}

verb!(POST "/stages/{stage}/adopt" AdoptRequest => Answer<Operation, Preview>: "Takes in what somebody did to a stage's branch, also where it was rewritten");
