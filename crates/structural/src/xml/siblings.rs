//! Tells siblings apart: by the key the table gives their tag, by a default key that each has, by their tag alone.
//! Those that nothing tells apart are put into a run, which is matched by position.

use super::hints::Hints;
use crate::document::{Between, List, Name, Node, Order};
use std::collections::{HashMap, HashSet};
use switchback_core::content::filetype::Keys;

/// In the list of ordered tags: all of them.
const EVERY: &str = "*";
/// Up to this many siblings are looked at pair by pair.
const FEW: usize = 8;

/// How the siblings of one tag are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Match {
    /// By the key from the table.
    ByItem,
    /// By this one of the default keys.
    Otherwise(usize),
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

/// Names siblings, each by its hints; returns them, and how they are matched.
pub(super) fn arrange<'a>(mut nodes: Vec<Node<'a>>, hints: Vec<Hints<'a>>, keys: &Keys) -> (Vec<Node<'a>>, Order) {
    let order = if is_ordered(EVERY, keys) { Order::KeyedInOrder } else { Order::Keyed };
    let is_alone = |at: usize| nodes[..at].iter().all(|node| node.name.tag != nodes[at].name.tag);
    let alone = nodes.len() <= FEW && (1..nodes.len()).all(is_alone);
    if alone && (keys.in_order.is_empty() || order == Order::KeyedInOrder) {
        name_each(&mut nodes, hints, |_| None);
        return (nodes, order);
    }
    let tags = tags(&nodes);
    let mut matches = vec![(Match::Tag, 0); nodes.len()];
    for (tag, found) in &tags {
        let how = how(&hints, found, tag, keys);
        let in_run = how == Match::Place || (how != Match::Tag && is_ordered(tag, keys));
        if in_run && found.runs > 1 {
            name_each(&mut nodes, hints, |_| None);
            return (nodes, Order::Positional);
        }
        for at in &found.members {
            matches[*at] = (how, if in_run { found.members.len() } else { 0 });
        }
    }
    name_each(&mut nodes, hints, |at| Some(matches[at].0));
    if matches.iter().any(|(_, in_run)| *in_run > 0) {
        nodes = with_runs(nodes, &matches);
    }
    (nodes, order)
}

/// Puts the runs in place of those that are in them.
fn with_runs<'a>(nodes: Vec<Node<'a>>, matches: &[(Match, usize)]) -> Vec<Node<'a>> {
    let mut nodes = nodes.into_iter().zip(matches);
    let mut all = Vec::new();
    while let Some((node, (how, in_run))) = nodes.next() {
        if *in_run == 0 {
            all.push(node);
        } else {
            let rest = nodes.by_ref().take(in_run - 1).map(|(node, _)| node);
            all.push(run(std::iter::once(node).chain(rest).collect(), *how));
        }
    }
    all
}

fn is_ordered(tag: &str, keys: &Keys) -> bool {
    keys.in_order.iter().any(|one| one == tag)
}

fn tags(nodes: &[Node<'_>]) -> HashMap<String, Tag> {
    let mut tags: HashMap<String, Tag> = HashMap::new();
    let mut at = 0;
    for run in nodes.chunk_by(|one, next| one.name.tag == next.name.tag) {
        let tag = tags.entry(run[0].name.tag.to_string()).or_default();
        tag.members.extend(at..at + run.len());
        tag.runs += 1;
        at += run.len();
    }
    tags
}

fn how(hints: &[Hints<'_>], tag: &Tag, name: &str, keys: &Keys) -> Match {
    let is_key = |how| {
        let values: Option<Vec<&str>> = tag.members.iter().map(|at| value(&hints[*at], how)).collect();
        let mut seen = HashSet::new();
        values.map(|values| values.into_iter().all(|value| seen.insert(value)))
    };
    // In a list that is kept by key, the same key twice is a fault of the document, which is found later.
    let is_set = !is_ordered(name, keys) && !is_ordered(EVERY, keys);
    if is_set && tag.members.iter().all(|at| hints[*at].by_item.is_some()) || is_key(Match::ByItem) == Some(true) {
        return Match::ByItem;
    }
    let mut others = (0..keys.otherwise.len()).map(Match::Otherwise);
    others.find(|how| is_key(*how) == Some(true)).unwrap_or(match tag.members.len() {
        1 => Match::Tag,
        _ => Match::Place,
    })
}

fn value<'h>(hints: &'h Hints<'_>, how: Match) -> Option<&'h str> {
    match how {
        Match::ByItem => hints.by_item.as_deref(),
        Match::Otherwise(member) => hints.otherwise.iter().find(|(at, _)| *at == member).map(|(_, value)| &**value),
        Match::Tag | Match::Place => None,
    }
}

/// Names nodes by the way that was found for each; without one, by the first hint there is.
fn name_each<'a>(nodes: &mut [Node<'a>], hints: Vec<Hints<'a>>, how: impl Fn(usize) -> Option<Match>) {
    for (at, (node, hints)) in nodes.iter_mut().zip(hints).enumerate() {
        let mut otherwise = hints.otherwise.into_iter();
        node.name.key = match how(at) {
            None => hints.by_item.or_else(|| otherwise.next().map(|(_, value)| value)),
            Some(Match::ByItem) => hints.by_item,
            Some(Match::Otherwise(wanted)) => otherwise.find(|(at, _)| *at == wanted).map(|(_, value)| value),
            Some(Match::Tag | Match::Place) => None,
        };
    }
}

/// Siblings as one node, which is matched in its own way.
fn run<'a>(nodes: Vec<Node<'a>>, how: Match) -> Node<'a> {
    let name = Name::tag(nodes[0].name.tag.clone());
    let order = if how == Match::Place { Order::Positional } else { Order::KeyedInOrder };
    let span = nodes[0].span.start..nodes[nodes.len() - 1].span.end;
    let list = List { within: span.clone(), nodes, order, own: None, between: Between::Nothing };
    Node::list(name, [span.clone(), span], list)
}
