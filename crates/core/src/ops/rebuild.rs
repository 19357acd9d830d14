//! `init --rebuild`: where the record of a pipeline is lost, another begins with what branches and refs still tell
//! (`SPEC L11`).

use crate::adopting::kept::{self, Kept};
use crate::adopting::known::Known;
use crate::adopting::stretch::Stretch;
use crate::adopting::traces::Traces;
use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::fold::Attribution;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::records::area_line::EarlierVersion;
use crate::records::configuration::Proposed;
use crate::words::names::{AreaName, Seq, VersionNo};
use crate::words::object::CommitId;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Remedy, Way};
use crate::words::warning::Warning;

/// What is there to rebuild from.
#[derive(Clone, PartialEq, Debug)]
pub struct Remains {
    /// The configuration that is in force from the start (`SPEC K1`).
    pub configuration: Proposed,
    /// Which operations and versions something names.
    pub traces: Traces,
    /// The revisions that refs keep.
    pub kept: Vec<Kept>,
    /// Every stage's branch, lowest first.
    pub stretches: Vec<Stretch>,
}

/// Plans the first entry of the new record. Whoever asks administers the pipeline (`SPEC S4`).
///
/// # Errors
/// `nothing-to-rebuild` where no pipeline ever began, or a fault of the content.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, remains: &Remains) -> Result<Plan, Stop> {
    let Remains { configuration, traces, kept, stretches } = remains;
    if traces.is_empty() {
        return Err(nothing(snapshot.pipeline.name()).into());
    }
    let mut plan = Plan::new(Seq(0), "rebuild");
    plan.events.push(Event::Initialized { administrator: snapshot.actor.user.clone() });
    plan.events.push(Event::Configured(Box::new(configuration.clone())));
    plan.events.push(Event::Rebuilt { last: traces.last().collect(), areas: areas(traces) });
    let recorded = kept::recorded(content, kept, stretches, snapshot.now)?;
    plan.events.extend(recorded.events);
    let told = Attribution { by: &snapshot.actor.user, at: snapshot.now, reason: snapshot.reason };
    let state = snapshot.state.after(&plan.events, told)?;
    let snapshot_then = snapshot.with_state(&state);
    let mut known = Known::of(&snapshot_then);
    plan.events.extend(known.stages(content, stretches)?);
    plan.events.extend(known.exclusions());
    let changes = known.count();
    let plural = if changes == 1 { "" } else { "s" };
    let last: Vec<String> = traces.last().map(|id| id.to_string()).collect();
    let last = if last.is_empty() { String::new() } else { format!("; operations go on after {}", last.join(", ")) };
    plan.says = format!("the record is rebuilt from branches and refs: {changes} change{plural} found{last}");
    plan.warnings.extend(unknown(traces));
    plan.warnings.extend(known.warnings());
    plan.warnings.extend(recorded.lost.iter().map(|(change, number)| {
        let message = format!("no ref keeps revision {number} of {change}: it is taken for the same as the next one");
        Warning::of("not-rebuilt", message)
    }));
    Ok(plan)
}

fn areas(traces: &Traces) -> Vec<EarlierVersion> {
    let found = traces.areas.iter();
    found
        .map(|(area, (number, commit))| EarlierVersion { area: area.clone(), number: *number, commit: *commit })
        .collect()
}

/// What neither branches nor refs say.
fn unknown(traces: &Traces) -> Vec<Warning> {
    let message = "branches and refs do not say who tested and approved what, what was excluded or ignored, projects, \
                   releases and owners, grants, drafts and schedules, what a back-promotion brought, or who asked for what";
    let all = Warning::of("not-rebuilt", message).mended_by("say again what must hold from now on");
    let of_area = |(area, (number, _)): (&AreaName, &(VersionNo, CommitId))| {
        let message = format!("what {area} holds is not known; its last version was {area}@{number}");
        let remedy = Remedy::SettlePlace { area: area.clone(), ways: vec![Way::Adopt] };
        Warning::of("not-rebuilt", message).mended_by(remedy)
    };
    [all].into_iter().chain(traces.areas.iter().map(of_area)).collect()
}

fn nothing(pipeline: &str) -> Refusal {
    let message = format!("nothing here tells of an earlier record of the pipeline `{pipeline}`");
    Refusal::new(Code::NothingToRebuild, message, Remedy::BeginRecord { pipeline: pipeline.to_owned() })
}
