//! What the repository says about branches, gathered before a rule reads it (`SPEC L8`, `L10`).

use crate::config::{self, ConfigDefect};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::adopting::says;
use switchback_core::adopting::stretch::Stretch;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::stage::Stage;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::words::details::Details;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_machine::shell::word;

/// Every stage from the ancestor that all have in common, lowest first.
///
/// # Errors
/// `no-common-base`, a missing branch, or a fault of the repository.
pub(crate) fn every_stage(desk: &Desk<'_>) -> Result<Vec<Stretch>, EngineFailure> {
    let pipeline = desk.pipeline();
    let mut stages: Vec<&Stage> = pipeline.stages().iter().collect();
    stages.sort_by_key(|stage| pipeline.below(&stage.name).len());
    let mut tips = Vec::new();
    for stage in stages {
        tips.push((stage, branch_tip(desk, stage)?));
    }
    let base = common_base(desk, &tips)?;
    tips.into_iter().map(|(stage, tip)| stretch(desk, stage, (base, tip))).collect()
}

/// A stage that the configuration names and the ledger does not know yet.
///
/// # Errors
/// As [`every_stage`].
pub(crate) fn new_stage(desk: &Desk<'_>, state: &State, stage: &Stage) -> Result<Stretch, EngineFailure> {
    let tip = branch_tip(desk, stage)?;
    let mut base = tip;
    for other in state.lines.values().map(|line| line.base) {
        base = desk.repo.merge_base(base, other)?.ok_or_else(|| no_common_base(&stage.branch))?;
    }
    stretch(desk, stage, (base, tip))
}

/// A stretch of a stage's branch.
///
/// # Errors
/// A fault of the repository.
pub(crate) fn stretch(desk: &Desk<'_>, stage: &Stage, ends: (CommitId, CommitId)) -> Result<Stretch, EngineFailure> {
    let (base, tip) = ends;
    let key = pattern(desk)?;
    let commits = desk.repo.range(base, tip)?;
    let inner: BTreeSet<CommitId> = commits.iter().map(|info| info.id).collect();
    let parents = commits.iter().flat_map(|info| &info.parents).chain([&base]);
    let outer: BTreeSet<CommitId> = parents.filter(|id| !inner.contains(id)).copied().collect();
    let edge = outer.into_iter().map(|id| desk.repo.commit_info(id)).collect::<Result<Vec<_>, _>>()?;
    let reverted = reverted(desk, &commits)?;
    let stretch = Stretch::new(stage.name.clone(), ends, commits, edge).reverting(reverted);
    Ok(stretch.naming(|message| key.find(message).map(|found| found.as_str().to_owned())))
}

/// The commits that some commits say they revert, and those that these had reverted themselves: each with what it stands
/// for, which is all it merged where it is a merge. One that is not here says nothing.
fn reverted(desk: &Desk<'_>, commits: &[CommitInfo]) -> Result<BTreeMap<CommitId, Vec<CommitInfo>>, EngineFailure> {
    let mut found = BTreeMap::new();
    let mut open: Vec<String> = commits.iter().flat_map(|info| said(&info.message)).collect();
    while let Some(id) = open.pop() {
        let Some(commit) = desk.repo.resolve(&id)? else { continue };
        if found.contains_key(&commit) {
            continue;
        }
        let info = desk.repo.commit_info(commit)?;
        let mut stands_for = vec![info.clone()];
        if let [first, _, ..] = info.parents.as_slice() {
            let merged = desk.repo.range(*first, commit)?;
            stands_for.extend(merged.into_iter().filter(|one| one.id != commit));
        }
        open.extend(said(&info.message));
        found.insert(commit, stands_for);
    }
    Ok(found)
}

fn said(message: &str) -> Vec<String> {
    says::reverted(message).into_iter().map(str::to_owned).collect()
}

/// The pattern that finds keys.
///
/// # Errors
/// `configuration` where it cannot be read.
pub(crate) fn pattern(desk: &Desk<'_>) -> Result<Regex, Fault> {
    Regex::new(&desk.pipeline().settings().key).map_err(|error| {
        Fault::new("configuration", format!("the pattern of keys cannot be read: {error}"), "mend `changes.key`")
    })
}

pub(crate) fn branch_tip(desk: &Desk<'_>, stage: &Stage) -> Result<CommitId, EngineFailure> {
    match desk.house.branches.tip(&*desk.repo, &stage.branch)? {
        Some(tip) => Ok(tip),
        None => {
            let (text, called) = desk.house.source(&desk.house.known())?;
            let defect = config::missing_branch((&text, &called), stage);
            Err(match in_clone(desk)? {
                Some(hint) => ConfigDefect { remedy: Box::new(hint.into()), ..defect }.into(),
                None => defect.into(),
            })
        }
    }
}

/// How the branches are made that a clone knows only as another repository's; `None` where it knows none.
fn in_clone(desk: &Desk<'_>) -> Result<Option<String>, EngineFailure> {
    let mut commands = Vec::new();
    for stage in desk.pipeline().stages() {
        let is_here = desk.house.branches.tip(&*desk.repo, &stage.branch)?.is_some();
        let there = desk.remote_tips(stage)?.into_iter().next().filter(|_| !is_here);
        commands.extend(there.map(|(remote, _)| format!("git branch {} {}", word(&stage.branch), word(&remote))));
    }
    Ok((!commands.is_empty()).then(|| format!("this is a clone; make them here with `{}`", commands.join(" && "))))
}

fn common_base(desk: &Desk<'_>, tips: &[(&Stage, CommitId)]) -> Result<CommitId, EngineFailure> {
    let mut tips_left = tips.iter();
    let Some((_, first)) = tips_left.next() else { return Err(no_common_base("").into()) };
    let mut base = *first;
    for (stage, tip) in tips_left {
        base = desk.repo.merge_base(base, *tip)?.ok_or_else(|| no_common_base(&stage.branch))?;
    }
    Ok(base)
}

pub(crate) fn no_common_base(branch: &str) -> Refusal {
    let message = format!("branch {branch} shares no history with the other stages' branches");
    Refusal::new(Code::NoCommonBase, message, "start every stage's branch from one commit")
        .with(Details::Branch { branch: branch.to_owned() })
}
