//! Which objects that trees need are not there.

use super::ids::{from_git, to_git};
use super::objects::{Objects, join};
use gix::objs::tree::EntryKind;
use gix::objs::{Find, TreeRefIter};
use std::collections::HashSet;
use switchback_core::ports::repository::Lacking;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Oid, RepoPath, TreeId};

/// Walks every tree once, and looks for every object once.
pub(super) fn lacking(objects: &Objects, trees: &[TreeId]) -> Result<Vec<Lacking>, Fault> {
    let (mut seen, mut found, mut buffer) = (HashSet::<Oid>::new(), Vec::new(), Vec::new());
    for (nth, tree) in trees.iter().enumerate().filter(|(_, tree)| **tree != TreeId::EMPTY) {
        let mut open = vec![(Vec::new(), tree.0)];
        while let Some((path, id)) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let lacks = |path: &[u8], id| Lacking { tree: nth, path: RepoPath::new(path), id };
            let Some(data) = objects.odb().try_find(&to_git(id), &mut buffer).ok().flatten() else {
                found.push(lacks(&path, id));
                continue;
            };
            for entry in TreeRefIter::from_bytes(data.data, data.object_hash).filter_map(Result::ok) {
                let (at, id) = (join(&path, entry.filename), from_git(entry.oid));
                match entry.mode.kind() {
                    EntryKind::Tree => open.push((at, id)),
                    EntryKind::Commit => {}
                    EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link => {
                        if seen.insert(id) && !gix::objs::Exists::exists(objects.odb(), &to_git(id)) {
                            found.push(lacks(&at, id));
                        }
                    }
                }
            }
        }
    }
    Ok(found)
}
