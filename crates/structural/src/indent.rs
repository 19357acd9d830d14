//! Indentation: YAML's nodes may come to stand in another column than the one they were read from, and in the line of
//! a dash or on a line of their own.

use super::document::{Between, List, Node};
use super::lines::{entries, is_note, line_start};
use super::three::Three;
use switchback_core::content::filetype::Format;

/// A piece that was written last.
pub(super) struct Piece {
    /// Where it starts in the result.
    pub start: usize,
    /// Where its node starts, after its blanks and comments.
    pub core: usize,
    /// The column its node was read from, where one side has it as it is.
    pub from: Option<usize>,
    /// Whether it is a comment, which may stand in any column.
    pub is_note: bool,
}

/// The column in which the children of a container stand in the result; `None` where columns mean nothing.
pub(super) fn column(format: Format, texts: Three<&[u8]>, lists: Three<&List<'_>>) -> Option<usize> {
    if format != Format::Yaml || lists.ours.between == Between::Comma {
        return None;
    }
    let columns = Three {
        base: lists.base.zip(texts.base).map(|(list, text)| own_column(text, list)),
        ours: own_column(texts.ours, lists.ours),
        theirs: own_column(texts.theirs, lists.theirs),
    };
    columns.settle().and_then(|side| columns.of(side)).or(columns.ours).or(columns.theirs)
}

/// The column in which the children of a container stand in one version.
fn own_column(text: &[u8], list: &List<'_>) -> Option<usize> {
    entries(list).next().map(|first| column_of(text, first.core.start))
}

/// The column from which a child is moved when it comes to stand in another: for a comment that of its siblings, since it
/// may stand deeper than they do, or less deep.
pub(super) fn from(text: &[u8], list: &List<'_>, node: &Node<'_>) -> Option<usize> {
    match is_note(node) {
        true => own_column(text, list),
        false => Some(column_of(text, node.core.start)),
    }
}

/// How far a byte is from the start of its line.
fn column_of(text: &[u8], at: usize) -> usize {
    at - line_start(text, at)
}

/// Moves the piece that was written last to a column, if columns mean something: all its lines as far as its first one.
pub(super) fn settle(out: &mut Vec<u8>, piece: &Piece, column: Option<usize>) {
    let Some(column) = column else { return };
    let in_line = piece.start > 0 && out[piece.start - 1] != b'\n';
    let lead_is_empty = piece.core == piece.start;
    let written = out.split_off(piece.start);
    let from = piece.from.unwrap_or(column);
    for (at, line) in written.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let bare = line.trim_ascii_start();
        let blanks = line.iter().take_while(|byte| **byte == b' ').count();
        match at {
            0 if in_line => out.extend_from_slice(&line[blanks..]),
            0 if lead_is_empty && !piece.is_note => {
                out.extend(std::iter::repeat_n(b' ', column));
                out.extend_from_slice(line);
            }
            _ if bare.is_empty() || column == from => out.extend_from_slice(line),
            _ => {
                // A line that does not stand deep enough to be moved is a comment, or part of a scalar: then what comes
                // out means something else, and reading it again finds that.
                out.extend(std::iter::repeat_n(b' ', (blanks + column).saturating_sub(from)));
                out.extend_from_slice(&line[blanks..]);
            }
        }
    }
}
