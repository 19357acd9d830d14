//! What a scenario does: each `>` line is one command, planned by the core and committed.

use crate::branches;
use crate::declare;
use crate::play::{self, Edit, Play, key_at, operation, parse};
use crate::pull;
use crate::step_moves as moves;
use crate::step_resolving as resolving;
use crate::words::{Command, cut};
use crate::world::Voice;
use switchback_core::content::Signature;
use switchback_core::ledger::snapshot::Through;
use switchback_core::ops::change::Decision;
use switchback_core::ops::record::{AtStage, BranchFacts};
use switchback_core::ops::{attest, change, deploy, grant, record as recording, rollback};
use switchback_core::pipeline::stage::Attestation;
use switchback_core::records::grant::{Effect, Grant, Privilege, Scope};
use switchback_core::words::names::{AreaName, ChangeKey, StageName, Time, UserName, VersionNo};
use switchback_core::words::object::{CommitId, TreeId};

/// Takes one step.
pub fn take(play: &mut Play, line: &str) -> Result<(), String> {
    let verb = line.split(' ').next().unwrap_or_default();
    if verb == "record" {
        return record(play, &line["record ".len()..]);
    }
    if verb == "edit" {
        return edit(play, &line["edit ".len()..]);
    }
    if let "push" | "revert" | "merge" = verb {
        return branches::take(play, line);
    }
    if verb == "pull" {
        return pull::take(play, line);
    }
    let command = Command::parse(line)?;
    match verb {
        "run" => {}
        "promote" | "back-promote" => moves::promote(play, &command)?,
        "mass" => moves::mass(play, &command)?,
        "by-itself" => moves::by_itself(play, &command)?,
        "promotion" => moves::promotion(play, &command)?,
        "demote" => moves::demote(play, &command)?,
        "deploy" | "populate" | "repair" | "adopt" | "move" => deploy(play, &command)?,
        "rollback" => rollback(play, &command)?,
        "attest" => attest(play, &command)?,
        "exclude" | "include" | "ignore" | "task" | "done" | "facts" => decide(play, &command)?,
        "grant" | "revoke" => grant(play, &command)?,
        "resolve" => resolving::resolve(play, &command)?,
        "forget" => resolving::forget(play, &command)?,
        other => return Err(format!("there is no step `{other}`")),
    }
    match command.has("no-run") || command.has("dry-run") {
        true => Ok(()),
        false => play.world()?.run_queued().map_err(|fault| fault.message),
    }
}

/// Who a step is taken by, and why.
pub fn voice(command: &Command) -> Voice {
    let voice = Voice::of(command.value("as").unwrap_or("root"), command.text("reason"));
    voice.in_groups(command.values("groups")).called(command.values("called")).through(through(command))
}

/// `--token ci --may record,attest --on QA`: a program's token.
fn through(command: &Command) -> Option<Through> {
    let privileges = command.values("may").iter().filter_map(|word| Privilege::parse(word)).collect();
    let stages = command.values("on").iter().map(StageName::new).collect();
    command.value("token").map(|token| Through { token: token.to_owned(), privileges, stages })
}

// ---------------------------------------------------------------- changes

/// `record US-1 --stage QA --on US-2: a = 1 2 3` makes a change, or its next revision.
pub fn record(play: &mut Play, rest: &str) -> Result<(), String> {
    let (command, edits) = declare::recorded(rest)?;
    let key = ChangeKey::new(command.word(0)?);
    let voice = voice(&command);
    let found = found(play, &command, &edits)?;
    let request = recording::Request {
        change: key,
        title: command.text("title"),
        project: command.text("project"),
        release: command.text("release"),
        owner: command.value("owner").map(UserName::new),
        parent: command.value("parent").map(ChangeKey::new),
        stage: command.value("stage").or(command.value("contained")).map(StageName::new),
        found,
    };
    let made = play.world()?.ask(&voice, |snapshot, content| recording::plan(snapshot, content, &request));
    play.keep(&voice, made).map(drop)
}

/// What a repository would say about a branch with these edits, cut from the base or from another change's tip.
fn found(play: &mut Play, command: &Command, edits: &[Edit]) -> Result<BranchFacts, String> {
    let cut_from = command.value("on").or(command.value("rebase")).map(ChangeKey::new);
    let world = play.world()?;
    let mut base_tree = world.state.lines.values().next().map_or(TreeId::EMPTY, |line| line.base_tree);
    if let Some(key) = cut_from {
        let (_, other) = world.state.change(&key).ok_or_else(|| format!("there is no change {key}"))?;
        base_tree = other.latest().tip_tree;
    }
    let tip_tree = play::edited(&world.content, base_tree, edits)?;
    let owner = command.value("author").unwrap_or("ann");
    let at_stage = if command.value("contained").is_some() { AtStage::Contained } else { AtStage::Missing };
    Ok(BranchFacts {
        base: CommitId(base_tree.0),
        tip: CommitId(tip_tree.0),
        base_tree,
        tip_tree,
        author: Signature { name: owner.to_owned(), email: format!("{owner}@example.org"), time: Time(world.now) },
        subject: format!("Work on {}", command.word(0)?),
        depends_on: command.values("on").iter().map(ChangeKey::new).collect(),
        stacked_on: Vec::new(),
        left_out: Vec::new(),
        at_stage,
        branch: None,
    })
}

fn attest(play: &mut Play, command: &Command) -> Result<(), String> {
    let (mut changes, mut kinds, mut revision) = (Vec::new(), Vec::new(), None);
    for word in &command.words {
        match Attestation::parse(word) {
            Some(kind) => kinds.push(kind),
            None => {
                let (key, at) = key_at(word)?;
                changes.push(key);
                revision = at;
            }
        }
    }
    let voice = voice(command);
    let word = if command.has("withdraw") { attest::Word::Withdrawn } else { attest::Word::Given };
    let request = attest::Request { changes, revision, kinds, word };
    let made = play.world()?.ask(&voice, |snapshot, _| attest::plan(snapshot, &request));
    play.keep(&voice, made).map(drop)
}

fn decide(play: &mut Play, command: &Command) -> Result<(), String> {
    let voice = voice(command);
    let stage = || command.value("stage").map(StageName::new).ok_or("--stage is missing");
    let area = command.value("area").map(AreaName::new);
    let decision = match command.verb.as_str() {
        "exclude" => Decision::Exclude,
        "include" => Decision::Include,
        "ignore" if command.has("off") => Decision::Notice(stage()?),
        "ignore" => Decision::Ignore(stage()?),
        "task" => Decision::AddTask { text: command.text("text").unwrap_or_default(), area },
        "done" => Decision::DoTask {
            number: parse(command.value("task").unwrap_or("1"))?,
            area: area.ok_or("--area is missing")?,
        },
        _ => Decision::Edit {
            title: command.text("title"),
            project: command.text("project"),
            release: command.text("release"),
            owner: command.value("owner").map(UserName::new),
            parent: command.value("parent").map(ChangeKey::new),
        },
    };
    let request = change::Request { changes: play::keys(&command.words), decision };
    let made = play.world()?.ask(&voice, |snapshot, _| change::plan(snapshot, &request));
    play.keep(&voice, made).map(drop)
}

// ---------------------------------------------------------------- areas

fn deploy(play: &mut Play, command: &Command) -> Result<(), String> {
    let voice = voice(command);
    let named = play::areas(&command.values("area"));
    let request = deploy::Request {
        changes: match command.has("all") {
            true => deploy::Wanted::All,
            false => deploy::Wanted::Keys(play::keys(&command.words)),
        },
        place: match command.value("stage") {
            Some(stage) => deploy::DeployTo::Stage(StageName::new(stage)),
            None => deploy::DeployTo::Areas(named),
        },
    };
    let area = command.word(0).map(AreaName::new);
    let made = play.world()?.ask(&voice, |snapshot, content| match command.verb.as_str() {
        "populate" => Ok(deploy::populate(snapshot, &area?)),
        "repair" => Ok(deploy::repair(snapshot, &area?)),
        "adopt" => Ok(deploy::adopt(snapshot, &area?)),
        "move" => Ok(deploy::follow(snapshot, &area?)),
        _ => Ok::<_, String>(deploy::plan(snapshot, content, &request)),
    })?;
    play.keep(&voice, made).map(drop)
}

fn rollback(play: &mut Play, command: &Command) -> Result<(), String> {
    let voice = voice(command);
    let word = command.word(0)?;
    let what = match word.split_once('@') {
        Some((area, number)) => rollback::Named::Version(AreaName::new(area), VersionNo(parse(number)?)),
        None => rollback::Named::Deployment(operation(word)?),
    };
    let demoted = match command.has("anyway") {
        true => rollback::Demoted::MayComeBack,
        false => rollback::Demoted::StaysAway,
    };
    let request = rollback::Request { what, demoted };
    let made = play.world()?.ask(&voice, |snapshot, content| rollback::plan(snapshot, content, &request));
    play.keep(&voice, made).map(drop)
}

/// `edit qa-web a = 1 2 3` or `edit qa-web -a`: somebody touches the target.
fn edit(play: &mut Play, rest: &str) -> Result<(), String> {
    let (area, edits) = cut(rest, " ")?;
    let world = play.world()?;
    for edit in play::edits(edits)? {
        let target = world.targets.entry(AreaName::new(area)).or_default();
        match edit {
            Edit::Write(path, bytes) | Edit::Program(path, bytes) => target.insert(path, world.content.file(&bytes)),
            Edit::Delete(path) => target.remove(&path),
            Edit::Rename(..) => return Err("nobody renames on a target here".into()),
        };
    }
    Ok(())
}

// ---------------------------------------------------------------- people

/// `grant bob demote-any --stage QA --deny`
fn grant(play: &mut Play, command: &Command) -> Result<(), String> {
    let privilege = command.word(1)?;
    let grant = Grant {
        who: UserName::new(command.word(0)?),
        privilege: Privilege::parse(privilege).ok_or_else(|| format!("there is no privilege `{privilege}`"))?,
        scope: match (command.value("stage"), command.value("area")) {
            (Some(stage), _) => Scope::Stage(StageName::new(stage)),
            (None, Some(area)) => Scope::Area(AreaName::new(area)),
            (None, None) => Scope::Pipeline,
        },
        effect: if command.has("deny") { Effect::Deny } else { Effect::Allow },
    };
    let voice = voice(command);
    let request = match command.verb.as_str() {
        "grant" => grant::Request::Grant(grant),
        _ => grant::Request::Revoke(grant),
    };
    let made = play.world()?.ask(&voice, |snapshot, _| grant::plan(snapshot, &request));
    play.keep(&voice, made).map(drop)
}
