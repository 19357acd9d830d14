//! What of the objects that were made is reached from those that count. The rest was only tried out.

use super::ids::IdMap;
use super::ids::from_git;
use super::objects::{Made, Objects};
use super::tree;
use gix::objs::{CommitRefIter, Kind};
use std::collections::HashSet;
use switchback_core::words::object::Oid;

impl Objects {
    /// Drops what was made since there were `since` objects and is reached neither from those before nor from `named`.
    pub(super) fn drop_unreached(&self, since: usize, named: &HashSet<Oid>) {
        let mut fresh = self.fresh.borrow_mut();
        let (before, later) = fresh.order.split_at(since.min(fresh.order.len()));
        let counts = later.iter().filter(|id| named.contains(id));
        let mut open: Vec<Oid> = before.iter().chain(counts).copied().collect();
        let mut reached: IdMap<()> = IdMap::default();
        while let Some(id) = open.pop() {
            if let Some(made) = fresh.by_id.get(&id).filter(|_| !reached.contains_key(&id)) {
                reached.insert(id, ());
                open.extend(named_by(made));
            }
        }
        let order = std::mem::take(&mut fresh.order);
        let (kept, dropped): (Vec<Oid>, Vec<Oid>) = order.into_iter().partition(|id| reached.contains_key(id));
        fresh.order = kept;
        for id in dropped {
            fresh.by_id.remove(&id);
        }
    }
}

/// The objects that an object names.
fn named_by(made: &Made) -> Vec<Oid> {
    match made.kind {
        Kind::Tree => tree::entries(&made.bytes).map(|entry| entry.node.id).collect(),
        Kind::Commit => {
            let (mut tree, parents) = (
                CommitRefIter::from_bytes(&made.bytes, gix::hash::Kind::Sha1),
                CommitRefIter::from_bytes(&made.bytes, gix::hash::Kind::Sha1),
            );
            let ids = tree.tree_id().ok().into_iter().chain(parents.parent_ids());
            ids.map(|id| from_git(&id)).collect()
        }
        Kind::Blob | Kind::Tag => Vec::new(),
    }
}
