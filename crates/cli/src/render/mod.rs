//! Views as text for people. Colour is never the only sign: every state has its word, and most a symbol.

pub mod area;
pub mod candidates;
pub mod change;
pub mod conflicts;
pub mod depends;
pub mod diff;
pub mod failure;
pub mod files;
pub mod grant;
pub mod history;
pub mod init;
pub mod jobs;
pub mod log;
pub mod operation;
pub mod page;
pub mod pending;
pub mod plan;
pub mod promotion;
pub mod sign;
pub mod status;
pub mod table;
pub mod tone;
pub mod verify;
pub mod where_is;
pub mod why;
