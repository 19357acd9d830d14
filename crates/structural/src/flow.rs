//! Lists between brackets, with commas, in formats whose comments start with `#`.

use super::lines::line_end;
use std::ops::Range;

/// The bytes of each item of a list, which together tile what stands between the brackets up to the last item. Each item
/// comes as its core and the end of the comma behind it. A comment behind an opening bracket belongs to the bracket.
pub(super) fn spans(text: &[u8], inner: &Range<usize>, items: &[(Range<usize>, Option<usize>)]) -> Vec<Range<usize>> {
    let mut start = after_line(text, inner.start, inner.end);
    if items.first().is_some_and(|(core, _)| core.start < start) {
        start = inner.start;
    }
    items
        .iter()
        .map(|(core, comma)| {
            let span = start..after_line(text, comma.unwrap_or(core.end), inner.end);
            start = span.end;
            span
        })
        .collect()
}

/// The end of the line where nothing but a comment is left of it, else `at`. Looks no further than it must: a line may
/// hold a whole document.
fn after_line(text: &[u8], at: usize, end: usize) -> usize {
    let blank = text[at..end].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    let line = match text[at..end].get(blank) {
        Some(b'\n') => at + blank + 1,
        Some(b'#') => line_end(text, at),
        _ => at,
    };
    if line <= end && text[..line].ends_with(b"\n") { line } else { at }
}
