//! Comments as they stand between nodes, whichever node they were read with.

use super::document::{Between, Document, Gist, Node, gist};
use super::lines::{is_note, line_end, lines};
use std::collections::HashMap;
use std::ops::Range;
use switchback_core::content::filetype::Format;

/// How often each comment stands in each container of a document, which is known by the way to it.
pub(super) type Census<'t> = HashMap<(Gist, &'t [u8]), usize>;

/// The way to what is in no container.
const ROOT: Gist = 0;

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

/// The comment that starts where a piece does, if one does.
pub(super) fn comment_at(format: Format, text: &[u8], piece: Range<usize>) -> Option<Range<usize>> {
    let line = piece.start..line_end(text, piece.start).min(piece.end);
    let found = match format {
        Format::Xml | Format::Json => next(format, text, piece.clone()),
        _ => comments(format, text, line).into_iter().next(),
    };
    found.filter(|comment| comment.start == piece.start)
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

/// How far comments behind the last child of a container may be its own.
pub(super) fn end_of_comments(format: Format, node: &Node<'_>) -> usize {
    match (format, node.as_list()) {
        (Format::Xml | Format::Json, _) | (_, None) => node.core.end,
        (_, Some(list)) if list.between == Between::Comma => node.core.end,
        _ => node.span.end,
    }
}
