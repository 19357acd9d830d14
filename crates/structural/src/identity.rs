//! What tells the items of a list apart, in formats whose items have no name of their own.

use super::document::{By, Name, Order};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use switchback_core::content::filetype::Keys;

/// The plain members of one item: their names, and their values as text that says what kind they are too.
pub(super) type Members = BTreeMap<String, String>;

/// The keys of the items of a list.
pub(super) struct Identities {
    keys: Vec<Option<String>>,
    by: By,
    /// Whether every item has one.
    is_whole: bool,
}

impl Identities {
    /// The name of an item.
    pub(super) fn name<'a>(&self, tag: impl Into<Cow<'a, str>>, at: usize) -> Name<'a> {
        match self.keys.get(at).cloned().flatten() {
            Some(key) => Name { tag: tag.into(), key: Some(Cow::Owned(key)), by: self.by },
            None => Name::tag(tag),
        }
    }
}

/// The name of an item, by what tells the items apart, if anything does.
pub(super) fn name_of<'a>(found: Option<&Identities>, tag: impl Into<Cow<'a, str>>, at: usize) -> Name<'a> {
    match found {
        Some(found) => found.name(tag, at),
        None => Name::tag(tag),
    }
}

/// How a list of items is matched, by what tells them apart.
pub(super) fn order_of(found: Option<&Identities>) -> Order {
    match found {
        Some(found) if found.is_whole => Order::KeyedInOrder,
        _ => Order::Positional,
    }
}

/// The key of each item, where every item has one and no two have the same: from the members listed for items of the
/// list `list`, else from the first of the usual members that does it. Of several members together an item may lack
/// all but the first. `member` gives the value of an item's member. Where no member does it, the keys of as many items as
/// have one of their own: those are told apart by place, and still known when they moved.
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
    let mut most: Option<(usize, Identities)> = None;
    for (at, members) in named.chain(usual).enumerate() {
        let mut keys: Vec<Option<String>> = items.iter().map(|item| key(item, members)).collect();
        let mut times: HashMap<&str, usize> = HashMap::new();
        keys.iter().flatten().for_each(|key| *times.entry(key).or_default() += 1);
        let often: HashSet<String> =
            times.iter().filter(|(_, times)| **times > 1).map(|(key, _)| (*key).to_owned()).collect();
        keys.iter_mut().for_each(|key| drop(key.take_if(|key| often.contains(key))));
        let count = keys.iter().flatten().count();
        let (by, is_whole) = (By::Member(at), count == items.len());
        if is_whole {
            return Some(Identities { keys, by, is_whole });
        }
        if count > most.as_ref().map_or(0, |(count, _)| *count) {
            most = Some((count, Identities { keys, by, is_whole }));
        }
    }
    most.map(|(_, identities)| identities)
}

/// Whether the order of a list of this name decides what happens.
pub(super) fn decides(keys: &Keys, list: &str) -> bool {
    keys.order_decides.iter().any(|one| one == list)
}
