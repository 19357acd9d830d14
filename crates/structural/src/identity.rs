//! What tells the items of a list apart, in formats whose items have no name of their own.

use std::collections::{BTreeMap, HashSet};
use switchback_core::content::filetype::Keys;

/// The plain members of one item: their names, and their values as text that says what kind they are too.
pub(super) type Members = BTreeMap<String, String>;

/// The key of each item, where every item has one and no two have the same: from the members listed for items of the
/// list `list`, else from the first of the usual members that does it.
pub(super) fn identities(keys: &Keys, list: &str, items: &[Members]) -> Option<Vec<String>> {
    match keys.by_item.get(list) {
        Some(members) => distinct(items, members),
        None => keys.otherwise.iter().find_map(|member| distinct(items, std::slice::from_ref(member))),
    }
}

fn distinct(items: &[Members], members: &[String]) -> Option<Vec<String>> {
    let key = |item: &Members| -> Option<String> {
        let parts: Option<Vec<&str>> = members.iter().map(|member| item.get(member).map(String::as_str)).collect();
        parts.map(|parts| parts.join("\n"))
    };
    let found: Vec<String> = items.iter().map(key).collect::<Option<_>>()?;
    let all_differ = found.iter().collect::<HashSet<_>>().len() == found.len();
    (all_differ && !found.is_empty()).then_some(found)
}
