//! The corridor: look, decide, commit, act, tell. There is one, and it reads aloud like its drawing in ARCHITECTURE.md.

use crate::commit::{Commit, Context, ahead, hash};
use crate::failure::EngineFailure;
use crate::forecast::{Forecast, Forecasts, forecast};
use crate::session::{Depth, Session};
use serde::Serialize;
use serde_json::json;
use std::rc::Rc;
use switchback_core::content::Content;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::records::job::JobChange;
use switchback_core::words::fault::Fault;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::warning::Warning;

/// How often a lost swap is tried again.
const TRIES: usize = 3;

/// What came of an operation.
#[derive(Debug)]
pub struct Done {
    /// The plan.
    pub plan: Plan,
    /// What `--plan` names.
    pub hash: String,
    /// The state before.
    pub before: Rc<State>,
    /// The state after; in a preview the one it would lead to.
    pub after: Rc<State>,
    /// The state once every deployment asked for has been made; only a preview knows it.
    pub beyond: Rc<State>,
    /// What each deployment asked for would make; only in a preview.
    pub forecasts: Vec<Forecast>,
    /// What acting had to say.
    pub warnings: Vec<Warning>,
    /// Whether it happened.
    pub depth: Depth,
}

impl Session {
    /// Carries one request through the corridor.
    ///
    /// # Errors
    /// A refusal of the rule, `plan-outdated`, or a fault; then nothing was done.
    pub fn carry_out<R: Serialize>(
        &self,
        asked: &R,
        decide: impl Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Done, EngineFailure> {
        self.carry_out_with(asked, &[], decide)
    }

    /// The same with changes to the queue in the same transaction.
    ///
    /// # Errors
    /// As [`carry_out`](Session::carry_out).
    pub fn carry_out_with<R: Serialize>(
        &self,
        asked: &R,
        jobs: &[JobChange],
        decide: impl Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Done, EngineFailure> {
        for _ in 0..TRIES {
            let before = self.look_and_reconcile()?;
            self.options.progress.begin("working the plan out", 0);
            let decided = decide(&self.snapshot(&before), &self.repo);
            self.options.progress.end();
            let plan = decided?;
            self.is_as_approved(&plan)?;
            if self.options.depth == Depth::Preview {
                return self.preview(plan, before);
            }
            let asked = serde_json::to_value(asked).unwrap_or_default();
            let hash = hash(&plan);
            let committed = match self.commit(plan, Context { asked, jobs })? {
                Commit::Done(committed) => committed,
                Commit::Lost => continue,
            };
            let after = self.look()?;
            let mut warnings = self.act(&committed, &before, &after)?;
            warnings.extend(self.heard());
            let plan = committed.plan;
            let (forecasts, depth, beyond) = (Vec::new(), Depth::Carry, Rc::clone(&after));
            return Ok(Done { plan, hash, before, after, beyond, forecasts, warnings, depth });
        }
        let message = "others kept changing the pipeline while this was planned";
        Err(Fault::new("ledger-busy", message, "try again").into())
    }

    /// Plans in a state that need not be the present one, and looks ahead.
    ///
    /// # Errors
    /// A refusal of the rule, or a fault.
    pub fn preview_in(
        &self,
        before: Rc<State>,
        decide: impl Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
    ) -> Result<Done, EngineFailure> {
        let plan = decide(&self.snapshot(&before), &self.repo)?;
        self.preview(plan, before)
    }

    fn preview(&self, plan: Plan, before: Rc<State>) -> Result<Done, EngineFailure> {
        let after = Rc::new(ahead(self, &before, &plan));
        let Forecasts { all: forecasts, state } = forecast(self, &after, &plan)?;
        let (hash, beyond) = (hash(&plan), Rc::new(state));
        Ok(Done { plan, hash, before, after, beyond, forecasts, warnings: self.heard(), depth: Depth::Preview })
    }

    /// A plan that was approved is carried out as it was shown, or not at all.
    fn is_as_approved(&self, plan: &Plan) -> Result<(), EngineFailure> {
        let hash = hash(plan);
        match &self.options.plan {
            Some(approved) if *approved != hash => {
                let message = format!("the plan is now {hash}, not {approved}: {}", plan.says);
                let hint = "look at it again with `--dry-run`, then name the new hash";
                Err(Refusal::new(Code::PlanOutdated, message, hint)
                    .with(json!({ "approved": approved, "plan": hash }))
                    .into())
            }
            _ => Ok(()),
        }
    }
}
