//! What is told before a back-promotion runs by itself (`SPEC H4`, `P12`), and what is warned of where nobody sends mail.

use crate::play::Play;
use switchback_core::ledger::plan::Plan;
use switchback_core::notices::arriving::{AHEAD_MS, Coming, arriving};
use switchback_core::notices::{read, unsent};
use switchback_core::pipeline::{Schedule, ScheduleMove};
use switchback_core::ports::outbox::Mail;
use switchback_core::records::notice::{Notice, NoticeKind};
use switchback_core::words::names::{StageName, Time};

const WORLD: &str = "pipeline: DEV -> QA -> PROD
change US-1 --owner ann: a = 1
change US-2 --owner bob: b = 1
change US-3 --owner cem: c = 1
at DEV, QA, PROD: US-1
at QA, PROD: US-2
at DEV: US-3";

fn played(lines: &str) -> Play {
    let mut play = Play::default();
    lines.lines().for_each(|line| play.line(line).unwrap());
    play
}

fn nightly(moves: ScheduleMove) -> Schedule {
    let (cron, from, to) = ("0 2 * * *".to_owned(), StageName::new("QA"), Vec::new());
    Schedule { moves, cron, from, to, deploy: false }
}

/// What is told at a moment of a schedule that is due at another, each with its name.
fn told(play: &mut Play, moves: ScheduleMove, (now, due): (i64, i64)) -> Vec<(String, Notice)> {
    let world = play.world().unwrap();
    let schedule = nightly(moves);
    let coming = [Coming { schedule: &schedule, due: Time(due) }];
    let all = arriving((&world.pipeline, &world.state), &coming, (Time(now), &|at| format!("t{}", at.0)));
    all.into_iter().map(|one| (one.name, read(&one.body).unwrap())).collect()
}

#[test]
fn who_works_there_is_told_in_time_and_once() {
    let mut play = played(WORLD);
    let (back, due) = (ScheduleMove::BackPromote, 2 * AHEAD_MS);
    assert_eq!(told(&mut play, back, (due - AHEAD_MS - 1, due)), [], "too early");
    assert_eq!(told(&mut play, back, (due, due)), [], "too late");
    let all = told(&mut play, back, (due - AHEAD_MS, due));
    let [(name, notice)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((notice.kind, &notice.by), (NoticeKind::Arriving, &None));
    assert_eq!(notice.says, format!("commit your work at DEV: US-2 from QA arrives there at t{due}"));
    // US-1 has gone on to QA, and was recorded lately all the same only where it originated; US-3 has not gone on.
    assert_eq!(notice.owners, ["cem".into()]);
    assert_eq!(told(&mut play, back, (due - 1, due))[0].0, *name, "the same name later: it is kept once");
    assert_ne!(told(&mut play, back, (due, due + 1))[0].0, *name, "another night, another name");
    assert_eq!(told(&mut play, ScheduleMove::Promote, (due - 1, due)), [], "what climbs disturbs nobody's work");
}

#[test]
fn nothing_is_told_where_nothing_arrives() {
    let mut play = played("pipeline: DEV -> QA\nchange US-1: a = 1\nat DEV, QA: US-1");
    assert_eq!(told(&mut play, ScheduleMove::BackPromote, (5, 10)), []);
}

#[test]
fn a_scheduled_promotion_is_told_as_well() {
    let mut play = played(WORLD);
    play.line("> attest US-2 tested approved").unwrap();
    play.line("> back-promote US-2 --from QA --to DEV --at 50").unwrap();
    let all = told(&mut play, ScheduleMove::Promote, (10, 10));
    assert_eq!((all[0].0.as_str(), all[0].1.owners.as_slice()), ("arriving/P-1/50", ["cem".into()].as_slice()));
    play.line("> promotion cancel P-1").unwrap();
    assert_eq!(told(&mut play, ScheduleMove::Promote, (10, 10)), []);
}

#[test]
fn mail_that_nobody_sends_is_warned_of() {
    let mut play = played("pipeline: DEV -> QA\narea qa-web at QA default\nchange US-1: a = 1\nat DEV: US-1");
    play.line("> promote US-1 --to QA --deploy --email-on-complete --dry-run").unwrap();
    let plan = play.last.plans[0].clone();
    assert!(unsent::asks_for_mail(&plan));
    let codes = |plan: Plan| plan.warnings.iter().map(|one| one.code.clone()).collect::<Vec<_>>();
    assert_eq!(codes(unsent::warned(plan.clone(), Mail::SetUp)), [""; 0]);
    assert_eq!(codes(unsent::warned(plan, Mail::NotSetUp)), ["mail-not-set-up"]);
    play.line("> promote US-1 --to QA --deploy").unwrap();
    let plan = play.last.plans[0].clone();
    assert_eq!(codes(unsent::warned(plan, Mail::NotSetUp)), [""; 0], "it was not asked for");
}
