//! Tells siblings apart: by the key the table gives their tag, by a default key that each has, by a key that some have
//! and else by all that is in them, by their tag alone. Those that nothing tells apart are put into a run, which is
//! matched by position.

use super::hints::Hints;
use crate::document::{Between, By, Hashing, List, Name, Node, Order};
use crate::manner::{Manner, Told};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use switchback_core::content::filetype::Keys;

/// In the lists of tags whose order means something, or decides: all of them.
const EVERY: &str = "*";
/// Up to this many siblings are looked at pair by pair.
const FEW: usize = 8;
/// Default keys come after those that the table may name for a tag.
const USUAL: usize = 1 << 16;

/// How the siblings of one tag are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Match {
    /// By this key of those that all of them have.
    Key(usize),
    /// By this key, and by their content where they lack it.
    Mixed(usize),
    /// There is only one.
    Tag,
    /// Not at all.
    Place,
}

/// The siblings of one tag.
#[derive(Default)]
struct Tag {
    members: Vec<usize>,
    /// How many runs they stand in.
    runs: usize,
}

/// Names the children of an element, each by its hints, and says how they are matched.
pub(super) fn arrange<'a>(
    (parent, mut nodes): (&str, Vec<Node<'a>>),
    hints: &mut [Hints<'a>],
    manner: &Manner<'_>,
) -> List<'a> {
    let keys = manner.keys;
    let all_decide = keys.order_decides.iter().any(|one| one == EVERY);
    let list = |nodes, order| List { decides: all_decide, ..list(nodes, order) };
    let order = if is_ordered(EVERY, keys) { Order::KeyedInOrder } else { Order::Keyed };
    let is_alone = |at: usize| nodes[..at].iter().all(|node| node.name.tag != nodes[at].name.tag);
    let alone = nodes.len() <= FEW && (1..nodes.len()).all(is_alone);
    let is_plain = keys.in_order.is_empty() && keys.order_decides.is_empty() || order == Order::KeyedInOrder;
    if manner.told.is_empty() && alone && is_plain {
        name_each(&mut nodes, hints, |_| None);
        return list(nodes, order);
    }
    let tags = tags(&nodes);
    let flat = |mut nodes: Vec<Node<'a>>, hints: &mut [Hints<'a>]| {
        let decides = all_decide || tags.keys().any(|tag| decides(tag, keys));
        name_each(&mut nodes, hints, |_| None);
        List { decides, ..list(nodes, Order::Positional) }
    };
    if manner.told(parent) == Some(Told::Flat) {
        return flat(nodes, hints);
    }
    let mut matches = vec![(Match::Tag, 0); nodes.len()];
    for (tag, found) in &tags {
        let how = how((&nodes, hints), (tag, found), manner);
        let in_order = is_ordered(tag, keys) || decides(tag, keys);
        let in_run = how == Match::Place || how != Match::Tag && in_order;
        if in_run && found.runs > 1 {
            return flat(nodes, hints);
        }
        for at in &found.members {
            matches[*at] = (how, if in_run { found.members.len() } else { 0 });
        }
    }
    name_each(&mut nodes, hints, |at| Some(matches[at].0));
    if matches.iter().any(|(_, in_run)| *in_run > 0) {
        nodes = with_runs(nodes, &matches, keys);
    }
    list(nodes, order)
}

fn list(nodes: Vec<Node<'_>>, order: Order) -> List<'_> {
    List { within: 0..0, nodes, order, own: None, between: Between::Nothing, decides: false }
}

/// Puts the runs in place of those that are in them.
fn with_runs<'a>(nodes: Vec<Node<'a>>, matches: &[(Match, usize)], keys: &Keys) -> Vec<Node<'a>> {
    let mut nodes = nodes.into_iter().zip(matches);
    let mut all = Vec::new();
    while let Some((node, (how, in_run))) = nodes.next() {
        if *in_run == 0 {
            all.push(node);
        } else {
            let rest = nodes.by_ref().take(in_run - 1).map(|(node, _)| node);
            all.push(run(std::iter::once(node).chain(rest).collect(), *how, keys));
        }
    }
    all
}

fn is_ordered(tag: &str, keys: &Keys) -> bool {
    keys.in_order.iter().any(|one| one == tag)
}

fn decides(tag: &str, keys: &Keys) -> bool {
    keys.order_decides.iter().any(|one| one == tag)
}

fn tags<'a>(nodes: &[Node<'a>]) -> HashMap<Cow<'a, str>, Tag, Hashing> {
    let mut tags = HashMap::<_, Tag, Hashing>::default();
    let mut at = 0;
    for run in nodes.chunk_by(|one, next| one.name.tag == next.name.tag) {
        let tag = tags.entry(run[0].name.tag.clone()).or_default();
        tag.members.extend(at..at + run.len());
        tag.runs += 1;
        at += run.len();
    }
    tags
}

fn how((nodes, hints): (&[Node<'_>], &[Hints<'_>]), (name, tag): (&str, &Tag), manner: &Manner<'_>) -> Match {
    let keys = manner.keys;
    match manner.told(name) {
        Some(Told::Mixed(key)) if all_differ(nodes, hints, (tag, key)) => return Match::Mixed(key),
        Some(Told::Mixed(_) | Told::Place) => return Match::Place,
        Some(Told::Flat) | None => {}
    }
    let values = |key| -> Option<Vec<&str>> { tag.members.iter().map(|at| value(&hints[*at], key)).collect() };
    let is_key = |key: &usize| {
        let mut seen = HashSet::<_, Hashing>::default();
        values(*key).is_some_and(|values| values.into_iter().all(|value| seen.insert(value)))
    };
    let named = || 0..keys.by_item.get(name).map_or(0, Vec::len);
    let usual = || USUAL..USUAL + keys.otherwise.len();
    // In a list that is kept by key, the same key twice is a fault of the document, which is found later.
    let is_set = !is_ordered(name, keys) && !is_ordered(EVERY, keys) && !decides(name, keys);
    let of_set = named().find(|key| is_set && values(*key).is_some());
    if let Some(key) = of_set.or_else(|| named().chain(usual()).find(is_key)) {
        return Match::Key(key);
    }
    if tag.members.len() == 1 {
        return Match::Tag;
    }
    let some_have = |key: &usize| tag.members.iter().any(|at| value(&hints[*at], *key).is_some());
    let mixed = named().chain(usual()).filter(some_have).find(|key| all_differ(nodes, hints, (tag, *key)));
    mixed.filter(|_| !decides(name, keys)).map_or(Match::Place, Match::Mixed)
}

/// Whether all siblings of a tag differ in a key, or in their content where they lack it.
fn all_differ(nodes: &[Node<'_>], hints: &[Hints<'_>], (tag, key): (&Tag, usize)) -> bool {
    let mut seen = HashSet::<_, Hashing>::default();
    tag.members.iter().all(|at| {
        let value = value(&hints[*at], key);
        seen.insert((value, value.is_none().then_some(nodes[*at].gist)))
    })
}

fn value<'h>(hints: &'h Hints<'_>, key: usize) -> Option<&'h str> {
    match key.checked_sub(USUAL) {
        None => hints.by_item.as_ref().filter(|(at, _)| *at == key).map(|(_, value)| &**value),
        Some(usual) => hints.otherwise.iter().find(|(at, _)| *at == usual).map(|(_, value)| &**value),
    }
}

/// Names nodes by the way that was found for each; without one, by the first hint there is.
fn name_each<'a>(nodes: &mut [Node<'a>], hints: &mut [Hints<'a>], how: impl Fn(usize) -> Option<Match>) {
    for (at, (node, hints)) in nodes.iter_mut().zip(hints).enumerate() {
        let tag = std::mem::take(&mut node.name.tag);
        node.name = name(tag, std::mem::take(hints), (how(at), node.gist));
    }
}

fn name<'a>(tag: Cow<'a, str>, hints: Hints<'a>, (how, gist): (Option<Match>, u64)) -> Name<'a> {
    let mut otherwise = hints.otherwise.into_iter();
    let found = match how {
        None => hints.by_item.or_else(|| otherwise.next().map(|(at, value)| (USUAL + at, value))),
        Some(Match::Key(wanted) | Match::Mixed(wanted)) => match wanted.checked_sub(USUAL) {
            None => hints.by_item.filter(|(at, _)| *at == wanted),
            Some(usual) => otherwise.find(|(at, _)| *at == usual).map(|(_, value)| (wanted, value)),
        },
        Some(Match::Tag | Match::Place) => None,
    };
    match (found, how) {
        (Some((at, key)), _) => Name { tag, key: Some(key), by: By::Member(at) },
        (None, Some(Match::Mixed(_))) => Name { tag, key: Some(format!("{gist:x}").into()), by: By::Content },
        (None, _) => Name { tag, key: None, by: By::Tag },
    }
}

/// Siblings as one node, which is matched in its own way.
fn run<'a>(nodes: Vec<Node<'a>>, how: Match, keys: &Keys) -> Node<'a> {
    let name = Name::tag(nodes[0].name.tag.clone());
    let order = if how == Match::Place { Order::Positional } else { Order::KeyedInOrder };
    let span = nodes[0].span.start..nodes[nodes.len() - 1].span.end;
    let decides = decides(&name.tag, keys);
    Node::list(name, [span.clone(), span.clone()], List { within: span, decides, ..list(nodes, order) })
}
