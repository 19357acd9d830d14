//! How is it told? By mail, and by webhooks that are signed as Standard Webhooks says (`SPEC H4`).
//!
//! Knows no ledger, no people and no rules of a pipeline: it is given what to say, to whom, and the secrets to do so. Never
//! says a secret, an address of mail, or what somebody answered beyond a line: what went wrong is kept for others to read.

pub mod address;
pub mod git_host;
pub mod letter;
pub mod mail;
pub mod plain;
pub mod secret;
pub mod unsent;
pub mod webhook;
