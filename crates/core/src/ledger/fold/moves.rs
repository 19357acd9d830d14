//! The part of the fold that keeps the records of promotions and demotions.

use crate::ledger::entry::Event;
use crate::ledger::fold::Attribution;
use crate::ledger::state::State;
use crate::records::demotion::{Demoted, Demotion, StoppedDemotion};
use crate::records::promotion::Promotion;
use crate::records::schedule::LastRun;
use crate::words::names::{ChangeKey, OperationId, OperationKind, StageName};

/// What a demotion took out, and what follows from it.
pub(super) struct Followed<'a> {
    pub demoted: &'a [Demoted],
    pub rollbacks: &'a [OperationId],
    pub deployments: &'a [OperationId],
}

impl Followed<'_> {
    pub(super) fn onto(&self, known: &mut Demotion) {
        known.waiting = None;
        known.demoted.extend_from_slice(self.demoted);
        known.rollbacks.extend_from_slice(self.rollbacks);
        known.deployments.extend_from_slice(self.deployments);
    }
}

pub(super) fn stopped(changes: &[ChangeKey], code: &str, message: &str) -> StoppedDemotion {
    StoppedDemotion { changes: changes.to_vec(), code: code.to_owned(), message: message.to_owned() }
}

impl State {
    /// Changes left their stages; what was attested of them may be taken back along the way.
    pub(super) fn leave(
        &mut self,
        (demotion, target): (OperationId, &StageName),
        followed: &Followed<'_>,
        told: Attribution<'_>,
    ) -> Result<(), String> {
        self.demotion_of(demotion, target, told).map(|known| followed.onto(known))?;
        followed.demoted.iter().try_for_each(|one| self.withdraw_along(one))
    }

    /// A schedule ran; what became of its earlier runs is told by this one.
    pub(super) fn ran(&mut self, event: &Event, told: Attribution<'_>) -> Result<(), String> {
        if let Event::ScheduleRan { schedule, due, promotions, failures } = event {
            let (promotions, failures) = (promotions.clone(), failures.clone());
            let run = LastRun { due: *due, at: told.at, promotions, failures };
            self.schedules.insert(schedule.clone(), run);
        }
        Ok(())
    }

    pub(super) fn take_promotion(&mut self, promotion: &Promotion, told: Attribution<'_>) -> Result<(), String> {
        if promotion.status.has_moved() {
            let (source, destination) = (&promotion.source, &promotion.destination);
            self.schedules.values_mut().for_each(|run| run.has_moved(source, destination));
        }
        self.remember_made(promotion, told);
        self.remember_direction(promotion);
        let at = self.place_of(promotion.id, OperationKind::Promotion)?;
        self.put_promotion(at, promotion.clone());
        Ok(())
    }

    /// The record of a demotion; made when it is first told of.
    pub(super) fn demotion_of(
        &mut self,
        id: OperationId,
        target: &StageName,
        told: Attribution<'_>,
    ) -> Result<&mut Demotion, String> {
        let at = self.place_of(id, OperationKind::Demotion)?;
        if at == self.demotions.len() {
            self.demotions.push(Demotion {
                id,
                target: target.clone(),
                demoted: Vec::new(),
                rollbacks: Vec::new(),
                deployments: Vec::new(),
                by: told.by.clone(),
                at: told.at,
                reason: told.reason.map(str::to_owned),
                waiting: None,
                stopped: Vec::new(),
            });
        }
        Ok(&mut self.demotions[at])
    }

    pub(super) fn stop_demotion(&mut self, id: OperationId, stopped: StoppedDemotion) -> Result<(), String> {
        let at = self.place_of(id, OperationKind::Demotion)?;
        let known = self.demotions.get_mut(at).ok_or_else(|| format!("{id} stops and was never begun"))?;
        known.waiting = None;
        known.stopped.push(stopped);
        Ok(())
    }

    /// Where a record stands, or will stand as the next one.
    pub(super) fn place_of(&self, id: OperationId, kind: OperationKind) -> Result<usize, String> {
        let next = self.next_id(kind);
        match self.position(id, kind).filter(|_| id.number <= next.number) {
            Some(at) => Ok(at),
            None => Err(format!("{id} comes where {next} is due")),
        }
    }
}
