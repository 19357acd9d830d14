//! What the repository says about a branch that is recorded, gathered before a rule reads it (`SPEC C1`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::gather;
use regex::Regex;
use std::collections::{BTreeMap, HashSet};
use switchback_core::pipeline::stage::Stage;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::recording::history::{History, Passed};
use switchback_core::recording::own::Own;
use switchback_core::words::names::ChangeKey;
use switchback_core::words::object::CommitId;

/// The history of a branch since it left the base branch; `branch` is what it was called.
///
/// # Errors
/// A fault of the repository.
pub(crate) fn history(
    desk: &Desk<'_>,
    change: &ChangeKey,
    branch: &str,
    (base, tip): (CommitInfo, CommitInfo),
) -> Result<History, EngineFailure> {
    let pattern = gather::pattern(desk)?;
    let range = desk.repo.range(base.id, tip.id)?;
    let order = range.iter().map(|info| info.id).collect();
    let named: BTreeMap<CommitId, Vec<ChangeKey>> =
        range.iter().map(|info| (info.id, keys(&pattern, &info.message))).collect();
    let commits: BTreeMap<CommitId, CommitInfo> = range.into_iter().map(|info| (info.id, info)).collect();
    let (mut passed, mut at) = (Vec::new(), Vec::new());
    let pipeline = desk.pipeline();
    for stage in pipeline.stages() {
        // It left the base branch where that holds it last.
        let (way, holds_it) = match stage.branch == pipeline.base_branch() {
            true => (None, tip.id == base.id),
            false => pass(desk, stage, (tip.id, &commits))?,
        };
        passed.extend(way);
        at.extend(holds_it.then(|| stage.name.clone()));
    }
    let own = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    let here = desk.house.branches.tip(&*desk.repo, own)?.filter(|head| *head == tip.id);
    let (change, branch, elsewhere) = (change.clone(), here.map(|_| own.to_owned()), BTreeMap::new());
    let base_branch = pipeline.base_branch().to_owned();
    let follows = pipeline.stages().iter().find(|stage| stage.branch == base_branch);
    let base_stage = follows.or(pipeline.tops().next()).map(|stage| stage.name.clone());
    Ok(History { change, branch, tip, base, base_branch, base_stage, order, commits, passed, at, named, elsewhere })
}

/// The keys that a text names, in order.
pub(crate) fn keys(pattern: &Regex, text: &str) -> Vec<ChangeKey> {
    pattern.find_iter(text).filter_map(|found| ChangeKey::parse(found.as_str()).ok()).collect()
}

/// The commits of a stage's own way that a history holds, and whether it holds all of that. Its way may be long, so it is walked only where the two have
/// something in common.
fn pass(
    desk: &Desk<'_>,
    stage: &Stage,
    (tip, commits): (CommitId, &BTreeMap<CommitId, CommitInfo>),
) -> Result<(Option<Passed>, bool), EngineFailure> {
    let Some(head) = desk.house.branches.tip(&*desk.repo, &stage.branch)? else { return Ok((None, false)) };
    let lacks: HashSet<CommitId> = desk.repo.lacked(head, tip)?.into_iter().collect();
    let holds_it = !lacks.contains(&tip);
    if commits.keys().all(|id| lacks.contains(id)) {
        return Ok((None, holds_it));
    }
    let (mut at, mut own) = (Some(head), Vec::new());
    while let Some(id) = at {
        let known = commits.get(&id);
        if known.is_none() && !own.is_empty() {
            break;
        }
        own.extend(known.map(|info| info.id));
        at = match known {
            Some(info) => info.parents.first().copied(),
            None => desk.repo.parents(id)?.first().copied(),
        };
    }
    let passed = Passed { stage: stage.name.clone(), branch: stage.branch.clone(), commits: own };
    Ok(((!passed.commits.is_empty()).then_some(passed), holds_it))
}

/// Those of a branch's own commits that another change's branch holds as well, by its name and their message.
///
/// # Errors
/// A fault of the repository.
pub(crate) fn held_elsewhere(
    desk: &Desk<'_>,
    (history, own): (&History, &Own),
    branch: &str,
) -> Result<BTreeMap<CommitId, ChangeKey>, EngineFailure> {
    let pattern = gather::pattern(desk)?;
    let others = own.commits.iter().filter(|id| !history.names_it(**id)).map(|id| (*id, history.keys(*id)));
    let others: Vec<(CommitId, &[ChangeKey])> = others.filter(|(_, keys)| !keys.is_empty()).collect();
    let mut elsewhere = BTreeMap::new();
    if others.is_empty() {
        return Ok(elsewhere);
    }
    let pipeline = desk.pipeline();
    let is_stage = |name: &String| pipeline.stages().iter().any(|stage| stage.branch == *name);
    let recorded = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    let names = desk.house.branches.names(&*desk.repo)?;
    for name in names.iter().filter(|name| *name != recorded && !is_stage(name)) {
        let about = keys(&pattern, name);
        let mut shared = others.iter().filter(|(_, keys)| keys.iter().any(|key| about.contains(key))).peekable();
        if shared.peek().is_none() {
            continue;
        }
        let Some(tip) = desk.house.branches.tip(&*desk.repo, name)? else { continue };
        for (id, keys) in shared {
            if desk.repo.reaches(tip, *id)? {
                elsewhere.extend(keys.iter().find(|key| about.contains(key)).map(|key| (*id, key.clone())));
            }
        }
    }
    Ok(elsewhere)
}
