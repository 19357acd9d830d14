//! What a scenario declares: the pipeline, its areas, the changes, and where they are to begin with.

use crate::branches;
use crate::play::{self, Edit, Last, Play, key_at, parse};
use crate::step;
use crate::words::{Command, cut, list, split};
use crate::world::Voice;
use switchback_core::compose::carry::{Load, carry_all};
use switchback_core::compose::making::Making;
use switchback_core::content::filetype::{Check, Configured, FileTypes, Format, Strategy};
use switchback_core::content::proposal::Proposal;
use switchback_core::content::remake::Program;
use switchback_core::ledger::plan::Plan;
use switchback_core::ops::deploy;
use switchback_core::pipeline::area::{Area, AreaClass, DriftPolicy, Hooks, Regression, RollbackPolicy, TargetSpec};
use switchback_core::pipeline::filter::Filter;
use switchback_core::pipeline::order_by::OrderBy;
use switchback_core::pipeline::stage::{Attestation, Freeze, Gate, Mode, OnFailure, Stage, Takes, UnpromotedWork};
use switchback_core::words::names::{AreaName, StageName, Time, UserName};

/// Takes a declaration; `false` when the line is none.
pub fn take(play: &mut Play, line: &str) -> Result<bool, String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    if ["change", "at", "pushed", "deployed"].contains(&word) {
        play.settled()?;
        play.last = Last::default();
    }
    match word {
        "pipeline:" => pipeline(play, rest)?,
        "stage" => stage(play, rest)?,
        "area" => area(play, rest)?,
        "group" => {
            let (name, members) = cut(rest, ":")?;
            let members = list(members).iter().map(UserName::new).collect();
            play.blueprint.settings.groups.insert(name.to_owned(), members);
        }
        "set" => set(play, rest)?,
        "base:" => {
            for edit in play::edits(rest)? {
                if let Edit::Write(path, bytes) = edit {
                    play.base.push((path, bytes));
                }
            }
        }
        "clock" => play.world()?.now = parse(rest)?,
        "change" => {
            step::record(play, rest)?;
            play.settled()?;
        }
        "at" => at(play, rest)?,
        "pushed" => pushed(play, rest)?,
        "deployed" => deployed(play, rest)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// `DEV -> SIT -> QA; HOTFIX -> QA`
fn pipeline(play: &mut Play, chains: &str) -> Result<(), String> {
    for chain in chains.split(';') {
        let names: Vec<_> = chain.split("->").map(|name| StageName::new(name.trim())).collect();
        for name in &names {
            if !play.blueprint.stages.iter().any(|stage| stage.name == *name) {
                play.blueprint.stages.push(Stage {
                    name: name.clone(),
                    branch: name.as_str().to_lowercase(),
                    next: Vec::new(),
                    promote: Gate::forward(),
                    back_promote: Gate { require: Vec::new(), ..Gate::back() },
                    freeze: Vec::new(),
                    on_failure: OnFailure::Stop,
                    takes: Takes::First,
                });
            }
        }
        for pair in names.windows(2) {
            stage_of(play, &pair[0])?.next.push(pair[1].clone());
        }
    }
    play.redeclared()
}

fn stage_of<'a>(play: &'a mut Play, name: &StageName) -> Result<&'a mut Stage, String> {
    let found = play.blueprint.stages.iter_mut().find(|stage| stage.name == *name);
    found.ok_or_else(|| format!("there is no stage {name}"))
}

/// `QA: promote=tested,approved back-unpromoted=block freeze=10..20:year-end`
fn stage(play: &mut Play, rest: &str) -> Result<(), String> {
    let (name, settings) = cut(rest, ":")?;
    let stage = stage_of(play, &StageName::new(name))?;
    for setting in split(settings) {
        if setting == "after-deploy" {
            stage.takes = Takes::AfterDeploy;
            continue;
        }
        if setting == "pull-request" {
            stage.takes = Takes::PullRequest;
            continue;
        }
        let (gate, setting) = match setting.strip_prefix("back-") {
            Some(rest) => (&mut stage.back_promote, rest.to_owned()),
            None => (&mut stage.promote, setting),
        };
        let (key, value) = setting.split_once('=').unwrap_or((&setting, ""));
        match key {
            "require" => gate.require = list(value).iter().filter_map(|word| Attestation::parse(word)).collect(),
            "mode" => {
                gate.mode = match value {
                    "automatic" => Mode::Automatic,
                    "scheduled" => Mode::Scheduled,
                    _ => Mode::Manual,
                }
            }
            "deployed-at-source" => gate.require_deployed_at_source = true,
            "unpromoted" => {
                gate.unpromoted_work = match value {
                    "block" => UnpromotedWork::Block,
                    "warn" => UnpromotedWork::Warn,
                    _ => UnpromotedWork::Allow,
                }
            }
            "freeze" => {
                let (window, reason) = cut(value, ":")?;
                let (from, to) = cut(window, "..")?;
                let (from, to) = (Time(parse(from)?), Time(parse(to)?));
                stage.freeze.push(Freeze { from, to, reason: reason.to_owned() });
            }
            other => return Err(format!("a stage has no `{other}`")),
        }
    }
    play.redeclared()
}

/// `qa-web at QA default drift=keep rollback=lines include=web/**`
fn area(play: &mut Play, rest: &str) -> Result<(), String> {
    let words = split(rest);
    let [name, at, stage, settings @ ..] = words.as_slice() else { return Err("area NAME at STAGE …".into()) };
    if at != "at" {
        return Err("area NAME at STAGE …".into());
    }
    let mut area = Area {
        name: AreaName::new(name),
        stage: StageName::new(stage),
        default: false,
        class: AreaClass::Deployment,
        target: TargetSpec::Dir(format!("/srv/{name}")),
        sequence: 1,
        filter: Filter::default(),
        on_drift: DriftPolicy::Refuse,
        rollback: RollbackPolicy::Files,
        regression: Regression::Allow,
        verify_every_ms: None,
        offline: false,
        retired: false,
        hooks: Hooks::default(),
    };
    let (mut include, mut exclude, mut strip) = (Vec::new(), Vec::new(), None);
    for setting in settings {
        match setting.split_once('=').unwrap_or((setting, "")) {
            ("default", _) => area.default = true,
            ("manual", _) => area.default = false,
            ("development", _) => area.class = AreaClass::Development,
            ("offline", _) => area.offline = true,
            ("retired", _) => area.retired = true,
            ("seq", number) => area.sequence = parse(number)?,
            ("include", globs) => include = list(globs),
            ("exclude", globs) => exclude = list(globs),
            ("strip", prefix) => strip = Some(prefix.to_owned()),
            ("drift", "keep") => area.on_drift = DriftPolicy::Keep,
            ("drift", "overwrite") => area.on_drift = DriftPolicy::Overwrite,
            ("rollback", "lines") => area.rollback = RollbackPolicy::Lines,
            ("rollback", "strict") => area.rollback = RollbackPolicy::Strict,
            ("regression", "refuse") => area.regression = Regression::Refuse,
            (other, _) => return Err(format!("an area has no `{other}`")),
        }
    }
    area.filter = Filter::new(&include, &exclude, strip.as_deref())?;
    play.blueprint.areas.retain(|known| known.name != area.name);
    play.blueprint.areas.push(area);
    play.redeclared()
}

fn set(play: &mut Play, rest: &str) -> Result<(), String> {
    match rest.split_once('=').unwrap_or((rest, "")) {
        ("four-eyes", _) => play.blueprint.settings.four_eyes = true,
        ("order-by", word) => {
            let order = OrderBy::parse(word).ok_or_else(|| format!("there is no order `{word}`"))?;
            play.blueprint.settings.order_by = order;
        }
        ("exclude", types) => play.blueprint.settings.exclude_from_auto_resolve = list(types),
        ("file-type", words) => {
            let file_type = file_type(words)?;
            play.blueprint.settings.file_types = FileTypes::new(vec![file_type]);
        }
        (other, _) => return Err(format!("there is no setting `{other}`")),
    }
    play.redeclared()
}

/// `file-type=Settings:a*:structural:trust`, or `…:proposals=later,touching` in the last place;
/// `file-type=Lock:l*:regenerate:lock+manifest`.
fn file_type(words: &str) -> Result<Configured, String> {
    let mut words = words.split(':');
    let mut next = || words.next().map(str::to_owned);
    let (name, path, strategy, last) = (next(), next(), next(), next());
    let proposals = last.as_ref().and_then(|word| word.strip_prefix("proposals="));
    let proposals = proposals.map(|words| {
        let kind = |word: &str| Proposal::ALL.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
        words.split(',').filter_map(kind).collect()
    });
    let regenerates = strategy.as_deref() == Some("regenerate");
    let words = last.iter().flat_map(|last| last.split('+').map(str::to_owned)).collect();
    Ok(Configured {
        name: name.ok_or("a file type has a name")?,
        paths: path.map(|path| vec![path]),
        format: Some(Format::Properties),
        strategy: strategy.and_then(|word| Strategy::parse(&word)),
        proposals,
        check: last.as_deref().map(check),
        keys: None,
        regenerate: regenerates.then_some(Program { words, timeout_s: 60 }),
    })
}

fn check(word: &str) -> Check {
    match word {
        "trust" => Check::Trust,
        "distrust" => Check::Distrust,
        _ => Check::Verify,
    }
}

/// `at DEV, SIT: US-1 US-2@1` carries changes onto stages without asking anybody.
fn at(play: &mut Play, rest: &str) -> Result<(), String> {
    let (stages, words) = cut(rest, ":")?;
    let voice = Voice::of("root", None);
    for word in list(words) {
        let (key, revision) = key_at(&word)?;
        let world = play.world()?;
        let carried = world.ask(&voice, |snapshot, content| {
            let (ix, change) = snapshot.change(&key).map_err(|refusal| refusal.message)?;
            let changes = [(ix, revision.unwrap_or(change.latest().number))];
            let excluded = snapshot.pipeline.excluded();
            let load = Load {
                changes: &changes,
                resolutions: &[],
                excluded,
                operation: None,
                source: None,
                making: Making::Run,
            };
            carry_all(snapshot, content, &play::stages(stages), load).map_err(|fault| fault.message)
        })?;
        if let Some(conflict) = carried.conflicts.first() {
            return Err(format!("{} conflicts on {} at {}", conflict.change, conflict.path, conflict.stage));
        }
        let mut plan = Plan::new(world.state.seq, "import");
        plan.events = carried.events;
        world.commit(&voice, &plan);
    }
    Ok(())
}

/// `pushed QA US-7: a = 1 2 3`: a commit on a stage's branch that somebody else made, adopted (`SPEC L8`).
fn pushed(play: &mut Play, rest: &str) -> Result<(), String> {
    branches::take(play, &format!("push {rest}"))
}

/// `deployed qa-web, qa-lab: US-1 US-2` deploys by hand, and it works.
fn deployed(play: &mut Play, rest: &str) -> Result<(), String> {
    let (areas, words) = cut(rest, ":")?;
    let request = deploy::Request {
        changes: deploy::Wanted::Keys(play::keys(&list(words))),
        place: deploy::DeployTo::Areas(play::areas(&list(areas))),
    };
    let voice = Voice::of("root", None);
    let made = play.world()?.ask(&voice, |snapshot, content| deploy::plan(snapshot, content, &request));
    play.keep(&voice, made)?;
    play.settled()?;
    play.world()?.run_queued().map_err(|fault| fault.message)?;
    let failed = play.last.plans.iter().flat_map(Plan::deployments).map(|asked| asked.id).collect::<Vec<_>>();
    for id in failed {
        let status = play.world()?.state.deployment(id).map(|asked| asked.status.clone());
        if status.as_ref().is_none_or(|status| status.as_str() != "succeeded") {
            return Err(format!("{id} came to {status:?}"));
        }
    }
    Ok(())
}

/// The command of a `change` or `record` line, and the edits after its colon.
pub fn recorded(rest: &str) -> Result<(Command, Vec<Edit>), String> {
    let (words, edits) = cut(rest, ":")?;
    Ok((Command::parse(&format!("record {words}"))?, play::edits(edits)?))
}
