//! `verify`: the chain, the stages, the branches and the areas are recomputed (`SPEC H1`).

use crate::answer::Answer;
use crate::exit::Exit;
use crate::operation::{Operation, Preview};
use crate::reason::Problem;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything is verified.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// Whether the ledger is compared with what was anchored of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anchored: bool,
    /// What was anchored, each as `POSITION:HASH:PIPELINE`; those of other pipelines are not looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<String>,
}

verb!(GET "/verification" VerifyRequest => Verified: "Recomputes the chain, the stages, the branches and the areas, and names what disagrees");

/// What old programs told twice counts once from now on. Nothing is erased or renumbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairRequest {}

verb!(POST "/verification/repair" RepairRequest => Answer<Operation, Preview>: "Mends what an older program left in the ledger");

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Verified {
    /// Which pipeline.
    #[serde(default)]
    pub pipeline: String,
    /// When it was looked at.
    #[serde(default)]
    pub at: String,
    /// Whether all agree.
    pub ok: bool,
    /// How many entries the chain has.
    pub entries: u64,
    /// The hash of the last one; empty while there is none.
    pub head: String,
    /// What was recomputed, in order.
    pub checks: Vec<Check>,
}

impl View for Verified {
    fn exit(&self) -> Exit {
        match self.ok {
            true => Exit::Done,
            false => Exit::Refused,
        }
    }
}

/// One thing that was recomputed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// `chain`, `anchor`, `state`, `stage`, `branch`, `refs` or `area`.
    pub what: String,
    /// Its name; empty for the chain, the anchor and the state.
    pub name: String,
    /// Whether it agrees.
    pub ok: bool,
    /// Where it does not.
    pub problems: Vec<Problem>,
    /// What is no fault, and yet to be known: commits that nobody took in yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
