//! Names, ids of objects, and how something can go wrong.

pub mod admit;
pub mod details;
pub mod fault;
pub mod name_rule;
pub mod names;
pub mod object;
pub mod refusal;
pub mod remedy;
pub mod scope;
pub mod warning;
