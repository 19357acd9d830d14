//! What cannot be is refused by the fold; what old ledgers may hold twice is known, named and mended.

use crate::play::Play;
use crate::world::{Voice, World};
use switchback_core::ledger::entry::{Body, Entry, Event, FORMAT};
use switchback_core::ledger::fold::{Attribution, Impossible};
use switchback_core::ledger::invariants;
use switchback_core::ledger::plan::Stop;
use switchback_core::ledger::state::State;
use switchback_core::ops::mend;
use switchback_core::pipeline::stage::Attestation;
use switchback_core::records::area_line::AreaLine;
use switchback_core::records::deployment::{Deployment, DeploymentStatus};
use switchback_core::records::job::{Job, JobState};
use switchback_core::records::promotion::PromotionStatus;
use switchback_core::records::version::{VersionFact, VersionKind};
use switchback_core::words::names::{OperationId, RevisionNo, Seq, Time, UserName, VersionNo};
use switchback_core::words::object::{CommitId, Oid, TreeId};

/// DEV holds two changes, QA one of them; it is deployed to qa-web as D-1.
fn play() -> Play {
    let mut play = Play::default();
    for line in [
        "pipeline: DEV -> QA",
        "area qa-web at QA default",
        "base: f = 1 2 3",
        "change US-1: f = 1 2 x",
        "change US-2: g = 1",
        "at DEV, QA: US-1",
        "at DEV: US-2",
        "> deploy --all --area qa-web",
    ] {
        play.line(line).unwrap();
    }
    play
}

fn after(state: &State, event: Event) -> Result<State, Impossible> {
    let by = UserName::new("ann");
    state.after(&[event], Attribution { by: &by, at: Time(9), reason: None })
}

fn id(text: &str) -> OperationId {
    OperationId::parse(text).unwrap()
}

fn versions(world: &World) -> Vec<VersionFact> {
    let events = world.entries.iter().flat_map(|entry| &entry.body.events);
    let made = events.filter_map(|event| match event {
        Event::VersionMade { version, .. } => Some((**version).clone()),
        _ => None,
    });
    made.collect()
}

fn made(version: VersionFact) -> Event {
    Event::VersionMade { area: "qa-web".into(), version: Box::new(version) }
}

#[test]
fn what_cannot_be_is_refused_and_named() {
    let mut play = play();
    let world = play.world().unwrap();
    let state = &world.state;
    let newest = versions(world).pop().unwrap();
    let removed = |change: &str| Event::Removed {
        stage: "QA".into(),
        change: change.into(),
        commit: CommitId(Oid([1; 20])),
        tree: TreeId::EMPTY,
        decided: Vec::new(),
    };
    let attested = |change: &str, revision| Event::Attested {
        change: change.into(),
        revision: RevisionNo(revision),
        kind: Attestation::Tested,
        voice: switchback_core::records::change::Voice::Others,
    };
    let asked = state.deployments[0].clone();
    let recorded = Event::Recorded {
        change: "US-1".into(),
        facts: state.changes[0].facts.clone(),
        revision: Box::new(state.changes[0].revisions[0].clone()),
        origin: None,
        voice: switchback_core::records::change::Voice::Others,
    };
    let stopped = |demotion| Event::DemotionStopped {
        demotion,
        changes: Vec::new(),
        code: "fault".into(),
        message: "it did not end".into(),
    };
    let emptied = state.lines[&"QA".into()].tree;
    let (stage, head, tree) = ("LAB".into(), newest.commit, emptied);
    let adopted = Event::CommitsAdopted { stage, head, tree, items: Vec::new(), keeps: None, removed: Vec::new() };
    for (event, what) in [
        (Event::Initialized { administrator: "eve".into() }, "a second time"),
        (removed("US-2"), "does not hold"),
        (removed("US-9"), "never recorded"),
        (adopted, "never taken in"),
        (recorded, "where 2 is due"),
        (attested("US-9", 1), "never recorded"),
        (attested("US-1", 7), "no revision 7"),
        (Event::Edited { change: "US-9".into(), facts: state.changes[0].facts.clone() }, "never recorded"),
        (made(newest.clone()), "where 3 is due"),
        (made(VersionFact { number: VersionNo(4), ..newest.clone() }), "where 3 is due"),
        (made(VersionFact { number: VersionNo(3), ..newest.clone() }), "did not hold before"),
        (made(VersionFact { number: VersionNo(3), deployment: id("D-9"), ..newest }), "never asked for"),
        (Event::VersionDiscarded { area: "qa-web".into(), number: VersionNo(1), entry: Seq(1) }, "no second one"),
        (Event::DeploymentEnded { deployment: id("D-9"), status: DeploymentStatus::Unchanged }, "never asked for"),
        (Event::DeploymentEnded { deployment: id("D-1"), status: DeploymentStatus::Queued }, "is queued"),
        (Event::DeploymentRetried { deployment: id("D-9") }, "never asked for"),
        (Event::DeploymentAsked(Box::new(asked.clone())), "D-2 is due"),
        (Event::DeploymentAsked(Box::new(Deployment { id: id("D-3"), ..asked })), "D-2 is due"),
        (stopped(id("M-2")), "M-1 is due"),
        (stopped(id("M-1")), "never begun"),
    ] {
        let told = format!("{event:?}");
        match after(state, event) {
            Ok(_) => panic!("{told} was taken"),
            Err(impossible) => {
                assert_eq!(impossible.seq, state.seq.next(), "{told}");
                assert!(impossible.what.contains(what), "{told}: {impossible}");
            }
        }
    }
}

/// The same history as two workers of an old program would have told it: the baseline twice.
fn doubled(world: &World, format: u32) -> Result<State, Impossible> {
    let (last, before) = world.entries.split_last().unwrap();
    let [baseline, deploy] = &versions(world)[..] else { panic!("a baseline and a version") };
    let mut state = State::default();
    before.iter().try_for_each(|entry| state.take(entry))?;
    for version in [baseline, baseline, deploy] {
        let body = Body { format, events: vec![made(version.clone())], ..last.body.clone() };
        state.take(&Entry { seq: state.seq.next(), body, ..last.clone() })?;
    }
    Ok(state)
}

#[test]
fn a_second_baseline_of_an_old_ledger_is_set_aside_until_it_is_discarded() {
    let mut play = play();
    let world = play.world().unwrap();
    assert!(doubled(world, FORMAT).is_err(), "today's ledgers cannot hold it");
    let regular = world.state.clone();
    let state = doubled(world, 2).unwrap();
    assert_eq!(state.areas, regular.areas, "it brings nothing");
    let [known] = &state.irregularities[..] else { panic!("{:?}", state.irregularities) };
    let (number, kind) = (known.number, known.kind);
    assert_eq!((number, kind, known.seq.next()), (VersionNo(1), VersionKind::Baseline, state.seq));
    let findings = invariants::findings(&state, &[]);
    assert_eq!(findings, [format!("entry {} makes qa-web@1 a second time (baseline, D-1)", known.seq)]);

    world.state = state;
    let mend = |world: &World, user: &str| {
        world.ask(&Voice::of(user, None), |snapshot, _| mend::plan(snapshot, mend::Lost::default()))
    };
    let plan = mend(world, "root").unwrap();
    let entry = world.state.irregularities[0].seq;
    assert_eq!(plan.events, [Event::VersionDiscarded { area: "qa-web".into(), number: VersionNo(1), entry }]);
    world.commit(&Voice::of("root", None), &plan);
    assert_eq!(invariants::findings(&world.state, &[]), Vec::<String>::new());
    assert!(mend(world, "root").unwrap().events.is_empty(), "there is nothing left to mend");

    play.line("> rollback D-1").unwrap();
    play.settled().unwrap();
    play.line("> grant ann deploy").unwrap();
    assert!(matches!(mend(play.world().unwrap(), "ann"), Err(Stop::Refused(_))), "it is an administrator's");
}

#[test]
fn what_does_not_hold_is_found() {
    let mut play = play();
    let state = play.world().unwrap().state.clone();
    let job = |deployment: &str, area: &str| Job {
        id: 7,
        area: area.into(),
        deployment: id(deployment),
        operation: id(deployment),
        group: String::new(),
        sequence: 1,
        body: String::new(),
        state: JobState::Void,
        run_at: Time(0),
        attempts: 0,
        token: 0,
        worker: String::new(),
        lease_until: Time(0),
        outcome: String::new(),
        called_off: String::new(),
    };
    let found = |change: &dyn Fn(&mut State), jobs: &[Job]| {
        let mut state = state.clone();
        change(&mut state);
        invariants::findings(&state, jobs)
    };
    assert_eq!(found(&|_| (), &[job("D-1", "qa-web")]), Vec::<String>::new());
    let lines = |state: &mut State| state.lines.values_mut().for_each(|line| line.items.clear());
    let held = |state: &mut State| state.areas.values_mut().for_each(|area| area.held.clear());
    let turned = |area: &mut AreaLine| area.versions = area.versions.iter().rev().cloned().collect();
    let order = |state: &mut State| state.areas.values_mut().for_each(turned);
    let ids = |state: &mut State| state.deployments[0].id = id("D-2");
    let gone = |state: &mut State| state.areas.clear();
    assert!(found(&lines, &[])[0].contains("not what its items put there"));
    assert!(found(&held, &[])[0].contains("not what its versions brought"));
    assert!(found(&order, &[])[0].contains("qa-web@1 comes after qa-web@2"));
    assert!(found(&ids, &[])[0].contains("D-2 stands where D-1 should"));
    assert!(found(&gone, &[])[0].contains("D-1 made qa-web@2, which is not there"));
    assert!(found(&|_| (), &[job("D-8", "qa-web")])[0].contains("job 7 is to make D-8"));
    assert!(found(&|_| (), &[job("D-1", "qa-lab")])[0].contains("which was asked for in qa-web"));
}

#[test]
fn a_retried_deployment_puts_its_promotion_under_way_again() {
    let mut play = play();
    for line in ["> promote US-2 --from DEV --to QA --deploy", "area qa-web at QA default"] {
        play.line(line).unwrap();
    }
    let state = play.world().unwrap().state.clone();
    let status = |state: &State| state.promotions[0].status;
    assert_eq!(status(&state), PromotionStatus::Completed);
    let mine = state.deployments.last().unwrap().id;
    let message = "QA holds US-2 again".to_owned();
    let again = after(&state, Event::DeploymentRetried { deployment: mine }).unwrap();
    assert_eq!(status(&again), PromotionStatus::Deploying);
    let status_of = DeploymentStatus::Void { message };
    let void = after(&again, Event::DeploymentEnded { deployment: mine, status: status_of }).unwrap();
    assert_eq!(status(&void), PromotionStatus::Completed, "what became void did not fail");
}
