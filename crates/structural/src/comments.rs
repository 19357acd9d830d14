//! Comments as they stand between nodes, and what is known of them after a merge: one that was there once may not stand
//! twice, and one that a side took away may not come back, whichever node it was read with.

use super::document::{Document, Gist, Node, gist};
use super::lines::{is_note, line_end, lines};
use super::three::Three;
use super::why::Why;
use std::collections::HashMap;
use std::ops::Range;
use switchback_core::content::filetype::Format;

/// How often each comment stands in each container of a document, which is known by the way to it.
pub(super) type Census<'t> = HashMap<(Gist, &'t [u8]), usize>;

/// The way to what is in no container.
const ROOT: Gist = 0;

/// Stands for all containers of a document.
const EVERYWHERE: Gist = Gist::MAX;

/// What is wrong with the comments of a result.
pub(super) struct Doubt {
    /// What, as a sentence.
    pub(super) why: Why,
    /// Whether all of it is that both sides added the same words, which may be meant twice.
    pub(super) is_mild: bool,
}

/// The comments in a piece of what stands between nodes.
pub(super) fn comments(format: Format, text: &[u8], piece: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !matches!(format, Format::Xml | Format::Json) {
        for line in lines(text, piece) {
            let sign = |byte: &u8| match format {
                Format::Properties => !byte.is_ascii_whitespace(),
                _ => *byte == b'#',
            };
            let start = text[line.clone()].iter().position(sign).map(|at| line.start + at);
            let is_sign = |at: &usize| format != Format::Properties || b"#!;".contains(&text[*at]);
            found.extend(start.filter(is_sign).map(|start| trimmed(text, start..line.end)));
        }
        return found;
    }
    let mut at = piece.start;
    while let Some(comment) = next(format, text, at..piece.end) {
        at = comment.end;
        found.push(comment);
    }
    found
}

/// The next comment of a format whose comments are not lines.
fn next(format: Format, text: &[u8], piece: Range<usize>) -> Option<Range<usize>> {
    let closed = |start: usize, sign: &[u8]| {
        let found = text[start..piece.end].windows(sign.len()).skip(2).position(|window| window == sign);
        start..found.map_or(piece.end, |found| start + found + 2 + sign.len())
    };
    (piece.start..piece.end).find_map(|at| {
        let rest = &text[at..piece.end];
        match (format, rest[0]) {
            (Format::Xml, b'<') if rest.starts_with(b"<!--") => Some(closed(at, b"-->")),
            (Format::Json, b'/') if rest.starts_with(b"/*") => Some(closed(at, b"*/")),
            (Format::Json, b'/') if rest.starts_with(b"//") => {
                Some(trimmed(text, at..line_end(text, at).min(piece.end)))
            }
            _ => None,
        }
    })
}

fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    range.start..range.start + text[range.clone()].trim_ascii_end().len()
}

/// Counts the comments of a document.
pub(super) fn census<'t>(format: Format, document: &Document<'t>) -> Census<'t> {
    let mut counts = Census::new();
    count((format, document.text), (ROOT, &document.root), &mut counts);
    counts
}

fn count<'t>((format, text): (Format, &'t [u8]), (way, node): (Gist, &Node<'_>), counts: &mut Census<'t>) {
    let mut take = |way: Gist, piece: Range<usize>| {
        if piece.is_empty() {
            return;
        }
        for comment in comments(format, text, piece) {
            *counts.entry((way, &text[comment])).or_default() += 1;
        }
    };
    if is_note(node) {
        return take(way, node.span.clone());
    }
    take(way, node.span.start..node.core.start);
    take(way, node.core.end..node.span.end);
    // A document in which everything is commented out has nothing but comments.
    if way == ROOT && node.as_list().is_none() && !matches!(format, Format::Xml | Format::Json) {
        take(way, node.core.clone());
    }
    if let Some(list) = node.as_list() {
        let inner = if list.own.is_none() { way } else { gist((way, &node.name)) };
        take(inner, after_opening(format, text, node.core.start..list.within.start));
        take(inner, list.within.end..node.core.end);
        list.nodes.iter().for_each(|node| count((format, text), (inner, node), counts));
    }
}

/// What may be comments of how a container opens, behind a key or a dash.
fn after_opening(format: Format, text: &[u8], head: Range<usize>) -> Range<usize> {
    let is_sign = |at: &usize| text[*at] == b'#' && (*at == head.start || text[*at - 1].is_ascii_whitespace());
    match format {
        Format::Xml | Format::Json => head,
        Format::Properties => head.end..head.end,
        Format::Yaml | Format::Toml => head.clone().find(is_sign).unwrap_or(head.end)..head.end,
    }
}

/// Whether a text may hold comments at all.
fn may_have(format: Format, text: &[u8]) -> bool {
    let has = |sign: &str| std::str::from_utf8(text).map_or(true, |text| text.contains(sign));
    match format {
        Format::Xml => has("<!--"),
        Format::Json => has("//") || has("/*"),
        Format::Yaml | Format::Toml => text.contains(&b'#'),
        Format::Properties => text.iter().any(|byte| b"#!;".contains(byte)),
    }
}

/// What is wrong with the comments of a result, if anything.
pub(super) fn doubt(format: Format, versions: &Three<Document<'_>>, result: &Document<'_>) -> Option<Doubt> {
    let all = [versions.base.as_ref(), Some(&versions.ours), Some(&versions.theirs), Some(result)];
    if !all.into_iter().flatten().any(|document| may_have(format, document.text)) {
        return None;
    }
    let base = versions.base.as_ref().map(|base| base.text).unwrap_or_default();
    let of = |document| with_sums(census(format, document));
    let versions =
        Three { base: versions.base.as_ref().map(of), ours: of(&versions.ours), theirs: of(&versions.theirs) };
    misfits(base, versions.by_ref(), &of(result))
}

/// Beside each container the whole document: where a comment ends a container, the next entry takes it into another.
fn with_sums(mut census: Census<'_>) -> Census<'_> {
    let mut sums = Census::new();
    for ((_, comment), count) in &census {
        *sums.entry((EVERYWHERE, *comment)).or_default() += count;
    }
    census.extend(sums);
    census
}

fn misfits(base: &[u8], versions: Three<&Census<'_>>, result: &Census<'_>) -> Option<Doubt> {
    let of = |census: &Census<'_>, comment: &(Gist, &[u8])| census.get(comment).copied().unwrap_or_default();
    let all = [versions.base, Some(versions.ours), Some(versions.theirs), Some(result)];
    let mut found: Option<(&[u8], bool)> = None;
    for comment in all.into_iter().flatten().flat_map(|census| census.keys()) {
        let counts = Three {
            base: Some(versions.base.map_or(0, |base| of(base, comment))),
            ours: of(versions.ours, comment),
            theirs: of(versions.theirs, comment),
        };
        if let Some(is_mild) = misfit(counts, of(result, comment)) {
            // An entry that both sides commented out is one, not two.
            let is_mild = is_mild && !was_entry(base, comment.1);
            let worst = found.is_none_or(|(before, mild)| (is_mild, comment.1) < (mild, before));
            found = if worst { Some((comment.1, is_mild)) } else { found };
        }
    }
    found.map(|(comment, is_mild)| {
        let words = String::from_utf8_lossy(comment);
        let words = words.lines().next().unwrap_or_default();
        let message = format!("the comment `{words}` would come back, be lost, or stand there once too often");
        Doubt { why: Why::disagree(message), is_mild }
    })
}

/// Whether a comment is a line of a text that was commented out.
fn was_entry(text: &[u8], comment: &[u8]) -> bool {
    let signs = comment.iter().take_while(|byte| b"#!;/ \t".contains(byte)).count();
    let words = comment[signs..].trim_ascii();
    !words.is_empty() && lines(text, 0..text.len()).any(|line| text[line].trim_ascii() == words)
}

/// Whether a comment does not stand as often as both sides' edits say; and if so, whether both only added it.
fn misfit(counts: Three<usize>, result: usize) -> Option<bool> {
    let base = counts.base.unwrap_or_default();
    let sum = (counts.ours + counts.theirs).saturating_sub(base);
    match counts.settle() {
        Some(side) if counts.of(side) == result => None,
        Some(_) => Some(counts.ours == counts.theirs && counts.ours > base && result == sum),
        None => {
            let least = counts.ours.min(counts.theirs).min(sum);
            let most = counts.ours.max(counts.theirs).max(sum);
            (!(least..=most).contains(&result)).then_some(false)
        }
    }
}
