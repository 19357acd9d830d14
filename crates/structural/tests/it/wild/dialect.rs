//! What can be written in a format, and how.

use crate::notations::sample::Dice;
use switchback_core::content::filetype::{Format, Keys};

/// How one case is written.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    pub format: Format,
    /// Whether comments can be written: on lines of their own, and behind entries.
    pub notes: bool,
    pub behind: bool,
    /// How deep groups stand in one another.
    pub depth: usize,
    /// Whether the file is a stream of documents, and whether these have names.
    pub stream: Option<bool>,
    /// Whether a key stands twice in what both started from.
    pub doubled: bool,
    /// Whether some items of lists have no key.
    pub mixed: bool,
}

impl Dialect {
    pub fn some(format: Format, dice: &mut Dice) -> Self {
        let notes = format != Format::Json || dice.below(2) == 0;
        Self {
            format,
            notes,
            behind: notes && format != Format::Properties,
            depth: if format == Format::Properties { dice.below(2) } else { 1 + dice.below(2) },
            stream: (format == Format::Yaml && dice.below(4) == 0).then(|| dice.below(3) > 0),
            doubled: format == Format::Properties && dice.below(8) == 0,
            mixed: dice.below(3) == 0,
        }
    }

    /// Whether a list stands there by itself, whatever is in it.
    pub fn has_empty_lists(self, kind: char) -> bool {
        match kind {
            'l' => matches!(self.format, Format::Json | Format::Yaml),
            _ => self.format != Format::Xml,
        }
    }

    pub fn keys(self) -> Keys {
        let member = if self.format == Format::Xml { "fullName" } else { "id" };
        let in_order = if self.format == Format::Xml { Vec::new() } else { vec!["*".to_owned()] };
        Keys { otherwise: vec![member.to_owned()], in_order, ..Keys::default() }
    }

    /// The words of a comment as they stand in a text.
    pub fn comment(self, words: &str) -> String {
        match self.format {
            Format::Xml => format!("<!-- {words} -->"),
            Format::Json => format!("// {words}"),
            _ => format!("# {words}"),
        }
    }

    /// A line without its comment, and the comment.
    pub fn split(self, line: &str) -> (&str, &str) {
        let sign = match self.format {
            Format::Xml => "<!--",
            Format::Json => "//",
            _ => "#",
        };
        line.find(sign).map_or((line, ""), |at| (line[..at].trim_end(), &line[at..]))
    }
}
