//! `change edit|exclude|include|ignore|task`: what people decide about a change besides moving it (`SPEC C5`, `A12`).

use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::records::grant::{Privilege, Scope};
use crate::records::job::JobChange;
use crate::words::admit;
use crate::words::names::{AreaName, ChangeKey, StageName, UserName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Addition;
use serde::{Deserialize, Serialize};

/// What is decided about some changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Which.
    pub changes: Vec<ChangeKey>,
    /// What.
    pub decision: Decision,
}

/// One decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// What is known about them; `None` stays.
    Edit {
        /// The title.
        title: Option<String>,
        /// The project.
        project: Option<String>,
        /// The release.
        release: Option<String>,
        /// Who answers for it.
        owner: Option<UserName>,
        /// The change it is part of.
        parent: Option<ChangeKey>,
    },
    /// Never counted, never offered.
    Exclude,
    /// Counted and offered again.
    Include,
    /// Not offered to a stage.
    Ignore(StageName),
    /// Offered to it again.
    Notice(StageName),
    /// A manual task is added.
    AddTask {
        /// What to do.
        text: String,
        /// For which area; every area where `None`.
        area: Option<AreaName>,
    },
    /// A manual task is done.
    DoTask {
        /// Which.
        number: u32,
        /// For which area.
        area: AreaName,
    },
}

/// Plans a decision.
///
/// # Errors
/// `unknown-…`, `not-permitted`, `reason-required` for excluding and ignoring.
pub fn plan(snapshot: &Snapshot<'_>, request: &Request) -> Result<Plan, Stop> {
    let mut plan = Plan::new(snapshot.seq(), "change");
    plan.privileges.push(rights::require(snapshot, Privilege::Record, Scope::Pipeline)?);
    for key in &request.changes {
        plan.events.push(event(snapshot, key, &request.decision)?);
    }
    let keys: Vec<_> = request.changes.iter().map(ChangeKey::as_str).collect();
    plan.says = format!("{}: {}", keys.join(", "), word(&request.decision));
    if matches!(request.decision, Decision::DoTask { .. }) {
        // What waited for it is looked at again.
        plan.queue.push(JobChange::Wake { run_at: snapshot.now });
    }
    Ok(plan)
}

fn word(decision: &Decision) -> String {
    match decision {
        Decision::Edit { .. } => "edited".to_owned(),
        Decision::Exclude => "excluded".to_owned(),
        Decision::Include => "included".to_owned(),
        Decision::Ignore(stage) => format!("ignored at {stage}"),
        Decision::Notice(stage) => format!("noticed again at {stage}"),
        Decision::AddTask { text, .. } => format!("task added: {text}"),
        Decision::DoTask { number, area } => format!("task {number} done for {area}"),
    }
}

fn event(snapshot: &Snapshot<'_>, key: &ChangeKey, decision: &Decision) -> Result<Event, Refusal> {
    let (_, known) = snapshot.change(key)?;
    let change = key.clone();
    match decision {
        Decision::Edit { title, project, release, owner, parent } => {
            admit::facts(owner.as_ref(), (project.as_deref(), release.as_deref()))?;
            parent.as_ref().map(|parent| snapshot.change(parent)).transpose()?;
            let mut facts = known.facts.clone();
            facts.title = title.clone().unwrap_or(facts.title);
            facts.project = project.clone().or(facts.project);
            facts.release = release.clone().or(facts.release);
            facts.owner = owner.clone().unwrap_or(facts.owner);
            facts.parent = parent.clone().or(facts.parent);
            Ok(Event::Edited { change, facts })
        }
        Decision::Exclude => Ok(Event::Excluded { change, reason: reason(snapshot, "excluding")? }),
        Decision::Include => Ok(Event::Included { change }),
        Decision::Ignore(stage) => {
            snapshot.stage(stage)?;
            Ok(Event::Ignored { change, stage: stage.clone(), reason: reason(snapshot, "ignoring")? })
        }
        Decision::Notice(stage) => {
            snapshot.stage(stage)?;
            Ok(Event::Noticed { change, stage: stage.clone() })
        }
        Decision::AddTask { text, area } => {
            area.as_ref().map(|area| snapshot.area(area)).transpose()?;
            Ok(Event::TaskAdded { change, text: text.clone(), area: area.clone() })
        }
        Decision::DoTask { number, area } => {
            let stage = &snapshot.area(area)?.stage;
            if !known.tasks.iter().any(|task| task.number == *number) {
                return Err(Refusal::unknown(Code::UnknownTask, &format!("{key} #{number}"), &[]));
            }
            let (ix, _) = snapshot.change(key)?;
            let revision = snapshot.line(stage)?.receipts.revision(ix).unwrap_or(known.latest().number);
            Ok(Event::TaskDone { change, number: *number, area: area.clone(), revision })
        }
    }
}

fn reason(snapshot: &Snapshot<'_>, doing: &str) -> Result<String, Refusal> {
    match snapshot.reason {
        Some(reason) if !reason.is_empty() => Ok(reason.to_owned()),
        _ => {
            let message = format!("{doing} a change needs a reason");
            Err(Refusal::new(Code::ReasonRequired, message, Addition::Reason))
        }
    }
}
