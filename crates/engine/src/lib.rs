//! How a plan is carried out: the corridor, and the workers. Asks the world through the ports of the core.
//!
//! Knows no HTTP, no command line and no SQL. Rules live in `switchback-core`; this crate reads the world, asks them,
//! appends the answer to the ledger, and makes the world follow.

mod act;
mod acting;
pub mod adopt;
pub mod anchored;
pub mod approval;
pub mod arrivals;
mod awaited;
mod branch_history;
pub mod clock;
pub mod config;
pub mod configure;
mod copied;
pub mod demote;
pub mod desk;
pub mod encounters;
pub mod failure;
pub mod forecast;
mod gather;
pub mod hooks;
pub mod house;
pub mod in_force;
pub mod init;
pub mod interrupt;
pub mod jobs;
mod kept_refs;
mod kept_revisions;
pub mod lacking;
mod lease;
pub mod look;
pub mod lost_refs;
mod make_version;
pub mod mass;
mod newer;
pub mod notice;
mod patience;
pub mod place;
mod queued;
pub mod reconcile;
pub mod record;
pub mod remembered;
mod renamed_refs;
mod repair;
mod repositories;
mod resolution_folder;
pub mod run;
pub mod run_due;
pub mod schedule;
mod traces;
mod unread;
pub mod verify;
pub mod visit;
mod watch;
mod work_trees;
pub mod worker;
