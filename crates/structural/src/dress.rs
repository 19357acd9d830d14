//! How a whole text is dressed: its byte order mark and its line ends. Both are settled for the whole file and taken
//! off before it is read, so that one side may change them while the other edits.

use super::texts::Texts;
use super::three::{Side, Three};
use std::borrow::Cow;

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Three texts in the same dress, and the dress of what comes out.
pub(super) struct Dressed<'a> {
    /// The texts, without marks, with line ends alike.
    pub(super) texts: Three<Cow<'a, [u8]>>,
    /// What goes before the result.
    pub(super) mark: &'static [u8],
}

impl Dressed<'_> {
    /// A result as it is to be.
    pub(super) fn back_on(&self, mut text: Vec<u8>) -> Vec<u8> {
        text.splice(..0, self.mark.iter().copied());
        text
    }
}

/// Line ends of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ends {
    /// None in it.
    None,
    Lf,
    CrLf,
    /// Both: left as they are.
    Mixed,
}

/// Takes the dress off. A base that is empty was not there, where both sides have something.
pub(super) fn undress<'a>(texts: &Texts<'a>) -> Dressed<'a> {
    let absent = texts.base.is_empty() && !texts.ours.is_empty() && !texts.theirs.is_empty();
    let base = Some(texts.base).filter(|_| !absent);
    let texts = Three { base, ours: texts.ours, theirs: texts.theirs };
    let marked = texts.map(|text| text.starts_with(MARK));
    let mark = if marked.of(marked.settle().unwrap_or(Side::Ours)) { MARK } else { b"" };
    let bare = texts.map(|text| text.strip_prefix(MARK).unwrap_or(text));
    let ends = bare.map(ends);
    let uniform = ![ends.base.unwrap_or(Ends::None), ends.ours, ends.theirs].contains(&Ends::Mixed);
    let wanted = match ends.of(ends.settle().unwrap_or(Side::Ours)) {
        Ends::None => ends.of(Side::Theirs),
        wanted => wanted,
    };
    let dress = |text| if uniform { with_ends(text, wanted) } else { Cow::Borrowed(text) };
    Dressed { texts: Three { base: bare.base.map(dress), ours: dress(bare.ours), theirs: dress(bare.theirs) }, mark }
}

/// Ends the last line of what came out of line by line formats, or leaves it open: as the sides have it, whichever line
/// is the last one now.
pub(super) fn end_as_wanted(texts: &Three<Cow<'_, [u8]>>, out: &mut Vec<u8>) {
    if texts.ours.is_empty() || texts.theirs.is_empty() || out.is_empty() {
        return;
    }
    let ended = Three {
        base: texts.base.as_ref().map(|text| text.ends_with(b"\n")),
        ours: texts.ours.ends_with(b"\n"),
        theirs: texts.theirs.ends_with(b"\n"),
    };
    match (ended.of(ended.settle().unwrap_or(Side::Ours)), out.ends_with(b"\n")) {
        (true, false) => out.extend_from_slice(if ends(out) == Ends::CrLf { b"\r\n" } else { b"\n" }),
        (false, true) => {
            let breaks = out.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            out.truncate(out.len() - breaks);
        }
        _ => {}
    }
}

/// Which line ends a text has.
pub(super) fn ends(text: &[u8]) -> Ends {
    // Most texts have one kind, and these are found without looking at each byte.
    if !text.contains(&b'\r') {
        return if text.contains(&b'\n') { Ends::Lf } else { Ends::None };
    }
    let (mut lf, mut crlf) = (false, false);
    let mut before = 0;
    for byte in text {
        if *byte == b'\n' {
            *(if before == b'\r' { &mut crlf } else { &mut lf }) = true;
        }
        before = *byte;
    }
    match (lf, crlf) {
        (false, false) => Ends::None,
        (true, false) => Ends::Lf,
        (false, true) => Ends::CrLf,
        (true, true) => Ends::Mixed,
    }
}

fn with_ends(text: &[u8], wanted: Ends) -> Cow<'_, [u8]> {
    match (ends(text), wanted) {
        (Ends::Lf, Ends::CrLf) => {
            let mut all = Vec::with_capacity(text.len() + text.len() / 16);
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                let (line, end) = line.strip_suffix(b"\n").map_or((line, &b""[..]), |line| (line, b"\r\n"));
                all.extend_from_slice(line);
                all.extend_from_slice(end);
            }
            Cow::Owned(all)
        }
        (Ends::CrLf, Ends::Lf) => {
            let mut all = Vec::with_capacity(text.len());
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                match line.strip_suffix(b"\r\n") {
                    Some(line) => all.extend_from_slice(&[line, b"\n"].concat()),
                    None => all.extend_from_slice(line),
                }
            }
            Cow::Owned(all)
        }
        _ => Cow::Borrowed(text),
    }
}
