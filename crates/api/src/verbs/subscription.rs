//! `subscription add|list|remove`: who wants to be told of what, by mail (`SPEC H4`).

use crate::reason::Warning;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which subscriptions to list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SubscriptionsRequest")]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Whose; one's own if not said. Those of others are for who runs the server.
    pub user: Option<String>,
    /// Everybody's, for who runs the server.
    pub all: bool,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// Subscriptions, by person and pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Subscriptions {
    /// Each.
    pub subscriptions: Vec<Subscription>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Subscriptions {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}
verb!(GET server "/subscriptions" ListRequest => Subscriptions: "Who is told of what by mail");

/// Has somebody told of what happens in a pipeline, in place of what they had for it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SubscribeRequest")]
#[serde(deny_unknown_fields)]
pub struct AddRequest {
    /// Who; who asks if not said. Others are for who runs the server.
    pub user: Option<String>,
    /// The pipeline.
    pub pipeline: String,
    /// Of what: `promotion`, `conflict`, `rollback-failed`, …; everything when there are none.
    #[serde(default)]
    pub kinds: Vec<String>,
}

/// A subscription that was made or taken back.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Subscribed {
    /// It.
    pub subscription: Subscription,
    /// What keeps mail from coming.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl View for Subscribed {}
verb!(POST server "/subscriptions" AddRequest => Subscribed: "Has somebody told by mail of what happens in a pipeline");

/// Takes a subscription back.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UnsubscribeRequest")]
#[serde(deny_unknown_fields)]
pub struct RemoveRequest {
    /// Whose; that of who asks if not said.
    pub user: Option<String>,
    /// The pipeline.
    pub pipeline: String,
}

verb!(POST server "/subscriptions/remove" RemoveRequest => Subscribed: "Takes a subscription back");

/// What somebody is told of in one pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Subscription {
    /// Who.
    pub user: String,
    /// In which pipeline.
    pub pipeline: String,
    /// Of what; everything when there are none.
    pub kinds: Vec<String>,
}
