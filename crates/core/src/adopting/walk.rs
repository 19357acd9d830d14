//! Reading a branch as a line: which commit did what for which change (`SPEC L8`, `L10`).

use crate::adopting::stretch::Stretch;
use crate::content::{Content, Merge, Merged};
use crate::ports::repository::CommitInfo;
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::{CommitId, TreeId};

/// One difference on a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The change it is attributed to.
    pub change: ChangeKey,
    /// The commit that did it.
    pub commit: CommitId,
    /// The commit before it on the branch.
    pub parent: CommitId,
    /// The tree before it.
    pub before: TreeId,
    /// The tree after it.
    pub after: TreeId,
}

impl Step {
    /// Whether no change was named, so that the commit itself stands for one.
    pub fn is_unnamed(&self) -> bool {
        self.change == unnamed(self.commit)
    }
}

/// What lies between two commits of a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walk {
    /// The differences, in order: each begins with the tree the one before ended with.
    pub steps: Vec<Step>,
    /// The tree at the end.
    pub tree: TreeId,
}

/// Reads a branch. A merge of several changes is taken apart into them; what its own resolution added stays as a
/// difference of its own.
///
/// # Errors
/// A fault of the content, or `repository-unreadable` for a commit that is not there.
pub fn walk(content: &dyn Content, stretch: &Stretch) -> Result<Walk, Fault> {
    let mut steps = Vec::new();
    for info in stretch.mainline() {
        let Some(parent) = info.parents.first() else { continue };
        let whole = Step {
            change: stretch.named(info).unwrap_or_else(|| unnamed(info.id)),
            commit: info.id,
            parent: *parent,
            before: tree_of(stretch, *parent)?,
            after: info.tree,
        };
        match pieces(stretch, info) {
            None => steps.push(whole),
            Some(pieces) => take_apart(content, stretch, (&whole, &pieces), &mut steps)?,
        }
    }
    Ok(Walk { steps, tree: tree_of(stretch, stretch.tip)? })
}

fn tree_of(stretch: &Stretch, id: CommitId) -> Result<TreeId, Fault> {
    stretch.commit(id).map(|info| info.tree).ok_or_else(|| {
        let message = format!("commit {} of {} cannot be read", id.0.short(), stretch.stage);
        Fault::new("repository-unreadable", message, "run `git fsck` in the repository")
    })
}

/// The commits a merge brought, when they belong to several changes.
fn pieces<'a>(stretch: &'a Stretch, merge: &CommitInfo) -> Option<Vec<(ChangeKey, &'a CommitInfo)>> {
    let [first, second, ..] = merge.parents.as_slice() else { return None };
    let of_merge = stretch.named(merge);
    let side = stretch.side(*first, *second).into_iter().filter(|info| info.parents.len() == 1);
    let attributed = |info: &CommitInfo| stretch.named(info).or_else(|| of_merge.clone());
    let pieces: Vec<_> = side.map(|info| (attributed(info).unwrap_or_else(|| unnamed(info.id)), info)).collect();
    let several = pieces.iter().any(|(key, _)| Some(key) != pieces.first().map(|(first, _)| first));
    let differs = of_merge.as_ref().is_none_or(|key| pieces.iter().any(|(other, _)| other != key));
    (!pieces.is_empty() && (several || differs)).then_some(pieces)
}

fn take_apart(
    content: &dyn Content,
    stretch: &Stretch,
    merge: (&Step, &[(ChangeKey, &CommitInfo)]),
    steps: &mut Vec<Step>,
) -> Result<(), Fault> {
    let (whole, pieces) = merge;
    let mut tree = whole.before;
    for (change, info) in pieces {
        let Some(parent) = info.parents.first() else { continue };
        let base = tree_of(stretch, *parent)?;
        let after = theirs_wins(content, Merge { base, ours: tree, theirs: info.tree, scope: None })?;
        if after != tree {
            let (change, parent) = (change.clone(), *parent);
            steps.push(Step { change, commit: info.id, parent, before: tree, after });
        }
        tree = after;
    }
    if tree != whole.after {
        // What only the merge itself did: nobody else's difference may swallow it.
        steps.push(Step { change: unnamed(whole.commit), before: tree, ..whole.clone() });
    }
    Ok(())
}

/// A merge in which the later difference is right where both cannot be: it is what stands on the branch.
///
/// # Errors
/// A fault of the content.
pub fn theirs_wins(content: &dyn Content, merge: Merge<'_>) -> Result<TreeId, Fault> {
    let Merged { tree, conflicts, .. } = content.merge(merge)?;
    let theirs: Vec<_> = conflicts.iter().map(|conflict| (conflict.path.clone(), conflict.sides.theirs)).collect();
    content.edit(tree, &theirs)
}

/// The change a commit without a key stands for (`SPEC L8`).
pub fn unnamed(commit: CommitId) -> ChangeKey {
    ChangeKey::new(format!("commit-{}", commit.0.short()))
}
