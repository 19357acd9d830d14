//! Why something was not sent, and whether it is worth trying again.

use crate::plain::line;
use std::fmt;

/// The longest that is kept of what went wrong.
const LONGEST: usize = 300;

/// Why something was not sent. The sentence names no secret and no address of mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unsent {
    /// It may be taken later.
    Later(String),
    /// Whoever was asked will never take it so.
    Never(String),
}

impl Unsent {
    /// It may be taken later.
    pub fn later(why: impl AsRef<str>) -> Self {
        Self::Later(short(why.as_ref()))
    }

    /// It never will be.
    pub fn never(why: impl AsRef<str>) -> Self {
        Self::Never(short(why.as_ref()))
    }

    /// The sentence.
    pub fn why(&self) -> &str {
        match self {
            Self::Later(why) | Self::Never(why) => why,
        }
    }
}

impl fmt::Display for Unsent {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.why())
    }
}

fn short(why: &str) -> String {
    line(why).chars().take(LONGEST).collect()
}
