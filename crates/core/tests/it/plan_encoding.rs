//! The identity of a plan: its bytes are pinned, and say all that it does and nothing else.

use crate::samples;
use std::path::Path;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::plan_encoding::encode;
use switchback_core::records::job::JobChange;
use switchback_core::words::names::{OperationId, Seq, Time};
use switchback_core::words::object::{CommitId, Oid};

/// A plan with every kind of fact.
fn plan() -> Plan {
    let body = samples::body();
    Plan {
        operation: body.operation,
        says: body.says,
        then: Some(Box::new(Plan { says: "it goes on".into(), ..Plan::new(Seq(7), "demotion") })),
        queue: vec![JobChange::CancelAbove { group: "D-4/QA".into(), sequence: 2, outcome: "{}".into() }],
        events: samples::events().into_iter().map(|(_, event)| event).collect(),
        privileges: body.privileges,
        warnings: body.warnings,
        ..Plan::new(Seq(7), "demotion")
    }
}

/// 32 bytes a line.
fn hex(bytes: &[u8]) -> String {
    let line = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
    bytes.chunks(32).map(line).collect()
}

#[test]
fn the_bytes_are_pinned() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/plan.hex");
    let bytes = hex(&encode(&plan()));
    let pinned = std::fs::read_to_string(file).unwrap_or_default();
    assert!(pinned == bytes, "equal plans have other bytes: raise the version word, and pin\n{bytes}");
}

#[test]
fn what_a_plan_does_makes_it_another() {
    let bytes = encode(&plan());
    let differs = |what: &str, change: &dyn Fn(&mut Plan)| {
        let mut other = plan();
        change(&mut other);
        assert_ne!(encode(&other), bytes, "{what}");
    };
    differs("kind", &|plan| plan.kind = "promotion");
    differs("operation", &|plan| plan.operation = OperationId::parse("M-3"));
    differs("sentence", &|plan| plan.says.push('!'));
    differs("what comes after", &|plan| plan.then = None);
    differs("privileges", &|plan| drop(plan.privileges.pop()));
    differs("implicit", &|plan| plan.privileges[0].implicit = Some("QA is near".into()));
    differs("warnings", &|plan| plan.warnings[0].message.push('!'));
    differs("one fact fewer", &|plan| drop(plan.events.pop()));
    differs("the last digit of a tree", &|plan| {
        for event in &mut plan.events {
            if let Event::Applied { tree, .. } = event {
                tree.0.0[19] ^= 1;
            }
        }
    });
    differs("changes to the queue", &|plan| plan.queue.clear());
}

#[test]
fn when_and_how_it_is_carried_does_not() {
    let written = CommitId(Oid([0xee; 20]));
    let mut later = plan();
    later.guard = Seq(9);
    for event in &mut later.events {
        match event {
            Event::Applied { item, .. } => item.commit = written,
            Event::Removed { commit, .. } => *commit = written,
            Event::Promotion(promotion) => promotion.created_at = Time(99),
            Event::DeploymentAsked(asked) => (asked.at, asked.reason) = (Time(99), None),
            Event::VersionMade { version, .. } => (version.at, version.commit) = (Time(99), written),
            Event::ResolutionsKept { head } => *head = written,
            Event::Recorded { revision, .. } => (revision.tip, revision.recorded_at) = (written, Time(99)),
            _ => {}
        }
    }
    assert_ne!(later, plan());
    assert_eq!(encode(&later), encode(&plan()));
}

#[test]
fn no_two_lists_are_taken_for_one_another() {
    let moved = |changes: &[&str], then: &[&str]| {
        let stopped = |changes: &[&str]| Event::DemotionStopped {
            demotion: OperationId::parse("M-1").unwrap(),
            changes: changes.iter().map(|key| (*key).into()).collect(),
            code: String::new(),
            message: String::new(),
        };
        let events = vec![stopped(changes), stopped(then)];
        encode(&Plan { events, ..Plan::new(Seq(1), "demotion") })
    };
    assert_ne!(moved(&["US-1", "US-2"], &[]), moved(&["US-1"], &["US-2"]));
    assert_ne!(moved(&["US-1"], &[]), moved(&["US", "-1"], &[]));
}
