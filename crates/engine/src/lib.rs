//! How a plan is carried out: the corridor, three ports and their adapters.
//!
//! Knows no HTTP and no command line. Rules live in `switchback-core`; this crate reads the world,
//! asks them, appends the answer to the ledger, and makes the world follow.

pub mod act;
mod acting;
pub mod adopt;
mod child;
pub mod clock;
pub mod commit;
pub mod config;
pub mod demote;
pub mod encounters;
pub mod failpoint;
pub mod failure;
mod folder;
pub mod forecast;
pub mod git;
mod history;
pub mod hooks;
pub mod init;
pub mod jobs;
pub mod ledger;
pub mod look;
mod make;
pub mod mass;
mod notes;
pub mod ports;
pub mod progress;
pub mod record;
pub mod remembered;
pub mod resume;
pub mod run;
pub mod run_due;
pub mod schedule;
pub mod session;
pub mod structural;
pub mod targets;
pub mod verify;
pub mod worker;
