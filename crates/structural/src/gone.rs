//! Watches over elements that moved from one list to another: what both sides took away from where it was may have been
//! put elsewhere by both, in different places, and must not come out twice.

use super::document::{By, Document, Name, Node};
use super::three::Three;
use super::why::Why;
use std::collections::{BTreeMap, BTreeSet};

/// The names of elements that are no longer where they were on either side.
#[derive(Default)]
pub(super) struct Gone(BTreeSet<(String, String)>);

impl Gone {
    /// Takes in a node, and what is in it. Only a key makes an element the same one elsewhere.
    pub(super) fn add(&mut self, node: &Node<'_>) {
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

    /// Refuses a result that has one of them more often than any version does.
    pub(super) fn check(&self, versions: &Three<Document<'_>>, result: &Document<'_>) -> Result<(), Why> {
        if self.0.is_empty() {
            return Ok(());
        }
        let sides = [versions.base.as_ref(), Some(&versions.ours), Some(&versions.theirs)];
        let before: Vec<_> = sides.into_iter().flatten().map(|document| self.count(document)).collect();
        let twice = self
            .count(result)
            .into_iter()
            .find(|(name, count)| before.iter().all(|before| before.get(name).copied().unwrap_or_default() < *count));
        twice.map_or(Ok(()), |((tag, key), _)| {
            let name = Name { tag: tag.into(), key: Some(key.into()), by: By::Tag };
            Err(Why::disagree(format!("both sides moved `{}`, to different places", name.shown())))
        })
    }

    fn count(&self, document: &Document<'_>) -> BTreeMap<(String, String), usize> {
        let mut counts = BTreeMap::new();
        self.count_in(&document.root, &mut counts);
        counts
    }

    fn count_in(&self, node: &Node<'_>, counts: &mut BTreeMap<(String, String), usize>) {
        if let Some(key) = &node.name.key {
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
