//! Where an element goes that only the other side added: beside the neighbour it has there. Where elements of one tag
//! stand together, they go on standing together. A comment goes with what it stands above.

use super::document::{Hashing, Node};
use super::lines::is_note;
use std::collections::{HashMap, HashSet};

/// What an element of the order is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// Others know it.
    Shared,
    /// Only this side has it.
    Added,
    /// It is not in the result.
    Gone,
}

/// What becomes of a node of the side that does not give the order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Partner {
    /// It is merged with this one of the side that does.
    With(usize),
    /// It is not in the result.
    Gone,
    /// It is put in.
    Added,
}

/// Where what is added goes among the elements that give the order.
pub(super) struct Places<'d, 'a> {
    /// Whether all elements of one tag stand together.
    grouped: bool,
    /// For each element, the last of those with its tag that follow it without a gap.
    group_end: Vec<usize>,
    /// For each element, the last of those that only this side has and that follow it without a gap.
    added_end: Vec<usize>,
    /// For the last element of each tag, the last of those tags that only this side has and that follow without a gap.
    groups_end: Vec<usize>,
    /// For each comment, the element that it stands above.
    bound: Vec<Option<usize>>,
    /// For each element, the first of the comments that stand above it, or itself.
    head: Vec<usize>,
    /// The last element in the result of each tag.
    last_of_tag: HashMap<&'d str, usize, Hashing>,
    before: HashMap<usize, Vec<&'d Node<'a>>>,
    after: HashMap<usize, Vec<&'d Node<'a>>>,
    end: Vec<&'d Node<'a>>,
}

#[derive(Clone, Copy, Default)]
struct Neighbours {
    any: Option<usize>,
    same_tag: Option<usize>,
}

impl<'d, 'a> Places<'d, 'a> {
    /// Nothing is added yet. `touches` says whether no blank line stands before a node.
    pub(super) fn new(
        nodes: &'d [Node<'a>],
        standing: impl Fn(usize) -> Standing,
        touches: impl Fn(usize) -> bool,
    ) -> Self {
        let (bound, head) = bonds(nodes, &touches);
        // Nothing comes between a comment and what it stands above.
        let standing = |at: usize| match (standing(at), bound[at]) {
            (Standing::Added, Some(entry)) => standing(entry),
            (own, _) => own,
        };
        let tags = tags(nodes, touches);
        let grouped = is_grouped(&tags);
        let (mut group_end, mut added_end, mut groups_end) =
            (vec![0; nodes.len()], vec![0; nodes.len()], vec![0; nodes.len()]);
        let mut last_of_tag = HashMap::default();
        // Whether all of the group from here on were added.
        let mut all_added = false;
        for at in (0..nodes.len()).rev() {
            (group_end[at], added_end[at], groups_end[at]) = (at, at, at);
            let next = (at + 1 < nodes.len()).then_some(at + 1);
            let of_tag = next.filter(|next| tags[*next] == tags[at]);
            if let Some(next) = of_tag {
                group_end[at] = group_end[next];
            } else if let Some(next) = next.filter(|_| all_added) {
                groups_end[at] = groups_end[group_end[next]];
            }
            if let Some(next) = next.filter(|next| standing(*next) == Standing::Added && (of_tag.is_some() || !grouped))
            {
                added_end[at] = added_end[next];
            }
            all_added = standing(at) == Standing::Added && (of_tag.is_none() || all_added);
            if standing(at) != Standing::Gone {
                last_of_tag.entry(tags[at]).or_insert(at);
            }
        }
        let (before, after, end) = (HashMap::new(), HashMap::new(), Vec::new());
        Self { grouped, group_end, added_end, groups_end, bound, head, last_of_tag, before, after, end }
    }

    /// Places what the other side added: comments with what they stand above. `touches` is about the other side's nodes.
    pub(super) fn add(&mut self, others: &'d [Node<'a>], partners: &[Partner], touches: impl Fn(usize) -> bool) {
        if !partners.contains(&Partner::Added) {
            return;
        }
        let tags = tags(others, &touches);
        let previous = neighbours(tags.iter().copied().zip(partners));
        let next = neighbours(tags.iter().copied().zip(partners).rev());
        let next: Vec<_> = next.into_iter().rev().collect();
        let runs = runs(others, partners, touches);
        for at in (0..others.len()).filter(|at| partners[*at] == Partner::Added) {
            let (node, Run { first, last, touches }) = (&others[at], runs[at]);
            match (above(others, partners, first).filter(|_| touches), partners[last]) {
                (_, Partner::With(below)) => self.before.entry(below).or_default().push(node),
                (Some(note), _) => self.after.entry(note).or_default().push(node),
                (None, Partner::Added) => self.place((node, tags[last]), previous[last], next[last]),
                (None, Partner::Gone) => self.place((node, tags[at]), previous[at], next[at]),
            }
        }
    }

    fn place(&mut self, (node, tag): (&'d Node<'a>, &str), previous: Neighbours, next: Neighbours) {
        let last_of_tag = self.last_of_tag.get(tag).copied();
        let below = |at: Option<usize>| at.map(|at| self.bound[at].unwrap_or(at));
        let (same_tag, any) = (below(previous.same_tag), below(previous.any));
        let (map, at) = match (self.grouped, same_tag, next.same_tag, any, next.any) {
            (true, Some(at), ..) => (&mut self.after, self.added_end[at]),
            (true, None, Some(at), ..) => (&mut self.before, self.head[at]),
            (true, None, None, ..) if let Some(at) = last_of_tag => (&mut self.after, at),
            (true, .., Some(at), _) => (&mut self.after, self.groups_end[self.group_end[at]]),
            (false, .., Some(at), _) => (&mut self.after, self.added_end[at]),
            (.., None, Some(at)) => (&mut self.before, self.head[at]),
            (.., None, None) => return self.end.push(node),
        };
        map.entry(at).or_default().push(node);
    }

    /// What goes directly before an element.
    pub(super) fn before(&self, at: usize) -> impl Iterator<Item = &'d Node<'a>> {
        self.before.get(&at).into_iter().flatten().copied()
    }

    /// What goes directly after an element.
    pub(super) fn after(&self, at: usize) -> impl Iterator<Item = &'d Node<'a>> {
        self.after.get(&at).into_iter().flatten().copied()
    }

    /// What has no neighbour.
    pub(super) fn at_the_end(&self) -> impl Iterator<Item = &'d Node<'a>> {
        self.end.iter().copied()
    }
}

/// Comments that were added one below the other, and what they stand above.
#[derive(Clone, Copy)]
struct Run {
    first: usize,
    last: usize,
    /// Whether the first touches what is above it.
    touches: bool,
}

/// For each node, the run that it is in.
fn runs(others: &[Node<'_>], partners: &[Partner], touches: impl Fn(usize) -> bool) -> Vec<Run> {
    let is_new_note = |at: usize| is_note(&others[at]) && partners[at] == Partner::Added;
    let mut runs: Vec<Run> = Vec::with_capacity(others.len());
    for at in 0..others.len() {
        let touches = touches(at);
        runs.push(match runs.last() {
            Some(above) if touches && is_new_note(at - 1) => Run { last: at, ..*above },
            _ => Run { first: at, last: at, touches },
        });
    }
    for at in (0..others.len().saturating_sub(1)).rev() {
        if runs[at].first == runs[at + 1].first {
            runs[at].last = runs[at + 1].last;
        }
    }
    runs
}

/// The comment above what was added, where both sides have it: when they touch, nothing comes between them.
fn above(others: &[Node<'_>], partners: &[Partner], at: usize) -> Option<usize> {
    let above = at.checked_sub(1)?;
    match partners[above] {
        Partner::With(note) if is_note(&others[above]) => Some(note),
        _ => None,
    }
}

/// For each node, the element that it stands above, if it is a comment; and the first of the comments above it, or itself.
fn bonds(nodes: &[Node<'_>], touches: impl Fn(usize) -> bool) -> (Vec<Option<usize>>, Vec<usize>) {
    let mut head: Vec<usize> = (0..nodes.len()).collect();
    for at in 1..nodes.len() {
        if is_note(&nodes[at - 1]) && touches(at) {
            head[at] = head[at - 1];
        }
    }
    let mut bound = vec![None; nodes.len()];
    for at in (0..nodes.len()).filter(|at| !is_note(&nodes[*at])) {
        bound[head[at]..at].fill(Some(at));
    }
    (bound, head)
}

/// For each node, the tag by which it is grouped: a comment has that of what it stands above, or between. Else it is a
/// group by itself.
fn tags<'d>(nodes: &'d [Node<'_>], touches: impl Fn(usize) -> bool) -> Vec<&'d str> {
    let mut tags: Vec<&str> = nodes.iter().map(|node| &*node.name.tag).collect();
    let mut above = vec![None; nodes.len()];
    for at in 1..nodes.len() {
        above[at] = if is_note(&nodes[at - 1]) { above[at - 1] } else { Some(tags[at - 1]) };
    }
    for at in (0..nodes.len()).rev().filter(|at| is_note(&nodes[*at])) {
        let below = tags.get(at + 1).copied();
        let is_bound = at + 1 < nodes.len() && touches(at + 1) || below.is_some() && below == above[at];
        let own = nodes[at].name.key.as_deref().unwrap_or_default();
        tags[at] = below.filter(|_| is_bound).unwrap_or(own);
    }
    tags
}

/// For each node, the partners of those that came before it.
fn neighbours<'d>(nodes: impl Iterator<Item = (&'d str, &'d Partner)>) -> Vec<Neighbours> {
    let (mut any, mut by_tag) = (None, HashMap::<&str, usize, Hashing>::default());
    let step = |(tag, partner): (&'d str, &'d Partner)| {
        let found = Neighbours { any, same_tag: by_tag.get(tag).copied() };
        if let Partner::With(at) = partner {
            any = Some(*at);
            by_tag.insert(tag, *at);
        }
        found
    };
    nodes.map(step).collect()
}

fn is_grouped(tags: &[&str]) -> bool {
    let mut seen = HashSet::<&str, Hashing>::default();
    tags.chunk_by(|one, next| one == next).all(|group| seen.insert(group[0]))
}
