//! `run-due`: promotions and jobs whose time has come are run (`SPEC P12`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whatever is due. It answers with one row for each promotion under `promotions`, and the deployments that ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunDueRequest {}

verb!(POST "/run-due" RunDueRequest => Answer<Operation, Preview>: "Runs the promotions and schedules whose time has come");
