//! Tells people what the outbox holds (`SPEC H4`): finds who is to be told, and sends, again and again where it fails.

pub mod addressing;
pub mod rounds;
pub mod sending;
pub mod ways;
mod wording;
