//! A command as one types it, and its words.

/// The words of a line, quotes taken off: `change exclude US-1 --reason "not now"` has five.
pub fn of(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together() {
        assert_eq!(of("where"), ["where"]);
        assert_eq!(of("demote A  --reason \"not now\" --to B"), ["demote", "A", "--reason", "not now", "--to", "B"]);
        assert_eq!(of("log --reason \"\""), ["log", "--reason", ""]);
    }
}
