//! `verify`: the chain, the stages, the branches and the areas are recomputed (`SPEC H1`).

use crate::answer::Answer;
use crate::exit::Exit;
use crate::operation::{Operation, Preview};
use crate::reason::Problem;
use crate::verb::{View, verb};
use serde::{Deserialize, Serialize};

/// Everything is verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {}

verb!(GET "/v1/verify" VerifyRequest => Verified);

/// What old programs told twice counts once from now on. Nothing is erased or renumbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairRequest {}

verb!(POST "/v1/verify/repair" RepairRequest => Answer<Operation, Preview>);

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Verified {
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
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Check {
    /// `chain`, `state`, `stage`, `branch`, `refs` or `area`.
    pub what: String,
    /// Its name; empty for the chain and the state.
    pub name: String,
    /// Whether it agrees.
    pub ok: bool,
    /// Where it does not.
    pub problems: Vec<Problem>,
    /// What is no fault, and yet to be known: commits that nobody took in yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
