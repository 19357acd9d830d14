//! Taking in what stands on a branch already: at `init`, when a stage is new, after a push by somebody else, and when a
//! rewritten branch is adopted (`SPEC L8`, `L10`).

use crate::commit::{Commit, Context, ahead, hash};
use crate::failure::EngineFailure;
use crate::history::{History, Walk};
use crate::run::Done;
use crate::session::{Depth, Session};
use serde_json::json;
use std::collections::BTreeMap;
use std::rc::Rc;
use switchback_core::content::sketch::Sketch;
use switchback_core::content::{CommitDraft, Content, Merge, Signature};
use switchback_core::ledger::entry::{Event, Imported};
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::rights;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::stage::Stage;
use switchback_core::ports::repository::Repo;
use switchback_core::records::change::{Facts, Revision};
use switchback_core::records::grant::Privilege;
use switchback_core::records::line::{Item, Source};
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{ChangeKey, RevisionNo, StageName, UserName};
use switchback_core::words::object::{CommitId, TreeId};
use switchback_core::words::refusal::{Code, Refusal};

/// What the first entry of a ledger is made of: every stage, with what lies on its branch since the common ancestor.
///
/// # Errors
/// `no-common-base`, a missing branch, or a fault of the repository.
pub fn first(session: &Session) -> Result<Plan, EngineFailure> {
    let mut plan = Plan::new(switchback_core::words::names::Seq(0), "init");
    plan.events.push(Event::Initialized { administrator: session.actor.user.clone() });
    let mut tips = Vec::new();
    for stage in lowest_first(session) {
        tips.push((stage, branch_tip(session, stage)?));
    }
    let base = common_base(session, &tips)?;
    let mut known = Known::default();
    let count = tips.len();
    for (stage, tip) in tips {
        let adopted = known.stage(session, Span { stage, base, tip })?;
        plan.events.extend(adopted);
    }
    plan.events.extend(known.exclusions());
    let changes = known.changes.len();
    let plural = if changes == 1 { "" } else { "s" };
    plan.says = format!("{count} stages begin; {changes} change{plural} found on their branches");
    Ok(plan)
}

/// A stage that the configuration names and the ledger does not know yet.
pub fn new_stage(session: &Session, state: &State, stage: &Stage) -> Result<Plan, EngineFailure> {
    let tip = branch_tip(session, stage)?;
    let bases = state.lines.values().map(|line| line.base);
    let mut base = tip;
    for other in bases {
        base = session.repo.merge_base(base, other)?.ok_or_else(|| no_common_base(&stage.branch))?;
    }
    let mut known = Known::of(state);
    let mut plan = Plan::new(state.seq, "adopt");
    plan.events = known.stage(session, Span { stage, base, tip })?;
    plan.events.extend(known.exclusions());
    plan.says = format!("stage {} begins", stage.name);
    Ok(plan)
}

/// Commits somebody pushed onto a stage's branch (`SPEC L8`).
pub fn pushed(session: &Session, state: &State, what: (&Stage, CommitId)) -> Result<Plan, EngineFailure> {
    let (stage, tip) = what;
    let head = state.lines.get(&stage.name).map_or(tip, |line| line.head);
    let mut known = Known::of(state);
    let found = known.walk(session, Span { stage, base: head, tip })?;
    let mut plan = Plan::new(state.seq, "adopt");
    plan.events = found.recorded;
    plan.says = format!("{} takes in {} commits pushed to {}", stage.name, found.items.len(), stage.branch);
    let (head, tree) = (tip, found.tree);
    plan.events.push(Event::CommitsAdopted { stage: stage.name.clone(), head, tree, items: found.items });
    Ok(plan)
}

/// `stage adopt`: a rewritten branch is taken as it is (`SPEC L8`).
///
/// # Errors
/// `unknown-stage`, `not-permitted` without `configure`, `no-common-base`, or a fault.
pub fn adopt(session: &Session, stage: &StageName) -> Result<Done, EngineFailure> {
    loop {
        let before = session.look()?;
        let snapshot = session.snapshot(&before);
        let used = rights::require(&snapshot, Privilege::Configure, rights::on_stage(stage))?;
        let mut plan = rewritten(session, &before, stage)?;
        plan.privileges.push(used);
        let hash = hash(&plan);
        let (forecasts, warnings, depth) = (Vec::new(), Vec::new(), session.options.depth);
        if depth == Depth::Preview {
            let after = Rc::new(ahead(session, &before, &plan));
            return Ok(Done { plan, hash, before, beyond: Rc::clone(&after), after, forecasts, warnings, depth });
        }
        let asked = json!({ "adopt": stage });
        match session.commit(plan, Context { asked, jobs: &[] })? {
            Commit::Lost => continue,
            Commit::Done(committed) => {
                let after = session.look()?;
                // The branch stands there already; only refs that keep revisions are new.
                let warnings = session.act(&committed, &after, &after)?;
                return Ok(Done {
                    plan: committed.plan,
                    hash,
                    before,
                    beyond: Rc::clone(&after),
                    after,
                    forecasts,
                    warnings,
                    depth,
                });
            }
        }
    }
}

/// A rewritten branch as a line of its own, from where it still agrees with the line's base.
fn rewritten(session: &Session, state: &State, stage: &StageName) -> Result<Plan, EngineFailure> {
    let snapshot = session.snapshot(state);
    let (line, stage) = (snapshot.line(stage)?, snapshot.stage(stage)?);
    let tip = branch_tip(session, stage)?;
    let base = session.repo.merge_base(line.base, tip)?.ok_or_else(|| no_common_base(&stage.branch))?;
    let mut known = Known::of(state);
    let mut plan = Plan::new(state.seq, "adopt");
    plan.events = known.stage(session, Span { stage, base, tip })?;
    plan.says = format!("stage {} is adopted as branch {} stands", stage.name, stage.branch);
    Ok(plan)
}

/// Part of a stage's branch.
#[derive(Clone, Copy)]
struct Span<'a> {
    stage: &'a Stage,
    base: CommitId,
    tip: CommitId,
}

/// Changes known before, and found on the way.
#[derive(Default)]
struct Known {
    changes: BTreeMap<ChangeKey, RevisionNo>,
    unnamed: Vec<ChangeKey>,
}

struct Found {
    recorded: Vec<Event>,
    items: Vec<Imported>,
    tree: TreeId,
}

impl Known {
    fn of(state: &State) -> Self {
        let changes = state.changes.iter().map(|change| (change.key.clone(), change.latest().number));
        Self { changes: changes.collect(), unnamed: Vec::new() }
    }

    /// Changes without a key came with the repository; they count nowhere until somebody includes them (`SPEC C5`).
    fn exclusions(&self) -> Vec<Event> {
        let reason = "imported from a commit that names no change";
        let excluded = |key: &ChangeKey| Event::Excluded { change: key.clone(), reason: reason.to_owned() };
        self.unnamed.iter().map(excluded).collect()
    }

    fn stage(&mut self, session: &Session, span: Span<'_>) -> Result<Vec<Event>, EngineFailure> {
        let found = self.walk(session, span)?;
        let base = session.repo.commit_info(span.base)?;
        let mut events = found.recorded;
        events.push(Event::StageAdopted {
            stage: span.stage.name.clone(),
            base: span.base,
            base_tree: base.tree,
            head: span.tip,
            tree: found.tree,
            items: found.items,
        });
        Ok(events)
    }

    fn walk(&mut self, session: &Session, span: Span<'_>) -> Result<Found, EngineFailure> {
        let history = History::new(&session.repo, &session.pipeline)?;
        let Walk { steps, tree } = history.walk(span.base, span.tip)?;
        history.keep(&span.stage.name, &steps, session.clock.now())?;
        let mut by_change: BTreeMap<ChangeKey, Vec<usize>> = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            by_change.entry(step.change.clone()).or_default().push(at);
        }
        let mut recorded = Vec::new();
        for step in &steps {
            if !self.changes.contains_key(&step.change) {
                let mine: Vec<_> = by_change[&step.change].iter().map(|at| &steps[*at]).collect();
                recorded.push(record(session, span.stage, &mine)?);
                self.changes.insert(step.change.clone(), RevisionNo(1));
                if step.is_unnamed() {
                    self.unnamed.push(step.change.clone());
                }
            }
        }
        let items = steps.iter().map(|step| Imported {
            change: step.change.clone(),
            item: Item {
                change: ChangeIx(0),
                revision: self.changes[&step.change],
                source: Source::Commit { base: step.before, theirs: step.after },
                commit: step.commit,
                operation: None,
                resolutions: Vec::new(),
            },
        });
        let items = items.collect();
        Ok(Found { recorded, items, tree })
    }
}

/// The first revision of a change found on a branch: its commits, one after the other, on the first one's base.
fn record(session: &Session, stage: &Stage, steps: &[&crate::history::Step]) -> Result<Event, EngineFailure> {
    let content: &dyn Content = &session.repo;
    let (first, last) = (steps[0], steps[steps.len() - 1]);
    let mut tip_tree = first.after;
    for step in &steps[1..] {
        let merge = Merge { base: step.before, ours: tip_tree, theirs: step.after, scope: None };
        let merged = content.merge(merge)?;
        // Where the commits of one change do not fit without what lay between, the later one is right.
        let theirs: Vec<_> =
            merged.conflicts.iter().map(|conflict| (conflict.path.clone(), conflict.sides.theirs)).collect();
        tip_tree = content.edit(merged.tree, &theirs)?;
    }
    let info = session.repo.commit_info(last.commit)?;
    let subject = info.message.lines().next().unwrap_or_default().to_owned();
    let tip = match tip_tree == info.tree {
        true => last.commit,
        false => synthesize(session, first.parent, (tip_tree, &info.author, &subject))?,
    };
    let revision = Revision {
        number: RevisionNo(1),
        base: first.parent,
        tip,
        base_tree: first.before,
        tip_tree,
        author: info.author.clone(),
        subject: subject.clone(),
        depends_on: Vec::new(),
        attested: Vec::new(),
        recorded_at: session.clock.now(),
        sketch: Some(Sketch::of(&*content.delta(first.before, tip_tree)?)),
    };
    let owner = UserName::new(info.author.name);
    let facts = Facts { title: subject, project: None, release: None, owner, parent: None };
    let (change, origin) = (first.change.clone(), Some(stage.name.clone()));
    Ok(Event::Recorded { change, facts, revision: Box::new(revision), origin })
}

/// A commit that holds a change found in several pieces.
fn synthesize(session: &Session, parent: CommitId, what: (TreeId, &Signature, &str)) -> Result<CommitId, Fault> {
    let (tree, author, subject) = what;
    let message = format!("{subject}\n");
    let (author, committer) = (author.clone(), author.clone());
    session.repo.commit(&CommitDraft { tree, parents: vec![parent], author, committer, message })
}

fn lowest_first(session: &Session) -> Vec<&Stage> {
    let mut stages: Vec<_> = session.pipeline.stages().iter().collect();
    stages.sort_by_key(|stage| session.pipeline.below(&stage.name).len());
    stages
}

fn branch_tip(session: &Session, stage: &Stage) -> Result<CommitId, EngineFailure> {
    let found = session.repo.reference(&format!("refs/heads/{}", stage.branch))?;
    match found {
        Some(tip) => Ok(tip),
        None => Err(session.missing_branch(stage)),
    }
}

fn common_base(session: &Session, tips: &[(&Stage, CommitId)]) -> Result<CommitId, EngineFailure> {
    let mut tips_left = tips.iter();
    let Some((_, first)) = tips_left.next() else { return Err(no_common_base("").into()) };
    let mut base = *first;
    for (stage, tip) in tips_left {
        base = session.repo.merge_base(base, *tip)?.ok_or_else(|| no_common_base(&stage.branch))?;
    }
    Ok(base)
}

fn no_common_base(branch: &str) -> Refusal {
    let message = format!("branch {branch} shares no history with the other stages' branches");
    Refusal::new(Code::NoCommonBase, message, "start every stage's branch from one commit")
        .with(json!({ "branch": branch }))
}
