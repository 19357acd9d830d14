//! `resolve`: a person settles one conflict of a promotion; after the last one it goes on by itself (`SPEC X4`).

use crate::compose::checked::{self, Goal, Wrong};
use crate::content::attributes::{self, Attributes, LineEnds};
use crate::content::entry::{self, Taken};
use crate::content::proposal::Proposal;
use crate::content::{ConflictKind, Content, Sides};
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::moving::go_on;
use crate::records::conflict::MoveConflict;
use crate::records::grant::Privilege;
use crate::records::promotion::{MoveResolution, Promotion, PromotionStatus};
use crate::records::resolution::{Resolution, ResolutionId, Settler};
use crate::words::details::{ConflictAt, Details};
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, OperationId, StageName};
use crate::words::object::{BlobId, Mode, Oid, RepoPath};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Addition, Remedy};
use serde::{Deserialize, Serialize};

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

/// Which conflicts of a promotion are meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Which {
    /// The promotion.
    pub promotion: OperationId,
    /// Only on this path.
    pub path: Option<RepoPath>,
    /// Only of this change.
    pub change: Option<ChangeKey>,
    /// Only on this stage.
    pub stage: Option<StageName>,
}

/// The conflicts that a person may settle next.
///
/// # Errors
/// `unknown-promotion`, `not-conflicted`, `no-such-conflict`.
pub fn open<'a>(snapshot: &Snapshot<'a>, which: &Which) -> Result<Vec<&'a MoveConflict>, Refusal> {
    let promotion = conflicted(snapshot, which.promotion)?;
    let fits = |conflict: &&MoveConflict| {
        which.path.as_ref().is_none_or(|path| conflict.path == *path)
            && which.change.as_ref().is_none_or(|change| conflict.change == *change)
            && which.stage.as_ref().is_none_or(|stage| conflict.stage == *stage)
    };
    let open: Vec<_> = promotion.conflicts.iter().filter(fits).collect();
    match open.is_empty() {
        true => Err(no_such(promotion, which.path.as_ref())),
        false => Ok(open),
    }
}

fn conflicted<'a>(snapshot: &Snapshot<'a>, id: OperationId) -> Result<&'a Promotion, Refusal> {
    let promotion = snapshot.promotion(id)?;
    if promotion.status == PromotionStatus::Conflicted {
        return Ok(promotion);
    }
    let message = format!("{id} has no conflicts: it is {}", promotion.status.as_str());
    Err(Refusal::new(Code::NotConflicted, message, Remedy::ShowPromotion { promotion: id }))
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
    /// This content, in the mode a merge gives. Contents are stored at the door: no entry holds them.
    Content(BlobId),
    /// What is proposed for it.
    Proposed,
    /// What a resolution about another file makes of it; its id, or how it begins.
    Reuse(String),
}

/// Plans the resolution.
///
/// # Errors
/// `unknown-promotion`, `not-conflicted`, `no-such-conflict`, `conflict-ambiguous`, `not-permitted`, `broken-result`,
/// `markers-left`, `unknown-resolution`, `unfit-resolution`, `nothing-proposed`, and those of going on.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let promotion = conflicted(snapshot, request.promotion)?;
    let used = rights::require(snapshot, Privilege::Resolve, rights::on_stage(&promotion.destination))?;
    let settled = find(promotion, request)?;
    let mut next = Promotion { validation: None, ..promotion.clone() };
    for conflict in &settled {
        next.resolutions.retain(|known| !is_for(known, conflict));
        let decided = decide(snapshot, content, (conflict, &request.with))?;
        if request.broken == Broken::Refuse {
            is_sound(snapshot, content, (conflict, &decided.resolution))?;
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
        None => Err(no_such(promotion, Some(&request.path))),
    }
}

/// What settles one would be wrong for the other.
fn ambiguous(request: &Request, found: &[&MoveConflict]) -> Refusal {
    let each: Vec<_> = found.iter().map(|one| format!("{} on {}", one.change, one.stage)).collect();
    let message = format!("{} conflicts in {} ways: {}", request.path, found.len(), each.join(", "));
    let which = found.iter().map(|one| ConflictAt { change: one.change.clone(), stage: one.stage.clone() }).collect();
    Refusal::new(Code::ConflictAmbiguous, message, Addition::StageOrChange)
        .with(Details::Ambiguous { path: request.path.clone(), conflicts: which })
}

fn no_such(promotion: &Promotion, path: Option<&RepoPath>) -> Refusal {
    let open: Vec<_> = promotion.conflicts.iter().map(|conflict| conflict.path.to_string()).collect();
    let place = path.map_or_else(|| "what was named".to_owned(), ToString::to_string);
    let message = format!("{} has no open conflict on {place}", promotion.id);
    let open_are = format!("open are: {}", open.join(", "));
    let (promotion, path) = (promotion.id, path.cloned());
    Refusal::new(Code::NoSuchConflict, message, open_are).with(Details::NoConflict { promotion, path, open })
}

fn is_for(known: &MoveResolution, conflict: &MoveConflict) -> bool {
    known.change == conflict.change
        && known.resolution.path == conflict.path
        && known.resolution.sides == conflict.sides
}

fn decide(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (conflict, with): (&MoveConflict, &With),
) -> Result<MoveResolution, Stop> {
    let dispute = conflict.dispute();
    let entry = match with {
        With::Ours => dispute.entry(Taken::Ours),
        With::Theirs => dispute.entry(Taken::Theirs),
        With::Base => dispute.entry(Taken::Base),
        With::Content(id) if conflict.kind == ConflictKind::Submodule => {
            dispute.entry(Taken::Content(commit_in(content, conflict, *id)?))
        }
        With::Content(id) => {
            let line_ends = attributes(snapshot, content, conflict)?.line_ends;
            dispute.entry(Taken::Content(as_git_keeps(content, (*id, line_ends), &conflict.sides)?))
        }
        With::Proposed => {
            let found = snapshot.composer(content).proposal(dispute, &Proposal::all())?;
            let Some(proposed) = found else { return Err(nothing_proposed(conflict).into()) };
            dispute.entry(Taken::Content(proposed.leaf.id))
        }
        With::Reuse(text) => {
            let id = snapshot.state.resolution(text)?;
            let offers = snapshot.composer(content).offers(dispute)?;
            let Some(offer) = offers.into_iter().find(|offer| offer.id == id) else {
                return Err(unfit(conflict, id).into());
            };
            dispute.entry_as_theirs(offer.leaf)
        }
    };
    let resolution = Resolution::of((&conflict.path, conflict.sides), entry, Settler::Person);
    Ok(MoveResolution { change: conflict.change.clone(), resolution })
}

/// What the stage says about merging the path.
fn attributes(snapshot: &Snapshot<'_>, content: &dyn Content, conflict: &MoveConflict) -> Result<Attributes, Fault> {
    match snapshot.state.lines.get(&conflict.stage) {
        Some(line) => content.attributes(line.tree, &conflict.path),
        None => Ok(Attributes::default()),
    }
}

/// A given content with the line ends that git would keep; a side that is given stays as it is.
fn as_git_keeps(content: &dyn Content, (given, line_ends): (BlobId, LineEnds), sides: &Sides) -> Result<BlobId, Fault> {
    let there = [sides.base, sides.ours, sides.theirs].into_iter().flatten().filter(|leaf| entry::is_plain(*leaf));
    let there: Vec<_> = there.map(|leaf| leaf.id).collect();
    if line_ends == LineEnds::Keep || there.contains(&given) {
        return Ok(given);
    }
    let sides = there.into_iter().map(|side| content.read(side)).collect::<Result<Vec<_>, _>>()?;
    content.blob(&attributes::kept(content.read(given)?, line_ends, &sides))
}

/// What is given for a submodule's pointer is the id of a commit.
fn commit_in(content: &dyn Content, conflict: &MoveConflict, given: BlobId) -> Result<BlobId, Stop> {
    let text = content.read(given)?;
    if let Some(id) = std::str::from_utf8(&text).ok().and_then(|text| Oid::from_hex(text.trim())) {
        return Ok(BlobId(id));
    }
    let (path, problem) = (conflict.path.clone(), "a submodule's pointer is the id of a commit".to_owned());
    let message = format!("that would break {path}: {problem}");
    let details = Details::Broken { path, file_type: "submodule".to_owned(), problem };
    Err(Refusal::new(Code::BrokenResult, message, "take a side, or a file with the id of a commit")
        .with(details)
        .into())
}

fn nothing_proposed(conflict: &MoveConflict) -> Refusal {
    let message = format!("there is nothing to propose for {}", conflict.path);
    Refusal::new(Code::NothingProposed, message, "take a side, or what a file of your own holds")
        .with(Details::Unproposed { path: conflict.path.clone() })
}

/// What was decided about other contents says nothing about these.
fn unfit(conflict: &MoveConflict, id: ResolutionId) -> Refusal {
    let message =
        format!("resolution {id} does not fit {}: it was made for other contents, or is forgotten", conflict.path);
    let (resolution, path) = (id.to_string(), conflict.path.clone());
    Refusal::new(Code::UnfitResolution, message, "take a side, or what a file of your own holds")
        .with(Details::Unfit { resolution, path })
}

/// What a person gives is checked like a merge's result.
fn is_sound(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (conflict, decided): (&MoveConflict, &Resolution),
) -> Result<(), Stop> {
    let Some(result) = decided.result.filter(|result| result.mode != Mode::Submodule) else { return Ok(()) };
    let path = decided.at.as_ref().unwrap_or(&decided.path).clone();
    let types = &snapshot.pipeline.settings().file_types;
    let marker_size = attributes(snapshot, content, conflict)?.marker_size;
    let goal = Goal { path: &path, sides: &decided.sides, types, marker_size };
    let refusal = match checked::wrong(content, goal, result.id)? {
        None => return Ok(()),
        Some(Wrong::Markers { line }) => {
            let message = format!("a conflict marker is left in line {line} of what {path} should hold");
            Refusal::new(Code::MarkersLeft, message, Addition::Anyway).with(Details::Marked { path, line })
        }
        Some(Wrong::Broken { file_type, problem }) => {
            let message = format!("that would break {path}: {problem}");
            let details = Details::Broken { path, file_type, problem };
            Refusal::new(Code::BrokenResult, message, Addition::Anyway).with(details)
        }
    };
    Err(refusal.into())
}

fn kept(snapshot: &Snapshot<'_>, promotion: Promotion, path: &RepoPath) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "resolution");
    plan.operation = Some(promotion.id);
    plan.says = format!("{path} is settled; {} of {} stay open", promotion.conflicts.len(), promotion.id);
    plan.events.push(Event::Promotion(Box::new(promotion)));
    plan
}
