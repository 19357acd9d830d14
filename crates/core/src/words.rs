//! Names, ids of objects, and how something can go wrong.

pub mod fault;
pub mod names;
pub mod object;
pub mod refusal;
pub mod warning;
