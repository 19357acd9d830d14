//! reconcile: what others did to the stages' branches, and what came with a fetch, is taken in before an operation plans
//! anything (`SPEC L8`).

use crate::arrivals::Standing;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::gather;
use crate::remembered::Arrived;
use crate::visit::{Depth, Visit};
use serde_json::json;
use std::sync::Arc;
use switchback_core::content::Content;
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::moving::ready;
use switchback_core::ops::adopt::{self, Arrival};
use switchback_core::ops::learn::{self, Came};
use switchback_core::ops::merged;
use switchback_core::words::names::OperationId;
use switchback_core::words::warning::Warning;

/// What is not taken in yet.
enum News {
    Commits(Arrival),
    Resolutions(Came),
    /// People merged what a promotion had made ready, or a part of that.
    Merged(OperationId),
}

impl Desk<'_> {
    /// The state, after taking in what others brought. A preview takes it in on paper. Rewritten branches are left
    /// alone: [`rewritten_branches`](Desk::rewritten_branches) tells of them.
    ///
    /// # Errors
    /// A fault.
    pub fn look_and_reconcile(&self) -> Result<Arc<State>, EngineFailure> {
        let mut state = self.look()?;
        while let Some(news) = self.news(&state)? {
            let from = Arc::clone(&state);
            state = match news {
                News::Commits(arrival) => {
                    let plan =
                        |snapshot: &Snapshot<'_>, content: &dyn Content| adopt::plan(snapshot, content, &arrival);
                    match (self.take_in(&arrival.asked(), Arc::clone(&from), &plan), &arrival) {
                        (Err(failure), Arrival::Pushed(stretch)) => self.put_aside(stretch, failure).map(|()| from)?,
                        (taken, _) => taken?,
                    }
                }
                News::Resolutions(came) => {
                    let asked = json!({ "adopt": "resolutions that came with the repository" });
                    self.take_in(&asked, from, &|snapshot, _| Ok(learn::plan(snapshot, &came)))?
                }
                News::Merged(promotion) => self.go_on_merged(promotion, from)?,
            };
        }
        // What a remote did not take when it was made ready, or who died did not do.
        if self.visit.depth == Depth::Act && (ready::waiting(&state).next().is_some() || self.house.contact().is_some())
        {
            self.hear(self.ready_branches_follow(&state, &[])?);
        }
        Ok(state)
    }

    /// What others brought that is not taken in yet.
    fn news(&self, state: &State) -> Result<Option<News>, EngineFailure> {
        if let Some(arrival) = self.arrival(state)? {
            return Ok(Some(News::Commits(arrival)));
        }
        match self.resolutions_arrived(state)? {
            Arrived::Ahead(base, tip) => return Ok(Some(News::Resolutions(self.learned(state, (base, tip))?))),
            Arrived::Behind(from, head) => self.hear_of(self.bring_level(from, head).map(|()| Vec::new()))?,
            Arrived::Nothing => {}
        }
        Ok(merged::over(state).next().map(|promotion| News::Merged(promotion.id)))
    }

    /// In the name of whoever ran the promotion, with what they may do now.
    fn go_on_merged(&self, id: OperationId, found: Arc<State>) -> Result<Arc<State>, EngineFailure> {
        let ready = found.promotion(id).and_then(|one| one.under_way.as_ref()?.ready.as_ref());
        let principal = ready.map_or_else(|| self.visit.principal.clone(), |ready| (self.house.people)(&ready.by));
        let visit = Visit { principal, reason: None, approved: None, ..self.visit.clone() };
        let desk = self.house.receive(&visit)?;
        let plan = |snapshot: &Snapshot<'_>, content: &dyn Content| merged::take_in(snapshot, content, id);
        let after = desk.take_in(&json!({ "merged": id }), found, &plan)?;
        self.hear(desk.heard());
        Ok(after)
    }

    /// What keeps a ref from following stops nobody who asks for something else (a lock that a dead process left): it
    /// is told.
    fn hear_of(&self, moved: Result<Vec<Warning>, EngineFailure>) -> Result<(), EngineFailure> {
        self.hear(match moved {
            Err(EngineFailure::Fault(fault)) => vec![fault.into()],
            moved => moved?,
        });
        Ok(())
    }

    /// The first stage whose branch is not where its line is, with what lies between.
    fn arrival(&self, state: &State) -> Result<Option<Arrival>, EngineFailure> {
        for stage in state.pipeline().stages() {
            let Some(line) = state.lines.get(&stage.name) else {
                return gather::new_stage(self, state, stage).map(|stretch| Some(Arrival::NewStage(stretch)));
            };
            match self.standing(stage, line)? {
                // A preview moves nothing, and the line says what the branch will hold.
                Standing::Behind(from) if self.visit.depth == Depth::Act => {
                    self.hear_of(self.move_branch(&stage.name, from, line.head))?;
                }
                // A rewritten branch stops what needs its stage, and nothing else.
                Standing::Level | Standing::Behind(_) | Standing::Rewritten(_) => {}
                // What a newer ledger did is no news either.
                Standing::Ahead(_) if self.is_put_aside(&stage.name) => {}
                Standing::Ahead(tip) if self.newer_than_ledger(state, (stage, line), tip)?.is_some() => {}
                Standing::Ahead(tip) => {
                    return gather::stretch(self, stage, (line.head, tip))
                        .map(|stretch| Some(Arrival::Pushed(stretch)));
                }
            }
        }
        Ok(None)
    }
}
