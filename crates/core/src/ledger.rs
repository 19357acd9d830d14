//! What happened, what follows from it, and what shall happen.

pub mod entry;
pub mod fold;
pub mod plan;
pub mod remember;
pub mod rights;
pub mod snapshot;
pub mod state;
