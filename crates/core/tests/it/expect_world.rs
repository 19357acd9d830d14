//! Expectations about the world: what stages and areas hold, and how records stand.

use crate::expect::{same, same_set, words};
use crate::play::{self, Play, bytes, operation};
use crate::words::{cut, list};
use crate::world::{Voice, World};
use switchback_core::areas::next_version;
use switchback_core::areas::pending;
use switchback_core::areas::{brought_back, revertible};
use switchback_core::content::Content;
use switchback_core::ledger::plan::Stop;
use switchback_core::moving::candidates;
use switchback_core::moving::deploy_on_arrival::{self, Arrival};
use switchback_core::moving::promoting::route_of;
use switchback_core::moving::route::Way;
use switchback_core::moving::verdict::{Judge, Verdict};
use switchback_core::records::conflict::MoveConflict;
use switchback_core::records::deployment::{Deployment, DeploymentStatus};
use switchback_core::records::promotion::Direction;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::{AreaName, ChangeKey, OperationKind, RevisionNo, StageName, VersionNo};
use switchback_core::words::object::{Leaf, RepoPath};
use switchback_core::words::refusal::Code;

/// A change at a revision; the first goes without saying.
pub fn named(world: &World, ix: ChangeIx, revision: RevisionNo) -> String {
    match revision {
        RevisionNo(1) => world.state.key(ix).to_string(),
        newer => format!("{}@{newer}", world.state.key(ix)),
    }
}

/// `QA: US-1@2 US-3` is everything a stage holds; `qa-web: US-1 v4` an area, perhaps with its version.
pub fn holds(play: &mut Play, name: &str, wanted: &str) -> Result<(), String> {
    let world = play.world()?;
    if let Some(line) = world.state.lines.get(&StageName::new(name)) {
        // What names no change is called after its commit, which a scenario cannot know.
        let called = |key: String| {
            if wanted.contains("commit-*") && key.starts_with("commit-") { "commit-*".into() } else { key }
        };
        let held = line.receipts.iter().filter_map(|ix| Some(called(named(world, ix, line.receipts.revision(ix)?))));
        return same_set(name, held.collect(), wanted);
    }
    let area = AreaName::new(name);
    world.pipeline.area(&area).ok_or_else(|| format!("there is no stage or area {name}"))?;
    let line = world.state.area(&area);
    let mut held: Vec<_> = line.held.iter().map(|(ix, holding)| (*ix, holding.revision)).collect();
    held.sort();
    let mut held: Vec<_> = held.into_iter().map(|(ix, revision)| named(world, ix, revision)).collect();
    if let (Some(version), Some('v')) = (line.current(), words(wanted).last().and_then(|word| word.chars().next())) {
        held.push(format!("v{}", version.number));
    }
    same_set(name, held, wanted)
}

/// `file a at QA = 1 2 3`, `file a at qa-web gone`
pub fn file(play: &mut Play, rest: &str) -> Result<(), String> {
    let (path, rest) = cut(rest, " at ")?;
    let (name, wanted) = cut(rest, " ")?;
    let world = play.world()?;
    let tree = world.tree_of(name).ok_or_else(|| format!("there is no stage or area {name}"))?;
    let found = world.content.bytes_at(tree, &RepoPath::new(path)).map_err(|fault| fault.message)?;
    let wanted = wanted.strip_prefix('=').map(bytes);
    match found == wanted {
        true => Ok(()),
        false => Err(format!("{path} at {name} holds {}", shown(found.as_deref()))),
    }
}

fn shown(found: Option<&[u8]>) -> String {
    found.map_or("nothing".to_owned(), |bytes| String::from_utf8_lossy(bytes).replace('\n', " "))
}

/// `tree QA = SIT`, `tree QA = base`
pub fn tree(play: &mut Play, rest: &str) -> Result<(), String> {
    let (left, right) = cut(rest, "=")?;
    let world = play.world()?;
    let tree = |name: &str| match name {
        "base" => world.state.lines.values().next().map(|line| line.base_tree),
        name => world.tree_of(name),
    };
    match tree(left).is_some() && tree(left) == tree(right) {
        true => Ok(()),
        false => Err(format!("{left} and {right} differ")),
    }
}

/// `commit QA: Action: remove`: the head's message; it has one parent (`SPEC L2`).
pub fn commit(play: &mut Play, rest: &str) -> Result<(), String> {
    let (stage, wanted) = cut(rest, ":")?;
    let world = play.world()?;
    let line = world.state.lines.get(&StageName::new(stage)).ok_or("there is no such stage")?;
    let draft = world.content.draft_of(line.head).ok_or("its head is no commit of ours")?;
    let text = format!("{}\nAuthor: {}\nCommitter: {}", draft.message, draft.author.name, draft.committer.name);
    match draft.parents.len() == 1 && draft.tree == line.tree && text.lines().any(|line| line == wanted) {
        true => Ok(()),
        false => Err(format!("the commit says {text:?}, with {} parents", draft.parents.len())),
    }
}

/// `version qa-web@3 rollback D-2 reverts 2`
pub fn version(play: &mut Play, rest: &str) -> Result<(), String> {
    let (name, wanted) = cut(rest, " ")?;
    let (area, number) = cut(name, "@")?;
    let world = play.world()?;
    let line = world.state.area(&AreaName::new(area));
    let version = line.version(VersionNo(play::parse(number)?)).ok_or("there is no such version")?;
    let reverts = version.reverts.map(|number| format!(" reverts {number}")).unwrap_or_default();
    let moved: Vec<_> = version.changes.iter().map(|one| world.state.key(one.change).as_str()).collect();
    let kept: Vec<_> = version.kept.iter().map(|path| format!(" kept {path}")).collect();
    let over: Vec<_> = version.overwritten.iter().map(|one| format!(" overwrote {}", one.path)).collect();
    let found = format!("{} {}{reverts} {}", version.kind.as_str(), version.deployment, moved.join(" "));
    let found = format!("{}{}{}", found.trim_end(), kept.concat(), over.concat());
    match found == wanted {
        true => Ok(()),
        false => Err(format!("it is: {found}")),
    }
}

/// `hold qa-web: US-1`
pub fn hold(play: &mut Play, rest: &str) -> Result<(), String> {
    let (area, wanted) = rest.split_once(':').ok_or("hold AREA: CHANGES")?;
    let world = play.world()?;
    let held = &world.state.area(&AreaName::new(area)).on_hold;
    same("hold", &held.iter().map(|ix| world.state.key(*ix).to_string()).collect(), wanted.trim())
}

/// `pending qa-web: US-1`: what the stage holds and the area does not (`SPEC R5`).
pub fn pending(play: &mut Play, rest: &str) -> Result<(), String> {
    let (area, wanted) = rest.split_once(':').ok_or("pending AREA: CHANGES")?;
    let world = play.world()?;
    let area = world.pipeline.area(&AreaName::new(area)).ok_or("there is no such area")?;
    let lacking = pending::pending(&world.state, &world.content, area)
        .map_err(|fault| fault.message)?
        .into_iter()
        .filter(|one| !one.is_leftover());
    same("pending", &lacking.map(|one| world.state.key(one.change).to_string()).collect(), wanted.trim())
}

/// `rollbackable qa-web: 4 2`: the versions that may be rolled back now, newest first (`SPEC R7`).
pub fn rollbackable(play: &mut Play, rest: &str) -> Result<(), String> {
    let (area, wanted) = rest.split_once(':').ok_or("rollbackable AREA: VERSIONS")?;
    let world = play.world()?;
    let area = world.pipeline.area(&AreaName::new(area)).cloned().ok_or("there is no such area")?;
    let may = |number: &VersionNo| {
        world.ask(&Voice::of("root", None), |snapshot, content| {
            let Ok(version) = revertible::check(snapshot, content, &area, *number) else { return false };
            brought_back::demoted(snapshot, content, &area, version).is_ok_and(|demoted| demoted.is_empty())
        })
    };
    let numbers = world.state.area(&area.name).versions.iter().rev().map(|version| version.number);
    same("rollbackable", &numbers.filter(may).map(|number| number.to_string()).collect(), wanted.trim())
}

/// Up or down.
fn direction(world: &World, source: &StageName, destination: &StageName) -> Direction {
    match world.pipeline.higher(destination, source) {
        true => Direction::Forward,
        false => Direction::Back,
    }
}

fn codes(verdict: &Verdict) -> String {
    let codes: Vec<_> = verdict.keeping().map(|reason| reason.code.as_str()).collect();
    if codes.is_empty() { "eligible".to_owned() } else { codes.join("+") }
}

/// `behind DEV from QA: US-1 eligible US-2@2 needs-tested+needs-approved`
pub fn behind(play: &mut Play, rest: &str) -> Result<(), String> {
    let (ends, wanted) = rest.split_once(':').ok_or("behind STAGE from STAGE: …")?;
    let (low, high) = cut(ends, " from ")?;
    let (source, destination) = (StageName::new(high), StageName::new(low));
    let world = play.world()?;
    let direction = direction(world, &source, &destination);
    let verdicts = world.ask(&Voice::of("root", None), |snapshot, content| {
        candidates::verdicts(snapshot, content, direction, (&source, &destination))
    });
    let verdicts = verdicts.map_err(|fault| fault.message)?;
    let news = verdicts.iter().filter(|one| one.reasons.iter().all(|reason| reason.code != Code::AlreadyThere));
    let rows = news.flat_map(|one| [named(world, one.change, one.revision), codes(one)]).collect();
    same("behind", &rows, wanted.trim())
}

/// `verdict US-1 from DEV to QA: not-in-source`
pub fn verdict(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let (key, ends) = cut(head, " from ")?;
    let (source, destination) = cut(ends, " to ")?;
    let (source, destination) = (StageName::new(source), StageName::new(destination));
    let world = play.world()?;
    let direction = direction(world, &source, &destination);
    let way = Way { source, stages: vec![destination.clone()], destination };
    let (ix, _) = world.state.change(&ChangeKey::new(key)).ok_or("there is no such change")?;
    let verdict = world.ask(&Voice::of("root", None), |snapshot, content| {
        let route = route_of(direction, &way, None, &None);
        Judge::new(*snapshot, content, route).ok_or("there is no such stage")?.judge(ix).map_err(|fault| fault.message)
    });
    let found = codes(&verdict?);
    same("verdict", &vec![found], wanted)
}

/// `row DEV: US-1 | US-2 needs-tested`: a row of a mass preview, going and locked.
pub fn row(play: &mut Play, rest: &str) -> Result<(), String> {
    let (name, wanted) = rest.split_once(':').ok_or("row STAGE: …")?;
    let rows = std::mem::take(&mut play.last.rows);
    let world = play.world()?;
    let row = rows.iter().find(|row| row.destination.as_str() == name).ok_or("there is no such row")?;
    let mut found: Vec<_> = row.going.iter().map(|one| named(world, one.change, one.revision)).collect();
    found.push("|".to_owned());
    let is_there = |one: &&Verdict| one.reasons.iter().any(|reason| reason.code == Code::AlreadyThere);
    for verdict in row.locked.iter().filter(|one| !is_there(one)) {
        found.extend([named(world, verdict.change, verdict.revision), codes(verdict)]);
    }
    let checked = same("row", &found, wanted.trim());
    play.last.rows = rows;
    checked
}

/// `P-1 conflicted`, `P-1: US-2 moved US-1 skipped`, `D-3 failed area-offline`, `M-1: US-1 QA SIT`
pub fn record(play: &mut Play, word: &str, wanted: &str) -> Result<(), String> {
    let id = operation(word.trim_end_matches(':'))?;
    let state = &play.world()?.state;
    let found: Vec<String> = match (id.kind, word.ends_with(':')) {
        (OperationKind::Promotion, listed) => {
            let promotion = state.promotion(id).ok_or("there is no such promotion")?;
            let rows =
                promotion.changes.iter().flat_map(|one| [one.change.to_string(), one.status.as_str().to_owned()]);
            if listed { rows.collect() } else { vec![promotion.status.as_str().to_owned()] }
        }
        (OperationKind::Demotion, _) => {
            let demotion = state.demotion(id).ok_or("there is no such demotion")?;
            let rows = demotion.demoted.iter().flat_map(|one| {
                let left = one.left.iter().map(|(stage, _)| stage.to_string());
                std::iter::once(one.change.to_string()).chain(left)
            });
            rows.collect()
        }
        (OperationKind::Deployment, _) => match &state.deployment(id).ok_or("there is no such deployment")?.status {
            DeploymentStatus::Failed { code, .. } => vec!["failed".to_owned(), code.clone()],
            other => vec![other.as_str().to_owned()],
        },
    };
    same(word, &found, wanted)
}

fn open(play: &mut Play, id: &str) -> Result<Vec<MoveConflict>, String> {
    let promotion = play.world()?.state.promotion(operation(id)?).ok_or("there is no such promotion")?;
    Ok(promotion.conflicts.clone())
}

/// `conflict P-1: US-2 a US-1` for each conflict: change, path, who made the other side (`base` for nobody).
pub fn conflict(play: &mut Play, rest: &str) -> Result<(), String> {
    let (id, wanted) = rest.split_once(':').ok_or("conflict P-1: …")?;
    let rows = open(play, id)?.into_iter().flat_map(|one| {
        let other = one.other_side.map_or("base".to_owned(), |key| key.to_string());
        [one.change.to_string(), one.path.to_string(), other]
    });
    same("conflict", &rows.collect(), wanted.trim())
}

/// `needs P-1 a: US-1`: who made what the change edits where it conflicts.
pub fn needs(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let (id, path) = cut(head, " ")?;
    let conflicts = open(play, id)?;
    let conflict = conflicts.iter().find(|one| one.path.to_string() == path).ok_or("there is no such conflict")?;
    same("needs", &conflict.needs.iter().map(|key| key.to_string()).collect(), wanted.trim())
}

/// `why P-1 a: is excluded`: what the conflict on a path says about itself.
pub fn why(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let (id, path) = cut(head, " ")?;
    let conflicts = open(play, id)?;
    let conflict = conflicts.iter().find(|one| one.path.to_string() == path).ok_or("there is no such conflict")?;
    let why = conflict.why.clone().unwrap_or_default();
    if why.contains(wanted) { Ok(()) } else { Err(format!("it says: {why}")) }
}

/// `sides P-1 a: 1 2 | 1 X | 1 Y`: base, ours and theirs of the conflict on a path (`SPEC X1`).
pub fn sides(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let (id, path) = cut(head, " ")?;
    let conflicts = open(play, id)?;
    let conflict = conflicts.iter().find(|one| one.path.to_string() == path).ok_or("there is no such conflict")?;
    let world = play.world()?;
    let text = |leaf: Option<Leaf>| match leaf {
        Some(leaf) => world.content.read(leaf.id).map(|bytes| shown(Some(&bytes)).trim().to_owned()),
        None => Ok("nothing".to_owned()),
    };
    let sides = [conflict.sides.base, conflict.sides.ours, conflict.sides.theirs];
    let found: Vec<_> = sides.into_iter().map(text).collect::<Result<_, _>>().map_err(|fault| fault.message)?;
    match found.join(" | ") == wanted {
        true => Ok(()),
        false => Err(format!("the sides are {}", found.join(" | "))),
    }
}

/// `revisions US-1: 2`
pub fn revisions(play: &mut Play, rest: &str) -> Result<(), String> {
    let (key, wanted) = cut(rest, ":")?;
    let (_, change) = play.world()?.state.change(&ChangeKey::new(key)).ok_or("there is no such change")?;
    same("revisions", &vec![change.revisions.len().to_string()], &list(wanted).concat())
}

/// `draft US-1 in qa-web: task-open`: what the newest deployment of an area would come to if it ran now.
pub fn draft(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let (key, area) = cut(head, " in ")?;
    let world = play.world()?;
    let asked = world
        .state
        .deployments
        .iter()
        .rfind(|one| one.area.as_str() == area && one.changes.iter().any(|(change, _)| change.as_str() == key));
    let asked = match asked {
        Some(asked) => asked.clone(),
        None => deployment_of(world, key, area)?,
    };
    let found =
        world.ask(&Voice::of("root", None), |snapshot, content| match next_version::draft(snapshot, content, &asked) {
            Ok(Some(draft)) => draft.kind.as_str().to_owned(),
            Ok(None) => "unchanged".to_owned(),
            Err(Stop::Refused(refusal)) => refusal.code.to_string(),
            Err(Stop::Fault(fault)) => fault.message,
        });
    same("draft", &vec![found], wanted)
}

fn deployment_of(world: &World, key: &str, area: &str) -> Result<Deployment, String> {
    world.ask(&Voice::of("root", None), |snapshot, _| {
        let area = snapshot.area(&AreaName::new(area)).map_err(|refusal| refusal.message)?;
        let changes = [(ChangeKey::new(key), RevisionNo(1))];
        let operation = deploy_on_arrival::nth_id(snapshot, 0);
        let arrival = Arrival { stage: &area.stage, changes: &changes, operation, already: 0 };
        Ok(deploy_on_arrival::draft(snapshot, area, arrival))
    })
}
