//! Texts that nobody but whom they are meant for may read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A password, or the secret of an invitation or a token. It travels as text, and is printed nowhere by itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("format" = "password"))]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever it is meant for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Shows nothing: what is printed ends up in logs.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_travels_as_text_and_is_not_shown() {
        let secret = Secret::new("correct horse");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let text = serde_json::to_string(&secret).unwrap();
        assert_eq!(text, "\"correct horse\"");
        assert_eq!(serde_json::from_str::<Secret>(&text).unwrap().reveal(), "correct horse");
    }
}
