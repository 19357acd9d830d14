//! Where a line is composed anew, whoever came before the first that leaves meets what it met when it came: as long as each
//! edits just what the one before it left, its own content stands there afterwards, and nothing needs to be merged.

use crate::compose::Composer;
use crate::content::PathSet;
use crate::records::line::Item;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::collections::HashMap;

/// The first items of a line that is composed anew.
pub(super) struct AsItCame<'a> {
    /// What they make of the paths, in order of path.
    pub leaves: Vec<(RepoPath, Option<Leaf>)>,
    /// Those of them that touch one.
    pub before: Vec<&'a Item>,
    /// How many they are.
    pub count: usize,
}

impl Composer<'_> {
    /// Goes as far into items before which nobody leaves as nothing needs to be merged on some paths, nor was settled when it
    /// came.
    ///
    /// # Errors
    /// A fault of the content.
    pub(super) fn as_it_came<'a>(
        &self,
        begun: TreeId,
        items: impl Iterator<Item = &'a Item>,
        scope: &PathSet,
    ) -> Result<AsItCame<'a>, Fault> {
        let mut leaves = self.leaves(begun, scope)?;
        let places: HashMap<RepoPath, usize, foldhash::fast::FixedState> =
            leaves.iter().enumerate().map(|(place, (path, _))| (path.clone(), place)).collect();
        let (mut before, mut count) = (Vec::new(), 0);
        for item in items {
            let Some(difference) = self.difference(item)? else {
                count += 1;
                continue;
            };
            if !item.resolutions.is_empty() || !difference.unclear.is_empty() || !difference.put_together.is_empty() {
                break;
            }
            let did = self.content.delta(difference.base, difference.theirs)?;
            let own = did.changes_at(scope);
            let place_of = |path: &RepoPath| places.get(path).copied();
            if !own.iter().all(|one| place_of(&one.path).is_some_and(|place| leaves[place].1 == one.before)) {
                break;
            }
            for one in &own {
                if let Some(place) = place_of(&one.path) {
                    leaves[place].1 = one.after;
                }
            }
            if !own.is_empty() {
                before.push(item);
            }
            count += 1;
        }
        Ok(AsItCame { leaves, before, count })
    }
}
