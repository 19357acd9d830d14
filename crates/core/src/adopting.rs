//! What stands on a branch already is taken for what it did: at `init`, when a stage is new, after a push by somebody
//! else, and when a rewritten branch is adopted (`SPEC L8`, `L10`).

mod judge;
pub mod kept;
pub mod known;
mod outside;
mod ready;
mod revisions;
pub mod says;
pub mod stretch;
pub mod traces;
mod walk;
pub mod working;
