//! `change record`: what the repository says about a branch, gathered before the rule decides (`SPEC C1`, `C2`).

use crate::branch_history;
use crate::copied::copied;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::run::Done;
use crate::unread::of_change;
use switchback_core::content::{CommitDraft, Merge};
use switchback_core::ledger::state::State;
use switchback_core::ops::record::{self, AtStage, BranchFacts, Request, plan};
use switchback_core::ports::repository::CommitInfo;
use switchback_core::recording::apart::apart;
use switchback_core::recording::history::History;
use switchback_core::recording::own::{Own, none_of_others, own};
use switchback_core::recording::sight::{LeftOut, Sight};
use switchback_core::words::details::Details;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{ChangeKey, StageName, UserName};
use switchback_core::words::object::{CommitId, TreeId};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::{Addition, Remedy};

/// What a revision is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A branch, or anything that names a commit.
    Branch(String),
    /// Commits that are not one branch: `X..Y`, or single commits in order (`SPEC C2`).
    Commits(Vec<String>),
}

/// What a person says about a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// What it is called.
    pub change: ChangeKey,
    /// Its title.
    pub title: Option<String>,
    /// The project it belongs to.
    pub project: Option<String>,
    /// The release it is planned for.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: Option<UserName>,
    /// The change it is part of.
    pub parent: Option<ChangeKey>,
    /// Where it originates.
    pub stage: Option<StageName>,
}

/// What came of a recording.
pub struct Recorded {
    /// What was done.
    pub done: Done,
    /// What came to the branch with stages' branches, and is no part of it.
    pub left_out: Vec<record::LeftOut>,
}

/// Records a change: what was said, and what the repository says.
///
/// # Errors
/// `nothing-to-record` when there is no such branch or commit, `carries-others` when what other changes did on it cannot
/// be told from its own, and those of [`plan`].
pub fn record(desk: &Desk<'_>, request: &Said, origin: &Origin) -> Result<Recorded, EngineFailure> {
    let state = desk.look_and_reconcile()?;
    let found = match origin {
        Origin::Branch(branch) => branch_found(desk, &state, request, branch),
        Origin::Commits(commits) => commits_found(desk, &state, request, commits),
    };
    let found = found.map_err(|failure| match failure {
        EngineFailure::Fault(fault) => of_change(&request.change, fault).into(),
        other => other,
    })?;
    let Said { change, title, project, release, owner, parent, stage } = request.clone();
    let request = Request { change, title, project, release, owner, parent, stage, found };
    let done = desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request))?;
    Ok(Recorded { done, left_out: request.found.left_out })
}

/// A branch with what is its own; what it was built on is left out (`SPEC C1`).
fn branch_found(desk: &Desk<'_>, state: &State, request: &Said, branch: &str) -> Result<BranchFacts, EngineFailure> {
    let tip = desk.repo.commit_info(named(desk, branch)?)?;
    let base = desk.repo.commit_info(base_of(desk, tip.id)?)?;
    let mut history = branch_history::history(desk, &request.change, branch, (base, tip))?;
    let own = own(state, &history);
    history.elsewhere = branch_history::held_elsewhere(desk, (&history, &own), branch)?;
    let copied = copied(desk, state, (&history, &own))?;
    history.elsewhere.extend(copied);
    none_of_others(state, &history, &own)?;
    let nearest = |one, two| desk.repo.merge_base(one, two)?.map(|shared| desk.repo.commit_info(shared)).transpose();
    let info = |commit| desk.repo.commit_info(commit);
    let sight = Sight { state, history: &history, own: &own, content: &*desk.repo, nearest: &nearest, info: &info };
    let apart = apart(sight)?;
    let base = match apart.base {
        Some(base) => base,
        None => desk.repo.commit(&base_draft(&history, &own, apart.base_tree))?,
    };
    let left_out = apart.left_out.into_iter().map(|LeftOut { change, revision, stage }| record::LeftOut {
        change,
        revision,
        stage,
    });
    let subject = title_commit(&history, &own, &apart.squashed).subject();
    let at_stage = match &request.stage {
        Some(stage) if history.at.contains(stage) => AtStage::Contained,
        _ => AtStage::Missing,
    };
    let ends = (Point { commit: base, tree: apart.base_tree }, history.tip);
    let (found, branch) = (found(ends, at_stage), history.branch);
    let (depends_on, stacked_on) = (apart.depends_on, apart.stacked_on);
    Ok(BranchFacts { depends_on, stacked_on, left_out: left_out.collect(), subject, branch, ..found })
}

/// The first commit of its own that is no merge; the tip where there is none.
fn title_commit<'a>(history: &'a History, own: &Own, squashed: &[CommitId]) -> &'a CommitInfo {
    let infos = own.commits.iter().filter(|id| !squashed.contains(id)).filter_map(|id| history.commits.get(id));
    infos.into_iter().find(|info| info.parents.len() < 2).unwrap_or(&history.tip)
}

/// The commit that a revision starts from where none of the branch's has its tree: the same for the same branch.
fn base_draft(history: &History, own: &Own, tree: TreeId) -> CommitDraft {
    let by = || history.tip.author.clone();
    let parents = [history.base.id].into_iter().chain(own.heads.iter().map(|head| head.commit)).collect();
    let message = format!("What the branch of {} was built on\n", history.change);
    CommitDraft { tree, parents, author: by(), committer: by(), message }
}

/// Where a revision starts.
struct Point {
    commit: CommitId,
    tree: TreeId,
}

fn found((base, tip): (Point, CommitInfo), at_stage: AtStage) -> BranchFacts {
    BranchFacts {
        base: base.commit,
        tip: tip.id,
        base_tree: base.tree,
        tip_tree: tip.tree,
        subject: tip.subject(),
        stacked_on: Vec::new(),
        author: tip.author,
        depends_on: Vec::new(),
        left_out: Vec::new(),
        at_stage,
        branch: None,
    }
}

/// Whether the branch of the stage a change originates at contains its tip (`SPEC C3`).
fn at_stage(desk: &Desk<'_>, request: &Said, tip: CommitId) -> Result<AtStage, EngineFailure> {
    let pipeline = desk.pipeline();
    let stage = request.stage.as_ref().and_then(|name| pipeline.stage(name));
    let Some(stage) = stage else { return Ok(AtStage::Missing) };
    let head = desk.house.branches.tip(&*desk.repo, &stage.branch)?;
    Ok(match head.map(|head| desk.repo.reaches(head, tip)).transpose()? {
        Some(true) => AtStage::Contained,
        _ => AtStage::Missing,
    })
}

fn named(desk: &Desk<'_>, name: &str) -> Result<CommitId, EngineFailure> {
    match desk.repo.resolve(name)? {
        Some(commit) => Ok(commit),
        None => {
            let known = desk.house.branches.names(&*desk.repo)?;
            let unknown = Refusal::unknown(Code::NothingToRecord, name, &known);
            let message = format!("there is no branch or commit `{name}`");
            let remedy = match unknown.remedy {
                near @ Remedy::DidYouMean { .. } => near,
                _ => "list branches with `git branch --all`".into(),
            };
            let details = Details::Named { name: name.to_owned() };
            Err(Refusal::new(Code::NothingToRecord, message, remedy).with(details).into())
        }
    }
}

/// Where a branch left the pipeline's base branch.
///
/// # Errors
/// `no-common-base`, or a fault of the repository.
pub(crate) fn base_of(desk: &Desk<'_>, tip: CommitId) -> Result<CommitId, EngineFailure> {
    let pipeline = desk.pipeline();
    let branch = pipeline.base_branch();
    let base_tip = match desk.house.branches.tip(&*desk.repo, branch)? {
        Some(tip) => tip,
        None => named(desk, branch)?,
    };
    let shared = desk.repo.merge_base(base_tip, tip)?;
    shared.ok_or_else(|| {
        let message = format!("{} shares no history with the base branch {branch}", tip.0.short());
        Refusal::new(Code::NoCommonBase, message, "start the branch from the base branch").into()
    })
}

/// Commits picked onto the base, one after the other (`SPEC C2`).
fn commits_found(
    desk: &Desk<'_>,
    state: &State,
    request: &Said,
    commits: &[String],
) -> Result<BranchFacts, EngineFailure> {
    let picked = pick_list(desk, commits)?;
    let Some(last) = picked.last().cloned() else {
        let message = format!("no commit was named for {}", request.change);
        return Err(Refusal::new(Code::NothingToRecord, message, Addition::Commits).into());
    };
    let base = desk.repo.commit_info(base_of(desk, last.id)?)?;
    let (mut tree, mut parent) = (base.tree, base.id);
    for info in &picked {
        let Some(before) = info.parents.first() else { continue };
        let before = desk.repo.commit_info(*before)?.tree;
        let merge = Merge { base: before, ours: tree, theirs: info.tree, scope: None };
        let merged = desk.repo.merge(merge)?;
        if let Some(conflict) = merged.conflicts.first() {
            let message =
                format!("commit {} does not apply to the base: it conflicts on {}", info.id.0.short(), conflict.path);
            let hint = "name the commits it needs as well, oldest first";
            return Err(Refusal::new(Code::DependsOn, message, hint).into());
        }
        tree = merged.tree;
        parent = pick(desk, info, (parent, tree))?;
    }
    let known = state.change(&request.change).map(|(_, change)| change.latest());
    if let Some(same) = known.filter(|known| known.tip_tree == tree && known.base == base.id) {
        parent = same.tip;
    }
    let tip = CommitInfo { id: parent, tree, parents: vec![base.id], ..last };
    let at_stage = at_stage(desk, request, tip.id)?;
    Ok(found((Point { commit: base.id, tree: base.tree }, tip), at_stage))
}

fn pick(desk: &Desk<'_>, info: &CommitInfo, onto: (CommitId, TreeId)) -> Result<CommitId, Fault> {
    let (parent, tree) = onto;
    // The committer is the author, so that picking the same commits again makes the same revision.
    let (author, committer) = (info.author.clone(), info.author.clone());
    desk.repo.commit(&CommitDraft { tree, parents: vec![parent], author, committer, message: info.message.clone() })
}

fn pick_list(desk: &Desk<'_>, commits: &[String]) -> Result<Vec<CommitInfo>, EngineFailure> {
    let mut picked = Vec::new();
    for text in commits {
        match text.split_once("..") {
            Some((from, to)) => {
                let range = desk.repo.range(named(desk, from)?, named(desk, to)?)?;
                picked.extend(range.into_iter().filter(|info| info.parents.len() == 1));
            }
            None => picked.push(desk.repo.commit_info(named(desk, text)?)?),
        }
    }
    Ok(picked)
}
