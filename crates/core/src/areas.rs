//! What an area holds next, and whether it can go back.

pub mod adopted;
pub mod brought_back;
pub mod checked;
pub mod drift;
pub mod kept;
pub mod next_version;
pub mod obstacles;
pub mod pending;
pub mod place;
pub mod revertible;
pub mod sight;
pub mod unsettled;
