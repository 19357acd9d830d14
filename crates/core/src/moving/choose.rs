//! Which changes take a way: named or all, with children and dependencies (`SPEC C6`, `P8`, `P11`).

use crate::content::Content;
use crate::depend::closure;
use crate::depend::needs::{self, Effort, Missing, Trip};
use crate::depend::order::{Rule, order};
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::moving::candidates::{candidates, is_of};
use crate::moving::route;
use crate::moving::verdict::{Judge, Reason, Route, Verdict, Weight};
use crate::pipeline::stage::Attestation;
use crate::records::promotion::{MoveStatus, PromotedChange, PromotionOptions};
use crate::records::receipt::ChangeIx;
use crate::words::details::{Because, Details, LockedChange};
use crate::words::names::{ChangeKey, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Addition, Remedy};
use crate::words::warning::Warning;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a person chose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chosen {
    /// Everything eligible, perhaps of one project or release.
    All {
        /// Only this project.
        project: Option<String>,
        /// Only this release.
        release: Option<String>,
    },
    /// These.
    Keys(Vec<ChangeKey>),
}

/// What may go, and what stays with why.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Choice {
    /// Those that go.
    pub going: Vec<Verdict>,
    /// Those that were candidates and stay.
    pub locked: Vec<Verdict>,
    /// What somebody should know about those that go.
    pub warnings: Vec<Warning>,
    /// `(earlier, later)`: who goes before whom because of what both touch (`SPEC P7`, `P11`).
    pub before: BTreeSet<(ChangeIx, ChangeIx)>,
}

impl Choice {
    /// What goes, in the order it moves from a stage, at the revisions that stage holds now (`SPEC P7`).
    pub fn in_order(
        &self,
        snapshot: &Snapshot<'_>,
        source: &StageName,
        options: &PromotionOptions,
    ) -> Vec<PromotedChange> {
        let by = options.order(snapshot.pipeline);
        let going: Vec<_> = self.going.iter().map(|verdict| verdict.change).collect();
        order(snapshot, Rule { source, by, before: &self.before }, &going)
            .into_iter()
            .filter_map(|ix| self.going.iter().find(|verdict| verdict.change == ix))
            .map(|verdict| PromotedChange {
                change: snapshot.state.key(verdict.change).clone(),
                revision: verdict.revision,
                status: MoveStatus::Chosen,
            })
            .collect()
    }
}

/// Decides what goes.
///
/// # Errors
/// `unknown-change`; for a named change that may not go, the code of the first reason; `nothing-to-move` when nothing
/// is left.
pub fn choose(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    asked: (&Chosen, &PromotionOptions),
) -> Result<Choice, Stop> {
    let (chosen, options) = asked;
    let ask = |along| Asked { chosen, options, along };
    let mut choice = pick(snapshot, content, route, ask(&[]))?;
    if options.with_dependencies
        && let Some(missing) = missing(snapshot, content, route, (options, &choice))?
    {
        if !missing.changes.is_empty() {
            choice = pick(snapshot, content, route, ask(&missing.changes))?;
        }
        choice.before = missing.before;
    }
    Ok(choice)
}

/// What those that go need beside what was declared.
fn missing(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    (options, choice): (&PromotionOptions, &Choice),
) -> Result<Option<Missing>, Stop> {
    let stages = route::stages(snapshot, route.direction, (route.source, route.destination));
    let by = options.order(snapshot.pipeline);
    let asking = route.asking.and_then(|id| snapshot.state.promotion(id));
    let resolutions = asking.map_or(&[][..], |promotion| &promotion.resolutions);
    let going: Vec<ChangeIx> = choice.going.iter().map(|verdict| verdict.change).collect();
    let listed = options.excluded();
    let excluded = listed.as_ref().unwrap_or(snapshot.pipeline.excluded());
    let trip = Trip { source: route.source, stages: &stages, by, resolutions, excluded, effort: Effort::Thorough };
    Ok(needs::missing(snapshot, content, trip, &going)?)
}

/// What somebody asked for, and what must come along with it.
struct Asked<'a> {
    chosen: &'a Chosen,
    options: &'a PromotionOptions,
    along: &'a [ChangeIx],
}

/// Decides what goes of that.
fn pick(snapshot: &Snapshot<'_>, content: &dyn Content, route: Route<'_>, asked: Asked<'_>) -> Result<Choice, Stop> {
    let Asked { chosen, options, along: more } = asked;
    let choice = match chosen {
        Chosen::Keys(keys) => {
            let more = more.iter().map(|ix| snapshot.state.key(*ix));
            let keys: Vec<ChangeKey> = keys.iter().chain(more).cloned().collect();
            named(snapshot, content, route, (&keys, options))?
        }
        Chosen::All { project, release } => {
            let of = |ix: &ChangeIx| more.contains(ix) || is_of(snapshot, *ix, project.as_deref(), release.as_deref());
            let (mut chosen, others): (Vec<_>, Vec<_>) = candidates(snapshot, &route).into_iter().partition(of);
            let along = along(snapshot, route, options, &chosen);
            chosen.extend(others.into_iter().filter(|ix| along.contains(snapshot.state.key(*ix))));
            everything(snapshot, content, route, chosen)?
        }
    };
    if choice.going.is_empty() {
        return Err(nothing(snapshot, route, &choice.locked).into());
    }
    Ok(choice)
}

/// What comes along with some changes, as far as the options say so: children, and dependencies (`SPEC C6`, `P11`).
fn along(
    snapshot: &Snapshot<'_>,
    route: Route<'_>,
    options: &PromotionOptions,
    chosen: &[ChangeIx],
) -> BTreeSet<ChangeKey> {
    let mut along: BTreeSet<ChangeKey> = chosen.iter().map(|ix| snapshot.state.key(*ix).clone()).collect();
    if options.recursive {
        let children: Vec<_> = along.iter().flat_map(|key| snapshot.state.descendants(key)).collect();
        along.extend(children);
    }
    if options.with_dependencies {
        let needed = along.iter().flat_map(|key| closure::dependencies_from(snapshot, route.source, key));
        let needed: Vec<_> = needed.collect();
        along.extend(needed);
    }
    along
}

fn named(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    asked: (&[ChangeKey], &PromotionOptions),
) -> Result<Choice, Stop> {
    let (keys, options) = asked;
    let mut all: Vec<ChangeKey> = Vec::new();
    for key in keys {
        snapshot.change(key)?;
        all.push(key.clone());
        if options.recursive {
            all.extend(snapshot.state.descendants(key));
        }
    }
    if options.with_dependencies {
        let needed: Vec<_> =
            all.iter().flat_map(|key| closure::dependencies_from(snapshot, route.source, key)).collect();
        all.extend(needed.into_iter().filter(|key| !is_there(snapshot, route, key)));
    }
    let mut going: Vec<Verdict> = Vec::new();
    let route = Route { along: &all, ..route };
    let mut judge = judge(snapshot, content, route)?;
    for (at, key) in all.iter().enumerate() {
        let (ix, _) = snapshot.change(key)?;
        if going.iter().any(|verdict| verdict.change == ix) {
            continue;
        }
        let verdict = judge.judge(ix)?;
        let asked_for = keys.contains(key);
        let blocking = verdict.blocking().next().cloned();
        match blocking {
            None => going.push(verdict),
            // A child or dependency that is there already needs no move.
            Some(reason) if !asked_for && reason.code == Code::AlreadyThere => {}
            Some(reason) => return Err(refuse(snapshot, &verdict, &reason, at).into()),
        }
    }
    let warnings = warnings(&going);
    Ok(Choice { going, warnings, ..Choice::default() })
}

fn is_there(snapshot: &Snapshot<'_>, route: Route<'_>, key: &ChangeKey) -> bool {
    let line = snapshot.state.lines.get(route.destination);
    let held = line.zip(snapshot.state.change(key)).map(|(line, (ix, _))| line.receipts.holds(ix));
    held.unwrap_or(false)
}

/// Judges all candidates. One that needs a candidate which stays, stays as well.
fn everything(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    candidates: Vec<ChangeIx>,
) -> Result<Choice, Stop> {
    let mut along: Vec<ChangeKey> = candidates.iter().map(|ix| snapshot.state.key(*ix).clone()).collect();
    loop {
        let mut judge = judge(snapshot, content, Route { along: &along, ..route })?;
        let (going, locked): (Vec<_>, Vec<_>) = judge.each(&candidates)?.into_iter().partition(Verdict::eligible);
        let still: Vec<_> = going.iter().map(|verdict| snapshot.state.key(verdict.change).clone()).collect();
        if still.len() == along.len() || locked.is_empty() {
            let warnings = warnings(&going);
            return Ok(Choice { going, locked, warnings, ..Choice::default() });
        }
        along = still;
    }
}

fn judge<'a>(snapshot: &Snapshot<'a>, content: &'a dyn Content, route: Route<'a>) -> Result<Judge<'a>, Stop> {
    snapshot.stage(route.destination)?;
    Judge::new(*snapshot, content, route).ok_or_else(|| nothing(snapshot, route, &[]).into())
}

fn warnings(going: &[Verdict]) -> Vec<Warning> {
    let reasons = going.iter().flat_map(|verdict| &verdict.reasons);
    reasons
        .filter(|reason| reason.weight == Weight::Warns)
        .map(|reason| Warning::new(reason.code, reason.message.clone()))
        .collect()
}

/// The reasons of a verdict, for programs.
fn because(reasons: &[Reason]) -> Vec<Because> {
    reasons.iter().map(|reason| Because { code: reason.code.as_str(), message: reason.message.clone() }).collect()
}

fn refuse(snapshot: &Snapshot<'_>, verdict: &Verdict, reason: &Reason, position: usize) -> Refusal {
    Refusal::new(reason.code, reason.message.clone(), remedy(snapshot, verdict, reason)).with(Details::Locked {
        change: snapshot.state.key(verdict.change).clone(),
        revision: verdict.revision,
        position: position + 1,
        reasons: because(&verdict.reasons),
    })
}

/// The next step for one reason.
fn remedy(snapshot: &Snapshot<'_>, verdict: &Verdict, reason: &Reason) -> Remedy {
    let change = snapshot.state.key(verdict.change).clone();
    let attest = |kind: Attestation| kind.as_str().to_owned();
    match reason.code {
        Code::NeedsTested => Remedy::Attest { change, kind: attest(Attestation::Tested) },
        Code::NeedsApproved => Remedy::Attest { change, kind: attest(Attestation::Approved) },
        Code::DependsOn => Addition::Dependencies.into(),
        Code::Excluded => Remedy::Include { change },
        Code::Ignored => Remedy::StopIgnoring { change },
        Code::InFlight => Remedy::WaitOrCancelPromotion,
        Code::StageFrozen => Remedy::WaitOrOverrideFreeze,
        Code::NotDeployedAtSource => Remedy::DeployAtSource { change, stage: verdict.source.clone() },
        Code::UnpromotedWorkAtDestination => "promote that work first".into(),
        _ => Remedy::ShowWhere { change },
    }
}

fn nothing(snapshot: &Snapshot<'_>, route: Route<'_>, locked: &[Verdict]) -> Refusal {
    let (source, destination) = (route.source.clone(), route.destination.clone());
    let message = match locked.len() {
        0 => format!("{source} holds nothing that {destination} lacks"),
        count => format!("none of the {count} changes {source} holds and {destination} lacks may go"),
    };
    let row = |verdict: &Verdict| LockedChange {
        change: snapshot.state.key(verdict.change).clone(),
        reasons: because(&verdict.reasons),
    };
    let locked = locked.iter().map(row).collect();
    Refusal::new(Code::NothingToMove, message, Remedy::ShowBehind { destination, source })
        .with(Details::AllLocked { locked })
}
