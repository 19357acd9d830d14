//! The pattern that finds keys in messages: it may match nothing that could be no key (`SPEC C1a`).

use regex_syntax::hir::{Class, Hir, HirKind};
use switchback_core::words::name_rule::{NameFault, fault_in_key_character};

/// The characters whose place in a key matters; a set of them is one bit for each.
const WATCHED: [char; 8] = ['.', '-', '@', '{', 'l', 'o', 'c', 'k'];

const HINT: &str = "write a pattern such as `'[A-Z]+-\\d+'`";

/// What is wrong with a pattern, and what to write instead; `None` when whatever it finds can be a key. Invisible
/// characters, which `\w` matches as well, and length are asked of each key that is found.
pub(super) fn fault_in_pattern(pattern: &str) -> Option<(String, &'static str)> {
    if let Err(error) = regex::Regex::new(pattern) {
        let whole = error.to_string();
        let why = whole.lines().last().unwrap_or_default().trim_start_matches("error: ");
        return Some((format!("`key` is no pattern: {why}"), HINT));
    }
    let hir = regex_syntax::parse(pattern).ok()?;
    if hir.properties().minimum_len() == Some(0) {
        return Some((format!("`key` is `{pattern}`, which finds a key in an empty text"), HINT));
    }
    let fault = Shape::of(&hir).fault()?;
    Some((format!("`key` is `{pattern}`, which finds texts that can be no key: one that {fault}"), HINT))
}

/// What the texts have in common that a part of a pattern matches.
#[derive(Clone, Copy, Default)]
struct Shape {
    /// A character that can stand in no key.
    bad: Option<NameFault>,
    /// Whether it matches nothing at all.
    nullable: bool,
    /// Which watched characters a text may begin with.
    first: u8,
    /// Which it may end with.
    last: u8,
    /// For each watched character, which may follow it.
    follow: [u8; WATCHED.len()],
}

fn bit(character: char) -> u8 {
    WATCHED.iter().position(|watched| *watched == character).map_or(0, |at| 1 << at)
}

impl Shape {
    fn of(hir: &Hir) -> Self {
        let empty = Self { nullable: true, ..Self::default() };
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => empty,
            HirKind::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.0);
                text.chars().map(Self::character).fold(empty, Self::then)
            }
            HirKind::Class(class) => Self::class(class),
            HirKind::Repetition(repetition) if repetition.max == Some(0) => empty,
            HirKind::Repetition(repetition) => {
                let once = Self::of(&repetition.sub);
                let often = if repetition.max == Some(1) { once } else { once.then(once) };
                Self { nullable: once.nullable || repetition.min == 0, ..often }
            }
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(parts) => parts.iter().map(Self::of).fold(empty, Self::then),
            HirKind::Alternation(parts) => parts.iter().map(Self::of).reduce(Self::or).unwrap_or(empty),
        }
    }

    fn character(character: char) -> Self {
        let bit = bit(character);
        Self { bad: fault_in_key_character(character), first: bit, last: bit, ..Self::default() }
    }

    fn class(class: &Class) -> Self {
        let within = |character: char| match class {
            Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&character)),
            Class::Bytes(class) => u8::try_from(character)
                .is_ok_and(|byte| class.iter().any(|range| (range.start()..=range.end()).contains(&byte))),
        };
        // Every space and every control character lies below U+3001.
        let bad = ('\0'..='\u{3000}').filter_map(|one| Some((one, fault_in_key_character(one)?)));
        let bad = bad.filter(|(_, fault)| *fault != NameFault::Invisible).find(|(one, _)| within(*one));
        let bits = WATCHED.into_iter().filter(|one| within(*one)).map(bit).fold(0, |bits, bit| bits | bit);
        Self { bad: bad.map(|(_, fault)| fault), first: bits, last: bits, ..Self::default() }
    }

    fn then(self, next: Self) -> Self {
        let mut follow = self.or(next).follow;
        for (at, follow) in follow.iter_mut().enumerate() {
            if self.last & (1 << at) != 0 {
                *follow |= next.first;
            }
        }
        Self {
            bad: self.bad.or(next.bad),
            nullable: self.nullable && next.nullable,
            first: self.first | if self.nullable { next.first } else { 0 },
            last: next.last | if next.nullable { self.last } else { 0 },
            follow,
        }
    }

    fn or(self, other: Self) -> Self {
        let mut follow = self.follow;
        follow.iter_mut().zip(other.follow).for_each(|(mine, others)| *mine |= others);
        Self {
            bad: self.bad.or(other.bad),
            nullable: self.nullable || other.nullable,
            first: self.first | other.first,
            last: self.last | other.last,
            follow,
        }
    }

    /// What makes some text it matches no key.
    fn fault(&self) -> Option<NameFault> {
        let begins = |one: char| self.first & bit(one) != 0;
        let ends = |one: char| self.last & bit(one) != 0;
        let follows = |before: char, after: char| {
            let at = WATCHED.iter().position(|watched| *watched == before);
            at.is_some_and(|at| self.follow[at] & bit(after) != 0)
        };
        let lock = ['.', 'l', 'o', 'c', 'k'];
        let locks = ends('k') && lock.windows(2).all(|pair| follows(pair[0], pair[1]));
        let cases = [
            (follows('.', '.'), NameFault::Dots),
            (follows('@', '{'), NameFault::AtBrace),
            (begins('.'), NameFault::Beginning('.')),
            (begins('-'), NameFault::Beginning('-')),
            (ends('.'), NameFault::End(".")),
            (locks, NameFault::End(".lock")),
        ];
        self.bad.or_else(|| cases.into_iter().find(|(is, _)| *is).map(|(_, fault)| fault))
    }
}

#[cfg(test)]
mod tests {
    use super::fault_in_pattern;

    #[test]
    fn what_finds_keys_only_is_taken() {
        let good = [
            r"[A-Z]+-\d+",
            r"\b(?:US|BUG)-\d+\b",
            r"#\d+",
            r"CHG\d{7}",
            r"(?i)us-\d+",
            r"\w+-\d+",
            r"[A-Z]+\.\d+",
            r"[^\s/~^:?*\\\[\x00-\x1f\x7f-\x9f.@-]+",
            r"\p{Lu}+[-_]\d+(\.\d+)*",
            r"US-\d{1,200}",
            r"[a-z]+-block",
            r"x-?lock",
        ]
        .map(str::to_owned);
        for pattern in good {
            assert_eq!(fault_in_pattern(&pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_finds_others_too_is_a_defect() {
        let bad = [
            (r"CR \d+", "holds a space"),
            (r"US:\d+", "holds `:`"),
            (r"\[[A-Z]+-\d+\]", "holds `[`"),
            (".+", "holds a control"),
            (r"\S+", "holds a control"),
            (r"[^ ]+", "holds a control"),
            (r"feature/\d+", "holds `/`"),
            (r"[A-Z ]+", "holds a space"),
            (r"US\s?\d+", "holds a"),
            (r"[A-Z.]+", "holds `..`"),
            (r"\.?\d+", "begins with `.`"),
            (r"[\w-]+", "begins with `-`"),
            (r"\d+\.", "ends with `.`"),
            (r"[a-z]+\.[a-z]+", "ends with `.lock`"),
            (r"\d@\{\d\}", "holds `@{`"),
            ("US\u{200b}\\d", "not to be seen"),
            ("", "empty text"),
            (r"\d*", "empty text"),
            (r"(", "no pattern"),
        ];
        for (pattern, why) in bad {
            let (message, _) = fault_in_pattern(pattern).unwrap_or_else(|| panic!("{pattern} is taken"));
            assert!(message.contains(why), "{pattern}: {message}");
        }
    }
}
