//! The text of a configuration, and what was found wrong in it.

use super::defect::ConfigDefect;
use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;
use switchback_core::words::remedy::Remedy;

/// A part of the text, in bytes.
pub(super) type Span = Range<usize>;

/// Longer lines are shown from shortly before the offending part.
const WIDEST: usize = 160;

/// A value with the place it stands at.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// The text being read. Readers note what is wrong and go on, so that in the end the first defect in the order of
/// the file is told, not the first that some reader came upon.
pub(super) struct Source<'a> {
    /// All of it.
    pub text: &'a str,
    /// Where it was read from.
    pub file: &'a Path,
    findings: RefCell<Vec<Finding>>,
}

struct Finding {
    span: Span,
    message: String,
    remedy: Remedy,
}

impl<'a> Source<'a> {
    /// A text without findings.
    pub fn new(text: &'a str, file: &'a Path) -> Self {
        Self { text, file, findings: RefCell::new(Vec::new()) }
    }

    /// Notes a defect: what is wrong, and the next step.
    pub fn note(&self, span: &Span, message: impl Into<String>, remedy: impl Into<Remedy>) {
        self.findings.borrow_mut().push(Finding { span: span.clone(), message: message.into(), remedy: remedy.into() });
    }

    /// Whether anything was noted.
    pub fn has_findings(&self) -> bool {
        !self.findings.borrow().is_empty()
    }

    /// What was built, if nothing was found wrong.
    pub fn settle<T>(&self, built: Option<T>) -> Result<T, ConfigDefect> {
        match (self.first_defect(), built) {
            (None, Some(built)) => Ok(built),
            (Some(defect), _) => Err(defect),
            (None, None) => {
                let message = "the configuration makes no pipeline".to_owned();
                Err(ConfigDefect::of_file("config-defect", self.file.to_owned(), message, Remedy::CompareConfiguration))
            }
        }
    }

    /// The first defect in the order of the file; of several at one place, the one noted first.
    pub fn first_defect(&self) -> Option<ConfigDefect> {
        let findings = self.findings.borrow();
        let first = findings.iter().min_by_key(|finding| finding.span.start)?;
        Some(self.defect(first))
    }

    fn defect(&self, finding: &Finding) -> ConfigDefect {
        let start = self.boundary(finding.span.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        // A span may run over several lines; the carets stay under the first.
        let end = self.boundary(finding.span.end).clamp(start, (line_start + line.len()).max(start));
        ConfigDefect {
            code: "config-defect",
            message: finding.message.clone(),
            remedy: Box::new(finding.remedy.clone()),
            file: self.file.to_owned(),
            line: count(self.text[..line_start].matches('\n').count() + 1),
            column: count(self.text[line_start..start].chars().count() + 1),
            snippet: snippet(line, start - line_start, end - line_start),
        }
    }

    /// The nearest place at or before an offset where a character begins.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A line, and carets under the part from `start` to `end`. Tabs stay tabs on both lines, so the carets stand right.
fn snippet(line: &str, start: usize, end: usize) -> String {
    let start = start.min(line.len());
    let marked = &line[start..end.clamp(start, line.len())];
    let mut before = &line[..start];
    let mut lead = "";
    if line.chars().count() > WIDEST
        && let Some((cut, _)) = before.char_indices().rev().nth(WIDEST / 4)
    {
        before = &before[cut..];
        lead = "…";
    }
    let shown: String = line[start - before.len()..].chars().take(WIDEST).collect();
    let indent: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let room = WIDEST.saturating_sub(before.chars().count());
    let carets = "^".repeat(marked.chars().count().clamp(1, room.max(1)));
    let lead_blank = if lead.is_empty() { "" } else { " " };
    format!("{lead}{shown}\n{lead_blank}{indent}{carets}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_part_that_is_wrong() {
        assert_eq!(snippet("name = 7", 7, 8), "name = 7\n       ^");
        assert_eq!(snippet("\tä = 7", 1, 3), "\tä = 7\n\t^");
        assert_eq!(snippet("x = ", 4, 4), "x = \n    ^");
    }

    #[test]
    fn a_long_line_is_shown_around_the_part_that_is_wrong() {
        let line = format!("{}WRONG{}", "a".repeat(500), "b".repeat(500));
        let shown = snippet(&line, 500, 505);
        let (text, carets) = shown.split_once('\n').unwrap();
        assert!(text.chars().count() <= WIDEST + 1);
        let column = carets.chars().position(|c| c == '^').unwrap();
        assert_eq!(text.chars().skip(column).take(5).collect::<String>(), "WRONG");
        assert_eq!(carets.matches('^').count(), 5);
    }

    #[test]
    fn the_first_in_the_order_of_the_file_is_told() {
        let source = Source::new("a = 1\r\nb = 2\n", Path::new("x.toml"));
        source.note(&(11..12), "second", "");
        source.note(&(4..5), "first", "do");
        let defect = source.first_defect().unwrap();
        assert_eq!((defect.message.as_str(), defect.line, defect.column), ("first", 1, 5));
        assert_eq!(defect.to_string(), "x.toml:1:5: first\n  |\n1 | a = 1\n  |     ^");
        assert_eq!(*defect.remedy, "do".into());
    }
}
