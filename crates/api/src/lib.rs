//! What is said aloud: one request and one view for every verb, the three ways a call can fail, exit codes, and a
//! typed client.
//!
//! Knows no engine, no rules and no command line: names are text here, and times are RFC 3339.

pub mod address;
pub mod answer;
pub mod candidate;
pub mod client;
pub mod conflict;
pub mod context;
pub mod decision;
pub mod exit;
pub mod failure;
pub mod handover;
pub mod operation;
pub mod page;
pub mod problem;
pub mod reason;
pub mod remedy;
pub mod scope;
pub mod secret;
pub mod validation;
pub mod verb;
pub mod verbs;
pub mod wire;

pub use answer::Answer;
pub use client::{Client, Transport};
pub use context::Context;
pub use exit::Exit;
pub use failure::{Bug, Failure, Fault, Refused, Usage};
pub use operation::{Operation, Preview};
pub use problem::ProblemDetails;
pub use reason::{Reason, Warning};
pub use remedy::Remedy;
pub use secret::Secret;
pub use verb::{Seen, Verb, View};
