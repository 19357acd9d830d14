//! Why nobody knows who came back from a provider. No sentence repeats a code, a token or a secret.

use std::fmt;

/// Why a provider's word is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unproved {
    /// The provider does not answer, or not as one does. Trying again may help.
    Away(String),
    /// The provider says no: its own word for why, as `access_denied`.
    Denied(String),
    /// What it said of the person does not hold: not signed by it, not for us, not for this sign-in.
    Unsound(String),
    /// What it said is over already, or of a time that has not come: one of two clocks is wrong.
    Clock(String),
}

impl fmt::Display for Unproved {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away(why) | Self::Denied(why) | Self::Unsound(why) | Self::Clock(why) => to.write_str(why),
        }
    }
}

impl std::error::Error for Unproved {}

/// A provider's own word for why it says no. It came by way of a browser, so it may be anything: what is no such word is
/// not repeated.
pub fn word(said: &str) -> &str {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if !said.is_empty() && said.len() <= 60 && said.bytes().all(is_one) { said } else { "no known reason" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_repeated_and_nothing_else() {
        assert_eq!(word("access_denied"), "access_denied");
        for odd in ["", "<b>", "a b", "a\u{1b}[1m", &"x".repeat(61)] {
            assert_eq!(word(odd), "no known reason", "{odd}");
        }
    }
}
