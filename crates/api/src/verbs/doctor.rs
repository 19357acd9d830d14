//! `doctor`: what commonly goes wrong, looked at (`SPEC W1`).

use crate::exit::Exit;
use crate::remedy::Remedy;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything is looked at. For who administers the pipeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DoctorRequest {
    /// Whether those are asked, too, who are elsewhere: remotes, the mail server, receivers of webhooks, providers of
    /// identities, the collector. Nothing is sent to them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub online: bool,
}

verb!(GET "/doctor" DoctorRequest => Diagnosis: "Looks at what commonly goes wrong, and says of each how it stands");

/// How everything stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Diagnosis {
    /// Which pipeline.
    #[serde(default)]
    pub pipeline: String,
    /// What was looked at, in order; more than one of a name where it found more than one thing.
    pub checks: Vec<Finding>,
}

impl View for Diagnosis {
    fn exit(&self) -> Exit {
        match self.checks.iter().all(|check| check.state == Health::Good) {
            true => Exit::Done,
            false => Exit::Refused,
        }
    }
}

/// How one thing stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// Something does not work.
    Fault,
    /// Somebody should look at it, or it could not be looked at.
    Warning,
    /// As it should be.
    #[default]
    Good,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What: `branches`, `jobs` and the like.
    pub check: String,
    /// In which pipeline, where several were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// How it stands.
    pub state: Health,
    /// One sentence that names the thing.
    pub message: String,
    /// The next step, in words; empty where all is well.
    pub hint: String,
    /// The next step, as data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Box<Remedy>>,
}
