//! Splitting a line of the scenario language into words, and the words of a command into options.

use std::collections::BTreeMap;

/// Words are separated by blanks; `"…"` keeps blanks together.
pub fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut begun) = (String::new(), false, false);
    for letter in line.chars() {
        match letter {
            '"' => (quoted, begun) = (!quoted, true),
            ' ' if !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            other => {
                word.push(other);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// A command: its verb, its words, and its options by name.
#[derive(Debug, Default)]
pub struct Command {
    /// The first word.
    pub verb: String,
    /// Words that belong to no option.
    pub words: Vec<String>,
    options: BTreeMap<String, Vec<String>>,
}

/// Options that take no value.
const FLAGS: [&str; 22] = [
    "all",
    "deploy",
    "draft",
    "email-on-complete",
    "with-dependencies",
    "with-dependents",
    "withdraw",
    "rewrite-dependents",
    "skip-conflicted",
    "pull-request",
    "recursive",
    "override-freeze",
    "all-or-nothing",
    "dry-run",
    "no-run",
    "ours",
    "theirs",
    "base",
    "anyway",
    "proposed",
    "deny",
    "off",
];

impl Command {
    /// Reads `demote US-1 --to DEV --deploy`.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut words = split(line).into_iter();
        let mut command = Self { verb: words.next().ok_or("a step needs a verb")?, ..Self::default() };
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                command.words.push(word);
                continue;
            };
            let values = command.options.entry(name.to_owned()).or_default();
            if !FLAGS.contains(&name) {
                values.push(words.next().ok_or_else(|| format!("--{name} needs a value"))?);
            }
        }
        Ok(command)
    }

    /// Whether a flag was given.
    pub fn has(&self, name: &str) -> bool {
        self.options.contains_key(name)
    }

    /// The value of an option.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.options.get(name)?.first().map(String::as_str)
    }

    /// The value of an option as an owned text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(str::to_owned)
    }

    /// Every value of a repeatable option, lists split at commas.
    pub fn values(&self, name: &str) -> Vec<String> {
        let given = self.options.get(name).into_iter().flatten();
        given.flat_map(|list| list.split(',')).map(str::to_owned).collect()
    }

    /// The n-th word.
    pub fn word(&self, nth: usize) -> Result<&str, String> {
        self.words.get(nth).map(String::as_str).ok_or_else(|| format!("`{}` needs more words", self.verb))
    }
}

/// A list of words separated by blanks or commas.
pub fn list(text: &str) -> Vec<String> {
    text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Cuts at the first separator; both halves trimmed.
pub fn cut<'a>(text: &'a str, separator: &str) -> Result<(&'a str, &'a str), String> {
    let (left, right) = text.split_once(separator).ok_or_else(|| format!("`{text}` lacks `{separator}`"))?;
    Ok((left.trim(), right.trim()))
}
