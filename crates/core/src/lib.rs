//! What may move where: the nouns, the rules and the plans of Switchback.
//!
//! Pure by construction: no I/O, no clock, no randomness, no async. Time, actor and ids come in as
//! arguments, content comes through the [`content::Content`] port, and every decision leaves as a value.

pub mod adopting;
pub mod areas;
pub mod compose;
pub mod content;
pub mod depend;
pub mod foresee;
pub mod ledger;
pub mod moving;
pub mod notices;
pub mod ops;
pub mod pipeline;
pub mod ports;
pub mod recording;
pub mod records;
pub mod words;
