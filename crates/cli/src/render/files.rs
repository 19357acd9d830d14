//! Files that differ.

use crate::render::page::Page;
use crate::render::tone::Tone;
use switchback_api::operation::FileChange;

/// So many are named; the rest is counted.
const NAMED: usize = 20;

/// The first files with a sign and a word each.
pub fn text(indent: &str, files: &[FileChange], page: &mut Page) {
    for file in files.iter().take(NAMED) {
        let (sign, tone) = match file.change.as_str() {
            "added" => ("+", Tone::Good),
            "deleted" => ("-", Tone::Bad),
            _ => ("~", Tone::Warn),
        };
        let head = tone.paint(format!("{sign} {:<8}", file.change));
        page.line(format!("{indent}{head} {}", file.path));
    }
    if files.len() > NAMED {
        page.line(format!("{indent}… and {} more", files.len() - NAMED));
    }
}
