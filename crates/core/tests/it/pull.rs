//! What people do with the ready branch of a promotion in a pull request: they merge it in one of four ways, leave some of
//! it out, and edit it on the way.

use crate::branches::{arrived, base, commit, head, info, reached, theirs_win};
use crate::play::{self, Edit, Play, edited, operation};
use crate::words::{cut, list};
use crate::world::World;
use switchback_core::content::Merge;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::words::object::{CommitId, TreeId};

/// `pull P-1 by squash`, `pull P-1 by rebase of US-1: b = 1`; `as US-1` says so in the message of a squash.
pub fn take(play: &mut Play, line: &str) -> Result<(), String> {
    let (words, edits) = line.split_once(':').unwrap_or((line, ""));
    let words = list(cut(words, " ")?.1);
    let said = |name: &str| words.iter().skip_while(|word| *word != name).nth(1).cloned();
    let (id, way) = (operation(&words[0])?, said("by").ok_or("in which way?")?);
    let edits = play::edits(edits)?;
    let world = play.world()?;
    let promotion = world.state.promotion(id).ok_or("there is no such promotion")?;
    let stage = promotion.destination.clone();
    let under_way = promotion.under_way.as_deref().ok_or("it does not wait")?;
    let ready = under_way.heads().next().ok_or("it has no branch")?.1;
    let into = head(world, &stage)?;
    let from = base(world, into, ready).ok_or("they have nothing in common")?;
    let brought = brought(world, (from, ready), said("of").as_deref());
    let tip = match way.as_str() {
        "ff" if from == into => on_top(world, ready, &edits)?,
        "ff" => return Err("it cannot be put forward".to_owned()),
        "merge" => {
            let ready = on_top(world, ready, &edits)?;
            let tree = merged(world, from, into, ready)?;
            commit(world, tree, vec![into, ready], format!("Merge branch 'switchback/{id}'\n"))?
        }
        "squash" => squash(world, into, (&brought, &edits), said("as"))?,
        "rebase" => rebase(world, into, (&brought, &edits))?,
        other => return Err(format!("`{other}` is no way to merge")),
    };
    arrived(play, &stage, tip)
}

/// The commits of the branch, oldest first; those of one change where only it is wanted.
fn brought(world: &World, (from, ready): (CommitId, CommitId), only: Option<&str>) -> Vec<CommitInfo> {
    let before: Vec<CommitId> = reached(world, from).iter().map(|info| info.id).collect();
    let mut all: Vec<CommitInfo> = reached(world, ready);
    all.retain(|info| !before.contains(&info.id));
    all.retain(|info| only.is_none_or(|key| info.message.contains(&format!("Change: {key}\n"))));
    all.reverse();
    all
}

fn on_top(world: &mut World, tip: CommitId, edits: &[Edit]) -> Result<CommitId, String> {
    if edits.is_empty() {
        return Ok(tip);
    }
    let tree = edited(&world.content, info(world, tip)?.tree, edits)?;
    commit(world, tree, vec![tip], "Mend in passing\n".to_owned())
}

fn merged(world: &World, from: CommitId, into: CommitId, ready: CommitId) -> Result<TreeId, String> {
    let trees = (info(world, from)?.tree, info(world, into)?.tree, info(world, ready)?.tree);
    theirs_win(world, Merge { base: trees.0, ours: trees.1, theirs: trees.2, scope: None })
}

fn squash(
    world: &mut World,
    into: CommitId,
    (brought, edits): (&[CommitInfo], &[Edit]),
    names: Option<String>,
) -> Result<CommitId, String> {
    let last = rebase(world, into, (brought, &[]))?;
    let tree = edited(&world.content, info(world, last)?.tree, edits)?;
    let message = names.map_or("Bring it (#12)\n".to_owned(), |names| format!("Bring {names} (#12)\n"));
    commit(world, tree, vec![into], message)
}

fn rebase(world: &mut World, into: CommitId, (brought, edits): (&[CommitInfo], &[Edit])) -> Result<CommitId, String> {
    let mut tip = into;
    for one in brought {
        let parent = one.parents.first().copied().ok_or("the first commit cannot be picked")?;
        let (before, ours) = (info(world, parent)?.tree, info(world, tip)?.tree);
        let tree = theirs_win(world, Merge { base: before, ours, theirs: one.tree, scope: None })?;
        tip = commit(world, tree, vec![tip], one.message.clone())?;
    }
    on_top(world, tip, edits)
}
