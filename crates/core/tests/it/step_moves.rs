//! Steps that move changes between stages.

use crate::play::{self, Play, operation, parse};
use crate::step::voice;
use crate::words::Command;
use crate::world::Voice;
use std::collections::BTreeMap;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::moving::chosen::Chosen;
use switchback_core::moving::family;
use switchback_core::moving::freeze::Freeze;
use switchback_core::moving::promoting::{self, Request, Start};
use switchback_core::ops::mass::{self, Cells, MassRequest};
use switchback_core::ops::{automatic, back_promote, demote, prelude, promote, promotion};
use switchback_core::pipeline::order_by::OrderBy;
use switchback_core::records::promotion::{DeployWish, Direction, PromotionOptions};
use switchback_core::words::names::{ChangeKey, OperationId, StageName, Time, UserName};

/// `promote US-1 US-2 --from DEV --to SIT --deploy`; `back-promote … --to DEV,SIT` makes one promotion each.
pub fn promote(play: &mut Play, command: &Command) -> Result<(), String> {
    let voice = voice(command);
    let direction = if command.verb == "promote" { Direction::Forward } else { Direction::Back };
    let (project, release) = (command.text("project"), command.text("release"));
    let request = Request {
        direction,
        chosen: match command.has("all") {
            true => Chosen::All { project: project.clone(), release: release.clone() },
            false => Chosen::Keys(play::keys(&command.words)),
        },
        from: command.value("from").map(StageName::new),
        to: command.value("to").map(StageName::new),
        project,
        release,
        owner: command.value("owner").map(UserName::new),
        options: options(command)?,
        start: start(command)?,
        freeze: freeze(command),
    };
    let several = command.values("to");
    if direction == Direction::Forward || several.is_empty() {
        let made = play.world()?.ask(&voice, |snapshot, content| promote::plan(snapshot, content, &request));
        return play.keep_or_show(&voice, made, command).map(drop);
    }
    for to in several.iter().map(StageName::new) {
        let made = play.world()?.ask(&voice, |snapshot, content| back_promote::plan(snapshot, content, &request, &to));
        play.keep_or_show(&voice, made, command)?;
    }
    Ok(())
}

fn options(command: &Command) -> Result<PromotionOptions, String> {
    let order = |word: &str| OrderBy::parse(word).ok_or_else(|| format!("there is no order `{word}`"));
    Ok(PromotionOptions {
        order_by: command.value("order-by").map(order).transpose()?,
        exclude_from_auto_resolve: command.value("exclude-from-auto-resolve").map(crate::words::list),
        with_dependencies: command.has("with-dependencies"),
        skip_conflicted: command.has("skip-conflicted"),
        recursive: command.has("recursive"),
        pull_request: command.has("pull-request"),
        deploy: wish(command),
        email_on_complete: command.has("email-on-complete"),
        ..PromotionOptions::default()
    })
}

fn wish(command: &Command) -> DeployWish {
    let areas = command.values("area");
    match (areas.is_empty(), command.has("deploy")) {
        (false, _) => DeployWish::Areas(play::areas(&areas)),
        (true, true) => DeployWish::Defaults,
        (true, false) => DeployWish::Nothing,
    }
}

fn start(command: &Command) -> Result<Start, String> {
    match command.value("at") {
        Some(time) => Ok(Start::At(Time(parse(time)?))),
        None if command.has("draft") => Ok(Start::Draft),
        None => Ok(Start::Now),
    }
}

fn freeze(command: &Command) -> Freeze {
    if command.has("override-freeze") { Freeze::Override } else { Freeze::Respect }
}

/// `mass --from QA --to DEV --project p --deploy` previews, then makes one promotion for each row.
pub fn mass(play: &mut Play, command: &Command) -> Result<(), String> {
    let voice = voice(command);
    let request = MassRequest {
        from: StageName::new(command.value("from").ok_or("--from is missing")?),
        to: command.values("to").iter().map(StageName::new).collect(),
        cells: Cells { only: cells(command, "only"), not: cells(command, "not") },
        project: command.text("project"),
        release: command.text("release"),
        options: options(command)?,
        start: start(command)?,
    };
    let rows = match play.world()?.ask(&voice, |snapshot, content| mass::preview(snapshot, content, &request)) {
        Ok(rows) => rows,
        Err(stop) => return play.keep(&voice, Err(stop)).map(drop),
    };
    for row in &rows {
        let Some(asked) = row.request(&request) else { continue };
        let made = play.world()?.ask(&voice, |snapshot, content| promoting::plan(snapshot, content, &asked));
        play.keep_or_show(&voice, made, command)?;
    }
    play.last.rows = rows;
    Ok(())
}

/// `by-itself`: what automatic connections move, each once.
pub fn by_itself(play: &mut Play, command: &Command) -> Result<(), String> {
    let voice = voice(command);
    for connection in play.world()?.ask(&voice, |snapshot, _| automatic::connections(snapshot.pipeline)) {
        let made = play.world()?.ask(&voice, |snapshot, content| automatic::plan(snapshot, content, &connection));
        play.keep(&voice, made)?;
    }
    Ok(())
}

/// `--only DEV=US-1 DEV=US-2`
fn cells(command: &Command, which: &str) -> BTreeMap<StageName, Vec<ChangeKey>> {
    let mut cells: BTreeMap<StageName, Vec<ChangeKey>> = BTreeMap::new();
    for (stage, key) in command.values(which).iter().filter_map(|word| word.split_once('=')) {
        cells.entry(StageName::new(stage)).or_default().push(ChangeKey::new(key));
    }
    cells
}

/// `promotion run|edit|validate|drop|cancel|fail P-1 …`
pub fn promotion(play: &mut Play, command: &Command) -> Result<(), String> {
    let voice = voice(command);
    let id = operation(command.word(1)?)?;
    if command.word(0)? == "validate" {
        let made = play.world()?.ask(&voice, |snapshot, content| {
            let tried = promotion::validate::attempt(snapshot, content, id)?;
            let came = promotion::validate::validation(snapshot, &tried, promotion::validate::Came::default())?;
            promotion::validate::plan(snapshot, &tried, &came)
        });
        return play.keep_or_show(&voice, made, command).map(drop);
    }
    let request = match command.word(0)? {
        "run" => {
            let along = match command.has("with-dependencies") {
                true => promotion::Along::Dependencies,
                false => promotion::Along::AsKept,
            };
            promotion::Request::Run { promotion: id, along, freeze: freeze(command) }
        }
        "drop" => promotion::Request::Drop { promotion: id, changes: play::keys(&command.words[2..]) },
        "cancel" => promotion::Request::Cancel { promotion: id },
        "clone" => promotion::Request::Clone { promotion: id },
        "due" => promotion::Request::RunDue { promotion: id },
        "fail" => promotion::Request::Fail { promotion: id, why: command.text("why").unwrap_or_default() },
        "edit" => {
            let timed = command.value("at").is_some() || command.has("draft");
            let edit = promotion::Edit {
                add: play::keys(&command.values("add")),
                remove: play::keys(&command.values("remove")),
                from: command.value("from").map(StageName::new),
                to: command.value("to").map(StageName::new),
                project: command.text("project"),
                release: command.text("release"),
                owner: command.value("owner").map(UserName::new),
                options: promotion::OptionsEdit {
                    order_by: options(command)?.order_by,
                    exclude_from_auto_resolve: options(command)?.exclude_from_auto_resolve,
                    recursive: command.has("recursive").then_some(true),
                    deploy: command.has("deploy").then(|| wish(command)),
                    ..promotion::OptionsEdit::default()
                },
                start: timed.then(|| start(command)).transpose()?,
            };
            promotion::Request::Edit { promotion: id, edit: Box::new(edit) }
        }
        other => return Err(format!("nobody can `{other}` a promotion")),
    };
    let made = play.world()?.ask(&voice, |snapshot, content| promotion::plan(snapshot, content, &request));
    play.keep(&voice, made).map(drop)
}

/// `demote US-1 US-2 --from QA --to DEV`: one at a time, in order (`SPEC D9`), unless `--all-or-nothing`.
pub fn demote(play: &mut Play, command: &Command) -> Result<(), String> {
    let voice = voice(command);
    let named = play::keys(&command.words);
    let all = match command.has("recursive") {
        true => family::children_first(&play.world()?.state, &named),
        false => named,
    };
    let each: Vec<Vec<ChangeKey>> = match command.has("all-or-nothing") {
        true => vec![all],
        false => all.into_iter().map(|key| vec![key]).collect(),
    };
    let mut part_of = None;
    for (nth, changes) in each.iter().cloned().enumerate() {
        let request = demote::Request {
            changes,
            from: command.value("from").map(StageName::new),
            to: command.value("to").map(StageName::new),
            deploy: wish(command),
            dependents: match (command.has("with-dependents"), command.has("rewrite-dependents")) {
                (true, _) => demote::Dependents::Take,
                (false, true) => demote::Dependents::Rewrite,
                (false, false) => demote::Dependents::Refuse,
            },
            freeze: freeze(command),
            withdraw: command.has("withdraw"),
            content: match command.has("anyway") {
                true => demote::StayingContent::Leave,
                false => demote::StayingContent::Refuse,
            },
            then: each[nth + 1..].to_vec(),
            part_of,
            ran: Vec::new(),
        };
        let mut made = play.world()?.ask(&voice, |snapshot, content| demote::plan(snapshot, content, &request));
        if let (Ok(begun @ Plan { then: Some(_), operation: Some(id), .. }), false) = (&made, command.has("dry-run")) {
            play.world()?.commit(&voice, begun);
            made = goes_on(play, &voice, *id)?;
        }
        part_of = made.as_ref().ok().and_then(|plan| plan.operation);
        if !play.keep_or_show(&voice, made, command)? {
            break;
        }
    }
    Ok(())
}

/// The development areas are rolled back, and the demotion goes on or stops (`SPEC D5`).
fn goes_on(play: &mut Play, voice: &Voice, id: OperationId) -> Result<Result<Plan, Stop>, String> {
    let world = play.world()?;
    let first = world.state.demotion(id).and_then(|demotion| demotion.waiting.clone());
    for asked in first.into_iter().flat_map(|waiting| waiting.first) {
        let asked = world.state.deployment(asked).cloned().ok_or("a rollback was not asked for")?;
        world.run(&asked).map_err(|fault| fault.message)?;
    }
    let made = world.ask(voice, |snapshot, content| prelude::carry_on(snapshot, content, id));
    if let Err(Stop::Refused(refusal)) = &made {
        let stop = world.ask(voice, |snapshot, _| prelude::stop(snapshot, id, refusal));
        world.commit(voice, &stop.map_err(|stop| format!("{stop:?}"))?);
    }
    Ok(made)
}
