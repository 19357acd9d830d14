//! The real-input run: the patch queue of a Debian source package climbs from DEV to QA, ten changes are taken out and
//! put back, and git alone says what every tree and every area must hold.
//!
//! `tests/real/run` fetches the package and runs this; without the package there is nothing to run on, and it fails.

mod git;
mod judge;
mod needs;
mod program;
mod queue;
mod repository;
mod run;
mod select;
