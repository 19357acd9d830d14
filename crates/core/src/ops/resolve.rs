//! `resolve`: a person settles one conflict of a promotion; after the last one it goes on by itself (`SPEC X4`).

use crate::content::{Content, Sides};
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::moving::go_on;
use crate::records::grant::Privilege;
use crate::records::promotion::{MoveConflict, MoveResolution, Promotion, PromotionStatus};
use crate::records::resolution::{Resolution, Settler};
use crate::words::names::{ChangeKey, OperationId, StageName};
use crate::words::object::{Leaf, RepoPath};
use crate::words::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a person decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The promotion.
    pub promotion: OperationId,
    /// The path in conflict.
    pub path: RepoPath,
    /// The change, where several conflict on one path.
    pub change: Option<ChangeKey>,
    /// The stage, where the path conflicts on several.
    #[serde(default)]
    pub stage: Option<StageName>,
    /// What the path shall hold.
    pub with: With,
    /// What becomes of a result that breaks a structured file.
    #[serde(default)]
    pub broken: Broken,
}

/// What becomes of a result that breaks a structured file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Broken {
    /// It is refused.
    #[default]
    Refuse,
    /// It is taken.
    Take,
}

/// What a path in conflict shall hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum With {
    /// What the destination holds.
    Ours,
    /// What the change wants.
    Theirs,
    /// What both started from.
    Base,
    /// These bytes, in the mode either side has.
    Bytes(Vec<u8>),
}

/// Plans the resolution.
///
/// # Errors
/// `unknown-promotion`, `not-conflicted`, `no-such-conflict`, `conflict-ambiguous`, `not-permitted`, `broken-result`, and those of going on.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let promotion = snapshot.promotion(request.promotion)?;
    if promotion.status != PromotionStatus::Conflicted {
        let message = format!("{} has no conflicts: it is {}", promotion.id, promotion.status.as_str());
        let hint = format!("look at it with `switchback promotion show {}`", promotion.id);
        return Err(Refusal::new(Code::NotConflicted, message, hint).into());
    }
    let used = rights::require(snapshot, Privilege::Resolve, rights::on_stage(&promotion.destination))?;
    let settled = find(promotion, request)?;
    let mut next = promotion.clone();
    for conflict in &settled {
        next.resolutions.retain(|known| !is_for(known, conflict));
        let decided = decide(content, conflict, &request.with)?;
        if request.broken == Broken::Refuse {
            is_sound(snapshot, content, &decided.resolution)?;
        }
        next.resolutions.push(decided);
    }
    next.conflicts.retain(|conflict| !settled.contains(&conflict));
    let mut plan = match next.conflicts.is_empty() {
        true => go_on::settled(snapshot, content, next)?,
        false => kept(snapshot, next, &request.path),
    };
    plan.kind = "resolution";
    plan.privileges.insert(0, used);
    Ok(plan)
}

/// The conflicts that are meant: one, or several over the same three contents.
fn find<'a>(promotion: &'a Promotion, request: &Request) -> Result<Vec<&'a MoveConflict>, Refusal> {
    let fits = |conflict: &&MoveConflict| {
        conflict.path == request.path
            && request.change.as_ref().is_none_or(|change| conflict.change == *change)
            && request.stage.as_ref().is_none_or(|stage| conflict.stage == *stage)
    };
    let found: Vec<_> = promotion.conflicts.iter().filter(fits).collect();
    match found.first() {
        Some(first) if found.iter().all(|other| other.sides == first.sides) => Ok(found),
        Some(_) => Err(ambiguous(request, &found)),
        None => Err(no_such(promotion, request)),
    }
}

/// What settles one would be wrong for the other.
fn ambiguous(request: &Request, found: &[&MoveConflict]) -> Refusal {
    let each: Vec<_> = found.iter().map(|one| format!("{} on {}", one.change, one.stage)).collect();
    let message = format!("{} conflicts in {} ways: {}", request.path, found.len(), each.join(", "));
    let which: Vec<_> = found.iter().map(|one| json!({ "change": one.change, "stage": one.stage })).collect();
    Refusal::new(Code::ConflictAmbiguous, message, "say which with `--stage STAGE` or `--change CHANGE`")
        .with(json!({ "path": request.path, "conflicts": which }))
}

fn no_such(promotion: &Promotion, request: &Request) -> Refusal {
    let open: Vec<_> = promotion.conflicts.iter().map(|conflict| conflict.path.to_string()).collect();
    let message = format!("{} has no open conflict on {}", promotion.id, request.path);
    Refusal::new(Code::NoSuchConflict, message, format!("open are: {}", open.join(", ")))
        .with(json!({ "promotion": promotion.id, "path": request.path, "open": open }))
}

fn is_for(known: &MoveResolution, conflict: &MoveConflict) -> bool {
    known.change == conflict.change
        && known.resolution.path == conflict.path
        && known.resolution.sides == conflict.sides
}

fn decide(content: &dyn Content, conflict: &MoveConflict, with: &With) -> Result<MoveResolution, Stop> {
    let Sides { base, ours, theirs } = conflict.sides;
    let result = match with {
        With::Ours => ours,
        With::Theirs => theirs,
        With::Base => base,
        With::Bytes(bytes) => {
            let mode = theirs.or(ours).or(base).map_or(crate::words::object::Mode::File, |leaf| leaf.mode);
            Some(Leaf { mode, id: content.blob(bytes)? })
        }
    };
    let (path, sides, by) = (conflict.path.clone(), conflict.sides, Settler::Person);
    let resolution = Resolution { path, sides, result, by };
    Ok(MoveResolution { change: conflict.change.clone(), resolution })
}

/// A structured file must not come out broken, unless one of the sides is taken as it stands.
fn is_sound(snapshot: &Snapshot<'_>, content: &dyn Content, decided: &Resolution) -> Result<(), Stop> {
    let Sides { base, ours, theirs } = decided.sides;
    let Some(result) = decided.result else { return Ok(()) };
    let Some(file_type) = snapshot.pipeline.settings().file_types.of(&decided.path) else { return Ok(()) };
    let is_side = [base, ours, theirs].into_iter().flatten().any(|side| side.id == result.id);
    let (Some(format), false) = (file_type.format, is_side) else { return Ok(()) };
    let Some(problem) = content.unsound(result.id, format, &file_type.keys)? else { return Ok(()) };
    let message = format!("that would break {}: {problem}", decided.path);
    let hint = "mend it, or take it as it is with `--anyway`";
    Err(Refusal::new(Code::BrokenResult, message, hint)
        .with(json!({ "path": decided.path, "file_type": file_type.name, "problem": problem }))
        .into())
}

fn kept(snapshot: &Snapshot<'_>, promotion: Promotion, path: &RepoPath) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "resolution");
    plan.operation = Some(promotion.id);
    plan.says = format!("{path} is settled; {} of {} stay open", promotion.conflicts.len(), promotion.id);
    plan.events.push(Event::Promotion(Box::new(promotion)));
    plan
}
