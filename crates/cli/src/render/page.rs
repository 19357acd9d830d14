//! The text that is being written.

use crate::render::table::Table;
use crate::render::tone::Tone;
use std::fmt::{Display, Write as _};
use switchback_api::reason::Problem;
use switchback_api::{Reason, Warning};

/// Lines, from top to bottom.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    text: String,
}

impl Page {
    /// One line.
    pub fn line(&mut self, text: impl Display) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.text, "{text}");
    }

    /// A text as it is.
    pub fn verbatim(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A heading, with an empty line above unless it is the first line.
    pub fn heading(&mut self, text: impl Display) {
        self.gap();
        self.line(Tone::Strong.paint(text));
    }

    /// An empty line, unless nothing was written yet.
    pub fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A name and a value; nothing where there is no value.
    pub fn fact(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.line(format!("{} {value}", Tone::Dim.paint(format!("{name:<12}"))));
        }
    }

    /// A table.
    pub fn table(&mut self, table: &Table<'_>) {
        table.write(&mut self.text);
    }

    /// What somebody should know.
    pub fn warnings(&mut self, warnings: &[Warning]) {
        for warning in warnings {
            let head = Tone::Warn.paint(format!("! warning [{}]:", warning.code));
            self.line(format!("{head} {}", warning.message));
        }
    }

    /// The same below what was asked for, with an empty line between.
    pub fn warnings_below(&mut self, warnings: &[Warning]) {
        if !warnings.is_empty() {
            self.gap();
        }
        self.warnings(warnings);
    }

    /// Why something did not come to its end.
    pub fn problem(&mut self, indent: &str, problem: &Problem) {
        let head = Tone::Bad.paint(format!("[{}]", problem.code));
        self.line(format!("{indent}{head} {}", problem.message));
        problem.said.iter().for_each(|line| self.line(format!("{indent}  {}", Tone::Dim.paint(line))));
        if !problem.hint.is_empty() {
            self.line(format!("{indent}{} {}", Tone::Dim.paint("hint:"), problem.hint));
        }
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// Reasons in one cell.
pub fn reasons(reasons: &[Reason]) -> String {
    let one = |reason: &Reason| format!("[{}] {}", reason.code, reason.message);
    reasons.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A number of things: `1 change`, `3 changes`.
pub fn count(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// A time to the minute, as it stands in RFC 3339.
pub fn minute(time: &str) -> String {
    match time.get(..16) {
        Some(start) if start.as_bytes()[10] == b'T' => start.replace('T', " "),
        _ => time.to_owned(),
    }
}

/// The first eight digits of an object's id.
pub fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}
