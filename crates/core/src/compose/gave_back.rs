//! A file that a change deleted and gave back later, with an update or a push: where it is not there to be deleted, it
//! must not be given back either (`SPEC L3`).

use crate::content::{Conflict, ConflictKind, Content, Delta, PathSet, Sides};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::collections::BTreeMap;

/// What changes would have deleted, had it been there.
#[derive(Default)]
pub(super) struct NotThere(BTreeMap<(ChangeIx, RepoPath), Option<Leaf>>);

impl NotThere {
    /// Takes what one more difference of a change did to some of its paths to a tree; a conflict where it gives back what
    /// it did not find.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn meets(
        &mut self,
        content: &dyn Content,
        (change, did, own): (ChangeIx, &Delta, &PathSet),
        tree: TreeId,
    ) -> Result<Option<Conflict>, Fault> {
        for one in own.iter().filter_map(|path| did.change(path)) {
            let here = (change, one.path.clone());
            match (one.before, one.after) {
                (base, None) if content.leaf(tree, &one.path)?.is_none() => drop(self.0.insert(here, base)),
                (None, theirs) if self.0.get(&here) == Some(&theirs) => {
                    let sides = Sides { base: theirs, ours: None, theirs };
                    let (path, kind) = (one.path.clone(), ConflictKind::EditDelete);
                    return Ok(Some(Conflict::new(path, kind, sides)));
                }
                _ => {}
            }
        }
        Ok(None)
    }
}
