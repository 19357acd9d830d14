//! The corridor: look, decide, commit, act, tell. There is one, and it reads aloud like its drawing in ARCHITECTURE.md.
//! Nothing else appends to the ledger.

use crate::act::{self, Committed};
use crate::acting;
use crate::approval::{hash, outdated};
use crate::desk::Desk;
use crate::elsewhere::{self, Safe};
use crate::failure::EngineFailure;
use crate::forecast::{Forecast, Forecasts, forecast};
use crate::look::{Said, written};
use crate::patience::{Patience, busy};
use crate::visit::{Depth, Visit};
use crate::witnessed::failed;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use switchback_core::content::Content;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::ports::ledger::{Append, NewEntry};
use switchback_core::ports::witness::{Came, Work};
use switchback_core::records::job::{Held, JobChange};
use switchback_core::words::object::Oid;
use switchback_core::words::warning::Warning;
use switchback_machine::failpoint;

/// What came of an operation.
#[derive(Debug)]
pub struct Done {
    /// The plan.
    pub plan: Plan,
    /// What `--plan` names.
    pub hash: String,
    /// The state before.
    pub before: Arc<State>,
    /// The state after; in a preview the one it would lead to.
    pub after: Arc<State>,
    /// The state once every deployment asked for has been made; only a preview knows it.
    pub beyond: Arc<State>,
    /// What each deployment asked for would make; only in a preview.
    pub forecasts: Vec<Forecast>,
    /// What acting had to say.
    pub warnings: Vec<Warning>,
    /// Whether it happened.
    pub depth: Depth,
}

/// What became of something done under a lease.
#[derive(Debug)]
pub enum Passed {
    /// It is done.
    Done(Box<Done>),
    /// Another worker holds the job by now; nothing was written.
    TakenOver,
}

/// What goes down the corridor beside the rule itself.
struct Errand {
    /// The request, as it stood.
    asked: Value,
    /// The lease it is done under.
    held: Option<Held>,
    /// Where it looks from.
    view: View,
    /// Whether the plan that somebody approved is this one.
    approval: Approval,
}

/// Whether the plan that somebody approved is the plan of this errand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Approval {
    /// It is.
    Asked,
    /// It is that of the operation this comes before, or belongs to.
    Elsewhere,
}

/// Which state a rule is shown.
enum View {
    /// After what others brought has been taken in.
    Reconciled,
    /// As the ledger stands.
    AsItStands,
    /// As somebody found the ledger just now.
    Found(Arc<State>),
    /// This one, which need not be the present one: for looking further ahead. Nothing is carried out from there.
    Imagined(Arc<State>),
}

/// What became of a commit.
enum Commit {
    Done(Box<Committed>, Arc<State>),
    Lost,
    Fenced,
}

impl Desk<'_> {
    /// Carries one request through the corridor.
    ///
    /// # Errors
    /// A refusal of the rule, `plan-outdated`, or a fault; then nothing was done.
    pub fn carry_out<R: Serialize>(
        &self,
        asked: &R,
        decide: impl Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Done, EngineFailure> {
        self.carry(
            Errand { asked: kept(asked), held: None, view: View::Reconciled, approval: Approval::Asked },
            &decide,
        )
    }

    /// The same without taking in first what others brought: for taking it in, and for what concerns the record alone.
    ///
    /// # Errors
    /// As [`carry_out`](Desk::carry_out).
    pub fn carry_out_as_it_stands<R: Serialize>(
        &self,
        asked: &R,
        decide: impl Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Done, EngineFailure> {
        self.carry(
            Errand { asked: kept(asked), held: None, view: View::AsItStands, approval: Approval::Asked },
            &decide,
        )
    }

    /// Plans in a state that need not be the present one, and looks ahead. Nothing is carried out.
    ///
    /// # Errors
    /// A refusal of the rule, or a fault.
    pub fn preview_in(
        &self,
        before: Arc<State>,
        decide: impl Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Done, EngineFailure> {
        let (view, approval) = (View::Imagined(before), Approval::Asked);
        self.carry(Errand { asked: Value::Null, held: None, view, approval }, &decide)
    }

    /// The same as [`carry_out_as_it_stands`](Desk::carry_out_as_it_stands) under a job's lease: refused by the ledger
    /// when it is not this worker's any more.
    ///
    /// # Errors
    /// A refusal of the rule, or a fault; then nothing was done.
    pub fn carry_out_under<R: Serialize>(
        &self,
        held: Held,
        asked: &R,
        decide: impl Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Passed, EngineFailure> {
        let (view, approval) = (View::AsItStands, Approval::Elsewhere);
        self.pass(&Errand { asked: kept(asked), held: Some(held), view, approval }, &decide)
    }

    /// Takes in what others brought: an entry of its own before the operation's. Gives the state to look from next.
    ///
    /// # Errors
    /// A refusal of the rule, or a fault.
    pub(crate) fn take_in(
        &self,
        asked: &Value,
        found: Arc<State>,
        decide: &dyn Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Arc<State>, EngineFailure> {
        let (view, approval) = (View::Found(found), Approval::Elsewhere);
        let errand = Errand { asked: asked.clone(), held: None, view, approval };
        match self.before_witness(&errand, || self.once(&errand, decide))? {
            Some(Passed::Done(done)) => {
                self.hear(done.plan.warnings);
                self.hear(done.warnings);
                Ok(done.after)
            }
            Some(Passed::TakenOver) | None => self.look_or_begin(),
        }
    }

    fn carry(
        &self,
        errand: Errand,
        decide: &dyn Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Done, EngineFailure> {
        match self.pass(&errand, decide)? {
            Passed::Done(done) => Ok(*done),
            Passed::TakenOver => Err(busy().into()),
        }
    }

    fn pass(
        &self,
        errand: &Errand,
        decide: &dyn Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Passed, EngineFailure> {
        let until_passed = || {
            let mut patience = errand.patience();
            loop {
                if let Some(passed) = self.once(errand, decide)? {
                    return Ok(Some(passed));
                }
                if self.house.is_interrupted() || !patience.pause() {
                    return Err(busy().into());
                }
            }
        };
        self.before_witness(errand, until_passed)?.ok_or_else(|| busy().into())
    }

    /// Somebody watches what is carried out, not what is only planned.
    fn before_witness(
        &self,
        errand: &Errand,
        run: impl Fn() -> Result<Option<Passed>, EngineFailure>,
    ) -> Result<Option<Passed>, EngineFailure> {
        match errand.is_preview(self.visit.depth) {
            true => run(),
            false => self.house.witnessed(Work::Operation(&self.visit.principal.user), run, of_operation),
        }
    }

    /// The corridor. `None` when somebody else was first: look again.
    fn once(
        &self,
        errand: &Errand,
        decide: &dyn Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Option<Passed>, EngineFailure> {
        let before = self.look_from(&errand.view)?;
        self.is_as_seen(errand, &before)?;
        self.progress().begin("working the plan out", 0);
        let made = self.repo.made();
        let decided = decide(&self.snapshot(&before), &*self.repo);
        self.progress().end();
        let plan = match errand.view {
            View::Reconciled => self.unless_apart(&before, &errand.asked, decided)?,
            // Branches answer to what was done, not to what is imagined before this.
            View::Imagined(_) => self.unless_apart(&self.house.known(), &errand.asked, decided)?,
            View::AsItStands | View::Found(_) => decided?,
        };
        let plan = self.with_what_is_not_sent(plan)?;
        let hash = hash(&plan);
        self.is_as_approved(errand, &plan, &hash)?;
        if errand.is_preview(self.visit.depth) {
            let done = self.preview(plan, hash, before)?;
            return Ok(Some(Passed::Done(Box::new(done))));
        }
        if plan.is_empty() {
            return Ok(Some(Passed::Done(Box::new(self.nothing(plan, hash, before)))));
        }
        let (committed, after) = match self.commit((plan, &hash), (&before, made), errand)? {
            Commit::Done(committed, after) => (*committed, after),
            Commit::Lost => return Ok(None),
            Commit::Fenced => return Ok(Some(Passed::TakenOver)),
        };
        let mut warnings = self.act(&committed, &before, &after)?;
        warnings.extend(self.heard());
        let plan = committed.plan;
        let (forecasts, depth, beyond) = (Vec::new(), Depth::Act, Arc::clone(&after));
        let done = Done { plan, hash, before, after, beyond, forecasts, warnings, depth };
        Ok(Some(Passed::Done(Box::new(done))))
    }

    fn look_from(&self, view: &View) -> Result<Arc<State>, EngineFailure> {
        match view {
            View::Reconciled => self.look_and_reconcile(),
            View::AsItStands => self.look_or_begin(),
            View::Found(state) | View::Imagined(state) => Ok(Arc::clone(state)),
        }
    }

    /// What an entry says beside its plan.
    fn said(&self, errand: &Errand) -> Said<'_> {
        let Visit { principal, reason, .. } = self.visit;
        let through = principal.through.as_ref().map(|through| through.token.as_str());
        Said { asked: errand.asked.clone(), reason: reason.as_deref(), through }
    }

    /// A plan that tells nothing has come to its end when it was made.
    fn nothing(&self, plan: Plan, hash: String, before: Arc<State>) -> Done {
        let (after, beyond) = (Arc::clone(&before), Arc::clone(&before));
        Done { plan, hash, before, after, beyond, forecasts: Vec::new(), warnings: self.heard(), depth: Depth::Act }
    }

    fn preview(&self, plan: Plan, hash: String, before: Arc<State>) -> Result<Done, EngineFailure> {
        let after = self.ahead(&before, &plan)?;
        let Forecasts { all: forecasts, state, .. } = forecast(self, &after, &plan)?;
        let after = match &plan.then {
            Some(then) => Arc::new(self.with_facts(&after, &then.events)?),
            None => Arc::new(after),
        };
        let (warnings, beyond) = (self.heard(), Arc::new(state));
        Ok(Done { plan, hash, before, after, beyond, forecasts, warnings, depth: Depth::Plan })
    }

    /// What somebody edits is as they saw it, or stays.
    fn is_as_seen(&self, errand: &Errand, before: &State) -> Result<(), EngineFailure> {
        if errand.approval == Approval::Asked { Ok(self.must_be_as_seen(before)?) } else { Ok(()) }
    }

    /// A plan that was approved is carried out as it was shown, or not at all.
    fn is_as_approved(&self, errand: &Errand, plan: &Plan, hash: &str) -> Result<(), EngineFailure> {
        match &self.visit.approved {
            Some(approved) if errand.approval == Approval::Asked && approved != hash => {
                Err(outdated(approved, hash, &plan.says).into())
            }
            _ => Ok(()),
        }
    }

    /// The point of no return (`SPEC L7`): objects are stored first, unreferenced; then one entry is appended with
    /// compare-and-swap, together with its jobs.
    ///
    /// `made` is how much had been made before the rule decided. Of what it tried out since, only what the entry names
    /// is stored.
    fn commit(
        &self,
        (plan, hash): (Plan, &str),
        (before, made): (&Arc<State>, usize),
        errand: &Errand,
    ) -> Result<Commit, EngineFailure> {
        let plan = self.with_resolutions(plan, before)?;
        // One moment for the entry and for the state that is kept with it.
        let now = self.clock.now();
        // What the fold would refuse must not get into the ledger.
        let after = self.with_facts_at(before, &plan.events, now)?;
        let body = written(&plan, hash, self.said(errand))?;
        self.repo.drop_unreached(made, &named(&body));
        self.repo.store()?;
        failpoint::hit("corridor.stored");
        let (actor, kind) = (self.visit.principal.user.to_string(), plan.kind.to_owned());
        let notices = self.to_be_told(&plan, (before, &after), now)?;
        let row = NewEntry { at: now, actor, kind, body, notices };
        let mut jobs: Vec<JobChange> = plan.queue.clone();
        jobs.extend(self.enqueued(&plan, now));
        let moves = act::announced(&plan, before, &after);
        let note = acting::announce(&self.repo.git_dir(), plan.guard, &moves)?;
        let operation = elsewhere::operation(self.house.name(), plan.guard, hash);
        let appended = match self.secure(&operation, &plan, &moves) {
            Ok(Safe::Yes) => {
                failpoint::hit("corridor.secured");
                self.ledger.append(plan.guard, row, &jobs, errand.held)
            }
            Ok(Safe::LookAgain) => Ok(Append::Lost(plan.guard)),
            Err(fault) => Err(fault),
        };
        if let Ok(Append::Done(row)) = appended {
            failpoint::hit("corridor.committed");
            let after = self.arrived_at(after, &row)?;
            return Ok(Commit::Done(Box::new(Committed::new(plan, note, operation)), after));
        }
        // Where that fails, whoever repairs this house does it.
        let _ = self.house.branches.release(&*self.repo, &operation);
        note.take_back();
        match appended? {
            // Without a lease of one's own, the queue has changed since it was looked at: look again.
            Append::Fenced if errand.held.is_some() => Ok(Commit::Fenced),
            Append::Fenced | Append::Lost(_) | Append::Done(_) => Ok(Commit::Lost),
        }
    }
}

impl Errand {
    /// What is done under a lease is tried again as long as the lease holds.
    fn patience(&self) -> Patience {
        if self.held.is_some() { Patience::endless() } else { Patience::limited() }
    }

    fn is_preview(&self, depth: Depth) -> bool {
        depth == Depth::Plan || matches!(self.view, View::Imagined(_))
    }
}

/// What came of a request.
fn of_operation(passed: &Result<Option<Passed>, EngineFailure>) -> Came {
    match passed {
        Ok(Some(Passed::Done(done))) => {
            let outcome = if done.plan.is_empty() { "nothing" } else { "done" };
            let (kind, operation, seq) = (Some(done.plan.kind), done.plan.operation, Some(done.after.seq));
            Came { kind, operation, seq, ..Came::to(outcome) }
        }
        Ok(Some(Passed::TakenOver) | None) => Came::to("overtaken"),
        Err(failure) => failed(failure),
    }
}

fn kept<R: Serialize>(asked: &R) -> Value {
    serde_json::to_value(asked).unwrap_or_default()
}

/// Every object that a written entry names: ids stand in it as 40 hexadecimal digits. What looks like one and is none does no
/// harm.
pub(crate) fn named(body: &str) -> HashSet<Oid> {
    let words = body.split(|char: char| !char.is_ascii_hexdigit());
    words.filter_map(Oid::from_hex).collect()
}
