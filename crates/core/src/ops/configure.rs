//! `configure`: a configuration is put in force (`SPEC K1`, `K2`). From the entry on, everything works from it.

use crate::ledger::entry::Event;
use crate::ledger::fold::Attribution;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::pipeline::{Pipeline, Was};
use crate::records::configuration::Proposed;
use crate::records::deployment::DeploymentStatus;
use crate::records::grant::{Privilege, Scope};
use crate::records::job::JobChange;
use crate::words::fault::Fault;
use crate::words::names::{AreaName, StageName};
use crate::words::object::CommitId;
use crate::words::remedy::{Damage, Remedy};
use crate::words::warning::Warning;
use std::collections::BTreeMap;
use std::fmt;

/// The fault of a configuration that is well written and cannot follow the one in force.
pub const DEFECT: &str = "config-defect";

/// What an entry that puts a configuration in force is called.
pub const KIND: &str = "configuration";

/// What is to be in force.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The text.
    pub proposed: &'a Proposed,
    /// What it says.
    pub pipeline: &'a Pipeline,
    /// What it says otherwise than the one in force, by name.
    pub touched: &'a [String],
}

/// Plans it. Nothing happens where the text is in force already.
///
/// # Errors
/// `not-permitted` without `configure`; the fault [`DEFECT`] where a stage or an area just
/// vanishes while it holds something (`SPEC A15`).
pub fn plan(snapshot: &Snapshot<'_>, request: Request<'_>) -> Result<Plan, Stop> {
    let Request { proposed, pipeline, touched } = request;
    let mut plan = Plan::new(snapshot.seq(), KIND);
    plan.privileges.push(rights::require(snapshot, Privilege::Configure, Scope::Pipeline)?);
    if snapshot.state.configuration.as_ref().is_some_and(|known| known.text == proposed.text) {
        plan.says = "this configuration is in force already".to_owned();
        return Ok(plan);
    }
    let earlier = snapshot.state.configuration.as_ref().map(|_| &snapshot.pipeline.settings().was);
    let renamed = renamings(snapshot.state, (earlier, pipeline))?;
    let told = Attribution { by: &snapshot.actor.user, at: snapshot.now, reason: snapshot.reason };
    nothing_vanishes(&snapshot.state.after(&renamed, told)?, pipeline)?;
    plan.queue.extend(renamed.iter().filter_map(jobs_go_along));
    plan.events.extend(renamed);
    plan.says = match touched {
        [] => "the configuration in force is written otherwise and says the same".to_owned(),
        touched => format!("the configuration in force says something new about {}", touched.join(", ")),
    };
    plan.events.push(Event::Configured(Box::new(proposed.clone())));
    plan.warnings.extend(refiltered(snapshot, pipeline));
    Ok(plan)
}

/// Says which areas hold something by another filter than theirs from now on.
fn refiltered<'a>(snapshot: &'a Snapshot<'_>, next: &'a Pipeline) -> impl Iterator<Item = Warning> + 'a {
    let held = next.areas().iter().filter(|area| snapshot.state.area(&area.name).current().is_some());
    let other = held.filter(|area| {
        snapshot.pipeline.area(&area.name).is_some_and(|before| !before.filter.is_written_as(&area.filter))
    });
    other.map(|area| {
        let message = format!("what stands in {} is by the filter it had until now", area.name);
        let remedy = Remedy::RepairArea { area: Some(area.name.clone()), after: Damage::OtherFilter };
        Warning::of("filter-changed", message).mended_by(remedy)
    })
}

/// The names that change now. What was renamed by an earlier text stays renamed: `was` may stay for ever.
fn renamings(state: &State, (earlier, next): (Option<&Was>, &Pipeline)) -> Result<Vec<Event>, Fault> {
    let was = &next.settings().was;
    let is_new = |is_known: Option<bool>| !is_known.unwrap_or(false);
    let stages = was.stages.iter().filter(|(to, from)| {
        state.lines.contains_key(*from) && is_new(earlier.map(|earlier| earlier.stages.get(*to) == Some(*from)))
    });
    let stages = in_order(stages.collect(), |name| state.lines.contains_key(name), "stage")?;
    let areas = was.areas.iter().filter(|(to, from)| {
        state.areas.contains_key(*from) && is_new(earlier.map(|earlier| earlier.areas.get(*to) == Some(*from)))
    });
    let areas = in_order(areas.collect(), |name| state.areas.contains_key(name), "area")?;
    if let Some(asked) = state
        .deployments
        .iter()
        .find(|asked| asked.status == DeploymentStatus::Queued && areas.iter().any(|(from, _)| *from == asked.area))
    {
        let message = format!("area `{}` is to be renamed, and {} is queued in it", asked.area, asked.id);
        return Err(Fault::new(DEFECT, message, Remedy::GoOnOrCallOff { deployment: asked.id }));
    }
    let stages = stages.into_iter().map(|(from, to)| Event::StageRenamed { from, to });
    let mut heads: BTreeMap<AreaName, Option<CommitId>> = BTreeMap::new();
    let mut renamed: Vec<Event> = stages.collect();
    for (from, to) in areas {
        let newest = || state.area(&from).versions.last().map(|version| version.commit);
        let head = heads.remove(&from).unwrap_or_else(newest);
        heads.insert(to.clone(), head);
        renamed.push(Event::AreaRenamed { from, to, head });
    }
    Ok(renamed)
}

fn jobs_go_along(event: &Event) -> Option<JobChange> {
    match event {
        Event::AreaRenamed { from, to, .. } => Some(JobChange::Rename { from: from.clone(), to: to.clone() }),
        _ => None,
    }
}

/// Pairs of an old and a new name, so that each new name is free when its turn comes. Those that swap their names, or
/// pass them round, do it by way of a name that nobody can give.
fn in_order<N: PartialEq + Clone + fmt::Display + for<'n> From<&'n str>>(
    mut open: Vec<(&N, &N)>,
    is_taken: impl Fn(&N) -> bool,
    what: &str,
) -> Result<Vec<(N, N)>, Fault> {
    let mut ordered: Vec<(N, N)> = Vec::new();
    let mut last: Vec<(N, N)> = Vec::new();
    while !open.is_empty() {
        let is_free = |name: &N| !is_taken(name) || ordered.iter().any(|(from, _)| from == name);
        if let Some(at) = open.iter().position(|(to, _)| is_free(to)) {
            let (to, from) = open.remove(at);
            ordered.push((from.clone(), to.clone()));
            continue;
        }
        if let Some((to, from)) = open.iter().find(|(to, _)| !open.iter().any(|(_, other)| other == to)) {
            let message = format!("{what} `{from}` is to be called `{to}`, and there is a {what} of that name already");
            return Err(Fault::new(DEFECT, message, "choose another name"));
        }
        let (to, from) = open.remove(0);
        let aside = N::from(&*format!("{from}~"));
        ordered.push((from.clone(), aside.clone()));
        last.push((aside, to.clone()));
    }
    Ok(ordered.into_iter().chain(last).collect())
}

/// What holds something must be found again under its name.
fn nothing_vanishes(state: &State, next: &Pipeline) -> Result<(), Fault> {
    let stages = state.lines.iter().filter(|(name, _)| next.stage(name).is_none());
    for (name, line) in stages {
        if !line.receipts.is_empty() {
            let held = line.receipts.len();
            let message = format!("stage `{name}` is gone from the file, and holds {held} change{}", plural(held));
            return Err(vanished(message, "stage"));
        }
        if let Some(one) = under_way(state, name) {
            return Err(vanished(
                format!("stage `{name}` is gone from the file, and {one} is under way there"),
                "stage",
            ));
        }
    }
    for (name, line) in &state.areas {
        if next.area(name).is_none() && !line.versions.is_empty() {
            let last = line.versions.last().map_or(0, |version| version.number.0);
            return Err(vanished(
                format!("area `{name}` is gone from the file, and {name}@{last} stands in it"),
                "area",
            ));
        }
    }
    let queued = state.deployments.iter().filter(|asked| asked.status == DeploymentStatus::Queued);
    for asked in queued {
        let what = match next.area(&asked.area) {
            Some(area) if !area.retired => continue,
            Some(_) => "to be retired",
            None => "gone from the file",
        };
        let message = format!("area `{}` is {what}, and {} is queued in it", asked.area, asked.id);
        return Err(Fault::new(DEFECT, message, Remedy::GoOnOrCallOff { deployment: asked.id }));
    }
    Ok(())
}

fn under_way(state: &State, stage: &StageName) -> Option<String> {
    let concerns = state.promotions.iter().filter(|one| one.source == *stage || one.destination == *stage);
    concerns.filter(|one| one.status.is_under_way()).map(|one| one.id.to_string()).next()
}

fn vanished(message: String, what: &str) -> Fault {
    let otherwise = match what {
        "area" => "if it is in use no more, keep its [[area]] and write `retired = true` there",
        _ => "else keep it, or demote from it what it holds",
    };
    let remedy = format!("if it has a new name, write `was = \"the old name\"` in its [[{what}]]; {otherwise}");
    Fault::new(DEFECT, message, remedy)
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}
