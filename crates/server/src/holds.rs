//! What an answer hangs on, so that it can be told again while that is the same.

use crate::caller::Caller;
use axum::body::Bytes;
use std::sync::Arc;
use switchback_engine::basis::Basis;
use switchback_engine::house::House;

/// What an answer hangs on, beside who asks.
#[derive(Clone)]
pub struct Holds {
    house: Arc<House>,
    basis: Basis,
}

/// Goes along with an answer that holds for a while.
#[derive(Clone)]
pub struct Again {
    /// What it hangs on.
    pub holds: Holds,
    /// Who asked.
    pub caller: Caller,
    /// Its body.
    pub body: Bytes,
    /// At which route.
    pub route: String,
}

impl Holds {
    /// What is read in a house from now on hangs on.
    pub fn begin(house: &Arc<House>) -> Option<Self> {
        Some(Self { house: Arc::clone(house), basis: house.basis()? })
    }

    /// The same if nothing changed while it was read, and nothing is read now that it was not known to hang on.
    pub fn end(self) -> Option<Self> {
        (self.house.basis().as_ref() == Some(&self.basis)).then_some(self)
    }

    /// Whether nothing changed since.
    pub fn is_still(&self) -> bool {
        self.house.is_still(&self.basis)
    }

    /// Of which pipeline it is.
    pub fn pipeline(&self) -> &str {
        self.house.name()
    }
}
