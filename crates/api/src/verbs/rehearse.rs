//! `rehearse CHANGE...`: which of these go together, in which order, and what breaks first.

use crate::conflict::Conflict;
use crate::decision::AutoResolved;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which changes, and where to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RehearseRequest {
    /// In the order in which they would move if nothing speaks against it.
    pub changes: Vec<String>,
    /// The stage they are tried on; found from where they are when not said.
    pub to: Option<String>,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Rehearsal {
    /// The stage they were tried on.
    pub stage: String,
    /// Those that go together, in an order in which they do.
    pub goes: Vec<String>,
    /// The first that breaks in the order given; `null` when all go as they are.
    pub breaks_first: Option<String>,
    /// Those that do not go, with what stops them after all others went.
    pub stays: Vec<Stays>,
    /// Those that are there already.
    pub there: Vec<String>,
    /// Conflicts of those that go that are settled without asking anybody.
    pub auto_resolved: Vec<AutoResolved>,
}

impl View for Rehearsal {}
verb!(GET "/rehearsal" RehearseRequest => Rehearsal: "What moving changes would come to, tried without moving them");

/// A change that does not go.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Stays {
    /// Which.
    pub change: String,
    /// Where it cannot be merged.
    pub conflicts: Vec<Conflict>,
    /// What it is stacked on, and would be missing.
    pub needs: Vec<String>,
}
