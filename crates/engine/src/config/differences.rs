//! What a configuration says otherwise than another, key by key as it is written (`SPEC K2`): nothing that somebody wrote
//! is left out because a program did not think of it.

use std::collections::BTreeMap;
use std::str::FromStr;
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

/// Everything that is written otherwise, table by table; what was renamed is compared with what it was (`SPEC A15`). A text
/// that is no TOML says nothing.
pub fn differences(before: &str, after: &str) -> Vec<Difference> {
    let (mut before, after) = (things(before), things(after));
    let renamed: Vec<_> = after.iter().filter_map(|(thing, keys)| Some((thing, was(thing, keys, &before)?))).collect();
    let found: Vec<_> = renamed.iter().map(|(thing, was)| ((*thing).clone(), before.get(was).cloned())).collect();
    before.retain(|thing, _| renamed.iter().all(|(_, was)| was != thing));
    before.extend(found.into_iter().filter_map(|(thing, keys)| Some((thing, keys?))));
    let mut all: Vec<_> = before.keys().chain(after.keys()).collect();
    all.sort();
    all.dedup();
    let told = |thing: &Thing| {
        let name = renamed.iter().filter(|(new, _)| *new == thing).map(|(_, was)| renaming(thing, was));
        name.chain(of_one(thing, before.get(thing), after.get(thing))).collect::<Vec<_>>()
    };
    all.into_iter().flat_map(told).collect()
}

/// What a thing was called before, where its `was` says something new.
fn was(thing: &Thing, keys: &Keys, before: &BTreeMap<Thing, Keys>) -> Option<Thing> {
    let says = keys.get(WAS)?;
    let was = (thing.0.clone(), Value::from_str(says).ok()?.as_str()?.to_owned());
    let is_new = before.get(thing).and_then(|keys| keys.get(WAS)) != Some(says);
    (is_new && before.contains_key(&was)).then_some(was)
}

fn renaming((table, name): &Thing, (_, was): &Thing) -> Difference {
    let [before, after] = [was, name].map(|name| Some(Value::from(name.as_str()).to_string()));
    Difference { table: table.clone(), name: name.clone(), key: "name".to_owned(), before, after }
}

/// A table and a name, with its keys.
type Thing = (String, String);

/// What is written of it, by key.
type Keys = BTreeMap<String, String>;

/// The key that says what something was called before.
const WAS: &str = "was";

fn things(text: &str) -> BTreeMap<Thing, Keys> {
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

fn keys(value: &Value) -> Keys {
    let mut found = BTreeMap::new();
    flatten(value, String::new(), &mut found);
    found.remove("name");
    found
}

fn flatten(value: &Value, path: String, found: &mut Keys) {
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

fn of_one((table, name): &Thing, before: Option<&Keys>, after: Option<&Keys>) -> Vec<Difference> {
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

fn written(keys: &Keys) -> String {
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

    #[test]
    fn what_was_renamed_is_compared_with_what_it_was() {
        let stage =
            |name: &str, was: &str, branch: &str| format!("[[stage]]\nname = '{name}'\n{was}branch = '{branch}'\n");
        let told = |before: &str, after: &str| -> Vec<String> {
            let said = |one: &Difference| format!("{} {} {:?} {:?}", one.subject(), one.key, one.before, one.after);
            differences(before, after).iter().map(said).collect()
        };
        let (qa, test) = (stage("QA", "", "qa"), stage("TEST", "was = 'QA'\n", "test"));
        let expected = [
            "stage TEST name Some(\"\\\"QA\\\"\") Some(\"\\\"TEST\\\"\")",
            "stage TEST branch Some(\"\\\"qa\\\"\") Some(\"\\\"test\\\"\")",
            "stage TEST was None Some(\"\\\"QA\\\"\")",
        ];
        assert_eq!(told(&qa, &test), expected);
        assert_eq!(told(&test, &test), [""; 0]);
        let swapped = [stage("A", "was = 'B'\n", "b"), stage("B", "was = 'A'\n", "a")].concat();
        let before = [stage("A", "", "a"), stage("B", "", "b")].concat();
        let names = differences(&before, &swapped).into_iter().map(|one| format!("{} {}", one.name, one.key));
        assert_eq!(names.collect::<Vec<_>>(), ["A name", "A was", "B name", "B was"]);
    }
}
