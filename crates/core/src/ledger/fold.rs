//! The fold: entry after entry, facts become the state. Total and deterministic: what the ledger accepted, it takes.

use crate::ledger::entry::{Entry, Event, Imported};
use crate::ledger::state::State;
use crate::records::change::{Attested, Change, Remark, Task, TaskDone};
use crate::records::demotion::{Demoted, Demotion};
use crate::records::deployment::{DeploymentKind, DeploymentStatus, Occasion};
use crate::records::grant::Effect;
use crate::records::line::{Item, Line, Source};
use crate::records::promotion::{Promotion, PromotionStatus};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Redecided;
use crate::records::version::VersionKind;
use crate::words::names::{ChangeKey, OperationId, StageName, Time, UserName};
use crate::words::object::CommitId;
use std::collections::BTreeMap;

/// Who did it, when and why: what facts of one entry have in common.
#[derive(Clone, Copy, Debug)]
pub struct Attribution<'a> {
    /// Who.
    pub by: &'a UserName,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: Option<&'a str>,
}

impl Attribution<'_> {
    /// The same as a remark about something.
    pub(crate) fn remark(&self, reason: &str) -> Remark {
        Remark { by: self.by.clone(), at: self.at, reason: reason.to_owned() }
    }
}

impl State {
    /// Takes one entry in.
    pub fn take(&mut self, entry: &Entry) {
        let told = Attribution { by: &entry.actor, at: entry.at, reason: entry.body.reason.as_deref() };
        self.take_all(&entry.body.events, told);
        self.seq = entry.seq;
        self.at = entry.at;
    }

    /// The state some facts would lead to.
    #[must_use]
    pub fn after(&self, events: &[Event], told: Attribution<'_>) -> Self {
        let mut state = self.clone();
        state.take_all(events, told);
        state
    }

    /// Takes facts in without moving on in the ledger: for looking ahead, as a dry run does.
    pub fn take_all(&mut self, events: &[Event], told: Attribution<'_>) {
        let heads: BTreeMap<StageName, CommitId> =
            self.lines.iter().map(|(name, line)| (name.clone(), line.head)).collect();
        events.iter().for_each(|event| self.take_one(event, told));
        for (name, line) in &mut self.lines {
            match heads.get(name) {
                Some(head) if *head != line.head => line.previous_head = *head,
                _ => {}
            }
        }
    }

    fn take_one(&mut self, event: &Event, told: Attribution<'_>) {
        match event {
            Event::Initialized { administrator } => self.administrator = Some(administrator.clone()),
            Event::Granted(grant) => {
                self.grants.retain(|other| other != grant);
                self.grants.push(grant.clone());
                self.guarded |= grant.effect == Effect::Allow;
            }
            Event::Revoked(grant) => self.grants.retain(|other| other != grant),
            Event::ScheduleRan { schedule, due } => {
                self.schedules.insert(schedule.clone(), *due);
            }
            Event::Promotion(promotion) => {
                self.remember_made(promotion, told);
                self.take_promotion(promotion);
            }
            Event::Demoted { .. } => self.take_demoted(event, told),
            Event::DeploymentAsked(deployment) => self.deployments.push((**deployment).clone()),
            Event::DeploymentEnded { deployment, status } => self.end_deployment(*deployment, status.clone()),
            Event::VersionMade { .. } => self.take_version(event),
            Event::StageAdopted { .. }
            | Event::CommitsAdopted { .. }
            | Event::Applied { .. }
            | Event::Removed { .. } => self.take_line(event),
            Event::ResolutionForgotten { .. } | Event::ResolutionsLearned { .. } | Event::ResolutionsKept { .. } => {
                self.take_resolution(event, told);
            }
            _ => self.take_change(event, told),
        }
    }

    // ------------------------------------------------------------ lines

    fn take_line(&mut self, event: &Event) {
        match event {
            Event::StageAdopted { stage, base, base_tree, head, tree, items } => {
                let mut line = Line::new(*base, *base_tree);
                items.iter().for_each(|imported| self.put_item(&mut line, imported));
                (line.head, line.previous_head, line.tree) = (*head, *head, *tree);
                self.lines.insert(stage.clone(), line);
            }
            Event::CommitsAdopted { stage, head, tree, items } => self.on_line(stage, |state, line| {
                items.iter().for_each(|imported| state.put_item(line, imported));
                (line.head, line.tree) = (*head, *tree);
            }),
            Event::Applied { stage, item, tree } => self.on_line(stage, |state, line| {
                state.put_item(line, item);
                if item.item.source != Source::Held {
                    (line.head, line.tree) = (item.item.commit, *tree);
                }
            }),
            Event::Removed { stage, change, commit, tree, decided } => {
                let Some((ix, _)) = self.change(change) else { return };
                self.on_line(stage, |_, line| {
                    line.items.retain(|item| item.change != ix);
                    for Redecided { commit, resolution } in decided {
                        let about = line.items.iter_mut().filter(|item| item.commit == *commit);
                        about.for_each(|item| item.resolutions.push(resolution.clone()));
                    }
                    line.receipts.remove(ix);
                    (line.head, line.tree) = (*commit, *tree);
                });
            }
            _ => {}
        }
    }

    /// Runs with a line taken out of the state, so that both can be used.
    fn on_line(&mut self, stage: &StageName, with: impl FnOnce(&Self, &mut Line)) {
        let Some(mut line) = self.lines.remove(stage) else { return };
        with(self, &mut line);
        self.lines.insert(stage.clone(), line);
    }

    fn put_item(&self, line: &mut Line, imported: &Imported) {
        let Some((ix, _)) = self.change(&imported.change) else { return };
        line.receipts.put(ix, imported.item.revision);
        line.items.push(Item { change: ix, ..imported.item.clone() });
    }

    // ------------------------------------------------------------ changes

    fn take_change(&mut self, event: &Event, told: Attribution<'_>) {
        match event {
            Event::Recorded { .. } => self.take_recorded(event, told),
            Event::Edited { change, facts } => self.on_change(change, |known| known.facts = facts.clone()),
            Event::Attested { change, revision, kind } => self.on_change(change, |known| {
                let attested = Attested { kind: *kind, by: told.by.clone(), at: told.at };
                if let Some(revision) = known.revisions.iter_mut().find(|known| known.number == *revision) {
                    revision.attested.retain(|other| other.kind != *kind);
                    revision.attested.push(attested);
                }
            }),
            Event::Excluded { change, reason } => {
                self.on_change(change, |known| known.excluded = Some(told.remark(reason)));
            }
            Event::Included { change } => self.on_change(change, |known| known.excluded = None),
            Event::Ignored { change, stage, reason } => self.on_change(change, |known| {
                known.ignored.retain(|(other, _)| other != stage);
                known.ignored.push((stage.clone(), told.remark(reason)));
            }),
            Event::Noticed { change, stage } => {
                self.on_change(change, |known| known.ignored.retain(|(other, _)| other != stage));
            }
            Event::TaskAdded { change, text, area } => self.on_change(change, |known| {
                let number = known.tasks.len() as u32 + 1;
                known.tasks.push(Task { number, text: text.clone(), area: area.clone(), done: Vec::new() });
            }),
            Event::TaskDone { change, number, area, revision } => self.on_change(change, |known| {
                let done = TaskDone { area: area.clone(), revision: *revision, by: told.by.clone(), at: told.at };
                if let Some(task) = known.tasks.iter_mut().find(|task| task.number == *number) {
                    task.done.push(done);
                }
            }),
            _ => {}
        }
    }

    fn take_recorded(&mut self, event: &Event, told: Attribution<'_>) {
        let Event::Recorded { change, facts, revision, origin } = event else { return };
        if self.index.contains_key(change) {
            self.on_change(change, |known| {
                known.facts = facts.clone();
                known.origin = origin.clone().or(known.origin.take());
                known.revisions.push((**revision).clone());
            });
            return;
        }
        self.index.insert(change.clone(), ChangeIx(self.changes.len() as u32));
        self.changes.push(Change {
            key: change.clone(),
            facts: facts.clone(),
            revisions: vec![(**revision).clone()],
            origin: origin.clone(),
            excluded: None,
            ignored: Vec::new(),
            tasks: Vec::new(),
            recorded_at: told.at,
        });
    }

    fn on_change(&mut self, key: &ChangeKey, with: impl FnOnce(&mut Change)) {
        if let Some(ix) = self.index.get(key) {
            with(&mut self.changes[ix.0 as usize]);
        }
    }

    // ------------------------------------------------------------ records

    fn take_promotion(&mut self, promotion: &Promotion) {
        let at = promotion.id.number as usize - 1;
        match self.promotions.get_mut(at) {
            Some(known) => *known = promotion.clone(),
            None => self.promotions.push(promotion.clone()),
        }
    }

    fn take_demoted(&mut self, event: &Event, told: Attribution<'_>) {
        let Event::Demoted { demotion, target, demoted, rollbacks, deployments } = event else { return };
        let at = demotion.number as usize - 1;
        if self.demotions.len() == at {
            self.demotions.push(Demotion {
                id: *demotion,
                target: target.clone(),
                demoted: Vec::<Demoted>::new(),
                rollbacks: Vec::new(),
                deployments: Vec::new(),
                by: told.by.clone(),
                at: told.at,
                reason: told.reason.map(str::to_owned),
            });
        }
        let known = &mut self.demotions[at];
        known.demoted.extend_from_slice(demoted);
        known.rollbacks.extend_from_slice(rollbacks);
        known.deployments.extend_from_slice(deployments);
    }

    fn take_version(&mut self, event: &Event) {
        let Event::VersionMade { area, version } = event else { return };
        let line = self.areas.entry(area.clone()).or_default();
        line.push((**version).clone());
        self.hold_rolled_back(event);
        let only_baseline =
            self.deployment(version.deployment).is_some_and(|asked| asked.kind == DeploymentKind::Populate);
        if version.kind != VersionKind::Baseline || only_baseline {
            self.end_deployment(version.deployment, DeploymentStatus::Succeeded { version: version.number });
        }
    }

    /// A whole deployment rolled back by hand sets a hold on its changes (`SPEC R8`); one undone because a sibling failed
    /// does not (`SPEC A8`).
    fn hold_rolled_back(&mut self, event: &Event) {
        let Event::VersionMade { area, version } = event else { return };
        let by_hand = self
            .deployment(version.deployment)
            .is_some_and(|asked| asked.occasion == Occasion::Explicit && asked.kind.takes_whole_back());
        if by_hand && let Some(line) = self.areas.get_mut(area) {
            let went_out = version.changes.iter().filter(|moved| moved.before.is_some());
            line.on_hold.extend(went_out.map(|moved| moved.change));
        }
    }

    fn end_deployment(&mut self, id: OperationId, status: DeploymentStatus) {
        let Some(deployment) = self.deployments.get_mut(id.number as usize - 1) else { return };
        deployment.status = status;
        let operation = deployment.operation;
        self.settle_promotion(operation);
    }

    /// A promotion is complete when the last of its deployments has ended (`SPEC P4`).
    fn settle_promotion(&mut self, operation: OperationId) {
        let Some(promotion) = self.promotion(operation) else { return };
        let settled = matches!(
            promotion.status,
            PromotionStatus::Deploying | PromotionStatus::Completed | PromotionStatus::CompletedWithErrors
        );
        let mine = || self.deployments.iter().filter(|deployment| deployment.operation == operation);
        if !settled || mine().any(|deployment| deployment.status == DeploymentStatus::Queued) {
            return;
        }
        let failed = mine().any(|deployment| {
            matches!(deployment.status, DeploymentStatus::Failed { .. } | DeploymentStatus::Cancelled { .. })
        });
        let at = operation.number as usize - 1;
        self.promotions[at].status =
            if failed { PromotionStatus::CompletedWithErrors } else { PromotionStatus::Completed };
    }
}
