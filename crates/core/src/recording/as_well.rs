//! What a branch did itself and a change that came along with a stage does as well. What came along is left out of the
//! revision, and with it that edit: without the other change it would arrive nowhere, so the revision needs it
//! (`SPEC C1`, `D4`).

use crate::content::done::Done;
use crate::content::sketch::Hashes;
use crate::recording::sight::{LeftOut, Sight};
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::{CommitId, RepoPath, TreeId};
use std::collections::BTreeMap;

/// The changes left out without which something is lacking that the branch's own commits did.
///
/// # Errors
/// A fault of the content, or of the repository.
pub(super) fn made_as_well(
    sight: Sight<'_>,
    base_tree: TreeId,
    (left_out, squashed): (&[LeftOut], &[CommitId]),
) -> Result<Vec<ChangeKey>, Fault> {
    let mut needed = Vec::new();
    if left_out.is_empty() {
        return Ok(needed);
    }
    let own = own_work(sight, squashed)?;
    let hashes = Hashes::of(own.keys());
    let is_near = |one: &&LeftOut| {
        let outline = sight.state.change(&one.change).and_then(|(ix, _)| sight.state.outline(ix, one.revision));
        outline.and_then(|outline| outline.sketch()).is_none_or(|sketch| sketch.may_touch(&hashes))
    };
    let kept = sight.content.delta(base_tree, sight.history.tip.tree)?;
    for one in left_out.iter().filter(is_near) {
        let known = sight.state.change(&one.change).and_then(|(_, change)| change.revision(one.revision));
        let Some(revision) = known else { continue };
        let delta = sight.content.delta(revision.base_tree, revision.tip_tree)?;
        for (change, own) in delta.changes.iter().filter_map(|change| Some((change, own.get(&change.path)?))) {
            let theirs = Done::at(sight.content, change, None)?;
            let stays = kept.change(&change.path).map(|change| Done::at(sight.content, change, None)).transpose()?;
            if !own.alike(&theirs).is_all_in(&stays.unwrap_or_default()) {
                needed.push(one.change.clone());
                break;
            }
        }
    }
    Ok(needed)
}

/// What the branch's own commits did, path by path.
fn own_work(sight: Sight<'_>, squashed: &[CommitId]) -> Result<BTreeMap<RepoPath, Done>, Fault> {
    let mut own: BTreeMap<RepoPath, Done> = BTreeMap::new();
    for info in sight.own.commits.iter().filter(|id| !squashed.contains(id)) {
        let Some(info) = sight.history.commits.get(info) else { continue };
        let [parent] = info.parents[..] else { continue };
        let before = match sight.history.commits.get(&parent) {
            Some(parent) => parent.tree,
            None => (sight.info)(parent)?.tree,
        };
        for change in &sight.content.delta(before, info.tree)?.changes {
            own.entry(change.path.clone()).or_default().add(&Done::at(sight.content, change, None)?);
        }
    }
    Ok(own)
}
