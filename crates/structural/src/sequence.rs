//! In which order comments stand, among entries and among each other.

use super::document::Hashing;
use super::shelves::Row;
use super::three::Three;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A comment of a result that does not stand where the side has it that alone moved any, among entries or among comments,
/// or that changed places with one that stands in the same order on both sides. What is known here is what all four
/// versions have once: the base, both sides, and the result.
pub(super) fn out_of_order<'t>(all: [&[Row<'t>]; 4]) -> Option<&'t [u8]> {
    let once = all.map(once);
    let common = all.map(|sequence| -> Vec<Row<'t>> {
        let is_common = |one: &&Row<'t>| once.iter().all(|once| once.contains(*one));
        sequence.iter().filter(is_common).copied().collect()
    });
    let notes = common
        .each_ref()
        .map(|all| -> Vec<Row<'t>> { all.iter().filter(|one| one.words().is_some()).copied().collect() });
    let [_, ours, theirs, result] = notes.each_ref().map(Vec::as_slice);
    let moved = misplaced(common.each_ref().map(Vec::as_slice));
    moved.or_else(|| misplaced(notes.each_ref().map(Vec::as_slice))).or_else(|| swapped([ours, theirs, result]))
}

/// A comment that is where the last of four orders has another thing than the first three say.
fn misplaced<'t>([base, ours, theirs, result]: [&[Row<'t>]; 4]) -> Option<&'t [u8]> {
    let orders = Three { base: Some(base), ours, theirs };
    let wanted = orders.of(orders.settle()?);
    let mut apart = wanted.iter().zip(result).filter(|(one, other)| one != other);
    apart.find_map(|(one, other)| one.words().or(other.words()))
}

/// A comment that stands behind another in the last of three orders, and before it in both others.
fn swapped<'t>([ours, theirs, result]: [&[Row<'t>]; 3]) -> Option<&'t [u8]> {
    let places = [ours, theirs].map(|order| -> HashMap<Row<'t>, usize, Hashing> {
        order.iter().enumerate().map(|(at, one)| (*one, at)).collect()
    });
    // Those so far that no other stands behind on both sides, from the one that ours has first.
    let mut last = BTreeMap::<usize, usize>::new();
    for note in result {
        let [Some(mine), Some(yours)] = places.each_ref().map(|places| places.get(note).copied()) else { continue };
        if last.range(mine..).next().is_some_and(|(_, behind)| *behind > yours) {
            return note.words();
        }
        while let Some((at, _)) = last.range(..mine).next_back().filter(|(_, other)| **other < yours) {
            let at = *at;
            last.remove(&at);
        }
        last.insert(mine, yours);
    }
    None
}

/// What stands in a sequence once.
fn once<'t>(sequence: &[Row<'t>]) -> HashSet<Row<'t>, Hashing> {
    let (mut found, mut often) = (HashSet::default(), HashSet::<_, Hashing>::default());
    for one in sequence {
        if !found.insert(*one) {
            often.insert(*one);
        }
    }
    found.retain(|one| !often.contains(one));
    found
}
