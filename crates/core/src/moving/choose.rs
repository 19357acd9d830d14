//! Which changes take a way: named or all, with children and dependencies (`SPEC C6`, `P8`, `P11`).

mod locked;

use crate::content::Content;
use crate::content::filetype::Excluded;
use crate::depend::made_on::{self, Ends};
use crate::depend::needs::{self, Effort, Found, Trip};
use crate::depend::order::{Rule, order};
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::moving::candidates::{candidates, is_of};
use crate::moving::chosen::Chosen;
use crate::moving::route;
use crate::moving::verdict::{Judge, Route, Verdict, Weight};
use crate::records::promotion::{MoveResolution, MoveStatus, PromotedChange, PromotionOptions};
use crate::records::receipt::ChangeIx;
use crate::words::names::{ChangeKey, StageName, Time};
use crate::words::refusal::{Code, Refusal};
use crate::words::warning::Warning;
use std::collections::BTreeSet;

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
    choice.before = order_among(snapshot, content, route, (options, &choice))?;
    if !options.with_dependencies {
        return Ok(choice);
    }
    let found = missing(snapshot, content, route, (options, &choice))?;
    let cut_short = found.cut_short();
    if let Some(missing) = found.missing() {
        if !missing.changes.is_empty() {
            choice = pick(snapshot, content, route, ask(&missing.changes))?;
            choice.before = order_among(snapshot, content, route, (options, &choice))?;
        }
        choice.before.extend(missing.before);
    }
    choice.warnings.extend(cut_short);
    Ok(choice)
}

/// Who goes before whom among those that go, because the one was made on the other (`SPEC P7`, `P11`).
fn order_among(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    (options, choice): (&PromotionOptions, &Choice),
) -> Result<BTreeSet<(ChangeIx, ChangeIx)>, Stop> {
    let by = options.order(snapshot.pipeline);
    let going: Vec<ChangeIx> = choice.going.iter().map(|verdict| verdict.change).collect();
    let ordered = order(snapshot, Rule { source: route.source, by, before: &BTreeSet::new() }, &going);
    let of_way = OfWay::new(snapshot, route, options);
    Ok(made_on::order_among(snapshot, content, of_way.ends(snapshot, route), &ordered)?)
}

/// What is asked of the ends of a way.
struct OfWay<'a> {
    stages: Vec<StageName>,
    resolutions: &'a [MoveResolution],
    listed: Option<Excluded>,
    along: BTreeSet<ChangeIx>,
}

impl<'a> OfWay<'a> {
    fn new(snapshot: &Snapshot<'a>, route: Route<'_>, options: &PromotionOptions) -> Self {
        let stages = route::stages(snapshot, route.direction, (route.source, route.destination));
        let asking = route.asking.and_then(|id| snapshot.state.promotion(id));
        let resolutions = asking.map_or(&[][..], |promotion| &promotion.resolutions);
        Self { stages, resolutions, listed: options.excluded(), along: BTreeSet::new() }
    }

    fn ends<'b>(&'b self, snapshot: &Snapshot<'b>, route: Route<'b>) -> Ends<'b> {
        let excluded = self.listed.as_ref().unwrap_or(snapshot.pipeline.excluded());
        let (source, stages, resolutions, along) = (route.source, &self.stages, self.resolutions, &self.along);
        Ends { source, stages, resolutions, excluded, along }
    }
}

/// What some changes need, by what was declared and by what they were made on (`SPEC P11`).
fn needed(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    (options, keys): (&PromotionOptions, &[ChangeKey]),
) -> Result<Vec<ChangeKey>, Stop> {
    let going: Vec<ChangeIx> = keys.iter().filter_map(|key| Some(snapshot.state.change(key)?.0)).collect();
    let of_way = OfWay::new(snapshot, route, options);
    let needed = made_on::needed(snapshot, content, of_way.ends(snapshot, route), &going)?;
    Ok(needed.into_iter().map(|ix| snapshot.state.key(ix).clone()).collect())
}

/// What was chosen before stays chosen, though some of it may not go now: that is told, and looked at again when it runs.
///
/// # Errors
/// Faults, and `unknown-change`.
pub fn keep(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    keys: &[ChangeKey],
) -> Result<Choice, Stop> {
    let all = keys.iter().map(|key| Ok(snapshot.change(key)?.0)).collect::<Result<Vec<_>, Refusal>>()?;
    let going = judge(snapshot, content, Route { along: keys, ..route })?.each(&all)?;
    let reasons = going.iter().flat_map(|verdict| &verdict.reasons);
    let warnings = reasons.map(|reason| Warning::new(reason.code, reason.message.clone())).collect();
    Ok(Choice { going, warnings, ..Choice::default() })
}

/// What those that go need beside what was declared.
fn missing(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    (options, choice): (&PromotionOptions, &Choice),
) -> Result<Found, Stop> {
    let by = options.order(snapshot.pipeline);
    let going: Vec<ChangeIx> = choice.going.iter().map(|verdict| verdict.change).collect();
    let of_way = OfWay::new(snapshot, route, options);
    let Ends { source, stages, resolutions, excluded, .. } = of_way.ends(snapshot, route);
    let trip = Trip { source, stages, by, resolutions, excluded, effort: Effort::Thorough };
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
            let family = family(snapshot, keys, options)?;
            let more = more.iter().map(|ix| snapshot.state.key(*ix).clone());
            named(snapshot, content, route, Named { keys, family, more: more.collect(), options })?
        }
        Chosen::All { project, release } => {
            let of = |ix: &ChangeIx| more.contains(ix) || is_of(snapshot, *ix, project.as_deref(), release.as_deref());
            let (mut chosen, others): (Vec<_>, Vec<_>) = candidates(snapshot, &route).into_iter().partition(of);
            let along = along(snapshot, content, route, (options, &chosen))?;
            chosen.extend(others.into_iter().filter(|ix| along.contains(snapshot.state.key(*ix))));
            everything(snapshot, content, route, (chosen, None))?
        }
        Chosen::Among { changes, named_at } => {
            let mut all = changes.iter().map(|key| Ok(snapshot.change(key)?.0)).collect::<Result<Vec<_>, Refusal>>()?;
            let along = along(snapshot, content, route, (options, &all))?;
            let others = along.iter().filter(|key| !changes.contains(key) && !is_there(snapshot, route, key));
            all.extend(others.filter_map(|key| Some(snapshot.state.change(key)?.0)));
            all.extend(more.iter().filter(|ix| !changes.contains(snapshot.state.key(**ix))));
            everything(snapshot, content, route, (all, *named_at))?
        }
    };
    if choice.going.is_empty() {
        return Err(locked::nothing(snapshot, route, &choice.locked).into());
    }
    Ok(choice)
}

/// What comes along with some changes, as far as the options say so: children, and dependencies (`SPEC C6`, `P11`).
fn along(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    route: Route<'_>,
    (options, chosen): (&PromotionOptions, &[ChangeIx]),
) -> Result<BTreeSet<ChangeKey>, Stop> {
    let mut along: BTreeSet<ChangeKey> = chosen.iter().map(|ix| snapshot.state.key(*ix).clone()).collect();
    if options.recursive {
        let children: Vec<_> = along.iter().flat_map(|key| snapshot.state.descendants(key)).collect();
        along.extend(children);
    }
    if options.with_dependencies {
        let keys: Vec<ChangeKey> = along.iter().cloned().collect();
        along.extend(needed(snapshot, content, route, (options, &keys))?);
    }
    Ok(along)
}

/// What was named, and what comes along.
struct Named<'a> {
    /// The changes.
    keys: &'a [ChangeKey],
    /// The same with their children, where those are meant too.
    family: Vec<ChangeKey>,
    /// What they were found to need.
    more: Vec<ChangeKey>,
    options: &'a PromotionOptions,
}

/// The changes that were named, with their children where those are meant too (`SPEC C6`).
fn family(snapshot: &Snapshot<'_>, keys: &[ChangeKey], options: &PromotionOptions) -> Result<Vec<ChangeKey>, Refusal> {
    let mut all: Vec<ChangeKey> = Vec::new();
    for key in keys {
        snapshot.change(key)?;
        all.push(key.clone());
        if options.recursive {
            all.extend(snapshot.state.descendants(key));
        }
    }
    Ok(all)
}

fn named(snapshot: &Snapshot<'_>, content: &dyn Content, route: Route<'_>, named: Named<'_>) -> Result<Choice, Stop> {
    let Named { keys, family, more, options } = named;
    let mut all: Vec<ChangeKey> = family.iter().cloned().chain(more).collect();
    if options.with_dependencies {
        all.extend(needed(snapshot, content, route, (options, &all))?);
    }
    let (mut going, mut locked): (Vec<Verdict>, Vec<(usize, Verdict)>) = (Vec::new(), Vec::new());
    let route = Route { along: &all, ..route };
    let mut judge = judge(snapshot, content, route)?;
    for (at, key) in all.iter().enumerate() {
        let (ix, _) = snapshot.change(key)?;
        if going.iter().chain(locked.iter().map(|(_, verdict)| verdict)).any(|verdict| verdict.change == ix) {
            continue;
        }
        let verdict = judge.judge(ix)?;
        let asked_for = keys.contains(key);
        // What only comes along because something needs it was not named.
        let stops = if family.contains(key) { verdict.blocking().next() } else { verdict.keeping().next() };
        match stops.map(|reason| reason.code) {
            None => going.push(verdict),
            // A child or dependency that is there already needs no move.
            Some(Code::AlreadyThere) if !asked_for => {}
            Some(_) => locked.push((at, verdict)),
        }
    }
    if !locked.is_empty() {
        return Err(locked::refuse(snapshot, &locked).into());
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
    (candidates, named_at): (Vec<ChangeIx>, Option<Time>),
) -> Result<Choice, Stop> {
    let goes = |verdict: &Verdict| match named_at {
        None => verdict.eligible(),
        Some(named_at) => verdict.keeping().all(|reason| {
            let since = reason.at.is_some_and(|at| at > named_at);
            reason.weight == Weight::UnlessNamed && !since
        }),
    };
    let mut along: Vec<ChangeKey> = candidates.iter().map(|ix| snapshot.state.key(*ix).clone()).collect();
    loop {
        let mut judge = judge(snapshot, content, Route { along: &along, ..route })?;
        let (going, locked): (Vec<_>, Vec<_>) = judge.each(&candidates)?.into_iter().partition(&goes);
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
    Judge::new(*snapshot, content, route).ok_or_else(|| locked::nothing(snapshot, route, &[]).into())
}

fn warnings(going: &[Verdict]) -> Vec<Warning> {
    let reasons = going.iter().flat_map(|verdict| &verdict.reasons);
    reasons
        .filter(|reason| reason.weight != Weight::Blocks)
        .map(|reason| Warning::new(reason.code, reason.message.clone()))
        .collect()
}
