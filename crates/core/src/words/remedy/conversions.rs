//! What a next step is made of: a sentence is advice; a place to look at, or what is to be added, is one as it is.

use super::{Addition, Place, Remedy};
use crate::words::names::{AreaName, OperationId};

impl From<&str> for Remedy {
    fn from(text: &str) -> Self {
        Self::advice(text)
    }
}

impl From<String> for Remedy {
    fn from(text: String) -> Self {
        Self::advice(text)
    }
}

impl From<Place> for Remedy {
    fn from(at: Place) -> Self {
        Self::Look { at }
    }
}

impl From<Addition> for Remedy {
    fn from(with: Addition) -> Self {
        Self::AskAgain { with }
    }
}

impl Remedy {
    /// Advice, in a sentence.
    pub fn advice(text: impl Into<String>) -> Self {
        Self::Advice { text: text.into() }
    }

    /// The same, said of an area by somebody who knows its name.
    pub fn about(self, name: &AreaName) -> Self {
        match self {
            Self::RepairArea { area: None, after } => Self::RepairArea { area: Some(name.clone()), after },
            other => other,
        }
    }

    /// The same, where it is what keeps a deployment from being made: once that is done, its job is queued again.
    #[must_use]
    pub fn then_retry(self, deployment: OperationId) -> Self {
        match self {
            Self::RetryJob { after, .. } => Self::RetryJob { after, deployment: Some(deployment) },
            Self::RetryAfter { .. } => self,
            first => Self::RetryAfter { first: Box::new(first), deployment },
        }
    }
}
