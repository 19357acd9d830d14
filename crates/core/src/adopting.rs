//! What stands on a branch already is taken for what it did: at `init`, when a stage is new, after a push by somebody
//! else, and when a rewritten branch is adopted (`SPEC L8`, `L10`).

pub mod kept;
pub mod known;
pub mod stretch;
pub mod traces;
pub mod walk;
