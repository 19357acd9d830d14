//! What stays on the stages that a change leaves, though it built on it: rewritten without it, and put back
//! (`SPEC D4`).

use crate::compose::Composition;
use crate::compose::carry::{Load, carry_all};
use crate::compose::making::Making;
use crate::content::Content;
use crate::depend::closure::{self, Closure};
use crate::depend::leaving::Leaving;
use crate::depend::rewrite::{self, Outcome, Rewriting, Rewritten};
use crate::ledger::entry::Event;
use crate::ledger::fold::Attribution;
use crate::ledger::plan::Stop;
use crate::ledger::rights::{self, Used};
use crate::ledger::snapshot::Snapshot;
use crate::records::change::Voice;
use crate::records::grant::Privilege;
use crate::records::receipt::ChangeIx;
use crate::words::details::{Details, NotRewritable};
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use crate::words::warning::Warning;
use std::collections::{BTreeMap, BTreeSet};

/// Who leaves which stages, and who is put back there.
pub struct Departure<'a> {
    /// Those that leave for good.
    pub leaving: Leaving<'a>,
    /// What is taken off each stage, and what is left there.
    pub closures: BTreeMap<StageName, Closure>,
    /// Those among it that are put back, in order.
    pub rewritten: Vec<Rewritten>,
}

impl Departure<'_> {
    /// What is put back onto a stage, at which revision.
    pub fn put_back_at(&self, stage: &StageName) -> Vec<(ChangeIx, RevisionNo)> {
        let Some(closure) = self.closures.get(stage) else { return Vec::new() };
        let here = self.rewritten.iter().filter(|one| closure.leaving.contains(&one.change));
        here.map(|one| (one.change, one.number())).collect()
    }
}

/// Who builds on what leaves, rewritten without it.
///
/// # Errors
/// `has-dependents` when one of them cannot be; a fault of the content.
pub fn depart<'a>(
    snapshot: &Snapshot<'a>,
    content: &dyn Content,
    leaving: Leaving<'a>,
    operation: OperationId,
) -> Result<Departure<'a>, Stop> {
    let (mut closures, mut dependents) = (BTreeMap::new(), BTreeMap::new());
    for (stage, line) in leaving.stages() {
        let whole = Composition::of(line);
        let asked = leaving.at(stage, line);
        let closure = closure::closure(snapshot.composer(content).running(), whole, &asked)?;
        dependents.insert(stage.clone(), closure.leaving.difference(&asked).copied().collect::<BTreeSet<_>>());
        closures.insert(stage.clone(), closure);
    }
    let rewriting = Rewriting { leaving: &leaving.asked, dependents: &dependents, operation };
    let outcome = rewrite::rewrite(snapshot, content, rewriting)?;
    match outcome.stuck.is_empty() {
        true => Ok(Departure { leaving, closures, rewritten: outcome.rewritten }),
        false => Err(refusal(snapshot, &leaving, &outcome).into()),
    }
}

/// The new revisions.
pub fn recorded(snapshot: &Snapshot<'_>, departure: &Departure<'_>) -> Vec<Event> {
    let one = |rewritten: &Rewritten| {
        let change = snapshot.state.at(rewritten.change);
        let revision = Box::new(rewritten.revision.clone()?);
        Some(Event::Recorded {
            change: change.key.clone(),
            facts: change.facts.clone(),
            revision,
            origin: None,
            voice: Voice::Others,
        })
    };
    departure.rewritten.iter().filter_map(one).collect()
}

/// Carries what stays back onto every stage it was taken off, after `events`.
///
/// # Errors
/// `has-dependents` when a stage does not take one of them; a fault of the content.
pub fn put_back(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (departure, operation): (&Departure<'_>, OperationId),
    events: &[Event],
) -> Result<Vec<Event>, Stop> {
    let told = Attribution { by: &snapshot.actor.user, at: snapshot.now, reason: snapshot.reason };
    let state = snapshot.state.after(events, told)?;
    let after = snapshot.with_state(&state);
    let (mut applied, mut stuck) = (Vec::new(), BTreeMap::new());
    for stage in departure.closures.keys() {
        let changes = departure.put_back_at(stage);
        let excluded = snapshot.pipeline.excluded();
        let (operation, making) = (Some(operation), Making::Run);
        let load = Load { changes: &changes, resolutions: &[], excluded, operation, source: None, making };
        let carried = carry_all(&after, content, std::slice::from_ref(stage), load)?;
        applied.extend(carried.events);
        for conflict in carried.conflicts {
            let Some((ix, _)) = snapshot.state.change(&conflict.change) else { continue };
            stuck.entry(ix).or_insert(format!("without it, it conflicts on {} at {stage}", conflict.path));
        }
    }
    if stuck.is_empty() {
        return Ok(applied);
    }
    let can = |one: &&Rewritten| !stuck.contains_key(&one.change);
    let rewritten = departure.rewritten.iter().filter(can).cloned().collect();
    Err(refusal(snapshot, &departure.leaving, &Outcome { rewritten, stuck: stuck.into_iter().collect() }).into())
}

/// Who could be rewritten and who could not, with why.
fn refusal(snapshot: &Snapshot<'_>, leaving: &Leaving<'_>, outcome: &Outcome) -> Refusal {
    let key = |ix: ChangeIx| snapshot.state.key(ix).clone();
    let changes: Vec<ChangeKey> = leaving.asked.iter().map(|ix| key(*ix)).collect();
    let rewritable: Vec<_> = outcome.rewritten.iter().map(|one| key(one.change)).collect();
    let stuck = outcome.stuck.iter().map(|(ix, why)| NotRewritable { change: key(*ix), why: why.clone() }).collect();
    let each: Vec<_> = outcome.stuck.iter().map(|(ix, why)| format!("{}: {why}", key(*ix))).collect();
    let names: Vec<_> = changes.iter().map(|key| key.as_str()).collect();
    let dependents: Vec<_> = rewritable.iter().cloned().chain(outcome.stuck.iter().map(|(ix, _)| key(*ix))).collect();
    let message = format!("not everything that builds on {} can be rewritten: {}", names.join(", "), each.join("; "));
    let remedy = Remedy::TakeAlong { dependents: dependents.clone() };
    Refusal::new(Code::HasDependents, message, remedy).with(Details::Rewriting {
        changes,
        dependents,
        rewritable,
        not_rewritable: stuck,
    })
}

/// Rewriting records revisions: whoever asks must be allowed to, on each stage.
///
/// # Errors
/// `not-permitted`.
pub fn privileges(snapshot: &Snapshot<'_>, departure: &Departure<'_>) -> Result<Vec<Used>, Refusal> {
    let stages = departure.closures.keys().filter(|stage| !departure.put_back_at(stage).is_empty());
    stages.map(|stage| rights::require(snapshot, Privilege::Record, rights::on_stage(stage))).collect()
}

/// What somebody should know about those that stay: who lost what was said of it, and who is stacked on what left.
pub fn warnings(snapshot: &Snapshot<'_>, departure: &Departure<'_>) -> Vec<Warning> {
    let state = snapshot.state;
    let mut warnings = Vec::new();
    for one in departure.rewritten.iter().filter(|one| one.revision.is_some()) {
        let change = state.at(one.change);
        if let Some(attested) = change.latest().attested.first() {
            let (key, from, to) = (&change.key, one.from, one.number());
            let code = match attested.kind {
                crate::pipeline::stage::Attestation::Tested => Code::NeedsTested,
                crate::pipeline::stage::Attestation::Approved => Code::NeedsApproved,
            };
            let said = attested.kind.as_str();
            let message =
                format!("{key} was {said} at revision {from}; revision {to}, which takes its place, is not yet");
            warnings.push(Warning::new(code, message));
        }
    }
    for (stage, line) in departure.leaving.stages() {
        let Some(closure) = departure.closures.get(stage) else { continue };
        let is_stacked = |ix: &ChangeIx| {
            let held = line.receipts.revision(*ix).and_then(|number| state.outline(*ix, number));
            held.is_some_and(|held| held.is_stacked())
        };
        for ix in line.receipts.iter().filter(|ix| !closure.leaving.contains(ix)).filter(is_stacked) {
            let change = state.at(ix);
            let held = line.receipts.revision(ix).and_then(|number| change.revision(number));
            let leaves = |key: &&ChangeKey| state.change(key).is_some_and(|(ix, _)| closure.leaving.contains(&ix));
            if let Some(below) = held.and_then(|revision| revision.depends_on.iter().find(leaves)) {
                let message = format!("{stage} keeps {}, which is stacked on {below} and goes without it", change.key);
                warnings.push(Warning::new(Code::DependsOn, message));
            }
        }
    }
    warnings
}
