//! Where facts are kept: the append-only ledger, its snapshots and its queue (`SPEC L7`, `H1`, `A9`).
//!
//! Knows records only as text and bytes: what an entry *means* is the core's business.

mod chain;
mod fault;
mod job_rows;
mod open;
mod queue;
mod read;
mod sqlite;

pub use chain::{Chain, ChainBreak, Flaw, hash_of, verify_chain, verify_ledger};
pub use sqlite::SqliteLedger;
