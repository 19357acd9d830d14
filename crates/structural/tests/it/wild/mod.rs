//! Documents as people write them, with all that stands between and behind entries, and edits of both sides: what comes
//! out is what both meant, byte for byte where only one side was.

mod dialect;
mod edits;
mod judge;
mod model;
mod property;
mod read;
mod render;
mod said;
