//! What names may look like, said once for all of them (`SPEC C1a`): they become parts of refs, of paths, of command
//! lines and of what a terminal shows.

use std::fmt;

/// The most characters a name may have.
pub const LONGEST: usize = 100;

/// The most bytes of a name: what stands around it in a file's name needs the rest of 255.
const MOST_BYTES: usize = 240;

/// Characters that git takes in no ref.
const REFUSED_IN_REFS: &str = "/\\~^:?*[";

/// What a name that is configured may not hold besides: characters that part names on the command line
/// (`AREA@VERSION`, `--to A,B`, `NAME=BRANCH`, `#SEQ`), and those a shell reads for itself.
const REFUSED_IN_COMMANDS: &str = "]{}@#,=\"'`<>|&;$()!";

/// Characters that are not to be seen, or that turn the order of what is: a name that holds one passes for another.
const INVISIBLE: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Why a text can be no name. Displays as what follows the name: `holds a space`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameFault {
    /// There is nothing.
    Empty,
    /// It has more than [`LONGEST`] characters, or more bytes than fit into a file's name.
    TooLong,
    /// A character that moves a terminal's cursor instead of being shown.
    Control,
    /// A character that is not seen, or that turns the order of others.
    Invisible,
    /// A space of any kind.
    Space,
    /// A character that cannot stand there.
    Character(char),
    /// `..`.
    Dots,
    /// `@{`.
    AtBrace,
    /// The bare `@`, which git reads as HEAD.
    At,
    /// It begins so.
    Beginning(char),
    /// It ends so.
    End(&'static str),
    /// It is a group's, and a person is asked for.
    Group,
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong => write!(f, "is longer than {LONGEST} characters or {MOST_BYTES} bytes"),
            Self::Control => f.write_str("holds a control character"),
            Self::Invisible => f.write_str("holds a character that is not to be seen"),
            Self::Space => f.write_str("holds a space"),
            Self::Character(found) => write!(f, "holds `{found}`"),
            Self::Dots => f.write_str("holds `..`"),
            Self::AtBrace => f.write_str("holds `@{`"),
            Self::At => f.write_str("is `@`, which git reads as HEAD"),
            Self::Beginning(found) => write!(f, "begins with `{found}`"),
            Self::End(found) => write!(f, "ends with `{found}`"),
            Self::Group => f.write_str("begins with `@`, as groups do"),
        }
    }
}

/// Whether a character is not seen where it stands, or turns the order of others.
pub fn is_invisible(character: char) -> bool {
    INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

/// Whether a character is seen as what it is.
pub fn is_seen(character: char) -> bool {
    character.is_ascii_graphic() || !(character.is_control() || is_invisible(character))
}

/// Why a text cannot be shown as it is.
pub fn fault_in_shown(text: &str) -> Option<NameFault> {
    text.chars().find_map(|character| match character {
        character if character.is_control() => Some(NameFault::Control),
        character if is_invisible(character) => Some(NameFault::Invisible),
        _ => None,
    })
}

/// Why a character can stand in no change's key, wherever it stands.
pub fn fault_in_key_character(character: char) -> Option<NameFault> {
    match character {
        character if character.is_control() => Some(NameFault::Control),
        character if character.is_whitespace() => Some(NameFault::Space),
        character if is_invisible(character) => Some(NameFault::Invisible),
        character if REFUSED_IN_REFS.contains(character) => Some(NameFault::Character(character)),
        _ => None,
    }
}

/// Why a text can be no change's key (`SPEC C1a`); `None` when it can. A key stands in a ref's name.
pub fn fault_in_key(key: &str) -> Option<NameFault> {
    if key.is_empty() {
        return Some(NameFault::Empty);
    }
    if key.chars().count() > LONGEST || key.len() > MOST_BYTES {
        return Some(NameFault::TooLong);
    }
    if let Some(fault) = key.chars().find_map(fault_in_key_character) {
        return Some(fault);
    }
    match key {
        "@" => Some(NameFault::At),
        key if key.contains("..") => Some(NameFault::Dots),
        key if key.contains("@{") => Some(NameFault::AtBrace),
        // Words that begin so are options.
        key if key.starts_with(['.', '-']) => key.chars().next().map(NameFault::Beginning),
        key if key.ends_with('.') => Some(NameFault::End(".")),
        key if key.ends_with(".lock") => Some(NameFault::End(".lock")),
        _ => None,
    }
}

/// Why a text can be no name of a stage, an area or a group; `None` when it can.
pub fn fault_in_name(name: &str) -> Option<NameFault> {
    if name.len() > LONGEST {
        return Some(NameFault::TooLong);
    }
    let awkward = |character: char| REFUSED_IN_COMMANDS.contains(character).then_some(NameFault::Character(character));
    fault_in_key(name)
        .filter(|fault| *fault != NameFault::At)
        .or_else(|| name.chars().find_map(awkward))
        .or_else(|| name.ends_with('-').then_some(NameFault::End("-")))
}

/// Why a text can be no name of a pipeline; `None` when it can. A bare repository is a folder `NAME.git`, so a name that
/// ends so is another's.
pub fn fault_in_pipeline(name: &str) -> Option<NameFault> {
    let git = || name.to_ascii_lowercase().ends_with(".git").then_some(NameFault::End(".git"));
    fault_in_name(name).or_else(git)
}

/// Why a text can be no person's name; `None` when it can. People may be addresses, so more is allowed.
pub fn fault_in_user(name: &str) -> Option<NameFault> {
    match name {
        "" => Some(NameFault::Empty),
        name if name.chars().count() > LONGEST => Some(NameFault::TooLong),
        name if name.starts_with('@') => Some(NameFault::Group),
        name if name.starts_with('-') => Some(NameFault::Beginning('-')),
        name if name.trim() != name => Some(NameFault::Space),
        name => fault_in_shown(name),
    }
}

/// Why a text can be no name that a change is only described by: its owner's, its project's, its release's. It is shown
/// with every character written out that cannot be seen, so it may hold any.
pub fn fault_in_label(label: &str) -> Option<NameFault> {
    match label {
        label if label.trim().is_empty() => Some(NameFault::Empty),
        label if label.chars().count() > LONGEST => Some(NameFault::TooLong),
        _ => None,
    }
}

/// What a text says once every character that cannot be shown is written out, `\u{202e}`. Line feeds and tabs stay.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' | '\t' => shown.push(character),
            // The end of a line as other systems write it.
            '\r' if characters.peek() == Some(&'\n') => {}
            character if is_seen(character) => shown.push(character),
            character => shown.extend(character.escape_default()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_refs_and_on_command_lines() {
        for key in ["US-101", "é", "#12", "5", "US-1@2", "a.b", "CHG0001", "US_1", "Ü-1", "D-1", &"x".repeat(100)] {
            assert_eq!(fault_in_key(key), None, "{key}");
        }
        let long = ["x".repeat(101), "漢".repeat(100)];
        let bad = [
            "",
            " ",
            "US 5",
            "US-1: login",
            "a..b",
            "x.lock",
            "US-1/",
            "T/1",
            "a/b",
            "a\\b",
            "-x",
            "--",
            ".x",
            "x.",
            "@",
            "a@{1}",
            "x~1",
            "x^",
            "x:y",
            "x?",
            "x*",
            "[x]",
            "x\n",
            "x\ty",
            "\u{7f}",
            "\u{9b}31m",
            "\u{1b}[31m",
            "x\u{a0}y",
            "\u{202e}abc",
            "\u{200b}",
            "US\u{ad}-1",
            "a\u{2066}b",
            "\u{feff}US-1",
            "\u{3164}",
        ];
        for key in bad.into_iter().chain(long.iter().map(String::as_str)) {
            assert!(fault_in_key(key).is_some(), "{key:?}");
        }
    }

    /// What stands here must hold for git as well: `engine/src/kept.rs` makes refs of keys.
    #[test]
    fn names_that_break_refs_paths_or_command_lines_are_refused() {
        for name in ["DEV", "qa-web", "Prüfung", "v1.2", "a_b", "9"] {
            assert_eq!(fault_in_name(name), None, "{name}");
        }
        let long = "x".repeat(101);
        let bad = [
            "",
            "a b",
            "a/b",
            "..",
            "a..b",
            "a\tb",
            "a\u{7}",
            "qa@1",
            "-x",
            "x-",
            "x.lock",
            ".x",
            "A,B",
            "A=B",
            "a\u{202e}b",
            "@",
            &long,
        ];
        for name in bad {
            assert!(fault_in_name(name).is_some(), "{name}");
        }
        assert_eq!(fault_in_name("b.git"), None);
        assert_eq!(fault_in_pipeline("b.git"), Some(NameFault::End(".git")));
    }

    #[test]
    fn people_and_labels_may_hold_what_is_seen() {
        for name in ["bob", "Ann Smith", "ann@example.org", "DOMAIN\\ann", "o'hara", "安"] {
            assert_eq!(fault_in_user(name), None, "{name}");
        }
        for name in ["", "@ops", " ", " bob", "a\u{1b}b", "a\u{202e}b", "-x"] {
            assert!(fault_in_user(name).is_some(), "{name}");
        }
        assert_eq!(fault_in_label("Summer release \u{202e}2026"), None);
        for label in ["", "  ", &"x".repeat(101)] {
            assert!(fault_in_label(label).is_some(), "{label}");
        }
    }

    #[test]
    fn what_cannot_be_shown_is_written_out() {
        assert_eq!(shown("a\u{1b}[31m\u{202e}é\n\tb"), "a\\u{1b}[31m\\u{202e}é\n\tb");
    }
}
