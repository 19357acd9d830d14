//! `rollback`: one whole deployment is taken back out of one area, by hand (`SPEC 7`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which deployment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RollbackRequest {
    /// A deployment, `D-4`, or a version of an area, `qa-web@7`.
    pub what: String,
    /// Demoted content may come back with it (`SPEC R6`).
    #[serde(default)]
    pub anyway: bool,
}

verb!(POST "/rollbacks" RollbackRequest => Answer<Operation, Preview>: "Rolls one whole deployment back");
