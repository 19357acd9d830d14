//! How a plan is carried out: the corridor, three ports and their adapters.
//!
//! Knows no HTTP and no command line. Rules live in `switchback-core`; this crate reads the world,
//! asks them, appends the answer to the ledger, and makes the world follow.

pub mod act;
mod acting;
pub mod adopt;
pub mod clock;
pub mod commit;
pub mod config;
pub mod demote;
pub mod encounters;
pub mod failure;
pub mod forecast;
mod history;
pub mod hooks;
pub mod init;
pub mod jobs;
pub mod look;
mod make_version;
pub mod mass;
pub mod record;
pub mod remembered;
mod resolution_folder;
pub mod resume;
pub mod run;
pub mod run_due;
pub mod schedule;
pub mod session;
pub mod verify;
