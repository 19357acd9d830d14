//! Ready branches: what promotions bring, for people to merge (`SPEC W4`). The ledger says which there are; a ref of ours says
//! where each was put, so that one that somebody took away or edited is told from one that has yet to be made.

use crate::desk::Desk;
use crate::elsewhere::is_elsewhere;
use crate::failure::EngineFailure;
use crate::kept_refs::{READY, made_ready, ready_ref};
use std::collections::BTreeMap;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::moving::ready;
use switchback_core::ports::branches::BranchMove;
use switchback_core::ports::repository::RefMove;
use switchback_core::records::promotion::Promotion;
use switchback_core::records::under_way::ready_branch;
use switchback_core::words::details::Details;
use switchback_core::words::names::OperationId;
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::Remedy;
use switchback_core::words::warning::Warning;
use switchback_machine::failpoint;

/// What can be done about a ready branch that cannot be merged.
const AGAIN: &str = "run the promotion again to make it anew, on top, or call it off";

/// The warning about a ready branch that is not where it was put.
const MOVED: &str = "ready-branch-moved";

impl Desk<'_> {
    /// Makes the branches of promotions that wait for people, and takes away those of promotions that do not any more. May
    /// run twice; what a remote does not take now is tried again when somebody looks next. `anew` are those that somebody
    /// just ran.
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn ready_branches_follow(
        &self,
        state: &State,
        anew: &[OperationId],
    ) -> Result<Vec<Warning>, EngineFailure> {
        let mut put = self.put()?;
        let mut told = Vec::new();
        for (id, head) in heads(state) {
            let was = put.remove(&id);
            if was != Some(head) || anew.contains(&id) {
                told.extend(self.unless_elsewhere(self.make_ready(id, was, head))?);
            }
        }
        for (id, was) in put {
            told.extend(self.unless_elsewhere(self.clear_away(state, id, was))?);
        }
        Ok(told)
    }

    /// Where ready branches were put.
    fn put(&self) -> Result<BTreeMap<OperationId, CommitId>, EngineFailure> {
        let refs = self.repo.references(READY)?;
        Ok(refs.into_iter().filter_map(|(name, at)| Some((made_ready(&name)?, at))).collect())
    }

    fn unless_elsewhere(&self, told: Result<Vec<Warning>, EngineFailure>) -> Result<Vec<Warning>, EngineFailure> {
        match told {
            Err(EngineFailure::Fault(fault)) if is_elsewhere(&fault) => Ok(vec![fault.into()]),
            told => told,
        }
    }

    fn make_ready(&self, id: OperationId, was: Option<CommitId>, to: CommitId) -> Result<Vec<Warning>, EngineFailure> {
        let branch = ready_branch(id);
        if !self.is_there(to) {
            return Ok(Vec::new());
        }
        let from = self.house.branches.tip(&*self.repo, &branch)?;
        let is_ours = from.is_none() || from == was || from == Some(to);
        let moved = RefMove { name: full(&branch), from, to: Some(to) };
        if !is_ours || (from != Some(to) && !self.house.branches.put(&*self.repo, &moved)?) {
            let message = format!("branch {branch} of {id} was moved by somebody else meanwhile");
            let hint = format!("take that branch away or merge it, and run {id} again");
            return Ok(vec![Warning::of(MOVED, message).mended_by(hint)]);
        }
        failpoint::hit("corridor.made-ready");
        self.remember(id, was, Some(to))?;
        match from.filter(|from| *from != to) {
            Some(from) => self.bring_along(BranchMove { branch: &branch, from, to }),
            None => Ok(Vec::new()),
        }
    }

    /// Takes the branch of a promotion away that does not wait any more, unless it holds what nobody else does.
    fn clear_away(&self, state: &State, id: OperationId, was: CommitId) -> Result<Vec<Warning>, EngineFailure> {
        let branch = ready_branch(id);
        let mut told = Vec::new();
        if let Some(tip) = self.house.branches.tip(&*self.repo, &branch)? {
            let moved = RefMove { name: full(&branch), from: Some(tip), to: None };
            let stays = match self.is_merged(state, id, tip)? || tip == was {
                false => Some("somebody edited it"),
                true if self.is_shown(&branch, tip)? => Some("a work tree shows it"),
                true => (!self.house.branches.put(&*self.repo, &moved)?).then_some("somebody moved it meanwhile"),
            };
            let left = |why| {
                let hint = format!("take it away with `git branch -D {branch}` where it is not needed");
                Warning::of(MOVED, format!("branch {branch} stays: {why}")).mended_by(hint)
            };
            told.extend(stays.map(left));
        }
        self.remember(id, Some(was), None)?;
        Ok(told)
    }

    fn is_merged(&self, state: &State, id: OperationId, tip: CommitId) -> Result<bool, EngineFailure> {
        let line = state.promotion(id).and_then(|one| state.lines.get(&one.destination));
        Ok(line.map_or(Ok(false), |line| self.repo.reaches(line.head, tip))?)
    }

    /// Whether a work tree has the branch checked out: git would not take it away either.
    fn is_shown(&self, branch: &str, at: CommitId) -> Result<bool, EngineFailure> {
        let shows = self.house.branches.follow(&*self.repo, BranchMove { branch, from: at, to: at })?;
        Ok(!shows.is_empty())
    }

    fn remember(&self, id: OperationId, from: Option<CommitId>, to: Option<CommitId>) -> Result<(), EngineFailure> {
        if from != to {
            self.move_kept(&[RefMove { name: ready_ref(id), from, to }])?;
        }
        Ok(())
    }

    /// Refuses to make a branch ready where somebody else has one of that name, or edited what was made: nothing of theirs
    /// is lost.
    ///
    /// # Errors
    /// `ready-branch-taken`, or a fault of the repository.
    pub(crate) fn unless_taken(&self, plan: &Plan) -> Result<(), EngineFailure> {
        for id in made_by(&plan.events) {
            let branch = ready_branch(id);
            let Some(tip) = self.house.branches.tip(&*self.repo, &branch)? else { continue };
            if self.put()?.get(&id) != Some(&tip) {
                let at = tip.0.short();
                let message = format!("branch {branch} is at {at}, which is not what Switchback put there");
                let hint = format!("merge it, or take it away with `git branch -D {branch}`, and run {id} again");
                let no = Refusal::new(Code::ReadyBranchTaken, message, Remedy::advice(&hint));
                return Err(no.with(Details::Branch { branch }).into());
            }
        }
        Ok(())
    }

    /// What whoever looks must know of promotions that wait for people.
    ///
    /// # Errors
    /// A fault of the repository.
    pub fn about_ready(&self, state: &State) -> Result<Vec<Warning>, EngineFailure> {
        if ready::waiting(state).next().is_none() {
            return Ok(Vec::new());
        }
        let put = self.put()?;
        let mut told = Vec::new();
        for (id, head) in heads(state) {
            let Some(promotion) = state.promotion(id) else { continue };
            let tip = self.house.branches.tip(&*self.repo, &ready_branch(id))?;
            let stands = match tip {
                None if put.get(&id) == Some(&head) => Stands::Nowhere,
                Some(tip) if tip != head => Stands::At(tip),
                _ => Stands::WhereItWasPut,
            };
            told.extend(said(state, promotion, stands));
        }
        Ok(told)
    }
}

/// Where a ready branch stands.
#[derive(Clone, Copy)]
enum Stands {
    /// Where it was put, or has yet to be.
    WhereItWasPut,
    /// Elsewhere.
    At(CommitId),
    /// Somebody took it away.
    Nowhere,
}

/// How it stands with one ready branch.
fn said(state: &State, promotion: &Promotion, stands: Stands) -> Option<Warning> {
    let (id, branch, stage) = (promotion.id, ready_branch(promotion.id), &promotion.destination);
    match stands {
        Stands::Nowhere => {
            let message = format!("branch {branch} is gone, and {stage} does not hold all that {id} brings");
            Some(Warning::of("ready-branch-gone", message).mended_by(AGAIN))
        }
        Stands::At(tip) => {
            let message = format!("branch {branch} is at {}: somebody edited it after {id} made it", tip.0.short());
            let hint = format!("merge it; what comes to {stage} of it is judged by its content");
            Some(Warning::of(MOVED, message).mended_by(hint))
        }
        Stands::WhereItWasPut if ready::has_moved_on(state, promotion) => {
            let message =
                format!("{stage} moved on after {id} was made ready on branch {branch}, which may conflict now");
            Some(Warning::new(Code::StageMovedOn, message).mended_by(AGAIN))
        }
        Stands::WhereItWasPut => None,
    }
}

/// The promotions that wait for people, each with where its branch shall stand.
fn heads(state: &State) -> impl Iterator<Item = (OperationId, CommitId)> + '_ {
    ready::waiting(state).filter_map(|one| Some((one.id, one.under_way.as_deref()?.heads().next()?.1)))
}

/// The promotions that some events make ready.
pub(crate) fn made_by(events: &[Event]) -> Vec<OperationId> {
    let made = |event: &Event| match event {
        Event::Promotion(promotion) if promotion.awaits_merge() => Some(promotion.id),
        _ => None,
    };
    events.iter().filter_map(made).collect()
}

fn full(branch: &str) -> String {
    format!("refs/heads/{branch}")
}
