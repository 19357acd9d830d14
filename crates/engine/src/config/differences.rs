//! What a configuration says otherwise than another, key by key as it is written (`SPEC K2`): nothing that somebody wrote
//! is left out because a program did not think of it.

use std::collections::BTreeMap;
use toml::{Table, Value};

/// One key that is written otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The table it is in: `stage`, `area`, `pipeline`.
    pub table: String,
    /// Which stage, area or file type; empty for a table there is one of.
    pub name: String,
    /// The key, `back_promote.require`; empty where all of it comes or goes.
    pub key: String,
    /// What was written.
    pub before: Option<String>,
    /// What is written.
    pub after: Option<String>,
}

impl Difference {
    /// What it is about: `stage QA`, `[pipeline]`.
    pub fn subject(&self) -> String {
        match self.name.as_str() {
            "" => format!("[{}]", self.table),
            name => format!("{} {name}", self.table),
        }
    }
}

/// Everything that is written otherwise, table by table. A text that is no TOML says nothing.
pub fn differences(before: &str, after: &str) -> Vec<Difference> {
    let (before, after) = (things(before), things(after));
    let mut all: Vec<_> = before.keys().chain(after.keys()).collect();
    all.sort();
    all.dedup();
    all.into_iter().flat_map(|thing| of_one(thing, before.get(thing), after.get(thing))).collect()
}

/// A table and a name, with its keys.
type Thing = (String, String);

fn things(text: &str) -> BTreeMap<Thing, BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for (table, value) in text.parse::<Table>().unwrap_or_default() {
        match value {
            Value::Array(items) => {
                for (at, item) in items.into_iter().enumerate() {
                    let name = item.get("name").and_then(Value::as_str).map_or_else(|| nth(at), str::to_owned);
                    found.insert((table.clone(), name), keys(&item));
                }
            }
            whole => drop(found.insert((table, String::new()), keys(&whole))),
        }
    }
    found
}

/// What has no name of its own is told apart by its place.
fn nth(at: usize) -> String {
    format!("#{}", at + 1)
}

fn keys(value: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    flatten(value, String::new(), &mut found);
    found.remove("name");
    found
}

fn flatten(value: &Value, path: String, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (key, inner) in table {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(inner, path, found);
            }
        }
        plain => drop(found.insert(path, plain.to_string())),
    }
}

fn of_one(
    (table, name): &Thing,
    before: Option<&BTreeMap<String, String>>,
    after: Option<&BTreeMap<String, String>>,
) -> Vec<Difference> {
    let told = |key: &str, before: Option<String>, after: Option<String>| Difference {
        table: table.clone(),
        name: name.clone(),
        key: key.to_owned(),
        before,
        after,
    };
    let (Some(before), Some(after)) = (before, after) else {
        return vec![told("", before.map(written), after.map(written))];
    };
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    let differing = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    differing.map(|key| told(key, before.get(key).cloned(), after.get(key).cloned())).collect()
}

fn written(keys: &BTreeMap<String, String>) -> String {
    keys.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_is_written_otherwise_is_told() {
        let before = "[pipeline]\nname = 'a'\n[[stage]]\nname = 'QA'\nbranch = 'qa'\npromote.require = ['tested']\n[[stage]]\nname = 'OLD'\nbranch = 'o'\n";
        let after = "[pipeline]\nname = 'a'\ntime_zone = 'UTC'\n[[stage]]\nname = 'QA'\nbranch = 'qa'\n[[area]]\nname = 'w'\nhooks.before = 'make'\n";
        let told: Vec<_> = differences(before, after)
            .iter()
            .map(|one| format!("{} {} {:?} {:?}", one.subject(), one.key, one.before, one.after))
            .collect();
        let expected = [
            "area w  None Some(\"hooks.before = \\\"make\\\"\")",
            "[pipeline] time_zone None Some(\"\\\"UTC\\\"\")",
            "stage OLD  Some(\"branch = \\\"o\\\"\") None",
            "stage QA promote.require Some(\"[\\\"tested\\\"]\") None",
        ];
        assert_eq!(told, expected);
    }
}
