//! What happened, what follows from it, and what shall happen.

pub mod about;
pub mod entry;
pub mod fold;
pub mod invariants;
pub mod plan;
pub mod plan_encoding;
pub mod remember;
pub mod rights;
pub mod snapshot;
pub mod state;
pub mod stored;
