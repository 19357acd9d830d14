//! What lies ahead, and what was settled before.

pub mod encounter;
pub mod rehearse;
pub mod reuse;
pub mod settled;
