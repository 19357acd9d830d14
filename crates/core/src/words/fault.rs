//! A fault: the world failed us (a disk, a repository, a lost connection). Trying again may help.
//! A rule's "no" is a [refusal](crate::words::refusal), never a fault.

use crate::words::remedy::Remedy;
use std::fmt;

/// What failed, for a person and for a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// A stable code, listed in `docs/codes.md`.
    pub code: &'static str,
    /// One sentence that names the thing.
    pub message: String,
    /// The next step.
    pub remedy: Remedy,
}

/// Codes of faults that pass by themselves: nothing was done, and trying again may help.
pub const PASSING: [&str; 2] = ["ledger-busy", "people-busy"];

impl Fault {
    /// A fault with its code, sentence and next step.
    pub fn new(code: &'static str, message: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self { code, message: message.into(), remedy: remedy.into() }
    }

    /// Whether it passes without anybody doing anything.
    pub fn passes(&self) -> bool {
        PASSING.contains(&self.code)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
