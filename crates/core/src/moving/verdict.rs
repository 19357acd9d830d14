//! Why a candidate may or may not go (`SPEC P2`).

use crate::content::Content;
use crate::depend::made_on::{self, Ends, Ways};
use crate::ledger::snapshot::Snapshot;
use crate::moving::concerns::concerns;
use crate::moving::line_taken;
use crate::moving::unpromoted::Unpromoted;
use crate::pipeline::stage::{Attestation, Gate, Stage, UnpromotedWork};
use crate::records::promotion::{Direction, PromotionStatus};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName, Time};
use crate::words::object::RepoPath;
use crate::words::refusal::Code;
use std::collections::BTreeSet;

/// One reason, blocking or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// Which rule.
    pub code: Code,
    /// One sentence that names the thing.
    pub message: String,
    /// Whether it keeps the change back, or only warns.
    pub weight: Weight,
    /// When what it tells of happened, where it tells of something that happened.
    pub at: Option<Time>,
}

/// Whether a reason keeps a change back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// It does.
    Blocks,
    /// It keeps it out of what is chosen for people; whoever names the change moves it, and is told.
    UnlessNamed,
    /// It only warns.
    Warns,
}

/// What is to be known of one candidate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Which change.
    pub change: ChangeIx,
    /// At which revision it would move: the source's; the newest where the source does not hold it.
    pub revision: RevisionNo,
    /// From where.
    pub source: StageName,
    /// Everything that speaks against it; empty when nothing does.
    pub reasons: Vec<Reason>,
}

impl Verdict {
    /// Whether it can go without being named.
    pub fn eligible(&self) -> bool {
        self.keeping().next().is_none()
    }

    /// What keeps it back unless it is named.
    pub fn keeping(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|reason| reason.weight != Weight::Warns)
    }

    /// What keeps it back though it is named.
    pub fn blocking(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|reason| reason.weight == Weight::Blocks)
    }
}

/// A route candidates would take.
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    /// Up or down.
    pub direction: Direction,
    /// From where.
    pub source: &'a StageName,
    /// To where.
    pub destination: &'a StageName,
    /// Changes that move along: a dependency among them is met.
    pub along: &'a [ChangeKey],
    /// The promotion that asks: it is not in flight to itself.
    pub asking: Option<OperationId>,
    /// Whether a freeze window counts.
    pub freeze: FreezeRule,
}

/// Whether a freeze window counts (`SPEC P13`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FreezeRule {
    /// It does.
    Holds,
    /// Somebody with the privilege overrides it.
    Overridden,
    /// It does not yet: nothing moves before somebody runs the record.
    Later,
}

/// Of so many changes that made what another edits each is told in a sentence of its own.
const TOLD_APART: usize = 3;

/// Judges candidates for one route.
pub struct Judge<'a> {
    snapshot: Snapshot<'a>,
    content: &'a dyn Content,
    route: Route<'a>,
    gate: &'a Gate,
    between: Vec<&'a Stage>,
    along: BTreeSet<ChangeIx>,
    ways: Ways,
    unpromoted: Option<Unpromoted>,
}

impl<'a> Judge<'a> {
    /// A judge for a route; `None` when its destination is no stage.
    pub fn new(snapshot: Snapshot<'a>, content: &'a dyn Content, route: Route<'a>) -> Option<Self> {
        let stage = snapshot.pipeline.stage(route.destination)?;
        let gate = match route.direction {
            Direction::Forward => &stage.promote,
            Direction::Back => &stage.back_promote,
        };
        let near = snapshot.pipeline.adjacent(route.source, route.destination);
        let between = match route.direction {
            Direction::Forward if !near => snapshot.pipeline.between(route.source, route.destination),
            _ => Vec::new(),
        };
        let along = route.along.iter().filter_map(|key| Some(snapshot.state.change(key)?.0)).collect();
        Some(Self { snapshot, content, route, gate, between, along, ways: Ways::default(), unpromoted: None })
    }

    /// Everything that speaks against a change taking the route.
    pub fn judge(&mut self, change: ChangeIx) -> Result<Verdict, Fault> {
        let held = self.revision_at(self.route.source, change);
        let revision = held.unwrap_or(self.snapshot.state.at(change).latest().number);
        let mut reasons = self.standing(change, held, revision);
        let enters = self.enters(change, revision);
        reasons.extend(self.decisions(change, &enters));
        if reasons.iter().any(|reason| reason.code == Code::AlreadyThere) {
            return Ok(Verdict { change, revision, source: self.route.source.clone(), reasons });
        }
        reasons.extend(self.history(change, revision, &enters));
        reasons.extend(self.gates(change, revision, &enters)?);
        reasons.extend(self.surroundings(change, &enters));
        reasons.extend(self.made_on(change, &enters)?);
        reasons.extend(self.frozen(&enters));
        reasons.extend(self.unpromoted_work(change, revision)?);
        Ok(Verdict { change, revision, source: self.route.source.clone(), reasons })
    }

    /// The verdict on each of some changes.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn each(&mut self, changes: &[ChangeIx]) -> Result<Vec<Verdict>, Fault> {
        changes.iter().map(|ix| self.judge(*ix)).collect()
    }

    /// The stages the change would come into: the destination, and those it bypasses that lack it (`SPEC P10`).
    fn enters(&self, change: ChangeIx, revision: RevisionNo) -> Vec<&'a Stage> {
        let lacks = |stage: &&&Stage| self.revision_at(&stage.name, change).is_none_or(|held| held < revision);
        let between = self.between.iter().filter(lacks).copied();
        between.chain(self.snapshot.pipeline.stage(self.route.destination)).collect()
    }

    fn revision_at(&self, stage: &StageName, change: ChangeIx) -> Option<RevisionNo> {
        self.snapshot.state.lines.get(stage)?.receipts.revision(change)
    }

    /// Where the change is: `not-in-source`, `already-there`, `originated-here`.
    fn standing(&self, ix: ChangeIx, held: Option<RevisionNo>, revision: RevisionNo) -> Vec<Reason> {
        let (key, source, destination) = (self.snapshot.state.key(ix), self.route.source, self.route.destination);
        let there = self.revision_at(destination, ix);
        let is_origin = self.snapshot.state.at(ix).origin.as_ref() == Some(destination);
        if held.is_none() {
            return vec![blocks(Code::NotInSource, format!("{source} does not hold {key}"))];
        }
        let is_there = there.filter(|there| *there >= revision);
        let already = is_there
            .map(|there| blocks(Code::AlreadyThere, format!("{destination} holds {key} at revision {there} already")));
        let originated = is_origin && self.route.direction == Direction::Back && there == is_there;
        let originated = originated.then(|| blocks(Code::OriginatedHere, format!("{key} originated at {destination}")));
        already.into_iter().chain(originated).collect()
    }

    /// What happened to it before: `demoted`, `came-down`. A newer revision than the one that was taken out is offered
    /// again: it was made to be.
    fn history(&self, ix: ChangeIx, revision: RevisionNo, enters: &[&Stage]) -> Vec<Reason> {
        let (state, key) = (self.snapshot.state, self.snapshot.state.key(ix));
        let demoted = enters.iter().filter_map(|stage| {
            let out = state.lines.get(&stage.name)?.taken_out.get(&ix).filter(|out| out.revision >= revision)?;
            let by_which = state.demotion_from(&stage.name, key).map(|id| format!(" ({id})")).unwrap_or_default();
            let why = out.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            let message = format!("{key} was taken out of {} by {}{by_which}{why}", stage.name, out.by);
            Some(Reason { code: Code::Demoted, message, weight: Weight::UnlessNamed, at: Some(out.at) })
        });
        let source = self.route.source;
        let brought = state.lines.get(source).is_some_and(|line| line.came_down.contains(ix.0));
        let came_down = (brought && self.route.direction == Direction::Forward).then(|| {
            let message = format!("{source} got {key} by back-promotion");
            Reason { code: Code::CameDown, message, weight: Weight::UnlessNamed, at: None }
        });
        demoted.chain(came_down).collect()
    }

    /// What people decided: `excluded`, `ignored`.
    fn decisions(&self, ix: ChangeIx, enters: &[&Stage]) -> Vec<Reason> {
        let change = self.snapshot.state.at(ix);
        let excluded = change.excluded.as_ref().map(|remark| {
            blocks(Code::Excluded, format!("{} is excluded by {}: {}", change.key, remark.by, remark.reason))
        });
        let ignored = enters.iter().filter_map(|stage| {
            let remark = change.ignored_at(&stage.name)?;
            let message = format!("{} is ignored at {} by {}: {}", change.key, stage.name, remark.by, remark.reason);
            Some(blocks(Code::Ignored, message))
        });
        excluded.into_iter().chain(ignored).collect()
    }

    /// What the gate asks: `needs-tested`, `needs-approved`, `not-deployed-at-source`.
    fn gates(&self, ix: ChangeIx, number: RevisionNo, enters: &[&Stage]) -> Result<Vec<Reason>, Fault> {
        let gates: Vec<&Gate> = enters
            .iter()
            .map(|stage| if stage.name == *self.route.destination { self.gate } else { &stage.promote })
            .collect();
        let required: BTreeSet<_> = gates.iter().flat_map(|gate| gate.require.iter().copied()).collect();
        let mut reasons: Vec<_> = required.into_iter().filter_map(|kind| self.unattested(ix, number, kind)).collect();
        if gates.iter().any(|gate| gate.require_deployed_at_source) {
            reasons.extend(self.not_deployed(ix, number)?);
        }
        Ok(reasons)
    }

    /// What a revision lacks. Where four eyes are asked for, the owner's own approval is none: of whoever owned the
    /// revision when it was recorded (`SPEC C4`, `S5`).
    fn unattested(&self, ix: ChangeIx, number: RevisionNo, kind: Attestation) -> Option<Reason> {
        let change = self.snapshot.state.at(ix);
        let attested = change.revision(number).and_then(|revision| revision.attestation(kind));
        let (key, word) = (&change.key, kind.as_str());
        let four_eyes = self.snapshot.pipeline.settings().four_eyes && kind == Attestation::Approved;
        let message = match attested {
            None => format!("revision {number} of {key} is not {word}"),
            Some(by) if four_eyes && change.approved_own(number, by) => {
                format!("revision {number} of {key} is {word} only by {}, who owned it when it was recorded", by.by)
            }
            Some(_) => return None,
        };
        let code = match kind {
            Attestation::Tested => Code::NeedsTested,
            Attestation::Approved => Code::NeedsApproved,
        };
        Some(blocks(code, message))
    }

    fn not_deployed(&self, ix: ChangeIx, number: RevisionNo) -> Result<Option<Reason>, Fault> {
        let (source, change) = (self.route.source, self.snapshot.state.at(ix));
        for area in self.snapshot.pipeline.areas_of(source).filter(|area| area.default) {
            let holding = self.snapshot.state.area(&area.name).holding(ix);
            let lacks = holding.is_none_or(|holding| holding.revision < number);
            if lacks && concerns(self.content, area, (change, number))? {
                let message = format!("{} is not deployed to {}, a default area of {source}", change.key, area.name);
                return Ok(Some(blocks(Code::NotDeployedAtSource, message)));
            }
        }
        Ok(None)
    }

    /// What goes on around it: `depends-on`, `in-flight`.
    fn surroundings(&self, ix: ChangeIx, enters: &[&Stage]) -> Vec<Reason> {
        let state = self.snapshot.state;
        let (key, destination) = (state.key(ix), self.route.destination);
        let met = |needed: &ChangeKey| {
            let there = state.change(needed).and_then(|(needed, _)| self.revision_at(destination, needed));
            there.is_some() || self.route.along.contains(needed)
        };
        let mut reasons: Vec<_> = crate::depend::closure::dependencies_from(&self.snapshot, self.route.source, key)
            .iter()
            .filter(|needed| !met(needed))
            .map(|needed| blocks(Code::DependsOn, format!("{key} needs {needed}, which {destination} lacks")))
            .collect();
        let flying = state.open_promotions().find(|promotion| {
            let waits = matches!(promotion.status, PromotionStatus::Scheduled | PromotionStatus::Conflicted);
            (waits || promotion.awaits_merge())
                && promotion.destination == *destination
                && Some(promotion.id) != self.route.asking
                && promotion.changes.iter().any(|chosen| chosen.change == *key)
        });
        reasons.extend(flying.map(|promotion| {
            let status = promotion.status.as_str();
            blocks(Code::InFlight, format!("{} is taking {key} to {destination} ({status})", promotion.id))
        }));
        // What waits for somebody to run it moves nothing yet.
        if self.route.freeze != FreezeRule::Later {
            let taken = enters.iter().find_map(|stage| Some((&stage.name, line_taken::taker(state, &stage.name)?)));
            reasons
                .extend(taken.map(|(stage, taker)| blocks(Code::InFlight, line_taken::sentence(state, taker, stage))));
        }
        reasons
    }

    /// What it edits and somebody else made: without them an edit would come to nothing, and no merge would say so
    /// (`SPEC P11`).
    fn made_on(&self, ix: ChangeIx, enters: &[&Stage]) -> Result<Vec<Reason>, Fault> {
        let (state, destination) = (self.snapshot.state, self.route.destination);
        let asking = self.route.asking.and_then(|id| state.promotion(id));
        let stages: Vec<StageName> = enters.iter().map(|stage| stage.name.clone()).collect();
        let resolutions = asking.map_or(&[][..], |promotion| &promotion.resolutions);
        let excluded = self.snapshot.pipeline.excluded();
        let ends = Ends { source: self.route.source, stages: &stages, resolutions, excluded, along: &self.along };
        let made = made_on::made_on(&self.snapshot, self.content, (ends, &self.ways), ix)?;
        let key = state.key(ix);
        if let (Some((_, path)), true) = (made.silent.iter().next(), made.silent.len() > TOLD_APART) {
            let makers: Vec<_> = made.silent.keys().map(|maker| state.key(*maker).as_str()).collect();
            let names = makers.join(", ");
            let message = format!(
                "{key} needs {names}, which {destination} lacks: they made what {key} edits in {path} and elsewhere"
            );
            return Ok(vec![blocks(Code::DependsOn, message)]);
        }
        let reason = |(maker, path): (&ChangeIx, &RepoPath)| {
            let maker = state.key(*maker);
            let message = format!("{key} needs {maker}, which {destination} lacks: it made what {key} edits in {path}");
            blocks(Code::DependsOn, message)
        };
        Ok(made.silent.iter().map(reason).collect())
    }

    /// A freeze window of a stage it would come into (`SPEC P13`).
    fn frozen(&self, enters: &[&Stage]) -> Option<Reason> {
        let weight = match self.route.freeze {
            FreezeRule::Holds => Weight::Blocks,
            FreezeRule::Later => Weight::Warns,
            FreezeRule::Overridden => return None,
        };
        let window = |stage: &&Stage| Some((stage.name.clone(), stage.frozen_at(self.snapshot.now)?.reason.clone()));
        let (stage, reason) = enters.iter().find_map(window)?;
        Some(Reason { code: Code::StageFrozen, message: format!("{stage} is frozen: {reason}"), weight, at: None })
    }

    /// The destination has changes on the same files that it has not yet promoted (`SPEC P3`).
    fn unpromoted_work(&mut self, ix: ChangeIx, revision: RevisionNo) -> Result<Option<Reason>, Fault> {
        let destination = self.route.destination;
        let weight = match self.gate.unpromoted_work {
            UnpromotedWork::Allow => return Ok(None),
            UnpromotedWork::Warn => Weight::Warns,
            UnpromotedWork::Block => Weight::Blocks,
        };
        let composer = self.snapshot.composer(self.content);
        let unpromoted = self.unpromoted.get_or_insert_with(|| Unpromoted::at(composer, &self.snapshot, destination));
        let Some((other, path)) = unpromoted.meeting(composer, (ix, revision))? else { return Ok(None) };
        let (key, other) = (self.snapshot.state.key(ix), self.snapshot.state.key(other));
        let message = format!("{other}, unpromoted work at {destination}, touches {path} as {key} does");
        Ok(Some(Reason { code: Code::UnpromotedWorkAtDestination, message, weight, at: None }))
    }
}

/// A reason that keeps a change back.
pub(super) fn blocks(code: Code, message: String) -> Reason {
    Reason { code, message, weight: Weight::Blocks, at: None }
}
