//! Tells siblings apart: by the key the table gives their tag, by a default key that each has, by their tag alone.
//! Those that nothing tells apart are put into a run, which is matched by position.

use super::element::Kid;
use crate::structural::document::{Between, List, Name, Node, Order};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use switchback_core::filetype::Keys;

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

/// Names siblings; returns them, and how they are matched.
pub(super) fn arrange<'a>(kids: Vec<Kid<'a>>, keys: &Keys) -> (Vec<Node<'a>>, Order) {
    let order = if is_ordered(EVERY, keys) { Order::KeyedInOrder } else { Order::Keyed };
    let alone = kids.len() <= FEW && (1..kids.len()).all(|at| kids[..at].iter().all(|kid| kid.tag != kids[at].tag));
    if alone && (keys.in_order.is_empty() || order == Order::KeyedInOrder) {
        return (kids.into_iter().map(|kid| flat(kid, None)).collect(), order);
    }
    let tags = tags(&kids);
    let mut matches: Vec<Option<(Match, usize)>> = vec![None; kids.len()];
    for (tag, found) in &tags {
        let how = how(&kids, found, tag, keys);
        let in_run = how == Match::Place || (how != Match::Tag && is_ordered(tag, keys));
        if in_run && found.runs > 1 {
            return (kids.into_iter().map(|kid| flat(kid, None)).collect(), Order::Positional);
        }
        for at in &found.members {
            matches[*at] = Some((how, if in_run { found.members.len() } else { 0 }));
        }
    }
    let mut nodes = Vec::with_capacity(kids.len());
    let mut kids = kids.into_iter().zip(matches);
    while let Some((kid, found)) = kids.next() {
        let (how, in_run) = found.unwrap_or((Match::Tag, 0));
        if in_run == 0 {
            nodes.push(flat(kid, Some(how)));
        } else {
            let rest = kids.by_ref().take(in_run - 1).map(|(kid, _)| kid);
            nodes.push(run(std::iter::once(kid).chain(rest).collect(), how));
        }
    }
    (nodes, order)
}

fn is_ordered(tag: &str, keys: &Keys) -> bool {
    keys.in_order.iter().any(|one| one == tag)
}

fn tags<'a>(kids: &[Kid<'a>]) -> HashMap<&'a str, Tag> {
    let mut tags: HashMap<&str, Tag> = HashMap::new();
    let mut at = 0;
    for run in kids.chunk_by(|one, next| one.tag == next.tag) {
        let tag = tags.entry(run[0].tag).or_default();
        tag.members.extend(at..at + run.len());
        tag.runs += 1;
        at += run.len();
    }
    tags
}

fn how(kids: &[Kid<'_>], tag: &Tag, name: &str, keys: &Keys) -> Match {
    let is_key = |how| {
        let values: Option<Vec<&str>> = tag.members.iter().map(|at| value(&kids[*at], how)).collect();
        let mut seen = HashSet::new();
        values.map(|values| values.into_iter().all(|value| seen.insert(value)))
    };
    match is_key(Match::ByItem) {
        Some(true) => return Match::ByItem,
        // Twice the same key in a list that is kept by key is a fault of the document, which is found later.
        Some(false) if !is_ordered(name, keys) && !is_ordered(EVERY, keys) => return Match::ByItem,
        _ => {}
    }
    let mut others = (0..keys.otherwise.len()).map(Match::Otherwise);
    others.find(|how| is_key(*how) == Some(true)).unwrap_or(match tag.members.len() {
        1 => Match::Tag,
        _ => Match::Place,
    })
}

fn value<'k>(kid: &'k Kid<'_>, how: Match) -> Option<&'k str> {
    match how {
        Match::ByItem => kid.by_item.as_deref(),
        Match::Otherwise(member) => kid.otherwise.iter().find(|(at, _)| *at == member).map(|(_, value)| &**value),
        Match::Tag | Match::Place => None,
    }
}

/// A sibling that stands for itself; without a way to match, one that is alone.
fn flat<'a>(kid: Kid<'a>, how: Option<Match>) -> Node<'a> {
    let key: Option<Cow<'a, str>> = match how {
        None => kid.by_item.or_else(|| kid.otherwise.into_iter().next().map(|(_, value)| value)),
        Some(Match::ByItem) => kid.by_item,
        Some(Match::Otherwise(member)) => {
            kid.otherwise.into_iter().find(|(at, _)| *at == member).map(|(_, value)| value)
        }
        Some(Match::Tag | Match::Place) => None,
    };
    Node { name: Name { tag: Cow::Borrowed(kid.tag), key }, ..kid.node }
}

fn run<'a>(kids: Vec<Kid<'a>>, how: Match) -> Node<'a> {
    let name = Name::tag(kids[0].tag);
    let order = if how == Match::Place { Order::Positional } else { Order::KeyedInOrder };
    let nodes: Vec<Node<'a>> = kids.into_iter().map(|kid| flat(kid, Some(how))).collect();
    let span = nodes[0].span.start..nodes[nodes.len() - 1].span.end;
    let list = List { within: span.clone(), nodes, order, own: None, between: Between::Nothing };
    Node::list(name, [span.clone(), span], list)
}
