//! A sentence is advice; a place to look at, or what is to be added, is a next step as it is.

use super::{Addition, Place, Remedy};

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
