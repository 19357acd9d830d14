//! `deploy`: changes a stage holds are put into its areas, by hand (`SPEC 6`).

use crate::areas::next_version;
use crate::areas::pending;
use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival::{self, Arrival};
use crate::moving::line_taken;
use crate::pipeline::area::Area;
use crate::records::deployment::{Deployment, DeploymentKind};
use crate::records::grant::{Privilege, Scope};
use crate::records::receipt::ChangeIx;
use crate::words::details::Details;
use crate::words::names::{AreaName, ChangeKey, OperationKind, RevisionNo, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Addition, Place, Remedy};
use crate::words::warning::Warning;
use serde::{Deserialize, Serialize};

/// What a person asks of a deployment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Which changes.
    pub changes: Wanted,
    /// Where.
    pub place: DeployTo,
}

/// Which changes to deploy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// Everything the stage holds and the area lacks.
    All,
    /// These.
    Keys(Vec<ChangeKey>),
}

/// Where to deploy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeployTo {
    /// These areas.
    Areas(Vec<AreaName>),
    /// The default areas of this stage.
    Stage(StageName),
}

/// Plans a deployment by hand. What could not be carried out is refused now, not when the job runs.
///
/// # Errors
/// `unknown-…`, `not-permitted`, `in-flight`, `area-offline`, `area-retired`, `not-at-stage`, `needs-change`, `regression`, `nothing-to-deploy`.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let mut plan = Plan::new(snapshot.seq(), "deployment");
    let (mut asked, mut on_hold): (Vec<Deployment>, Vec<OnHold>) = (Vec::new(), Vec::new());
    for area in areas(snapshot, &request.place)? {
        plan.privileges.push(rights::require(snapshot, Privilege::Deploy, Scope::Area(area.name.clone()))?);
        line_taken::is_area_free(snapshot, &area.name)?;
        let (changes, held) = changes(snapshot, content, area, &request.changes)?;
        plan.warnings.extend(
            held.iter()
                .map(|key| Warning::of("on-hold", format!("{key} is on hold in {}; name it to deploy it", area.name))),
        );
        on_hold.extend((!held.is_empty()).then(|| (area.name.clone(), held)));
        let operation = deploy_on_arrival::nth_id(snapshot, 0);
        let arrival = Arrival { stage: &area.stage, changes: &changes, operation, already: asked.len() };
        let one = deploy_on_arrival::draft(snapshot, area, arrival);
        // A manual task pauses the job; it is no reason not to ask.
        match next_version::draft(snapshot, content, &one) {
            Ok(None) => {}
            Err(Stop::Refused(refusal)) if refusal.code != Code::TaskOpen => return Err(Stop::Refused(refusal)),
            Err(Stop::Fault(fault)) => return Err(fault.into()),
            Ok(Some(_)) | Err(Stop::Refused(_)) => asked.push(one),
        }
    }
    if asked.is_empty() && !on_hold.is_empty() {
        return Err(held_back(&on_hold).into());
    }
    if asked.is_empty() {
        let message = "the areas hold everything asked for already";
        return Err(Refusal::new(Code::NothingToDeploy, message, Place::Pending).into());
    }
    plan.operation = asked.first().map(|one| one.id);
    plan.says = says(&asked);
    plan.events = asked.into_iter().map(|one| Event::DeploymentAsked(Box::new(one))).collect();
    Ok(plan)
}

fn areas<'a>(snapshot: &Snapshot<'a>, place: &DeployTo) -> Result<Vec<&'a Area>, Refusal> {
    match place {
        DeployTo::Areas(names) => {
            let once = names.iter().enumerate().filter(|(at, name)| !names[..*at].contains(name));
            once.map(|(_, name)| snapshot.area(name)).collect()
        }
        DeployTo::Stage(stage) => {
            let stage = &snapshot.stage(stage)?.name;
            let areas: Vec<_> = snapshot.pipeline.areas_of(stage).filter(|area| area.default).collect();
            match areas.is_empty() {
                false => Ok(areas),
                true => {
                    let message = format!("{stage} has no default area");
                    Err(Refusal::new(Code::UnknownArea, message, Addition::Areas))
                }
            }
        }
    }
}

/// What an area lacks and does not get unless it is named (`SPEC R8`).
type OnHold = (AreaName, Vec<ChangeKey>);

/// Everything that is lacking is on hold.
fn held_back(on_hold: &[OnHold]) -> Refusal {
    let each: Vec<_> = on_hold
        .iter()
        .map(|(area, keys)| {
            let names: Vec<_> = keys.iter().map(ChangeKey::as_str).collect();
            format!("{} in {area}", names.join(", "))
        })
        .collect();
    let message = format!("all that is lacking is on hold: {}", each.join("; "));
    let (area, changes) = on_hold[0].clone();
    Refusal::new(Code::NothingToDeploy, message, Remedy::DeployByName { changes, area })
}

/// What goes to an area, and what stays on hold there.
type GoingAndHeld = (Vec<(ChangeKey, RevisionNo)>, Vec<ChangeKey>);

fn changes(snapshot: &Snapshot<'_>, content: &dyn Content, area: &Area, wanted: &Wanted) -> Result<GoingAndHeld, Stop> {
    let line = snapshot.line(&area.stage)?;
    match wanted {
        Wanted::Keys(keys) => {
            let one = |key: &ChangeKey| {
                let (ix, change) = snapshot.change(key)?;
                Ok((key.clone(), line.receipts.revision(ix).unwrap_or(change.latest().number)))
            };
            Ok((keys.iter().map(one).collect::<Result<_, Refusal>>()?, Vec::new()))
        }
        Wanted::All => {
            let pending = pending::pending(snapshot.state, content, area)?;
            let pending = pending.into_iter().filter(|one| !one.is_leftover());
            let (on_hold, going): (Vec<_>, Vec<_>) = pending.partition(|one| one.on_hold);
            let key = |change: ChangeIx| snapshot.state.key(change).clone();
            let going = going.iter().filter_map(|one| Some((key(one.change), one.at_stage?)));
            Ok((going.collect(), on_hold.iter().map(|one| key(one.change)).collect()))
        }
    }
}

fn says(asked: &[Deployment]) -> String {
    let named: Vec<_> = asked
        .iter()
        .map(|one| {
            let count = one.changes.len();
            let plural = if count == 1 { "" } else { "s" };
            match one.kind {
                DeploymentKind::Populate => format!("{} writes the baseline of {}", one.id, one.area),
                _ => format!("{} deploys {count} change{plural} to {}", one.id, one.area),
            }
        })
        .collect();
    named.join(", ")
}

/// Plans writing an area's baseline (`area populate`, `SPEC A4`).
///
/// # Errors
/// `unknown-area`, `not-permitted`, `area-offline`, `area-retired`, `nothing-to-deploy` when it has one.
pub fn populate(snapshot: &Snapshot<'_>, name: &AreaName) -> Result<Plan, Stop> {
    by_hand(snapshot, name, DeploymentKind::Populate)
}

/// Plans reinstating an area's current version (`area repair`, `SPEC A13`).
///
/// # Errors
/// `unknown-area`, `not-permitted`, `area-offline`, `area-retired`, `nothing-to-deploy` when it has none.
pub fn repair(snapshot: &Snapshot<'_>, name: &AreaName) -> Result<Plan, Stop> {
    by_hand(snapshot, name, DeploymentKind::Repair)
}

/// Plans taking what stands at an area's place as a new version (`area adopt`, `SPEC A15`).
///
/// # Errors
/// `unknown-area`, `not-permitted`, `area-offline`, `area-retired`, `in-flight`.
pub fn adopt(snapshot: &Snapshot<'_>, name: &AreaName) -> Result<Plan, Stop> {
    by_hand(snapshot, name, DeploymentKind::Adopt)
}

/// Plans following an area's place to where it was moved (`area move`, `SPEC A15`).
///
/// # Errors
/// `unknown-area`, `not-permitted`, `area-offline`, `area-retired`, `nothing-to-deploy` when nothing was ever deployed to it.
pub fn follow(snapshot: &Snapshot<'_>, name: &AreaName) -> Result<Plan, Stop> {
    by_hand(snapshot, name, DeploymentKind::Move)
}

fn by_hand(snapshot: &Snapshot<'_>, name: &AreaName, kind: DeploymentKind) -> Result<Plan, Stop> {
    let area = snapshot.area(name)?;
    let used = rights::require(snapshot, Privilege::Deploy, Scope::Area(name.clone()))?;
    let has_version = snapshot.state.area(name).current().is_some();
    if kind != DeploymentKind::Adopt && has_version == (kind == DeploymentKind::Populate) {
        let area = name.clone();
        let (message, remedy) = match has_version {
            true => (format!("area {name} has its baseline already"), Remedy::DeployTo { area }),
            false => (format!("nothing was ever deployed to area {name}"), Remedy::Populate { area }),
        };
        let details = Details::Area { area: name.clone() };
        return Err(Refusal::new(Code::NothingToDeploy, message, remedy).with(details).into());
    }
    deploy_on_arrival::takes(area)?;
    if kind == DeploymentKind::Adopt {
        line_taken::is_area_free(snapshot, name)?;
    }
    let operation = snapshot.state.next_id(OperationKind::Deployment);
    let arrival = Arrival { stage: &area.stage, changes: &[], operation, already: 0 };
    let mut plan = Plan::new(snapshot.seq(), "deployment");
    plan.operation = Some(operation);
    plan.privileges.push(used);
    plan.says = match kind {
        DeploymentKind::Populate => format!("{operation} writes the baseline of {name}"),
        DeploymentKind::Adopt => format!("{operation} takes what stands at {name} as it is"),
        DeploymentKind::Move => format!("{operation} follows {name} to where it was moved"),
        _ => format!("{operation} repairs {name}"),
    };
    let asked = Deployment { kind, ..deploy_on_arrival::draft(snapshot, area, arrival) };
    plan.events.push(Event::DeploymentAsked(Box::new(asked)));
    Ok(plan)
}
