//! Why somebody is not let in, or may not let others in: an answer, not an error.

use std::fmt;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;
use switchback_core::words::remedy::Remedy;

/// A "no" to whoever wants to come in, or to change who may.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotIn {
    /// A stable code, listed in `docs/codes.md`.
    pub code: &'static str,
    /// One sentence. It tells nobody more than they knew: a name that is not there is like a password that is wrong.
    pub message: String,
    /// The next step.
    pub remedy: Remedy,
    /// What it is about, where it is about one thing: its kind, and its name.
    pub subject: Option<(&'static str, String)>,
    /// From when on it is worth trying again, where waiting is what helps.
    pub until: Option<Time>,
}

impl NotIn {
    /// A "no" with its code, sentence and next step.
    pub fn new(code: &'static str, message: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self { code, message: message.into(), remedy: remedy.into(), subject: None, until: None }
    }

    /// The same, about one thing.
    #[must_use]
    pub fn about(self, kind: &'static str, name: impl Into<String>) -> Self {
        Self { subject: Some((kind, name.into())), ..self }
    }

    /// The same, until a moment.
    #[must_use]
    pub fn until(self, until: Time) -> Self {
        Self { until: Some(until), ..self }
    }
}

impl fmt::Display for NotIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NotIn {}

/// Why nobody was let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// They may not.
    NotIn(Box<NotIn>),
    /// The world did not answer; trying again may help.
    Fault(Fault),
}

impl Stop {
    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotIn(no) => no.code,
            Self::Fault(fault) => fault.code,
        }
    }
}

impl From<NotIn> for Stop {
    fn from(no: NotIn) -> Self {
        Self::NotIn(Box::new(no))
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The answer to whoever is known and disabled. It is given only to those who showed who they are.
pub(crate) fn disabled() -> NotIn {
    NotIn::new(
        "person-disabled",
        "this person may not come in any more",
        "Ask an administrator of this server to let you in again.",
    )
}
