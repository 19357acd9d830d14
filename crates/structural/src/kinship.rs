//! Whether the versions of a list tell its items apart in the same way. Where they do not, their names cannot be
//! compared: what one side deleted would be taken for something the other side added.

use super::document::{By, Hashing, List, Order};
use super::lines::is_note;
use super::manner::Told;
use super::three::Three;
use std::collections::{BTreeSet, HashMap};

/// How the items of one tag are known in all versions.
#[derive(Default)]
struct Ways {
    members: BTreeSet<usize>,
    /// Whether some are known by their tag or by their place alone.
    by_tag: bool,
}

/// The first tag whose items are told apart in different ways, and a way that would do for all.
pub(super) fn apart(lists: Three<&List<'_>>) -> Option<(String, Told)> {
    let all = || [lists.base, Some(lists.ours), Some(lists.theirs)].into_iter().flatten();
    let nodes = || all().flat_map(|list| &list.nodes).filter(|node| !is_note(node));
    if nodes().all(|node| node.name.by == By::Tag) {
        return None;
    }
    let mut ways: HashMap<&str, Ways, Hashing> = HashMap::default();
    for node in nodes() {
        // A run is a list of its own, whose items are looked at when it is merged.
        let runs = node.as_list().filter(|list| list.own.is_none() && node.name.by == By::Tag);
        let inner = runs.filter(|run| run.order != Order::Positional).map(|run| run.nodes.as_slice());
        for node in inner.unwrap_or(std::slice::from_ref(node)) {
            let ways = ways.entry(&node.name.tag).or_default();
            match node.name.by {
                By::Member(member) => drop(ways.members.insert(member)),
                By::Tag => ways.by_tag = true,
                By::Content => {}
            }
        }
    }
    let told = |ways: &Ways| match (ways.members.len(), ways.members.first()) {
        (1, Some(member)) if ways.by_tag => Some(Told::Mixed(*member)),
        (2.., _) => Some(Told::Place),
        _ => None,
    };
    let mut found: Vec<_> = ways.iter().filter_map(|(tag, ways)| Some(((*tag).to_owned(), told(ways)?))).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found.into_iter().next()
}

/// Whether one version has all children of an element by their place, and another does not.
pub(super) fn is_flat_in_some(lists: Three<&List<'_>>) -> bool {
    let all = [lists.base, Some(lists.ours), Some(lists.theirs)];
    let filled = || all.into_iter().flatten().filter(|list| !list.nodes.is_empty());
    let is_flat = |list: &&List<'_>| list.order == Order::Positional;
    filled().any(|list| is_flat(&list)) && !filled().all(|list| is_flat(&list))
}
