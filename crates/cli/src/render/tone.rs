//! What colours mean. They are dropped where there is no terminal, so nothing is said by colour alone.

use owo_colors::{OwoColorize as _, Style};
use std::fmt::Display;

/// What a piece of text means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tone {
    /// Nothing particular.
    #[default]
    Plain,
    /// A heading, a name one looks for.
    Strong,
    /// Of less interest.
    Dim,
    /// As it should be.
    Good,
    /// To be looked at.
    Warn,
    /// Not as it should be.
    Bad,
}

impl Tone {
    /// The text in this tone.
    pub fn paint(self, text: impl Display) -> String {
        let style = match self {
            Self::Plain => return text.to_string(),
            Self::Strong => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Good => Style::new().green(),
            Self::Warn => Style::new().yellow(),
            Self::Bad => Style::new().red(),
        };
        text.style(style).to_string()
    }
}
