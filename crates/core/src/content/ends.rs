//! What two texts begin and end with alike: most edits touch little, and the rest need not be looked at.

/// How many bytes of whole lines two texts have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ends {
    /// From the front.
    pub front: usize,
    /// From behind, none of them among those from the front.
    pub back: usize,
}

impl Ends {
    /// Compares two texts.
    pub fn of(one: &[u8], two: &[u8]) -> Self {
        let alike = &one[..alike(one, two)];
        let front = memchr::memrchr(b'\n', alike).map_or(0, |feed| feed + 1);
        Self { front, back: alike_behind(&one[front..], &two[front..]) }
    }

    /// What is between them in one of the two texts.
    pub fn between<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.front..text.len() - self.back]
    }
}

/// So many bytes are compared at once.
const STEP: usize = 64;

/// How many bytes two texts have in common from the front.
fn alike(one: &[u8], two: &[u8]) -> usize {
    let steps = one.chunks_exact(STEP).zip(two.chunks_exact(STEP)).take_while(|(one, two)| one == two).count();
    let rest = one[steps * STEP..].iter().zip(&two[steps * STEP..]);
    steps * STEP + rest.take_while(|(one, two)| one == two).count()
}

/// How many bytes of whole lines two texts have in common from behind.
fn alike_behind(one: &[u8], two: &[u8]) -> usize {
    let steps = one.rchunks_exact(STEP).zip(two.rchunks_exact(STEP)).take_while(|(one, two)| one == two).count();
    let (one_rest, two_rest) = (&one[..one.len() - steps * STEP], &two[..two.len() - steps * STEP]);
    let rest = one_rest.iter().rev().zip(two_rest.iter().rev()).take_while(|(one, two)| one == two).count();
    let alike = &one[one.len() - steps * STEP - rest..];
    // The line they begin to be alike in may begin otherwise.
    memchr::memchr(b'\n', alike).map_or(0, |feed| alike.len() - feed - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_are_common() {
        let of = |one: &str, two: &str| {
            let ends = Ends::of(one.as_bytes(), two.as_bytes());
            let between = [one, two].map(|text| String::from_utf8(ends.between(text.as_bytes()).to_vec()).unwrap());
            (ends.front, ends.back, between)
        };
        let pair = |one: &str, two: &str| [one.to_owned(), two.to_owned()];
        assert_eq!(of("a\nb\nc\n", "a\nx\nc\n"), (2, 2, pair("b\n", "x\n")));
        assert_eq!(of("a\nb1\nc\n", "a\nb2\nc\n"), (2, 2, pair("b1\n", "b2\n")));
        assert_eq!(of("a\na\n", "a\n"), (2, 0, pair("a\n", "")), "nothing is counted twice");
        assert_eq!(of("", "a\n"), (0, 0, pair("", "a\n")));
        let long = "line\n".repeat(100);
        assert_eq!(
            of(&format!("{long}x\n{long}"), &format!("{long}{long}")),
            (500, 495, pair("x\nline\n", "line\n")),
            "one line may begin otherwise"
        );
    }
}
