//! What people do to a stage's branch with git, beside the tool: pushes, reverts and merges, taken in as the engine does.

use crate::play::{self, Edit, Play, edited};
use crate::words::{cut, list};
use crate::world::{Voice, World};
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::adopting::says;
use switchback_core::adopting::stretch::Stretch;
use switchback_core::content::{CommitDraft, Content, Merge, Signature};
use switchback_core::ops::adopt::{self, Arrival};
use switchback_core::ops::merged;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{ChangeKey, StageName, Time};
use switchback_core::words::object::{CommitId, TreeId};

/// `push QA US-9: a = 1 | -: b = 2`, `revert QA US-9`, `revert QA HEAD: a = 1`, `merge DEV into QA: a = 1`.
pub fn take(play: &mut Play, line: &str) -> Result<(), String> {
    let (verb, rest) = cut(line, " ")?;
    let (head, _) = rest.split_once(':').unwrap_or((rest, ""));
    let words = list(head);
    let stage = StageName::new(match verb {
        "merge" => words.last().ok_or("into which stage?")?,
        _ => words.first().ok_or("on which stage?")?,
    });
    let tip = match verb {
        "push" => push(play, &stage, cut(rest, " ")?.1)?,
        "revert" => revert(play, &stage, rest)?,
        _ => merge(play, &stage, rest)?,
    };
    arrived(play, &stage, tip)
}

/// Takes in what stands on a branch.
pub fn arrived(play: &mut Play, stage: &StageName, tip: CommitId) -> Result<(), String> {
    let world = play.world()?;
    let base = head(world, stage)?;
    let arrival = Arrival::Pushed(stretch(world, stage, (base, tip)));
    let voice = Voice::of("root", None);
    let made = play.world()?.ask(&voice, |snapshot, content| adopt::plan(snapshot, content, &arrival));
    play.keep(&voice, made)?;
    merged(play)
}

/// Promotions of which something was merged go on.
fn merged(play: &mut Play) -> Result<(), String> {
    let voice = Voice::of("root", None);
    loop {
        let world = play.world()?;
        let Some(id) = merged::over(&world.state).map(|one| one.id).next() else { return Ok(()) };
        let made = play.world()?.ask(&voice, |snapshot, content| merged::take_in(snapshot, content, id));
        play.keep(&voice, made)?;
    }
}

pub fn head(world: &World, stage: &StageName) -> Result<CommitId, String> {
    world.state.lines.get(stage).map(|line| line.head).ok_or_else(|| format!("there is no stage {stage}"))
}

fn push(play: &mut Play, stage: &StageName, commits: &str) -> Result<CommitId, String> {
    let mut tip = head(play.world()?, stage)?;
    for one in commits.split('|') {
        let (name, edits) = cut(one, ":")?;
        let world = play.world()?;
        let tree = edited(&world.content, info(world, tip)?.tree, &play::edits(edits)?)?;
        let message = match name.trim() {
            "-" => "Mend in passing\n".to_owned(),
            name => format!("{name}: tweak\n"),
        };
        tip = commit(world, tree, vec![tip], message)?;
    }
    Ok(tip)
}

fn revert(play: &mut Play, stage: &StageName, rest: &str) -> Result<CommitId, String> {
    let (words, edits) = rest.split_once(':').unwrap_or((rest, ""));
    let edits: Vec<Edit> = play::edits(edits)?;
    let mut tip = head(play.world()?, stage)?;
    for name in list(words).iter().skip(1) {
        let world = play.world()?;
        let target = match name.as_str() {
            "HEAD" => tip,
            key => last_of(world, stage, key)?,
        };
        let (of, ours) = (info(world, target)?, info(world, tip)?.tree);
        let parent = of.parents.first().copied().ok_or("the first commit cannot be reverted")?;
        let undone = Merge { base: of.tree, ours, theirs: info(world, parent)?.tree, scope: None };
        let tree = edited(&world.content, theirs_win(world, undone)?, &edits)?;
        let subject = of.message.lines().next().unwrap_or_default();
        let message = format!("Revert \"{subject}\"\n\nThis reverts commit {target}.\n");
        tip = commit(world, tree, vec![tip], message)?;
    }
    Ok(tip)
}

fn last_of(world: &World, stage: &StageName, key: &str) -> Result<CommitId, String> {
    let (ix, _) = world.state.change(&ChangeKey::new(key)).ok_or_else(|| format!("there is no change {key}"))?;
    let line = &world.state.lines[stage];
    line.items_of(ix).last().map(|item| item.commit).ok_or_else(|| format!("{stage} does not hold {key}"))
}

fn merge(play: &mut Play, stage: &StageName, rest: &str) -> Result<CommitId, String> {
    let (words, edits) = rest.split_once(':').unwrap_or((rest, ""));
    let other = StageName::new(list(words).first().ok_or("which stage?")?);
    let world = play.world()?;
    let (into, from) = (head(world, stage)?, head(world, &other)?);
    let base = base(world, into, from).ok_or("they have nothing in common")?;
    let trees = (info(world, base)?.tree, info(world, into)?.tree, info(world, from)?.tree);
    let tree = theirs_win(world, Merge { base: trees.0, ours: trees.1, theirs: trees.2, scope: None })?;
    let tree = edited(&world.content, tree, &play::edits(edits)?)?;
    match (base == from, base == into) {
        (true, _) => Ok(into),
        // Git puts the branch forward.
        (_, true) => Ok(from),
        _ => commit(world, tree, vec![into, from], format!("Merge branch '{other}' into {stage}\n")),
    }
}

// ---------------------------------------------------------------- what git knows

fn fault(fault: Fault) -> String {
    fault.message
}

pub fn commit(world: &mut World, tree: TreeId, parents: Vec<CommitId>, message: String) -> Result<CommitId, String> {
    let by = Signature { name: "eve".into(), email: "eve@example.org".into(), time: Time(world.entries.len() as i64) };
    let draft = CommitDraft { tree, parents, author: by.clone(), committer: by, message };
    world.content.commit(&draft).map_err(fault)
}

/// What a commit says.
pub fn info(world: &World, id: CommitId) -> Result<CommitInfo, String> {
    let CommitDraft { tree, parents, author, committer, message } =
        world.content.draft_of(id).ok_or_else(|| format!("there is no commit {id}"))?;
    Ok(CommitInfo { id, tree, parents, author, committer, message })
}

pub fn theirs_win(world: &World, merge: Merge<'_>) -> Result<TreeId, String> {
    let merged = world.content.merge(merge).map_err(fault)?;
    world.by_hand.set(world.by_hand.get() + merged.conflicts.len());
    let theirs: Vec<_> = merged.conflicts.iter().map(|one| (one.path.clone(), one.sides.theirs)).collect();
    world.content.edit(merged.tree, &theirs).map_err(fault)
}

/// What a commit reaches, children before parents.
pub fn reached(world: &World, from: CommitId) -> Vec<CommitInfo> {
    fn visit(world: &World, id: CommitId, seen: &mut BTreeSet<CommitId>, order: &mut Vec<CommitInfo>) {
        let Ok(info) = info(world, id) else { return };
        if seen.insert(id) {
            info.parents.iter().for_each(|parent| visit(world, *parent, seen, order));
            order.push(info);
        }
    }
    let mut order = Vec::new();
    visit(world, from, &mut BTreeSet::new(), &mut order);
    order.reverse();
    order
}

pub fn base(world: &World, one: CommitId, two: CommitId) -> Option<CommitId> {
    let there: BTreeSet<CommitId> = reached(world, two).iter().map(|info| info.id).collect();
    reached(world, one).iter().find(|info| there.contains(&info.id)).map(|info| info.id)
}

/// What the engine gathers about a stretch.
pub fn stretch(world: &World, stage: &StageName, ends: (CommitId, CommitId)) -> Stretch {
    let before: BTreeSet<CommitId> = reached(world, ends.0).iter().map(|info| info.id).collect();
    let all: Vec<CommitInfo> = reached(world, ends.1).into_iter().rev().collect();
    let (inner, outer): (Vec<_>, Vec<_>) = all.into_iter().partition(|info| !before.contains(&info.id));
    let mut reverted = BTreeMap::new();
    let mut open: Vec<String> = said(&inner);
    while let Some(id) = open.pop() {
        let mut everything = inner.iter().chain(&outer);
        let Some(target) = everything.find(|info| info.id.to_string() == id) else { continue };
        let mut stands_for = vec![target.clone()];
        if let [first, second, ..] = target.parents.as_slice() {
            let here: BTreeSet<CommitId> = reached(world, *first).iter().map(|info| info.id).collect();
            stands_for.extend(reached(world, *second).into_iter().filter(|info| !here.contains(&info.id)));
        }
        open.extend(said(std::slice::from_ref(target)));
        reverted.insert(target.id, stands_for);
    }
    Stretch::new(stage.clone(), ends, inner, outer).reverting(reverted).naming(key)
}

fn said(commits: &[CommitInfo]) -> Vec<String> {
    commits.iter().flat_map(|info| says::reverted(&info.message)).map(str::to_owned).collect()
}

/// The first word that looks like a key.
fn key(message: &str) -> Option<String> {
    let words = message.split(|one: char| !one.is_ascii_alphanumeric() && one != '-');
    let is_key = |word: &&str| {
        word.split_once('-').is_some_and(|(letters, digits)| {
            !letters.is_empty()
                && letters.bytes().all(|one| one.is_ascii_uppercase())
                && !digits.is_empty()
                && digits.bytes().all(|one| one.is_ascii_digit())
        })
    };
    words.into_iter().find(is_key).map(str::to_owned)
}
