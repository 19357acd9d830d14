//! The fold: entry after entry, facts become the state. Deterministic, and total over what can be: a fact that cannot
//! be is refused, never forgiven.

mod areas;
mod changes;
mod lines;
mod moves;
mod renaming;

use crate::ledger::entry::{Entry, Event};
use crate::ledger::state::State;
use crate::records::area_line::EarlierVersion;
use crate::records::change::Remark;
use crate::records::configuration::{Configuration, InForce, Proposed};
use crate::records::demotion::Waiting;
use crate::records::grant::{Effect, Grant};
use crate::words::fault::Fault;
use crate::words::names::{OperationId, Seq, StageName, Time, UserName};
use crate::words::object::CommitId;
use renaming::Names;
use std::collections::BTreeMap;
use std::fmt;

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

/// A fact that cannot follow from the facts before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Impossible {
    /// The entry that tells it; in a look ahead the next one.
    pub seq: Seq,
    /// What cannot be, as a clause.
    pub what: String,
}

impl fmt::Display for Impossible {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "entry {} tells what cannot be: {}", self.seq, self.what)
    }
}

impl std::error::Error for Impossible {}

impl From<Impossible> for Fault {
    fn from(impossible: Impossible) -> Self {
        let hint = "restore a copy of the ledger made before that entry, and report this with what it says";
        Self::new("ledger-impossible", impossible.to_string(), hint)
    }
}

/// Where a fact stands, and what is forgiven there.
#[derive(Clone, Copy)]
struct Place<'a> {
    told: Attribution<'a>,
    seq: Seq,
    doubled: Doubled,
}

/// Versions with a number that is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubled {
    /// Programs that wrote formats 1 and 2 could append one: it is taken in as an irregularity.
    Known,
    /// Cannot be.
    Refused,
}

/// The last format whose writers could number a version twice.
const LAST_DOUBLED: u32 = 2;

impl State {
    /// Takes one entry in.
    ///
    /// # Errors
    /// A fact that cannot be. The state is then half way in the entry, and of no further use.
    pub fn take(&mut self, entry: &Entry) -> Result<(), Impossible> {
        let told = Attribution { by: &entry.actor, at: entry.at, reason: entry.body.reason.as_deref() };
        let doubled = if entry.body.format <= LAST_DOUBLED { Doubled::Known } else { Doubled::Refused };
        self.take_at(&entry.body.events, Place { told, seq: entry.seq, doubled })?;
        self.seq = entry.seq;
        self.at = entry.at;
        Ok(())
    }

    /// The state some facts would lead to.
    ///
    /// # Errors
    /// A fact that cannot be.
    pub fn after(&self, events: &[Event], told: Attribution<'_>) -> Result<Self, Impossible> {
        let mut state = self.clone();
        state.take_all(events, told)?;
        Ok(state)
    }

    /// Takes facts in without moving on in the ledger: for looking ahead, as a dry run does.
    ///
    /// # Errors
    /// A fact that cannot be, as with [`take`](Self::take).
    pub fn take_all(&mut self, events: &[Event], told: Attribution<'_>) -> Result<(), Impossible> {
        self.take_at(events, Place { told, seq: self.seq.next(), doubled: Doubled::Refused })
    }

    fn take_at(&mut self, events: &[Event], place: Place<'_>) -> Result<(), Impossible> {
        let heads: BTreeMap<StageName, CommitId> =
            self.lines.iter().map(|(name, line)| (name.clone(), line.head)).collect();
        for event in events {
            self.take_one(event, place).map_err(|what| Impossible { seq: place.seq, what })?;
        }
        for (name, line) in &mut self.lines {
            if let Some(head) = heads.get(name)
                && *head != line.head
            {
                line.previous_head = *head;
            }
        }
        Ok(())
    }

    /// Every fact by name: a new one does not compile before it is folded.
    fn take_one(&mut self, event: &Event, place: Place<'_>) -> Result<(), String> {
        let told = place.told;
        match event {
            Event::Initialized { administrator } => self.begin(administrator),
            Event::Rebuilt { last, areas } => self.take_up(last, areas),
            Event::Configured(proposed) => self.configure(proposed, place),
            Event::StageRenamed { from, to } => self.rename_stage(&Names(from, to)),
            Event::AreaRenamed { from, to, head: _ } => self.rename_area(&Names(from, to)),
            Event::NumbersTaken { last } => self.take_numbers(last),
            Event::StageAdopted { stage, base, base_tree, head, tree, items, keeps: _, was: _ } => {
                let line = lines::adopted((*base, *base_tree), (*head, *tree));
                self.adopt_stage(stage, lines::Adopted { line, items, told })
            }
            Event::CommitsAdopted { stage, head, tree, items, keeps: _, removed } => {
                let line = lines::adopted((*head, *tree), (*head, *tree));
                self.adopt_commits(stage, (removed, lines::Adopted { line, items, told }))
            }
            Event::TakenOutBefore { stage, change, revision, commit, by, at } => {
                self.taken_out_before(stage, (change, *revision), lines::Earlier { commit: *commit, by, at: *at })
            }
            Event::Applied { stage, item, tree } => self.apply(stage, item, *tree),
            Event::Removed { stage, change, commit, tree, decided } => {
                self.remove(stage, change, lines::Removal { head: *commit, tree: *tree, decided, told })
            }
            Event::Recorded { change, facts, revision, origin, voice } => {
                self.record(change, changes::Recording { facts, revision, origin: origin.as_ref(), voice }, told)
            }
            Event::Edited { change, facts } => self.edit(change, facts),
            Event::Attested { change, revision, kind, voice } => {
                self.attest((change, *revision), (*kind, *voice), told)
            }
            Event::Withdrawn { change, revision, kind } => self.withdraw(change, *revision, *kind),
            Event::Excluded { change, reason } => self.exclude(change, Some(told.remark(reason))),
            Event::Included { change } => self.exclude(change, None),
            Event::Ignored { change, stage, reason } => self.ignore(change, stage, Some(told.remark(reason))),
            Event::Noticed { change, stage } => self.ignore(change, stage, None),
            Event::TaskAdded { change, text, area } => self.add_task(change, text, area.as_ref()),
            Event::TaskDone { change, number, area, revision } => {
                self.do_task((change, *number), changes::done(area, *revision, told))
            }
            Event::Promotion(promotion) => self.take_promotion(promotion, told),
            Event::DemotionBegun { demotion, asked, first } => {
                let waiting = Waiting { asked: (**asked).clone(), first: first.clone() };
                self.demotion_of(*demotion, &asked.to, told).map(|known| known.waiting = Some(waiting))
            }
            Event::DemotionStopped { demotion, changes, code, message } => {
                self.stop_demotion(*demotion, moves::stopped(changes, code, message))
            }
            Event::Demoted { demotion, target, demoted, rollbacks, deployments } => {
                let followed = moves::Followed { demoted, rollbacks, deployments };
                self.leave((*demotion, target), &followed, told)
            }
            Event::DeploymentAsked(deployment) => self.ask_deployment(deployment),
            Event::DeploymentEnded { deployment, status } => self.end_deployment(*deployment, status),
            Event::DeploymentRetried { deployment } => self.retry_deployment(*deployment),
            Event::VersionMade { area, version } => self.take_version(area, version, place),
            Event::EditsSetAside { area, deployment, files, commit } => {
                self.set_aside(area, areas::aside((*deployment, *commit), files, told))
            }
            Event::VersionDiscarded { area, number, entry } => self.discard_version(area, *number, *entry),
            Event::Granted(grant) => self.grant(grant),
            Event::Revoked(grant) => self.revoke(grant),
            Event::ResolutionForgotten { resolution, reason } => {
                self.forget_resolution(*resolution, told.remark(reason))
            }
            Event::ResolutionsLearned { learned, forgotten } => self.learn_resolutions(learned, forgotten, told),
            Event::ResolutionsKept { head } => self.keep_resolutions(*head),
            Event::ScheduleRan { .. } => self.ran(event, told),
        }
    }

    fn take_numbers(&mut self, last: &[OperationId]) -> Result<(), String> {
        self.leave_out(last);
        Ok(())
    }

    fn keep_resolutions(&mut self, head: CommitId) -> Result<(), String> {
        self.resolutions.head = Some(head);
        Ok(())
    }

    fn begin(&mut self, administrator: &UserName) -> Result<(), String> {
        if self.administrator.is_some() {
            return Err("the pipeline begins a second time".to_owned());
        }
        self.administrator = Some(administrator.clone());
        Ok(())
    }

    /// What an earlier record made is there before anything else is.
    fn take_up(&mut self, last: &[OperationId], areas: &[EarlierVersion]) -> Result<(), String> {
        if !(self.lines.is_empty() && self.changes.is_empty() && self.promotions.is_empty()) {
            return Err("it is rebuilt after it began".to_owned());
        }
        self.leave_out(last);
        for one in areas {
            self.areas.entry(one.area.clone()).or_default().earlier = Some(one.clone());
        }
        Ok(())
    }

    fn configure(&mut self, proposed: &Proposed, place: Place<'_>) -> Result<(), String> {
        let Attribution { by, at, .. } = place.told;
        let following = Configuration::following(self.configuration.as_ref(), proposed, (by, at, place.seq));
        self.configuration = Some(following);
        self.in_force = InForce::default();
        Ok(())
    }

    fn revoke(&mut self, grant: &Grant) -> Result<(), String> {
        self.grants.retain(|other| other != grant);
        Ok(())
    }

    fn grant(&mut self, grant: &Grant) -> Result<(), String> {
        self.grants.retain(|other| other != grant);
        self.grants.push(grant.clone());
        self.guarded |= grant.effect == Effect::Allow;
        Ok(())
    }
}
