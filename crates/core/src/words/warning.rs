//! What a person should know though it stops nothing.

use crate::words::fault::Fault;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use serde::{Deserialize, Serialize};

/// Something a person should know though it stops nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Warning {
    /// A stable code.
    pub code: String,
    /// One sentence that names the thing.
    pub message: String,
    /// What somebody could do about it, where there is something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
}

impl Warning {
    /// A warning under a refusal's code: what would have been a "no" elsewhere.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::of(code.as_str(), message)
    }

    /// A warning under a code that refuses nothing.
    pub fn of(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), remedy: None }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn mended_by(self, remedy: impl Into<Remedy>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// A "no" to something else, told beside what goes on.
impl From<Refusal> for Warning {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code, refusal.message).mended_by(refusal.remedy)
    }
}

/// What went wrong with something that stops nobody.
impl From<Fault> for Warning {
    fn from(fault: Fault) -> Self {
        Self::of(fault.code, fault.message).mended_by(fault.remedy)
    }
}
