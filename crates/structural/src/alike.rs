//! Items that a merge made alike: every version tells those of a list apart by a member, and what came out cannot any
//! more. Two sides put in items of the same key at two places, and lines see nothing in that.

use super::document::{By, Document, Gist, Hashing, List, Name, Node, gist};
use super::lines::is_note;
use super::sound::line_of;
use super::why::Why;
use std::collections::{HashMap, HashSet};

/// The items of one tag in one list: where that is, and which they are. A list whose items go by position makes several
/// lists stand at one place; what is said of one is then said of all.
type Place<'d> = (Gist, &'d str);

/// The items of one tag in one list.
struct Items<'d, 'a> {
    place: Place<'d>,
    nodes: Vec<&'d Node<'a>>,
    /// Whether it is a sequence, in which anything may come again.
    decides: bool,
}

/// What tells the items of a place apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// There is one alone.
    Alone,
    /// Each has another value of a member.
    By(By),
    /// Nothing.
    Not,
}

/// Items of a document that nothing tells apart.
pub(super) struct Untold<'d, 'a>(Vec<Items<'d, 'a>>);

impl<'d, 'a> Untold<'d, 'a> {
    /// All of them.
    pub(super) fn of(document: &'d Document<'a>) -> Self {
        Self(items(document).into_iter().filter(|items| items.told() == Told::Not).collect())
    }

    /// None: of what cannot be read.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong where every version tells them apart, by the same member, or has one alone.
    pub(super) fn made_alike(&self, text: &[u8], versions: &[&Document<'_>]) -> Option<Why> {
        if self.is_empty() {
            return None;
        }
        let versions: Vec<_> = versions.iter().flat_map(|version| items(version)).collect();
        let mut told = HashMap::<Place<'_>, Told, Hashing>::default();
        for items in &versions {
            let found = items.told();
            told.entry(items.place).and_modify(|known| *known = known.and(found)).or_insert(found);
        }
        let is_told = |items: &&Items<'_, '_>| match told.get(&items.place) {
            Some(Told::By(_)) => true,
            // An item of a list has no name of its own that could stand twice.
            Some(Told::Alone) => !items.decides && !items.place.1.is_empty(),
            Some(Told::Not) | None => false,
        };
        let items = self.0.iter().find(is_told)?;
        let there = versions.iter().filter(|one| one.place == items.place).flat_map(|one| &one.nodes);
        let names = there.map(|node| (node.gist, &node.name)).collect();
        Some(Why::unsound(sentence(text, &items.nodes, &names)))
    }
}

impl Told {
    /// What tells the items of two lists apart. Of one alone it is not known what would.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Alone, told) | (told, Self::Alone) => told,
            (one, other) if one == other => one,
            _ => Self::Not,
        }
    }
}

impl Items<'_, '_> {
    fn told(&self) -> Told {
        let [first, rest @ ..] = &self.nodes[..] else { return Told::Not };
        if rest.is_empty() {
            return Told::Alone;
        }
        let by = first.name.by;
        let mut seen = HashSet::<_, Hashing>::with_capacity_and_hasher(self.nodes.len(), Hashing::default());
        let is_told =
            matches!(by, By::Member(_)) && self.nodes.iter().all(|node| node.name.by == by && seen.insert(&node.name));
        match is_told {
            true => Told::By(by),
            false => Told::Not,
        }
    }
}

/// An item is named as the version names it that it came from. Of one that no version has as it stands, the line is told.
fn sentence(text: &[u8], nodes: &[&Node<'_>], names: &HashMap<Gist, &Name<'_>>) -> String {
    let mut seen = HashSet::new();
    let twice = nodes.iter().find_map(|node| {
        let name = *names.get(&node.gist)?;
        (!seen.insert(name)).then(|| (name.shown(), line_of(text, node.core.start)))
    });
    let new = || nodes.iter().find(|node| !names.contains_key(&node.gist)).or(nodes.first());
    match twice {
        Some((name, line)) => format!("it holds `{name}` twice (line {line})"),
        None => {
            let line = new().map_or(1, |node| line_of(text, node.core.start));
            format!("an item has the key of another (line {line})")
        }
    }
}

fn items<'d, 'a>(document: &'d Document<'a>) -> Vec<Items<'d, 'a>> {
    let mut found = Vec::new();
    if let Some(list) = document.root.as_list() {
        items_in(list, gist(()), &mut found);
    }
    found
}

fn items_in<'d, 'a>(list: &'d List<'a>, at: Gist, found: &mut Vec<Items<'d, 'a>>) {
    let mut children = Vec::with_capacity(list.nodes.len());
    children_of(list, &mut children);
    let mut places = HashMap::<&str, usize, Hashing>::default();
    for (node, decides) in &children {
        let tag = &*node.name.tag;
        let at = *places.entry(tag).or_insert_with(|| {
            found.push(Items { place: (at, tag), nodes: Vec::new(), decides: *decides });
            found.len() - 1
        });
        found[at].nodes.push(node);
    }
    for (node, _) in children {
        if let Some(list) = node.as_list() {
            items_in(list, gist((at, &node.name)), found);
        }
    }
}

/// The children of a container, each with whether its order decides what happens; a run of siblings that a reader put
/// together is none.
fn children_of<'d, 'a>(list: &'d List<'a>, children: &mut Vec<(&'d Node<'a>, bool)>) {
    for node in &list.nodes {
        match node.as_list().filter(|list| list.own.is_none()) {
            Some(run) => children_of(run, children),
            // Comments may well say the same.
            None if is_note(node) => {}
            None => children.push((node, list.decides)),
        }
    }
}
