//! Where deployments go (`SPEC A11`). Every target keeps one contract, held by one suite of tests.

pub mod command;
pub mod dir;
mod identity;
pub mod journaled;
mod open;

pub use open::TargetsOf;
