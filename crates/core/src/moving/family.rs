//! What a recursive move takes along of a family of changes (`SPEC C6`).

use crate::ledger::state::State;
use crate::words::names::ChangeKey;
use std::collections::BTreeSet;

/// Changes with their children, and theirs, in the order they leave: each before what it is part of, because it was
/// built for it, and none twice. Those that are no child of another come last, as they were named.
pub fn children_first(state: &State, named: &[ChangeKey]) -> Vec<ChangeKey> {
    let below = named.iter().flat_map(|key| below(state, &state.descendants(key), key));
    let mut order: Vec<ChangeKey> = below.chain(named.iter().cloned()).collect();
    let mut seen = BTreeSet::new();
    order.retain(|key| seen.insert(key.clone()));
    order
}

/// The part of a family that is below a change, the children of each before it.
fn below(state: &State, family: &[ChangeKey], parent: &ChangeKey) -> Vec<ChangeKey> {
    let is_child = |key: &&ChangeKey| {
        let known = state.change(key).and_then(|(_, change)| change.facts.parent.as_ref());
        known == Some(parent)
    };
    let children = family.iter().filter(is_child);
    children.flat_map(|child| below(state, family, child).into_iter().chain([child.clone()])).collect()
}
