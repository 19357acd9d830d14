//! What is told when changes may not go: every reason of every change that was named (`SPEC P2`).

use crate::ledger::snapshot::Snapshot;
use crate::moving::verdict::{Reason, Route, Verdict, Weight};
use crate::pipeline::stage::Attestation;
use crate::records::promotion::{Direction, Promotion};
use crate::words::details::{Because, Details, LockedChange};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Addition, Place, Remedy};

/// Of how many changes a sentence tells the reasons; the details tell all.
const TOLD: usize = 5;

/// Refuses for some of the changes that were named, each with its place among them. The code is that of the first reason.
pub(super) fn refuse(snapshot: &Snapshot<'_>, locked: &[(usize, Verdict)]) -> Refusal {
    let reasons = || locked.iter().flat_map(|(_, verdict)| stopping(verdict));
    let Some(((position, first), reason)) = locked.first().zip(reasons().next()) else {
        return Refusal::new(Code::NothingToMove, "nothing may go", Remedy::advice("name another change"));
    };
    let sentences: Vec<_> = reasons().map(|reason| reason.message.as_str()).collect();
    Refusal::new(reason.code, sentences.join("; "), remedy(snapshot, locked, (first, reason))).with(Details::Locked {
        change: snapshot.state.key(first.change).clone(),
        revision: first.revision,
        position: position + 1,
        reasons: because(&first.reasons),
        locked: locked.iter().map(|(_, verdict)| row(snapshot, verdict)).collect(),
    })
}

/// What stops a change: what does though it is named, else what does because it only comes along.
fn stopping(verdict: &Verdict) -> impl Iterator<Item = &Reason> {
    let named = verdict.blocking().next().is_some();
    verdict.keeping().filter(move |reason| !named || reason.weight == Weight::Blocks)
}

/// Refuses because nothing may go, or nothing is there to go.
pub(super) fn nothing(snapshot: &Snapshot<'_>, route: Route<'_>, locked: &[Verdict]) -> Refusal {
    let (source, destination) = (route.source.clone(), route.destination.clone());
    let message = match locked {
        [] => format!("{source} holds nothing that {destination} lacks"),
        [one] => format!("the only change {source} holds and {destination} lacks may not go: {}", sentences(one)),
        several => {
            let each: Vec<_> = several.iter().take(TOLD).map(sentences).collect();
            let more = several.len().saturating_sub(TOLD);
            let more = if more == 0 { String::new() } else { format!("; and {more} more") };
            let count = several.len();
            format!(
                "none of the {count} changes {source} holds and {destination} lacks may go: {}{more}",
                each.join("; ")
            )
        }
    };
    let remedy = match route.direction {
        Direction::Forward => Remedy::ShowAhead { source, destination },
        Direction::Back => Remedy::ShowBehind { destination, source },
    };
    let locked = locked.iter().map(|verdict| row(snapshot, verdict)).collect();
    Refusal::new(Code::NothingToMove, message, remedy).with(Details::AllLocked { locked })
}

fn sentences(verdict: &Verdict) -> String {
    let reasons: Vec<_> = verdict.keeping().map(|reason| reason.message.as_str()).collect();
    reasons.join("; ")
}

fn row(snapshot: &Snapshot<'_>, verdict: &Verdict) -> LockedChange {
    LockedChange { change: snapshot.state.key(verdict.change).clone(), reasons: because(&verdict.reasons) }
}

fn because(reasons: &[Reason]) -> Vec<Because> {
    reasons.iter().map(|reason| Because { code: reason.code.as_str(), message: reason.message.clone() }).collect()
}

/// The next step for the first reason, for all that it stops.
fn remedy(snapshot: &Snapshot<'_>, locked: &[(usize, Verdict)], (verdict, reason): (&Verdict, &Reason)) -> Remedy {
    let change = snapshot.state.key(verdict.change).clone();
    match reason.code {
        Code::NeedsApproved if must_be_another(snapshot, verdict) => "ask a colleague to approve it".into(),
        Code::NeedsTested | Code::NeedsApproved => Remedy::Attest { change, kind: lacking(verdict) },
        Code::Demoted | Code::CameDown => {
            let wants_a_name = |reason: &Reason| matches!(reason.code, Code::Demoted | Code::CameDown);
            let others = locked.iter().map(|(_, one)| one).filter(|one| one.change != verdict.change);
            let others = others.filter(|one| stopping(one).any(wants_a_name));
            Remedy::NameChange { change, others: others.map(|one| snapshot.state.key(one.change).clone()).collect() }
        }
        Code::DependsOn => Addition::Dependencies.into(),
        Code::Excluded => Remedy::Include { change },
        Code::Ignored => Remedy::StopIgnoring { change },
        Code::InFlight if is_taken_along(snapshot, verdict) => Remedy::WaitOrCancelPromotion,
        Code::InFlight => Place::OpenJobs.into(),
        Code::StageFrozen => Remedy::WaitOrOverrideFreeze,
        Code::NotDeployedAtSource => Remedy::DeployAtSource { change, stage: verdict.source.clone() },
        Code::UnpromotedWorkAtDestination => "promote that work first".into(),
        _ => Remedy::ShowWhere { change },
    }
}

/// Whether a record that waits takes the change along; else one is being deployed, and its jobs are what can be called off.
fn is_taken_along(snapshot: &Snapshot<'_>, verdict: &Verdict) -> bool {
    let key = snapshot.state.key(verdict.change);
    let waits = |one: &Promotion| one.status.is_open() && one.changes.iter().any(|chosen| chosen.change == *key);
    snapshot.state.open_promotions().any(waits)
}

/// Whether whoever asks is the one whose approval would not count (`SPEC S5`).
fn must_be_another(snapshot: &Snapshot<'_>, verdict: &Verdict) -> bool {
    let change = snapshot.state.at(verdict.change);
    let owned = change.owned_when_recorded(verdict.revision, snapshot.actor.names());
    owned && snapshot.pipeline.settings().four_eyes
}

/// All that is to be attested, so that the next step is one.
fn lacking(verdict: &Verdict) -> String {
    let kind = |reason: &Reason| match (reason.weight, reason.code) {
        (Weight::Blocks, Code::NeedsTested) => Some(Attestation::Tested.as_str()),
        (Weight::Blocks, Code::NeedsApproved) => Some(Attestation::Approved.as_str()),
        _ => None,
    };
    let kinds: Vec<_> = verdict.reasons.iter().filter_map(kind).collect();
    kinds.join(" ")
}
