//! What is still to be told, and to whom (`SPEC H4`): the outbox of a pipeline, beside its record.
//!
//! A notice is kept in the very transaction of the entry that it tells of. Whoever sends makes deliveries of it, one for
//! each who is told, and leases one at a time; what fails is tried again, and what is given up stays to be looked at. No
//! address and no secret is ever kept here: a delivery names a person, or a webhook of the server's configuration.

use crate::words::fault::Fault;
use crate::words::names::{Seq, Time};

/// A notice that is to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewNotice {
    /// What no other of the pipeline is called: kept once, however often it is said.
    pub name: String,
    /// What it is about, `rollback-failed`.
    pub kind: String,
    /// JSON, which the ledger does not read.
    pub body: String,
}

/// A notice that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptNotice {
    /// Its number, in this storage.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// The entry it tells of, or the last before it was said.
    pub seq: Seq,
    /// When it was said.
    pub at: Time,
    /// What it is about.
    pub kind: String,
    /// JSON.
    pub body: String,
}

/// Who promises to send what is kept, and how long that holds: without such a promise nothing is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sender {
    /// Until when, unless it is said again.
    pub until: Time,
    /// Whether mail is among what it can send.
    pub mail: Mail,
}

/// Whether mail can be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mail {
    /// It can.
    SetUp,
    /// There is no mail server.
    NotSetUp,
}

/// By which way somebody is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Channel {
    /// Mail to a person.
    Mail,
    /// A webhook of the configuration.
    Webhook,
}

impl Channel {
    /// The word shown, and kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }

    /// The one that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Mail, Self::Webhook].into_iter().find(|channel| channel.as_str() == word)
    }
}

/// Who is to be told, and by which way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Recipient {
    /// The way.
    pub channel: Channel,
    /// A person's name, or that of a webhook.
    pub to: String,
}

/// How far a delivery has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DeliveryState {
    /// It is to be sent.
    Queued,
    /// It was sent.
    Sent,
    /// It was given up; somebody may have it sent again.
    Dead,
}

impl DeliveryState {
    /// The word shown, and kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// The one that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Queued, Self::Sent, Self::Dead].into_iter().find(|state| state.as_str() == word)
    }
}

/// One notice on its way to one recipient.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Its number, in this storage.
    pub id: u64,
    /// What is told.
    pub notice: KeptNotice,
    /// To whom.
    pub recipient: Recipient,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was made, or asked for again.
    pub since: Time,
    /// When it may be tried next; while somebody tries, when they are given up.
    pub run_at: Time,
    /// What the last try came to; empty where it came to nothing bad.
    pub error: String,
    /// Names the lease under which somebody tries.
    pub token: u64,
}

/// What a try came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tried {
    /// It was taken.
    Sent,
    /// It was not; it is tried again then.
    Later(Time, String),
    /// It never will be.
    Dead(String),
}

/// The outbox of one pipeline (`SPEC H4`).
pub trait Outbox {
    /// Somebody promises to send what is kept from now on.
    fn promise(&self, sender: Sender) -> Result<(), Fault>;
    /// Who has promised so, if the promise still holds.
    fn sender(&self, now: Time) -> Result<Option<Sender>, Fault>;
    /// Keeps notices that no entry tells of. Gives how many of them were new.
    fn say(&self, at: Time, notices: &[NewNotice]) -> Result<usize, Fault>;
    /// Notices of which nobody has made deliveries, oldest first, at most `limit`.
    fn unaddressed(&self, limit: usize) -> Result<Vec<KeptNotice>, Fault>;
    /// Makes the deliveries of a notice, those that there are already aside, and remembers that it was done.
    fn address(&self, notice: u64, to: &[Recipient], at: Time) -> Result<(), Fault>;
    /// Leases the delivery that may be tried longest, `None` where there is none. One that was leased and not settled may
    /// be leased again after `until`.
    fn lease_delivery(&self, now: Time, until: Time) -> Result<Option<Delivery>, Fault>;
    /// Says what a try came to. `false` where it is not the one that leased it last.
    fn settle(&self, tried: &Delivery, what: &Tried) -> Result<bool, Fault>;
    /// Deliveries, newest first, at most `limit`; those of one state where one is named, and below one where one is.
    fn deliveries(
        &self,
        state: Option<DeliveryState>,
        below: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Fault>;
    /// One delivery.
    fn delivery_count(&self, state: DeliveryState) -> Result<u64, Fault>;
    /// One of them.
    fn delivery(&self, id: u64) -> Result<Option<Delivery>, Fault>;
    /// Has one that was given up sent again. `false` where it was not given up, or there is none of that number.
    fn send_again(&self, id: u64, at: Time) -> Result<bool, Fault>;
    /// Forgets notices said before a moment, with what became of them; those with anything still to be sent stay.
    fn forget_told(&self, before: Time) -> Result<usize, Fault>;
}
