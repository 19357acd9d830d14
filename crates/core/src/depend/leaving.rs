//! What leaves which stages in a demotion: each change from the highest stage that holds it, down its path (`SPEC 5`).

use crate::ledger::snapshot::Snapshot;
use crate::records::line::{Line, Source};
use crate::records::receipt::ChangeIx;
use crate::words::details::Details;
use crate::words::names::{ChangeKey, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Place, Remedy};
use std::collections::{BTreeMap, BTreeSet};

/// Between which ends changes are demoted.
#[derive(Clone, Copy, Debug)]
pub struct Descent<'a> {
    /// The changes that were named.
    pub changes: &'a [ChangeKey],
    /// The highest stage they leave; the highest that holds each if not said.
    pub from: Option<&'a StageName>,
    /// Down to which stage.
    pub to: &'a StageName,
}

/// What leaves which stages.
#[derive(Clone, Debug)]
pub struct Leaving<'a> {
    snapshot: Snapshot<'a>,
    to: &'a StageName,
    /// The changes that were named.
    pub asked: BTreeSet<ChangeIx>,
    /// Where each change that leaves begins: one stage, or several where it must leave more than one lane.
    pub tops: BTreeMap<ChangeIx, BTreeSet<StageName>>,
}

impl<'a> Leaving<'a> {
    /// What was named, each from the highest stage that holds it.
    ///
    /// # Errors
    /// `unknown-…`, `not-lower`, `not-at-stage`, `held-above`, `stage-ambiguous`, `nothing-to-move`.
    pub fn asked(snapshot: Snapshot<'a>, descent: Descent<'a>) -> Result<Self, Refusal> {
        let to = &snapshot.stage(descent.to)?.name;
        snapshot.line(to)?;
        let mut tops = BTreeMap::new();
        for key in descent.changes {
            let (ix, _) = snapshot.change(key)?;
            tops.insert(ix, BTreeSet::from([highest(&snapshot, key, descent)?]));
        }
        if tops.is_empty() {
            return Err(Refusal::new(Code::NothingToMove, "no change was named", "name the changes to demote"));
        }
        Ok(Self { snapshot, to, asked: tops.keys().copied().collect(), tops })
    }

    /// A change that must leave a stage leaves whatever above it holds it too: nothing may float.
    pub fn add(&mut self, change: ChangeIx, stage: &StageName) {
        let pipeline = self.snapshot.pipeline;
        let from_here = |name: &StageName| name == stage || pipeline.higher(name, stage);
        let holding: Vec<_> =
            self.above().filter(|(name, line)| from_here(name) && line.receipts.holds(change)).collect();
        let is_top = |name: &StageName| !holding.iter().any(|(other, _)| pipeline.higher(other, name));
        let new = holding.iter().filter(|(name, _)| is_top(name)).map(|(name, _)| (*name).clone());
        let new: Vec<_> = new.collect();
        self.tops.entry(change).or_default().extend(new);
    }

    /// The stages above the target, the highest first.
    fn above(&self) -> impl Iterator<Item = (&'a StageName, &'a Line)> {
        let Snapshot { pipeline, state, .. } = self.snapshot;
        let above = pipeline.above(self.to).into_iter().map(|stage| &stage.name);
        above.filter_map(|name| state.lines.get(name).map(|line| (name, line)))
    }

    /// The stages that something leaves, the highest first.
    pub fn stages(&self) -> Vec<(&'a StageName, &'a Line)> {
        self.above().filter(|(name, line)| !self.at(name, line).is_empty()).collect()
    }

    /// What leaves a stage.
    pub fn at(&self, stage: &StageName, line: &Line) -> BTreeSet<ChangeIx> {
        let pipeline = self.snapshot.pipeline;
        let passes = |tops: &BTreeSet<StageName>| tops.iter().any(|top| top == stage || pipeline.higher(top, stage));
        let leaving = self.tops.iter().filter(|(ix, tops)| line.receipts.holds(**ix) && passes(tops));
        leaving.map(|(ix, _)| *ix).collect()
    }

    /// Everything that leaves some stage.
    pub fn all(&self) -> BTreeSet<ChangeIx> {
        self.tops.keys().copied().collect()
    }

    /// Those that were not named, but must leave along.
    pub fn dependents(&self) -> Vec<ChangeIx> {
        self.tops.keys().copied().filter(|ix| !self.asked.contains(ix)).collect()
    }

    /// Whether everything that leaves a stage goes down one edge only.
    pub fn is_near(&self, stage: &StageName, line: &Line) -> bool {
        let near = |top: &StageName| self.snapshot.pipeline.adjacent(self.to, top);
        self.at(stage, line).iter().filter_map(|ix| self.tops.get(ix)).flatten().all(near)
    }

    /// What was in a line's base before Switchback came cannot be taken out of it: no difference made it (`SPEC C3`).
    ///
    /// # Errors
    /// `held-in-base`.
    pub fn none_in_base(&self) -> Result<(), Refusal> {
        for (stage, line) in self.stages() {
            let leaving = self.at(stage, line);
            let in_base =
                |item: &&crate::records::line::Item| item.source == Source::Held && leaving.contains(&item.change);
            if let Some(item) = line.items.iter().find(in_base) {
                let key = self.snapshot.state.key(item.change);
                let message =
                    format!("{key} was part of {stage}'s branch before it was recorded, and cannot be told from it");
                let hint = format!("record a change that reverts it, and promote that to {stage}");
                let details = Details::ChangeAtStage { change: key.clone(), stage: stage.clone() };
                return Err(Refusal::new(Code::HeldInBase, message, hint).with(details));
            }
        }
        Ok(())
    }
}

/// The stage before the highest that holds some changes, where nobody says down to which (`SPEC D12`): the one next to it,
/// or of several the one that holds them all.
///
/// # Errors
/// `unknown-…`, `not-at-stage`, `not-lower` where nothing lies below, `stage-ambiguous`.
pub fn previous(
    snapshot: &Snapshot<'_>,
    changes: &[ChangeKey],
    from: Option<&StageName>,
) -> Result<StageName, Refusal> {
    let mut common: Option<StageName> = None;
    for key in changes {
        let to = before(snapshot, key, from)?;
        if let Some(other) = common.replace(to.clone()).filter(|other| *other != to) {
            let message = format!("the changes would go down to {other} and to {to}");
            return Err(ambiguous("to", message, vec![other, to]));
        }
    }
    common.ok_or_else(|| Refusal::new(Code::NothingToMove, "no change was named", "name the changes to demote"))
}

fn before(snapshot: &Snapshot<'_>, key: &ChangeKey, from: Option<&StageName>) -> Result<StageName, Refusal> {
    let (ix, _) = snapshot.change(key)?;
    let holds = |name: &StageName| snapshot.state.lines.get(name).is_some_and(|line| line.receipts.holds(ix));
    let stages = || snapshot.pipeline.stages().iter().map(|stage| &stage.name);
    let top = match from {
        Some(from) => snapshot.stage(from)?.name.clone(),
        None => {
            let holding: Vec<_> = stages().filter(|name| holds(name)).collect();
            let is_top = |name: &&&StageName| !holding.iter().any(|other| snapshot.pipeline.higher(other, name));
            let tops: Vec<StageName> = holding.iter().filter(is_top).map(|name| (**name).clone()).collect();
            match tops.as_slice() {
                [top] => top.clone(),
                [] => {
                    let remedy = Remedy::ShowWhere { change: key.clone() };
                    return Err(Refusal::new(Code::NotAtStage, format!("no stage holds {key}"), remedy));
                }
                several => return Err(on_several(key, several.to_vec())),
            }
        }
    };
    let near: Vec<_> = stages().filter(|name| snapshot.pipeline.adjacent(name, &top)).cloned().collect();
    let holding: Vec<_> = near.iter().filter(|name| holds(name)).cloned().collect();
    match (holding.as_slice(), near.as_slice()) {
        ([one], _) | ([], [one]) => Ok(one.clone()),
        (_, []) => Err(Refusal::new(Code::NotLower, format!("nothing is below {top}"), Place::Pipeline)),
        (_, several) => {
            let names: Vec<_> = several.iter().map(StageName::as_str).collect();
            Err(ambiguous("to", format!("{} lie before {top}", names.join(" and ")), several.to_vec()))
        }
    }
}

fn on_several(key: &ChangeKey, candidates: Vec<StageName>) -> Refusal {
    let names: Vec<_> = candidates.iter().map(StageName::as_str).collect();
    ambiguous("from", format!("{key} is on {}, neither above the other", names.join(" and ")), candidates)
}

fn ambiguous(end: &'static str, message: String, candidates: Vec<StageName>) -> Refusal {
    let remedy = Remedy::NameStage { end: end.to_owned() };
    Refusal::new(Code::StageAmbiguous, message, remedy).with(Details::Candidates { end, candidates })
}

/// The highest stage above the target that holds a change; the one asked for, if nothing above it does.
fn highest(snapshot: &Snapshot<'_>, key: &ChangeKey, descent: Descent<'_>) -> Result<StageName, Refusal> {
    let (ix, _) = snapshot.change(key)?;
    let to = descent.to;
    if let Some(from) = descent.from {
        snapshot.line(from)?;
        if !snapshot.pipeline.higher(from, to) {
            let message = format!("{to} is not below {from}");
            return Err(Refusal::new(Code::NotLower, message, Place::Pipeline));
        }
    }
    let holds = |name: &StageName| snapshot.state.lines.get(name).is_some_and(|line| line.receipts.holds(ix));
    let above = snapshot.pipeline.stages().iter().map(|stage| &stage.name);
    let holding: Vec<_> = above.filter(|name| snapshot.pipeline.higher(name, to) && holds(name)).collect();
    let tops: Vec<_> =
        holding.iter().filter(|name| !holding.iter().any(|other| snapshot.pipeline.higher(other, name))).collect();
    match (descent.from, tops.as_slice()) {
        (Some(from), _) if !holds(from) => Err(not_at(key, from)),
        (Some(from), _) => match holding.iter().find(|name| snapshot.pipeline.higher(name, from)) {
            Some(above) => Err(held_above(key, from, above)),
            None => Ok(from.clone()),
        },
        (None, [top]) => Ok((**top).clone()),
        (None, []) => {
            let message = format!("no stage above {to} holds {key}");
            let remedy = Remedy::ShowWhere { change: key.clone() };
            let details = Details::NotAbove { change: key.clone(), target: to.clone() };
            Err(Refusal::new(Code::NotAtStage, message, remedy).with(details))
        }
        (None, several) => Err(on_several(key, several.iter().map(|name| (**name).clone()).collect())),
    }
}

fn not_at(key: &ChangeKey, stage: &StageName) -> Refusal {
    let remedy = Remedy::ShowWhere { change: key.clone() };
    Refusal::new(Code::NotAtStage, format!("{stage} does not hold {key}"), remedy)
        .with(Details::ChangeAtStage { change: key.clone(), stage: stage.clone() })
}

fn held_above(key: &ChangeKey, from: &StageName, above: &StageName) -> Refusal {
    let message = format!("{above}, which is above {from}, still holds {key}");
    let remedy = Remedy::DemoteFromTop { change: key.clone(), from: above.clone() };
    Refusal::new(Code::HeldAbove, message, remedy).with(Details::HeldAbove {
        change: key.clone(),
        from: from.clone(),
        held_at: above.clone(),
    })
}
