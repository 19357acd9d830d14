//! Words as a shell takes them: what is shown to be pasted must mean what it says.

/// One word. What has nothing in it that a shell would read as its own stands as it is.
pub fn word(text: &str) -> String {
    let plain = |one: char| one.is_alphanumeric() || "-_./@+:,".contains(one);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Several words in a row.
pub fn words<T: AsRef<str>>(all: &[T]) -> String {
    all.iter().map(|one| word(one.as_ref())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_read_it_otherwise() {
        let cases = [
            ("US-101", "US-101"),
            ("feature/US-101", "feature/US-101"),
            ("QA@2026-12-01", "QA@2026-12-01"),
            ("Prüfung", "Prüfung"),
            ("Release 26", "'Release 26'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("#12", "'#12'"),
            ("~ann", "'~ann'"),
            ("a;b", "'a;b'"),
            ("$HOME", "'$HOME'"),
            ("a`b`", "'a`b`'"),
            ("a*", "'a*'"),
            ("@{u}", "'@{u}'"),
        ];
        for (text, wanted) in cases {
            assert_eq!(word(text), wanted, "{text}");
        }
    }
}
