//! What a person should know though it stops nothing.

use crate::words::refusal::Code;
use serde::{Deserialize, Serialize};

/// Something a person should know though it stops nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Warning {
    /// A stable code.
    pub code: String,
    /// One sentence that names the thing.
    pub message: String,
}

impl Warning {
    /// A warning under a refusal's code: what would have been a "no" elsewhere.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code: code.as_str().to_owned(), message: message.into() }
    }
}
