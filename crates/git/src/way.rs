//! What stands in the way of a merge: a folder of ours where a file is to go, or a file of ours where a folder is wanted.
//! Nothing gives way unasked.

use super::collect::Edit;
use super::objects::Objects;
use super::overlay::{self, Named};
use super::tree::{Kind, Node};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use switchback_core::content::{Conflict, ConflictKind, PathSet};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Oid, RepoPath};

/// A tree, and what shall stand at each path of it that is edited.
pub(super) struct Way<'a> {
    objects: &'a Objects,
    tree: Oid,
    edited: HashMap<Rc<[u8]>, Option<Node>>,
}

impl<'a> Way<'a> {
    pub(super) fn new(objects: &'a Objects, tree: Oid, edits: &[Edit]) -> Self {
        let edited = edits.iter().map(|edit| (Rc::clone(&edit.path), edit.node)).collect();
        Self { objects, tree, edited }
    }

    /// The files that cannot be put where they belong.
    pub(super) fn blocked(&self, edits: &[Edit]) -> Result<HashSet<Rc<[u8]>>, Fault> {
        let mut blocked = HashSet::new();
        for edit in edits.iter().filter(|edit| edit.node.is_some_and(|node| node.kind != Kind::Folder)) {
            if self.is_blocked(&edit.path)? {
                blocked.insert(Rc::clone(&edit.path));
            }
        }
        Ok(blocked)
    }

    /// Whether the tree, with the edits, has a file above a path that needs a folder there, or a folder at the path. Where
    /// the tree has a file, nothing is in its way.
    fn is_blocked(&self, path: &[u8]) -> Result<bool, Fault> {
        let wanted = |at: &[u8]| self.edited.get(at).copied();
        let mut node = Some(Node::folder(self.tree));
        let mut is_below_file = false;
        let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        let mut start = 0;
        for end in slashes.chain([path.len()]) {
            node = match node {
                Some(folder) if folder.kind == Kind::Folder => self.objects.find(folder.id, &path[start..end])?,
                _ => None,
            };
            start = end + 1;
            let edited = wanted(&path[..end]);
            let stays = node.is_some_and(|node| node.kind != Kind::Folder) && edited.is_none();
            is_below_file |= end < path.len() && (stays || edited.flatten().is_some());
        }
        match node {
            Some(folder) if folder.kind == Kind::Folder => {
                let mut inside = Vec::new();
                self.objects.leaves(folder.id, path, &mut inside)?;
                Ok(inside.iter().any(|(leaf, _)| !matches!(wanted(leaf.as_bytes()), Some(None))))
            }
            Some(_) => Ok(false),
            None => Ok(is_below_file),
        }
    }
}

/// Tells in a conflict of the merge that made the tree what gives way where theirs is taken; then it is a conflict about
/// places.
pub(super) fn mark(objects: &Objects, tree: Oid, conflict: &mut Conflict) -> Result<(), Fault> {
    let Conflict { path, kind, sides, places, why } = conflict;
    let is_there = |to: &RepoPath| Ok::<_, Fault>(objects.leaf(tree, to.as_bytes())?.is_some());
    // The file itself leaves its place.
    let found = |to: &RepoPath| {
        let mut found = in_the_way(objects, tree, &PathSet::from([to.clone()]))?;
        found.retain(|stands| stands != path);
        Ok::<_, Fault>(found)
    };
    match kind {
        ConflictKind::FolderRename => {
            for place in [&mut places.ours, &mut places.theirs] {
                if let Some(to) = place
                    && (is_there(to)? || !found(to)?.is_empty())
                {
                    *place = None;
                }
            }
            if sides.theirs.or(places.theirs_merged).is_some() {
                places.left = found(places.theirs.as_ref().unwrap_or(path))?;
            }
            return Ok(());
        }
        ConflictKind::EditDelete if sides.ours.is_none() => {}
        ConflictKind::FileFolder => {}
        _ => match &places.theirs {
            Some(to) if is_there(to)? => {
                places.theirs = None;
                return Ok(());
            }
            Some(_) => {}
            None => return Ok(()),
        },
    }
    let stands = found(places.theirs.as_ref().unwrap_or(path))?;
    // Where both moved it, taking what they began with puts it back.
    let back = places.base.as_ref().filter(|back| places.theirs.as_ref().is_some_and(|to| to != *back));
    let is_back_taken = match back {
        Some(back) => !found(back)?.is_empty(),
        None => false,
    };
    if is_back_taken || !stands.is_empty() {
        if *kind == ConflictKind::EditDelete {
            *why = Some("the change edits what was deleted here, and taking it replaces what came instead".to_owned());
        }
        (*kind, places.left) = (ConflictKind::FileFolder, stands);
    }
    Ok(())
}

/// The files of a tree that could not be there together with a file at each of some paths, without those paths.
pub(super) fn in_the_way(objects: &Objects, tree: Oid, paths: &PathSet) -> Result<Vec<RepoPath>, Fault> {
    let mut looked: Vec<_> = paths.iter().map(|path| Edit { path: Rc::from(path.as_bytes()), node: None }).collect();
    looked.sort_by(|one, two| overlay::by_component(&one.path, &two.path));
    let mut found = Vec::new();
    beside(objects, tree, (&looked, 0), &mut found)?;
    found.retain(|path| !paths.contains(path));
    Ok(found)
}

fn beside(
    objects: &Objects,
    folder: Oid,
    (looked, skip): (&[Edit], usize),
    found: &mut Vec<RepoPath>,
) -> Result<(), Fault> {
    for Named { name, here, inner } in overlay::by_name(looked, skip) {
        let end = skip + name.len();
        match objects.find(folder, name)? {
            Some(node) if node.kind != Kind::Folder => {
                found.extend(here.is_empty().then(|| RepoPath::new(&inner[0].path[..end])));
            }
            Some(node) if here.is_empty() => beside(objects, node.id, (inner, end + 1), found)?,
            Some(node) => {
                let mut inside = Vec::new();
                objects.leaves(node.id, &here[0].path, &mut inside)?;
                found.extend(inside.into_iter().map(|(path, _)| path));
            }
            None => {}
        }
    }
    Ok(())
}
