//! Where facts are kept: the append-only ledger, its snapshots, its queue and its outbox (`SPEC L7`, `H1`, `A9`, `H4`);
//! and, in a database of their own, who may come in (`SPEC W3`).
//!
//! Knows records only as text and bytes: what an entry *means* is the core's business. Judges nobody: whether a password
//! fits and a session goes on is what `switchback-people` says.

mod chain;
mod copying;
mod fault;
mod imprint;
mod job_rows;
mod lookout;
mod notice_rows;
mod open;
mod outbox;
mod people;
mod queue;
mod read;
mod snapshot_rows;
mod spares;
mod sqlite;
mod transaction;

pub use chain::{Chain, ChainBreak, Flaw, hash_of, verify_chain, verify_ledger};
pub use copying::{Moment, Standstill, copy_people, settle_ledger, settle_people};
pub use imprint::Imprint;
pub use people::SqlitePeople;
pub use read::{PeopleSeen, look_at_people};
pub use sqlite::SqliteLedger;
