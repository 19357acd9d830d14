//! Conflict markers that somebody left in a file: whole sets of them, of any tool that writes them as git does. A lone
//! line of equal signs is a heading.

/// How long a marker is at least; git makes them longer where a conflict lies within another.
const SIZE: usize = 7;

/// What may divide the sides between the first marker and the last: git's, with the base, and those of jj.
const DIVIDERS: [u8; 5] = *b"=|%+-";

/// The lines, from 1, in which sets of markers begin. `size` is how long the repository's own markers are, where that is
/// less than usual.
pub fn sets(text: &[u8], size: Option<usize>) -> Vec<usize> {
    let least = size.map_or(SIZE, |size| size.clamp(1, SIZE));
    let mut found = Vec::new();
    // Where one begun, how long its markers are, and whether a divider came.
    let mut begun: Option<(usize, usize, bool)> = None;
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let Some((letter, length)) = marker(line).filter(|(_, length)| *length >= least) else { continue };
        match (letter, begun) {
            (b'<', _) => begun = Some((at + 1, length, false)),
            (b'>', Some((first, size, true))) if length == size => {
                found.push(first);
                begun = None;
            }
            (letter, Some((first, size, false))) if length == size && DIVIDERS.contains(&letter) => {
                begun = Some((first, size, true));
            }
            _ => {}
        }
    }
    found
}

/// The letter a line repeats at its beginning, and how often, where nothing or a label follows.
fn marker(line: &[u8]) -> Option<(u8, usize)> {
    let letter = *line.first().filter(|letter| b"<>".contains(letter) || DIVIDERS.contains(letter))?;
    let length = line.iter().take_while(|byte| **byte == letter).count();
    matches!(line.get(length), None | Some(b' ' | b'\r' | b'\t')).then_some((letter, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<usize> {
        sets(text.as_bytes(), None)
    }

    #[test]
    fn sets_of_every_flavour_are_found() {
        assert_eq!(found("a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\nd\n"), [2]);
        assert_eq!(found("<<<<<<< x\r\nb\r\n||||||| base\r\n=======\r\nc\r\n>>>>>>> y\r\n"), [1]);
        assert_eq!(found("<<<<<<<\n=======\n>>>>>>>"), [1], "without labels");
        assert_eq!(found("<<<<<<< 1\n%%%%%%% diff\n+a\n+++++++ side\nb\n>>>>>>> 1\n"), [1]);
        assert_eq!(found("<<<<<<<<< 1\n=========\n>>>>>>>>> 1\n"), [1], "longer ones");
        assert_eq!(found("<<<<<<< 1\n=======\n>>>>>>> 1\n<<<<<<< 2\n=======\n>>>>>>> 2\n"), [1, 4]);
        assert_eq!(sets(b"<<<< 1\n====\n>>>> 1\n", Some(4)), [1]);
    }

    #[test]
    fn what_is_no_whole_set_is_text() {
        assert!(found("Heading\n=======\n\n>>>>>>> quoted\n").is_empty());
        assert!(found("<<<<<<< x\n>>>>>>> y\n").is_empty());
        assert!(found("<<<<<<< x\n========\n>>>>>>> y\n").is_empty(), "of different lengths");
        assert!(found("<<<<<<<x\n=======\n>>>>>>>y\n").is_empty(), "a marker stands by itself");
        assert!(found(" <<<<<<< x\n =======\n >>>>>>> y\n").is_empty());
        assert!(found("<<<< 1\n====\n>>>> 1\n").is_empty());
    }
}
