//! Who builds on whom, and what goes with whom.

pub mod builds_on;
pub mod closure;
pub mod graph;
pub mod leaving;
pub mod made_on;
pub mod needs;
pub mod order;
pub mod rewrite;
pub mod search;
pub mod stage_graph;
pub mod stay;
