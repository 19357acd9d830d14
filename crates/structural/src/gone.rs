//! Watches over elements that moved from one list to another: what both sides took away from where it was may have been
//! put elsewhere by both, in different places, and must not come out twice; and where one side took it away for good, it
//! must not come out elsewhere.

use super::document::{By, Document, Name, Node};
use super::lines::is_note;
use super::three::Three;
use super::why::Why;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// How often each name stands in a document.
type Counts = BTreeMap<(String, String), usize>;

/// The names of elements that are no longer where they were on either side.
#[derive(Default)]
pub(super) struct Gone(BTreeSet<(String, String)>);

impl Gone {
    /// Takes in a node, and what is in it. Only a key makes an element the same one elsewhere; comments are looked at in
    /// another way.
    pub(super) fn add(&mut self, node: &Node<'_>) {
        if is_note(node) {
            return;
        }
        if let Some(key) = &node.name.key {
            self.0.insert((node.name.tag.to_string(), key.to_string()));
        }
        for child in node.as_list().into_iter().flat_map(|list| &list.nodes) {
            self.add(child);
        }
    }

    /// Takes in what is in one version of a node and not in another.
    pub(super) fn add_missing(&mut self, before: &Node<'_>, after: &Node<'_>) {
        let (mut missing, mut left) = (Self::default(), Self::default());
        missing.add(before);
        left.add(after);
        self.0.extend(missing.0.difference(&left.0).cloned());
    }

    /// Refuses a result that has one of them elsewhere, unless both sides put it there, or one alone took it away.
    pub(super) fn check(&self, versions: &Three<Document<'_>>, result: &Document<'_>) -> Result<(), Why> {
        if self.0.is_empty() {
            return Ok(());
        }
        let counts = versions.by_ref().map(|document| self.count(document));
        let before = counts.base.unwrap_or_default();
        for (name, found) in self.count(result) {
            let of = |counts: &Counts| counts.get(&name).copied().unwrap_or_default();
            let times = Three { base: Some(of(&before)), ours: of(&counts.ours), theirs: of(&counts.theirs) };
            if times.settle().is_some_and(|side| times.of(side) >= found) {
                continue;
            }
            let before_it = times.base.unwrap_or_default();
            let shown = Name { tag: name.0.into(), key: Some(name.1.into()), by: By::Tag }.shown();
            return Err(Why::disagree(match (times.ours.cmp(&before_it), times.theirs.cmp(&before_it)) {
                (Ordering::Less, _) => format!("ours deleted `{shown}`, which theirs moved"),
                (_, Ordering::Less) => format!("theirs deleted `{shown}`, which ours moved"),
                _ => format!("both sides moved `{shown}`, to different places"),
            }));
        }
        Ok(())
    }

    fn count(&self, document: &Document<'_>) -> Counts {
        let mut counts = BTreeMap::new();
        self.count_in(&document.root, &mut counts);
        counts
    }

    fn count_in(&self, node: &Node<'_>, counts: &mut Counts) {
        if let Some(key) = node.name.key.as_ref().filter(|_| !is_note(node)) {
            let name = (node.name.tag.to_string(), key.to_string());
            if self.0.contains(&name) {
                *counts.entry(name).or_default() += 1;
            }
        }
        for child in node.as_list().into_iter().flat_map(|list| &list.nodes) {
            self.count_in(child, counts);
        }
    }
}
