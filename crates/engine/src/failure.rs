//! How an operation can end without being done: a rule said no, the world did not answer, or the configuration is wrong.

use crate::config::ConfigDefect;
use switchback_core::ledger::plan::Stop;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::AreaName;
use switchback_core::words::refusal::Refusal;

/// Why nothing was done.
#[derive(Debug)]
pub enum EngineFailure {
    /// A rule said no.
    Refused(Box<Refusal>),
    /// The world did not answer; trying again may help.
    Fault(Fault),
    /// The configuration cannot be used.
    Defect(Box<ConfigDefect>),
}

impl EngineFailure {
    /// Its code and its sentence.
    pub fn said(&self) -> (&'static str, &str) {
        match self {
            Self::Refused(refusal) => (refusal.code.as_str(), &refusal.message),
            Self::Fault(fault) => (fault.code, &fault.message),
            Self::Defect(defect) => (defect.code, &defect.message),
        }
    }

    /// The same, said of an area by somebody who knows its name: a target knows only its place.
    #[must_use]
    pub fn about(self, area: &AreaName) -> Self {
        match self {
            Self::Fault(fault) => Self::Fault(Fault { remedy: fault.remedy.about(area), ..fault }),
            other => other,
        }
    }
}

/// What was asked, where a rule's "no" is an answer like another.
///
/// # Errors
/// A fault, or a configuration that cannot be used.
pub(crate) fn or_refused<T>(asked: Result<T, EngineFailure>) -> Result<Result<T, Box<Refusal>>, EngineFailure> {
    match asked {
        Ok(answer) => Ok(Ok(answer)),
        Err(EngineFailure::Refused(refusal)) => Ok(Err(refusal)),
        Err(failure) => Err(failure),
    }
}

impl From<Refusal> for EngineFailure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Fault> for EngineFailure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Stop> for EngineFailure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => Self::Refused(refusal),
            Stop::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<ConfigDefect> for EngineFailure {
    fn from(defect: ConfigDefect) -> Self {
        Self::Defect(Box::new(defect))
    }
}
