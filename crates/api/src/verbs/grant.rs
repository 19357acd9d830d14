//! `grant`, `revoke` and `grants`: who may do what (`SPEC S1`, `S4`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::scope::Scope;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A grant to be given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRequest {
    /// What is given, and to whom.
    pub grant: Grant,
}

verb!(POST "/grants" GrantRequest => Answer<Operation, Preview>: "Grants or denies a privilege");

/// A grant to be taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeRequest {
    /// What is taken back, and from whom.
    pub grant: Grant,
}

verb!(POST "/grants/revoke" RevokeRequest => Answer<Operation, Preview>: "Takes a grant or a denial back");

/// Which grants to list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only those of this user or `@group`.
    pub who: Option<String>,
}

/// Grants.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Grants {
    /// Who administers the pipeline whatever is granted.
    pub administrator: String,
    /// As they were given.
    pub grants: Vec<Grant>,
}

impl View for Grants {}
verb!(GET "/grants" ListRequest => Grants: "Who was granted or denied what");

/// One grant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// A user, or `@group`.
    pub who: String,
    /// What, `demote-any`.
    pub privilege: String,
    /// Where.
    pub scope: Scope,
    /// Gives or takes.
    pub effect: Effect,
}

/// Whether a grant gives or takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Gives.
    Allow,
    /// Takes, whatever else gives.
    Deny,
}
