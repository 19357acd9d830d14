//! commit: the point of no return. Objects are stored first, unreferenced; then one entry is appended with
//! compare-and-swap (`SPEC L7`).

use crate::acting;
use crate::failure::EngineFailure;
use crate::session::{Patience, Session};
use serde_json::Value;
use sha2::{Digest, Sha256};
use switchback_core::ledger::entry::{Body, FORMAT};
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::ports::ledger::Append;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::ledger::NewEntry;
use switchback_core::ports::repository::Repo;
use switchback_core::records::deployment::{Deployment, DeploymentKind};
use switchback_core::records::job::Job;
use switchback_core::records::job::JobChange;
use switchback_core::records::job::JobState;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Seq, Time};
use switchback_machine::failpoint;
use switchback_machine::notes::Note;
use switchback_machine::worker;

/// Proof that a plan was appended. Only this may be acted on.
#[must_use]
pub struct Committed {
    /// Where it stands in the ledger.
    pub seq: Seq,
    /// The plan.
    pub plan: Plan,
    note: Note,
}

impl Committed {
    /// Nothing follows from it any more.
    pub fn settle(&self) {
        self.note.take_back();
    }
}

/// What became of a commit.
pub enum Commit {
    /// It stands.
    Done(Committed),
    /// Somebody else was first: look again.
    Lost,
}

/// What is appended beside the plan's own facts.
pub struct Context<'a> {
    /// The request, as it stood.
    pub asked: Value,
    /// Changes to the queue beside the plan's own deployments.
    pub jobs: &'a [JobChange],
}

impl Session {
    /// Appends a plan at the position it was made at.
    ///
    /// # Errors
    /// A fault of the repository or the ledger; then nothing was done.
    pub fn commit(&self, plan: Plan, context: Context<'_>) -> Result<Commit, EngineFailure> {
        debug_assert!(plan.first.is_empty(), "development areas are rolled back before a demotion is committed");
        let plan = self.with_resolutions(plan)?;
        self.repo.store()?;
        failpoint::hit("corridor.stored");
        let now = self.clock.now();
        let row = NewEntry {
            at: now,
            actor: self.actor.user.to_string(),
            kind: plan.kind.to_owned(),
            body: body(&plan, context.asked, self.options.reason.clone())?,
        };
        let mut jobs: Vec<JobChange> = context.jobs.to_vec();
        let mut asked: Vec<&Deployment> = plan.deployments().collect();
        // The queue wants a group in ascending order, or two groups could wait for each other.
        asked.sort_by_key(|asked| asked.sequence);
        jobs.extend(asked.into_iter().map(|asked| JobChange::Enqueue(Box::new(self.job_for(asked, now)))));
        let note = acting::announce(&self.repo.git_dir(), plan.guard)?;
        match self.ledger.append(plan.guard, row, &jobs) {
            Ok(Append::Done(row)) => {
                failpoint::hit("corridor.committed");
                Ok(Commit::Done(Committed { seq: row.seq, plan, note }))
            }
            Ok(Append::Lost(_) | Append::Fenced) => {
                note.take_back();
                Ok(Commit::Lost)
            }
            Err(fault) => {
                note.take_back();
                Err(fault.into())
            }
        }
    }
}

fn body(plan: &Plan, asked: Value, reason: Option<String>) -> Result<String, Fault> {
    let body = Body {
        format: FORMAT,
        operation: plan.operation,
        reason,
        asked,
        says: plan.says.clone(),
        plan: hash(plan),
        privileges: plan.privileges.clone(),
        warnings: plan.warnings.clone(),
        events: plan.events.clone(),
    };
    serde_json::to_string(&body).map_err(|error| {
        Fault::new("ledger-failed", format!("an entry cannot be written: {error}"), "report this as a bug")
    })
}

/// The hash `--plan` names: equal plans, equal hash, whenever they are made.
pub fn hash(plan: &Plan) -> String {
    let digest = Sha256::digest(plan.essence().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl Session {
    /// The job that carries a deployment out. Deployments of one move wait for each other by sequence (`SPEC A8`);
    /// rollbacks for a demoted change are each on their own (`SPEC D7`). Whoever means to wait for it is its worker
    /// already, so that the next start sees that nobody is left to run it.
    fn job_for(&self, asked: &Deployment, now: Time) -> Job {
        let stage = self.pipeline.area(&asked.area).map_or("", |area| area.stage.as_str());
        let group = match asked.kind {
            DeploymentKind::Remove | DeploymentKind::Rewrite => asked.id.to_string(),
            _ => format!("{}/{stage}", asked.operation),
        };
        let worker = match self.options.patience {
            Patience::Wait => worker::name(),
            Patience::Leave => String::new(),
        };
        Job {
            id: 0,
            area: asked.area.clone(),
            deployment: asked.id,
            operation: asked.operation,
            group,
            sequence: asked.sequence,
            body: String::new(),
            state: JobState::Queued,
            run_at: now,
            attempts: 0,
            token: 0,
            worker,
            lease_until: Time(0),
            outcome: String::new(),
        }
    }
}

/// The state after a plan, for previews.
pub fn ahead(session: &Session, state: &State, plan: &Plan) -> State {
    let told = switchback_core::ledger::fold::Attribution {
        by: &session.actor.user,
        at: session.clock.now(),
        reason: session.options.reason.as_deref(),
    };
    state.after(&plan.events, told)
}
