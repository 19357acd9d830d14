//! Which files hold secrets that a server's configuration names, whatever else is wrong with it.

use std::path::{Path, PathBuf};
use toml::Value;

/// The keys below which a file with a secret is named.
const KEYS: [&str; 5] = ["secret", "client_secret", "password", "credential", "webhook"];

/// The files, as whole paths; none where the configuration cannot be read.
pub fn secret_files(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut found = Vec::new();
    if let Ok(table) = text.parse() {
        below(&Value::Table(table), &mut found);
    }
    found.into_iter().map(|name| folder.join(name)).collect()
}

fn below(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| below(one, found)),
        Value::Table(table) => {
            for (key, value) in table {
                match value.get("file").and_then(Value::as_str) {
                    Some(name) if KEYS.contains(&key.as_str()) => found.push(name.to_owned()),
                    _ => below(value, found),
                }
            }
        }
        _ => {}
    }
}
