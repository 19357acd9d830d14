//! Words as a shell takes them, for commands that are told to be pasted.

/// One word. What has nothing in it that a shell would read as its own stands as it is.
pub fn word(text: &str) -> String {
    let plain = |one: char| one.is_alphanumeric() || "-_./@+:,".contains(one);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
