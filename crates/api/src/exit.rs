//! Exit codes: part of the contract, documented in `docs/codes.md`.

use std::process::ExitCode;

/// How a process ends (`SPEC 11`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exit {
    /// Done.
    Done,
    /// The world failed us, or Switchback did.
    Fault,
    /// What was asked, or the configuration, makes no sense.
    Usage,
    /// A rule said no, or a person has to do something before it goes on.
    Refused,
    /// The plan that was approved is not the plan any more.
    Outdated,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Fault => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Outdated => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
