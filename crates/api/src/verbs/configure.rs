//! `configure`: a configuration is put in force (`SPEC K1`, `K2`).

use crate::answer::Answer;
use crate::reason::Warning;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which configuration. Without a text, the file that is at hand where the pipeline is kept.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigureRequest {
    /// All of it.
    pub text: Option<String>,
    /// How a defect calls it; `switchback.toml` where it is not said.
    pub file: Option<String>,
    /// Instead of a text: what the pipeline's base branch says now (`SPEC K4`).
    pub offered: bool,
}

/// A configuration on the base branch that is not in force.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct OfferedConfiguration {
    /// The branch.
    pub branch: String,
    /// Where it stands.
    pub commit: String,
    /// The file there.
    pub file: String,
    /// All of it.
    pub text: String,
    /// What is written otherwise than in the one in force.
    pub changes: Vec<Difference>,
    /// Every program that would run because of it.
    pub programs: Vec<Program>,
    /// Why it cannot be put in force; absent where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<OfferDefect>,
}

/// Why an offer cannot be put in force.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct OfferDefect {
    /// The code.
    pub code: String,
    /// The sentence, with its place in the file.
    pub message: String,
}

verb!(POST "/configuration" ConfigureRequest => Answer<Configured>: "Puts a configuration in force");

/// A configuration that is in force, or would be.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Configured {
    /// `null`: it has no record of its own.
    pub operation: Option<String>,
    /// `configuration`.
    pub kind: String,
    /// Whose.
    pub pipeline: String,
    /// Where it was read.
    pub configuration: String,
    /// SHA-256 over its text, in hexadecimal.
    pub configuration_hash: String,
    /// What was done, in one sentence.
    pub says: String,
    /// What is written otherwise than in the one before.
    pub changes: Vec<Difference>,
    /// Every program that runs because of it.
    pub programs: Vec<Program>,
    /// What somebody should know.
    pub warnings: Vec<Warning>,
    /// The hash of the plan, for `--plan`; absent once it was carried out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
}

/// What is in force.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ConfigurationRequest")]
#[serde(default, deny_unknown_fields)]
pub struct ShowRequest {}

verb!(GET "/configuration" ShowRequest => InForce: "The configuration in force, how the file at hand differs, and what the base branch offers");

/// The configuration in force (`SPEC K1`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ConfigurationInForce")]
pub struct InForce {
    /// Whose.
    pub pipeline: String,
    /// All of it; `null` beside a ledger that keeps none yet.
    pub text: Option<String>,
    /// SHA-256 over it, in hexadecimal.
    pub hash: Option<String>,
    /// Who put it in force.
    pub by: Option<String>,
    /// When.
    pub since: Option<String>,
    /// The entry that did.
    pub seq: Option<u64>,
    /// The file where the pipeline is kept; `null` where there is none, or none that can be read.
    pub at_hand: Option<AtHand>,
    /// What the base branch says otherwise; `null` where that is the same, or there is no file.
    pub offered: Option<OfferedConfiguration>,
}

impl View for InForce {}

/// A file that could be put in force.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ConfigurationAtHand")]
pub struct AtHand {
    /// Where it is.
    pub file: String,
    /// SHA-256 over its text, in hexadecimal.
    pub hash: String,
    /// What is written in it otherwise than in what is in force.
    pub changes: Vec<Difference>,
}

/// One key that is written otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The table it is in: `stage`, `area`, `pipeline`.
    pub table: String,
    /// Which stage, area or file type; empty for a table there is one of.
    pub name: String,
    /// The key, `back_promote.require`; empty where all of it comes or goes.
    pub key: String,
    /// What was written; `null` where it is new.
    pub before: Option<String>,
    /// What is written; `null` where it goes.
    pub after: Option<String>,
}

/// A program that runs because of a configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Program {
    /// For which area.
    pub area: String,
    /// `target`, or as a hook `before`, `after`, `on-failure`.
    pub occasion: String,
    /// The program and its arguments.
    pub run: Vec<String>,
    /// Whether the configuration before does not run it there.
    pub new: bool,
}

impl View for Configured {}
