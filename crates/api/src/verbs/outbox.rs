//! `outbox list|retry`: what people are told, and what was not taken (`SPEC H4`).

use crate::page::paged;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which deliveries to list. For who administers the pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OutboxRequest")]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only in this state: `queued`, `sent`, `dead`.
    pub state: Option<String>,
    /// At most so many, up to 1000 a page; 100 if not said.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// Deliveries, the newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Outbox {
    /// Each.
    pub deliveries: Vec<Delivery>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

paged!(ListRequest => Outbox: deliveries);
verb!(GET "/outbox" ListRequest => Outbox: "What people are told, and what was not taken");

/// Has a delivery sent again that was given up. For who administers the pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SendAgainRequest")]
#[serde(deny_unknown_fields)]
pub struct RetryRequest {
    /// Its number.
    pub delivery: String,
}

/// A delivery as it stands now.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SentAgain {
    /// It.
    pub delivery: Delivery,
}

impl View for SentAgain {}
verb!(POST "/outbox/{delivery}/retry" RetryRequest => SentAgain: "Has a delivery sent again that was given up");

/// One notice on its way to one recipient.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// Its number.
    pub id: u64,
    /// What it tells of, `rollback-failed`.
    pub kind: String,
    /// The same in a sentence.
    pub says: String,
    /// The entry it tells of.
    pub entry: u64,
    /// `mail` or `webhook`.
    pub channel: String,
    /// A person, or a webhook of the server's configuration.
    pub to: String,
    /// `queued`, `sent` or `dead`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next: Option<String>,
    /// What the last try came to.
    pub error: Option<String>,
}
