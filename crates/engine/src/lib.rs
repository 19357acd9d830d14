//! How a plan is carried out: the corridor, three ports and their adapters.
//!
//! Knows no HTTP and no command line. Rules live in `switchback-core`; this crate reads the world,
//! asks them, appends the answer to the ledger, and makes the world follow.

pub mod clock;
pub mod config;
pub mod ports;
pub mod schedule;
