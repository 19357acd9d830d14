//! Pointers to something else: a version, a tag, a hash, a build's number. Where both sides moved one, the later is meant.

use std::cmp::Ordering;

/// Words in a line that tell that a bare number in it points to something.
const HINTS: [&str; 10] =
    ["version", "tag", "build", "revision", "digest", "image", "hash", "commit", "release", "sha"];

/// Which of two values of one pointer is later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Later {
    /// Ours, by its order.
    Ours,
    /// Theirs, by its order.
    Theirs,
    /// Nobody can tell by the values: a hash.
    Unordered,
}

/// The two values of the one pointer in which a line differs, and which is later; `None` where it differs in more, or in
/// what points to nothing.
pub fn later<'t>(base: &'t [u8], ours: &'t [u8], theirs: &'t [u8]) -> Option<(&'t str, &'t str, Later)> {
    let lines = [base, ours, theirs].map(|line| std::str::from_utf8(line).ok());
    let [Some(base), Some(ours), Some(theirs)] = lines else { return None };
    let [was, one, two] = [base, ours, theirs].map(|line| line.split_inclusive(is_between).collect::<Vec<_>>());
    let differs = |nth: &usize| one[*nth] != two[*nth] || was[*nth] != one[*nth];
    if was.len() != one.len() || one.len() != two.len() {
        return None;
    }
    let mut different = (0..one.len()).filter(differs);
    let (at, None) = (different.next()?, different.next()) else { return None };
    let ends = [was[at], one[at], two[at]].map(|word| word.trim_end_matches(is_between));
    let closings = [0, 1, 2].map(|side| &[was[at], one[at], two[at]][side][ends[side].len()..]);
    let points = ends.iter().all(|word| !word.is_empty()) && closings[0] == closings[1] && closings[1] == closings[2];
    let order = order(ends, &ours.to_lowercase()).filter(|_| points && ends[1] != ends[2])?;
    Some((ends[1], ends[2], order))
}

/// What divides the words of a line.
fn is_between(letter: char) -> bool {
    !(letter.is_ascii_alphanumeric() || "._+-".contains(letter))
}

fn order(words: [&str; 3], line: &str) -> Option<Later> {
    let [was, one, two] = without_name(words);
    let versions = [was, one, two].map(version);
    // A line that is nothing else, as in a file `VERSION`, tells it too.
    let hinted = line.trim().eq_ignore_ascii_case(words[1]) || HINTS.iter().any(|hint| line.contains(hint));
    if let [Some(was), Some(one), Some(two)] = &versions {
        // Two numbers with a dot between them may be a length of time.
        if ![was, one, two].into_iter().all(|version| version.is_plain || hinted) {
            return None;
        }
        return Some(match one.cmp(two) {
            Ordering::Greater => Later::Ours,
            Ordering::Less => Later::Theirs,
            Ordering::Equal => return None,
        });
    }
    let numbers = [was, one, two].map(|word| word.parse::<u64>().ok());
    if let [Some(_), Some(one), Some(two)] = numbers {
        return hinted.then_some(if one > two { Later::Ours } else { Later::Theirs });
    }
    // A line that is nothing else may be any data.
    let is_named = line.trim().len() > words[1].len() + 1;
    (is_named && [was, one, two].into_iter().all(is_hash)).then_some(Later::Unordered)
}

/// Words without the name they have in common before what differs: `release-1.2` and `release-1.3`.
fn without_name(words: [&str; 3]) -> [&str; 3] {
    let name = |word: &str| word.find(|letter: char| letter.is_ascii_digit()).filter(|at| word[..*at].ends_with('-'));
    if let [Some(one), Some(two), Some(three)] = words.map(name)
        && words[0][..one] == words[1][..two]
        && words[1][..two] == words[2][..three]
    {
        return [&words[0][one..], &words[1][two..], &words[2][three..]];
    }
    // `main-3f2a9c1`.
    let ends = words.map(|word| word.rsplit_once('-'));
    match ends {
        [Some((one, was)), Some((two, ours)), Some((three, theirs))] if one == two && two == three => {
            [was, ours, theirs]
        }
        _ => words,
    }
}

/// The numbers of a version, and what is before its release, where anything is.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Version {
    numbers: Vec<u64>,
    before: Option<Vec<Part>>,
    /// Nothing else looks like it.
    is_plain: bool,
}

/// A number is before a word, as semantic versions have it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Part {
    Number(u64),
    Word(String),
}

impl Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let longest = self.numbers.len().max(other.numbers.len());
        let at = |version: &Self, nth: usize| version.numbers.get(nth).copied().unwrap_or_default();
        let numbers = (0..longest).map(|nth| at(self, nth).cmp(&at(other, nth))).find(|order| order.is_ne());
        numbers.unwrap_or_else(|| match (&self.before, &other.before) {
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (one, two) => one.cmp(two),
        })
    }
}

/// Reads a version: two numbers at least, with dots.
fn version(word: &str) -> Option<Version> {
    let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let (named, word) = (bare != word, bare);
    let word = word.split_once('+').map_or(word, |(version, _)| version);
    let (numbers, before) = match word.split_once('-') {
        Some((numbers, before)) => (numbers, Some(before)),
        None => (word, None),
    };
    let read = |part: &str| part.parse::<u64>().map_or_else(|_| Part::Word(part.to_owned()), Part::Number);
    let mut parts = numbers.split('.').map(read).collect::<Vec<_>>();
    // `4.1.0.Final`, `1.2.rc1`: the last may be a word.
    let word = match parts.last() {
        Some(Part::Word(word)) if before.is_none() && parts.len() > 2 => Some(word.to_lowercase()),
        _ => None,
    };
    parts.truncate(parts.len() - usize::from(word.is_some()));
    let numbers: Option<Vec<u64>> =
        parts.iter().map(|part| matches!(part, Part::Number(_)).then(|| number(part))).collect();
    let numbers = numbers.filter(|numbers| numbers.len() > 1)?;
    let released = |word: &str| ["final", "ga", "release"].contains(&word);
    let before = match (before, word) {
        (Some(before), _) => Some(before.split(['.', '-']).map(read).collect()),
        (None, Some(word)) if !released(&word) => Some(vec![Part::Word(word)]),
        _ => None,
    };
    let is_plain = named || numbers.len() > 2 || before.is_some();
    Some(Version { numbers, before, is_plain })
}

fn number(part: &Part) -> u64 {
    match part {
        Part::Number(number) => *number,
        Part::Word(_) => 0,
    }
}

/// Whether a word is the hash of something: hexadecimal, long enough to name one, and no number.
fn is_hash(word: &str) -> bool {
    let hexadecimal = word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has = |what: fn(&u8) -> bool| word.bytes().any(|byte| what(&byte));
    hexadecimal && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(base: &str, ours: &str, theirs: &str) -> Option<Later> {
        later(base.as_bytes(), ours.as_bytes(), theirs.as_bytes()).map(|(_, _, order)| order)
    }

    #[test]
    fn the_later_version_is_told_by_its_order() {
        assert_eq!(told("v: 1.0.0\n", "v: 1.9.0\n", "v: 1.10.0\n"), Some(Later::Theirs));
        assert_eq!(told("v: 1.0.0\n", "v: 2.0.0\n", "v: 1.10.0\n"), Some(Later::Ours));
        assert_eq!(told("version 1.0\n", "version 2.0-rc1\n", "version 2.0\n"), Some(Later::Theirs));
        assert_eq!(told("tag 1.0\n", "tag 2.0-rc.10\n", "tag 2.0-rc.9\n"), Some(Later::Ours));
        assert_eq!(told("image: a/b:v1.2\n", "image: a/b:v1.3\n", "image: a/b:v1.4\n"), Some(Later::Theirs));
        assert_eq!(told("<v>1.2.0.Final</v>", "<v>1.3.0.Final</v>", "<v>1.2.9.Final</v>"), Some(Later::Ours));
        assert_eq!(told("ref: release-1.2\n", "ref: release-1.4\n", "ref: release-1.3\n"), Some(Later::Ours));
        assert_eq!(told("1.0\n", "1.1\n", "2.0\n"), Some(Later::Theirs));
        assert_eq!(told("build: 41\n", "build: 43\n", "build: 42\n"), Some(Later::Ours));
        assert_eq!(told("tag: 20240101\n", "tag: 20240301\n", "tag: 20240201\n"), Some(Later::Ours));
    }

    #[test]
    fn hashes_have_no_order() {
        assert_eq!(told("sha256:aa11bb22\n", "sha256:cc33dd44\n", "sha256:ee55ff66\n"), Some(Later::Unordered));
        assert_eq!(told("tag: main-3f2a9c1\n", "tag: main-4f2a9c1\n", "tag: main-5f2a9c1\n"), Some(Later::Unordered));
    }

    #[test]
    fn what_points_to_nothing_is_not_told() {
        assert_eq!(told("aa11bb22\n", "cc33dd44\n", "ee55ff66\n"), None, "any data");
        assert_eq!(told("replicas: 1\n", "replicas: 2\n", "replicas: 3\n"), None);
        assert_eq!(told("color: red\n", "color: blue\n", "color: green\n"), None);
        assert_eq!(told("a 1.0 b 1.0\n", "a 1.1 b 1.0\n", "a 1.0 b 1.1\n"), None, "two pointers");
        assert_eq!(told("v: 1.0\n", "w: 1.1\n", "v: 1.2\n"), None);
        assert_eq!(told("v: 1.0\n", "v: 1.1 # new\n", "v: 1.2\n"), None);
        assert_eq!(told("v: latest\n", "v: 1.1\n", "v: 1.2\n"), None);
        assert_eq!(told("v: 1.0\n", "v: 1.1\n", "v: 1.1\n"), None);
        assert_eq!(told("v: 1.0\n", "v: 1.1+a\n", "v: 1.1+b\n"), None, "the same but for its build");
        assert_eq!(told("timeout: 10.5\n", "timeout: 11.5\n", "timeout: 12.5\n"), None);
    }
}
