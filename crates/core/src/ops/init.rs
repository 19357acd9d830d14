//! `init`: the pipeline begins with what lies on its stages' branches (`SPEC L10`).

use crate::adopting::known::Known;
use crate::adopting::stretch::Stretch;
use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::records::configuration::Proposed;
use crate::words::names::Seq;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Place;

/// What the pipeline begins with.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    /// The configuration that is in force from the start (`SPEC K1`).
    pub configuration: &'a Proposed,
    /// What lies on each stage's branch, lowest first.
    pub stretches: &'a [Stretch],
}

/// Plans the first entry: the configuration, and every stage, lowest first, with what lies on its branch since the common ancestor. Whoever
/// asks administers the pipeline (`SPEC S4`).
///
/// # Errors
/// `already-initialized`, or a fault of the content.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, beginning: Beginning<'_>) -> Result<Plan, Stop> {
    if snapshot.seq() != Seq(0) {
        return Err(begun(snapshot.pipeline.name()).into());
    }
    let mut plan = Plan::new(Seq(0), "init");
    plan.events.push(Event::Initialized { administrator: snapshot.actor.user.clone() });
    let Beginning { configuration, stretches } = beginning;
    plan.events.push(Event::Configured(Box::new(configuration.clone())));
    let mut known = Known::of(snapshot);
    plan.events.extend(known.stages(content, stretches)?);
    plan.events.extend(known.exclusions());
    let changes = known.count();
    let plural = if changes == 1 { "" } else { "s" };
    plan.says = format!("{} stages begin; {changes} change{plural} found on their branches", stretches.len());
    Ok(plan)
}

/// A pipeline begins once.
pub fn begun(pipeline: &str) -> Refusal {
    let message = format!("the pipeline `{pipeline}` has begun already");
    Refusal::new(Code::AlreadyInitialized, message, Place::Status)
}
