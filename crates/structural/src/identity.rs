//! What tells the items of a list apart, in formats whose items have no name of their own.

use super::document::{By, Name};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use switchback_core::content::filetype::Keys;

/// The plain members of one item: their names, and their values as text that says what kind they are too.
pub(super) type Members = BTreeMap<String, String>;

/// The key of each item of a list.
pub(super) struct Identities {
    keys: Vec<String>,
    by: By,
}

impl Identities {
    /// The name of an item.
    pub(super) fn name<'a>(&self, tag: impl Into<Cow<'a, str>>, at: usize) -> Name<'a> {
        Name { tag: tag.into(), key: self.keys.get(at).map(|key| Cow::Owned(key.clone())), by: self.by }
    }
}

/// The name of an item, by what tells the items apart, if anything does.
pub(super) fn name_of<'a>(found: Option<&Identities>, tag: impl Into<Cow<'a, str>>, at: usize) -> Name<'a> {
    match found {
        Some(found) => found.name(tag, at),
        None => Name::tag(tag),
    }
}

/// The key of each item, where every item has one and no two have the same: from the members listed for items of the
/// list `list`, else from the first of the usual members that does it. Of several members together an item may lack
/// all but the first. `member` gives the value of an item's member.
pub(super) fn identities<I>(
    keys: &Keys,
    list: &str,
    (items, member): (&[I], impl Fn(&I, &str) -> Option<String>),
) -> Option<Identities> {
    if items.is_empty() {
        return None;
    }
    let named = keys.by_item.get(list).into_iter().flatten().map(Vec::as_slice);
    let usual = keys.otherwise.iter().map(std::slice::from_ref);
    let key = |item: &I, members: &[String]| {
        let parts: Vec<_> = members.iter().map(|name| member(item, name)).collect();
        let parts = parts.first()?.is_some().then_some(parts)?;
        Some(parts.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("\n"))
    };
    let distinct = |(at, members): (usize, &[String])| {
        let keys: Vec<String> = items.iter().map(|item| key(item, members)).collect::<Option<_>>()?;
        let all_differ = keys.iter().collect::<HashSet<_>>().len() == keys.len();
        all_differ.then_some(Identities { keys, by: By::Member(at) })
    };
    named.chain(usual).enumerate().find_map(distinct)
}

/// Whether the order of a list of this name decides what happens.
pub(super) fn decides(keys: &Keys, list: &str) -> bool {
    keys.order_decides.iter().any(|one| one == list)
}
