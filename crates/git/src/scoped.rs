//! Carries some paths of a change onto our tree without a walk through either: each path is looked up on three sides. Only
//! where no rename can matter, by the conditions that [`super::collect`] goes by; whoever asks falls back on the whole
//! merge where one may.

use super::collect::{BASE, Edit, OURS, Pending};
use super::leaf_merge::Item;
use super::objects::Objects;
use super::renames::folder_of;
use super::tree::{self, Kind, Node};
use super::tree_merge;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use switchback_core::content::{Delta, Merged, PathSet};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, Oid, PathChange};

/// What some changes make of our tree; `None` where renames may have a say in it. Those whose files are nowhere in our tree
/// have none.
pub(super) fn merge(
    objects: &Objects,
    [base, ours]: [Oid; 2],
    (delta, changes, nowhere): (&Delta, &[&PathChange], &PathSet),
) -> Result<Option<Merged>, Fault> {
    let mut ground = Ground { objects, base, ours, folders: HashMap::new() };
    let deleted: HashSet<&[u8]> =
        changes.iter().filter(|change| change.after.is_none()).map(|change| change.path.as_bytes()).collect();
    let mut items = Vec::with_capacity(changes.len());
    for change in changes {
        let path = change.path.as_bytes();
        let is_nowhere = nowhere.contains(&change.path);
        let here = match ground.place(path)? {
            Place::Leaf(here) => here,
            Place::FolderGone if is_nowhere => None,
            Place::FolderGone | Place::Unclear => return Ok(None),
        };
        let stays = match (change.before, change.after) {
            // What this side moved onto another file may stay where it was.
            (None, after) => here.is_none() || here == after || delta.renames_to(&change.path).next().is_none(),
            (Some(_), _) if is_nowhere => here.is_none(),
            // Whatever our side has no more may stand elsewhere.
            (Some(_), _) if here.is_none() => false,
            // What this side takes away may have gone elsewhere, with what was done to it.
            (before, None) => here == before && ground.keeps_company(path, &deleted)?,
            (Some(_), Some(_)) => true,
        };
        if !stays {
            return Ok(None);
        }
        items.push(Item::new(&Pending { path: Rc::from(path), stages: [change.before, here, change.after] }));
    }
    let mut edits: Vec<Edit> = Vec::new();
    let decided = tree_merge::decide(objects, &items, &mut edits)?;
    tree_merge::merged(objects, ours, edits, decided).map(Some)
}

/// What our side has at a path.
enum Place {
    /// A leaf, or nothing.
    Leaf(Option<Leaf>),
    /// Nothing, and our side has no folder for it any more.
    FolderGone,
    /// Something in the way.
    Unclear,
}

/// The folders of the base and of our tree, each found once.
struct Ground<'a> {
    objects: &'a Objects,
    base: Oid,
    ours: Oid,
    folders: HashMap<Vec<u8>, [Option<Node>; 2]>,
}

impl Ground<'_> {
    /// What stands at a folder's path in the base and in our tree.
    fn folder(&mut self, path: &[u8]) -> Result<[Option<Node>; 2], Fault> {
        if path.is_empty() {
            return Ok([self.base, self.ours].map(|tree| Some(Node::folder(tree))));
        }
        if let Some(known) = self.folders.get(path) {
            return Ok(*known);
        }
        let above = self.folder(folder_of(path))?;
        let found = self.below(above, path)?;
        self.folders.insert(path.to_vec(), found);
        Ok(found)
    }

    fn below(&self, above: [Option<Node>; 2], path: &[u8]) -> Result<[Option<Node>; 2], Fault> {
        let folder = folder_of(path);
        let name = &path[if folder.is_empty() { 0 } else { folder.len() + 1 }..];
        let find = |above: Option<Node>| -> Result<Option<Node>, Fault> {
            match above.filter(|node| node.kind == Kind::Folder) {
                Some(above) => {
                    self.objects.folder(above.id, folder)?;
                    self.objects.find(above.id, name)
                }
                None => Ok(None),
            }
        };
        Ok([find(above[BASE])?, find(above[OURS])?])
    }

    fn place(&mut self, path: &[u8]) -> Result<Place, Fault> {
        let (mut above, mut is_gone) = (folder_of(path), false);
        while !above.is_empty() {
            let [base, ours] = self.folder(above)?;
            let is_leaf = |node: Option<Node>| node.is_some_and(|node| node.kind != Kind::Folder);
            if is_leaf(base) || is_leaf(ours) {
                return Ok(Place::Unclear);
            }
            is_gone |= base.is_some() && ours.is_none();
            above = folder_of(above);
        }
        let folders = self.folder(folder_of(path))?;
        let found = self.below(folders, path)?;
        let is_folder = |node: &Option<Node>| node.is_some_and(|node| node.kind == Kind::Folder);
        Ok(match found {
            _ if found.iter().any(is_folder) => Place::Unclear,
            _ if is_gone => Place::FolderGone,
            [_, ours] => Place::Leaf(ours.and_then(Node::leaf)),
        })
    }

    /// Whether a deleted file leaves no folder empty to which our side added: such a folder may have gone elsewhere.
    fn keeps_company(&mut self, path: &[u8], deleted: &HashSet<&[u8]>) -> Result<bool, Fault> {
        let mut folder = folder_of(path);
        while !folder.is_empty() {
            let [Some(base), ours] = self.folder(folder)? else { return Ok(false) };
            let there = self.objects.folder(base.id, folder)?;
            let stays = |entry: &tree::Entry<'_>| {
                entry.node.kind != Kind::Folder && !deleted.contains(&*super::objects::join(folder, entry.name))
            };
            if tree::entries(&there).any(|entry| stays(&entry)) {
                return Ok(true);
            }
            if ours != Some(base) {
                return Ok(false);
            }
            folder = folder_of(folder);
        }
        Ok(true)
    }
}
