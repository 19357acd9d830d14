//! Watches over items that their places tell apart: a merge of places takes an item that moved for one that went and one
//! that came. What both sides took from where it was may so come back, or come twice.

use super::document::{By, Gist, Hashing, List, Name, Node};
use super::lines::is_note;
use super::plan::{Step, Trouble};
use super::three::{Side, Three};
use std::collections::HashMap;

/// Refuses steps that do to an item what neither side did.
pub(super) fn check<'d, 'a>(lists: Three<&'d List<'a>>, steps: &[Step<'d, 'a>]) -> Result<(), Trouble<'d, 'a>> {
    let made: Vec<&Node<'_>> = steps
        .iter()
        .map(|step| match step {
            Step::Copy(_, node) => *node,
            Step::Merge(nodes) => nodes.ours,
        })
        .collect();
    counts(lists, &made)?;
    keys(lists, &made)
}

/// An item that one side has as often as before must be there as often as the other side has it.
fn counts<'d, 'a>(lists: Three<&'d List<'a>>, made: &[&Node<'_>]) -> Result<(), Trouble<'d, 'a>> {
    let count = |nodes: &mut dyn Iterator<Item = &Node<'_>>| {
        let mut counts = HashMap::<Gist, usize, Hashing>::default();
        nodes.filter(|node| !is_note(node)).for_each(|node| *counts.entry(node.gist).or_default() += 1);
        counts
    };
    let Some(base) = lists.base else { return Ok(()) };
    let (before, result) = (count(&mut base.nodes.iter()), count(&mut made.iter().copied()));
    let (ours, theirs) = (count(&mut lists.ours.nodes.iter()), count(&mut lists.theirs.nodes.iter()));
    let times = |counts: &HashMap<Gist, usize, Hashing>, gist: &Gist| counts.get(gist).copied().unwrap_or_default();
    for gist in before.keys().chain(ours.keys()).chain(theirs.keys()) {
        let all = Three { base: Some(times(&before, gist)), ours: times(&ours, gist), theirs: times(&theirs, gist) };
        if all.settle().is_some_and(|side| all.of(side) != times(&result, gist)) {
            let at = |list: &List<'_>| {
                let node = list.nodes.iter().find(|node| node.gist == *gist).or(list.nodes.first());
                node.map_or(list.within.start, |node| node.core.start)
            };
            return Err(Trouble::Overlap(at(lists.ours), at(lists.theirs)));
        }
    }
    Ok(())
}

/// An item with a key of its own is the same one wherever it stands.
fn keys<'d, 'a>(lists: Three<&'d List<'a>>, made: &[&Node<'_>]) -> Result<(), Trouble<'d, 'a>> {
    let all = lists.map(|list| keyed(list));
    if all.ours.is_empty() && all.theirs.is_empty() {
        return Ok(());
    }
    let none = HashMap::default();
    let before = all.base.as_ref().unwrap_or(&none);
    let mut there = HashMap::<&Name<'_>, usize, Hashing>::default();
    made.iter().filter(|node| is_keyed(node)).for_each(|node| *there.entry(&node.name).or_default() += 1);
    for (name, node) in all.ours.iter().chain(&all.theirs) {
        let (ours, theirs) = (all.ours.get(name), all.theirs.get(name));
        let changed = |one: &&Node<'_>| before.get(name).is_none_or(|old| old.gist != one.gist);
        match (ours, theirs) {
            (Some(one), None) if before.contains_key(name) && changed(one) => {
                return Err(Trouble::Deleted(Side::Theirs, one));
            }
            (None, Some(one)) if before.contains_key(name) && changed(one) => {
                return Err(Trouble::Deleted(Side::Ours, one));
            }
            (Some(one), Some(other)) if one.gist != other.gist && changed(one) && changed(other) => {
                return Err(Trouble::Overlap(one.core.start, other.core.start));
            }
            _ if there.get(name).is_some_and(|times| *times > 1) => {
                let at = |one: Option<&&Node<'_>>| one.map_or(node.core.start, |one| one.core.start);
                return Err(Trouble::Overlap(at(ours), at(theirs)));
            }
            _ => {}
        }
    }
    Ok(())
}

type Keyed<'d, 'a> = HashMap<&'d Name<'a>, &'d Node<'a>, Hashing>;

/// The items that have a key which no other of the list has.
fn keyed<'d, 'a>(list: &'d List<'a>) -> Keyed<'d, 'a> {
    let mut keyed = Keyed::default();
    let mut often = Vec::new();
    for node in list.nodes.iter().filter(|node| is_keyed(node)) {
        if keyed.insert(&node.name, node).is_some() {
            often.push(&node.name);
        }
    }
    keyed.retain(|name, _| !often.contains(name));
    keyed
}

fn is_keyed(node: &Node<'_>) -> bool {
    matches!(node.name.by, By::Member(_))
}
