//! Commas between what a list holds.

/// Where a comma stands in what follows a core: blanks, comments and at most one comma.
pub(super) fn comma_in(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        at += match rest[0] {
            b',' => return Some(at),
            b'#' => rest.iter().position(|byte| *byte == b'\n')?,
            b'/' if rest.starts_with(b"//") => rest.iter().position(|byte| *byte == b'\n')?,
            b'/' if rest.starts_with(b"/*") => rest.windows(2).skip(2).position(|pair| pair == b"*/")? + 4,
            _ => 1,
        };
    }
    None
}
