//! What may move where: the nouns, the rules and the plans of Switchback.
//!
//! Pure by construction: no I/O, no clock, no randomness, no async. Time, actor and ids come in as
//! arguments, content comes through the [`content::Content`] port, and every decision leaves as a value.

pub mod area;
pub mod carry;
pub mod change;
pub mod choose;
pub mod compose;
pub mod content;
pub mod demotion;
pub mod depends;
pub mod deployment;
pub mod drift;
pub mod encounter;
pub mod entry;
pub mod fault;
pub mod filetype;
pub mod filter;
pub mod fold;
pub mod grant;
pub mod graph;
pub mod leaving;
pub mod line;
pub mod loose;
pub mod meeting;
pub mod moving;
pub mod names;
pub mod needs;
pub mod next_version;
pub mod object;
pub mod ops;
pub mod order;
pub mod pipeline;
pub mod placing;
pub mod plan;
pub mod promotion;
pub mod receipt;
pub mod refusal;
pub mod rehearse;
pub mod remember;
pub mod resolution;
pub mod reuse;
pub mod revertible;
pub mod rewrite;
pub mod rights;
pub mod route;
pub mod search;
pub mod settle;
pub mod sketch;
pub mod snapshot;
pub mod stage;
pub mod state;
pub mod stay;
pub mod verdict;
pub mod version;
