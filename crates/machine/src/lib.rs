//! What processes on one machine have to do with each other: points at which a test ends one, notes that outlive a killed
//! one, children with a time limit, and what a disk says when it is full.
//!
//! Knows no git, no ledger and no target; all of them stand on it.

pub mod child;
pub mod disk;
pub mod failpoint;
pub mod mark;
pub mod notes;
pub mod process;
pub mod random;
pub mod shell;
pub mod stirs;
pub mod watch;
pub mod worker;
