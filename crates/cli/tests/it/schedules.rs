//! Recurring runs (`SPEC P12`): both ways, when they come next, and what is told of those that did not go well.

use crate::process::{ran, signal, wait_for};
use crate::serving::begun;
use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};

/// Three stages in Berlin with these schedules; `US-1` is at DEV.
fn with(schedules: &str) -> World {
    let world = World::with(&THREE_STAGES.replace("name = \"acme\"", "name = \"acme\"\ntime_zone = \"Europe/Berlin\""));
    let configuration = world.read("switchback.toml");
    world.configure(&format!("{configuration}\n{schedules}"));
    world.change("US-1", &[("web/one", "one\n")]);
    world
}

const CLIMB: &str = "[[schedule]]\ncron = \"0 2 * * *\"\nmove = \"promote\"\nfrom = \"DEV\"\ndeploy = true\n";
const DOWN: &str = "[[schedule]]\ncron = \"30 2 * * *\"\nfrom = \"QA\"\nto = [\"SIT\"]\n";

fn schedule(world: &World, nth: usize) -> Value {
    let status = world.ok(&["status"])["schedules"][nth].clone();
    assert_eq!(world.ok(&["promotion", "list"])["schedules"][nth], status);
    status
}

fn stages(world: &World, change: &str) -> Vec<String> {
    let stages = world.ok(&["where", change])["changes"][0]["stages"].clone();
    stages.as_object().expect("stages").keys().cloned().collect()
}

#[test]
fn a_schedule_promotes_to_the_next_stage() {
    let mut world = with(CLIMB);
    world.change("US-2", &[("web/two", "two\n")]);
    world.ok(&["change", "ignore", "US-2", "--stage", "SIT", "--reason", "not yet"]);
    let coming = schedule(&world, 0);
    assert_eq!((&coming["move"], &coming["to"]), (&json!("promote"), &json!(["SIT"])));
    assert_eq!((&coming["next_run"], &coming["last_run"]), (&json!("2026-03-03T02:00:00+01:00"), &Value::Null));
    world.set_clock("2026-03-03T01:30:00Z");
    assert_eq!(schedule(&world, 0)["is_due"], true);
    let ran = world.ok(&["run-due"]);
    assert_eq!(ran["promotions"][0]["destination"], "SIT", "{ran}");
    world.ok(&["jobs", "run"]);
    assert_eq!(
        (stages(&world, "US-1"), stages(&world, "US-2")),
        (vec!["DEV".to_owned(), "SIT".to_owned()], vec!["DEV".to_owned()])
    );
    assert!(world.files("sit-web").contains_key("web/one"));
    let ran = schedule(&world, 0);
    assert_eq!((&ran["next_run"], &ran["is_due"]), (&json!("2026-03-04T02:00:00+01:00"), &json!(false)));
    assert_eq!(ran["promotions"], json!([{"promotion": "P-1", "destination": "SIT", "status": "completed"}]));
    let shown = world.run(&["status"]).out;
    assert!(shown.contains("promote   DEV → SIT  0 2 * * *  2026-03-04 02:00  ✓ 2026-03-03 02:30"), "{shown}");
    // Nothing to promote is nothing that failed.
    world.set_clock("2026-03-04T01:30:00Z");
    let ran = world.ok(&["run-due"]);
    assert_eq!(ran["promotions"][0]["status"], "nothing-to-move", "{ran}");
    assert_eq!(schedule(&world, 0)["failures"], json!([]));
    world.is_sound();
}

#[test]
fn what_a_run_did_not_do_is_told_until_somebody_looked() {
    let looked: [&[&str]; 2] = [&["promote", "--all", "--from", "DEV", "--to", "SIT", "--deploy"], &["run-due"]];
    for look in looked {
        let mut world = with(CLIMB);
        world.ok(&["grant", "bob", "promote-next", "--stage", "QA"]);
        world.set_clock("2026-03-03T01:30:00Z");
        let ran = world.json(3, &["run-due", "--as", "bob"]);
        assert_eq!(ran["promotions"][0]["problem"]["code"], "not-permitted", "{ran}");
        let entries = world.entries();
        world.ok(&["run-due", "--as", "bob"]);
        assert_eq!(world.entries(), entries, "it is not due twice");
        world.ok(&["log"]);
        let told = schedule(&world, 0);
        let (code, to) = (&told["failures"][0]["code"], &told["failures"][0]["destination"]);
        assert_eq!((code, to), (&json!("not-permitted"), &json!("SIT")), "reading is no looking");
        let shown = world.run(&["status"]).out;
        assert!(shown.contains("✗ 2026-03-03 02:30") && shown.contains("[not-permitted]"), "{shown}");
        assert!(shown.contains(&format!("`switchback {}`", looked[0].join(" "))), "{shown}");
        world.set_clock("2026-03-04T01:30:00Z");
        world.ok(look);
        assert_eq!(schedule(&world, 0)["failures"], json!([]), "{look:?}");
        assert!(!world.run(&["status"]).out.contains("[not-permitted]"));
        world.is_sound();
    }
}

#[test]
fn a_run_that_stops_on_a_conflict_is_told_until_it_is_settled() {
    let mut world = with(DOWN);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.branch("US-9", &[("web/one", "nine\n")]);
    world.ok(&["change", "record", "US-9", "--branch", "feature/US-9", "--stage", "QA"]);
    world.set_clock("2026-03-03T05:00:00Z");
    let ran = world.json(3, &["run-due"]);
    assert_eq!(ran["promotions"][0]["status"], "conflicted", "{ran}");
    let shown = world.run(&["status"]).out;
    assert!(shown.contains("✗ 2026-03-03 06:00") && shown.contains("P-2 to SIT ✗ conflicted"), "{shown}");
    world.ok(&["resolve", "P-2", "web/one", "--theirs"]);
    assert!(world.run(&["status"]).out.contains("✓ 2026-03-03 06:00"));
}

#[test]
fn a_rewritten_branch_does_not_make_a_run_go_by_unseen() {
    let mut world = with(DOWN);
    world.branch("US-9", &[("web/nine", "nine\n")]);
    world.ok(&["change", "record", "US-9", "--branch", "feature/US-9", "--stage", "QA"]);
    let orphan = world.git(&["commit-tree", "-m", "x", "main^{tree}"]);
    world.git(&["branch", "--force", "sit", orphan.trim()]);
    world.set_clock("2026-03-03T05:00:00Z");
    world.json(3, &["run-due"]);
    assert_eq!(schedule(&world, 0)["failures"][0]["code"], "branch-rewritten");
}

/// The clocks go forward on 29 March and back on 25 October.
#[test]
fn the_next_run_is_right_where_the_clocks_change() {
    for (now, next) in [
        ("2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T12:00:00Z", "2026-03-30T02:30:00+02:00"),
        ("2026-10-24T12:00:00Z", "2026-10-25T02:30:00+02:00"),
    ] {
        let mut world = with(DOWN);
        world.set_clock(now);
        world.ok(&["run-due"]);
        assert_eq!(schedule(&world, 0)["next_run"], next, "{now}");
    }
    // In the hour that comes twice it runs the first time round, and not again.
    let mut world = with(DOWN);
    world.set_clock("2026-10-25T00:31:00Z");
    world.ok(&["run-due"]);
    let entries = world.entries();
    world.set_clock("2026-10-25T01:31:00Z");
    world.ok(&["run-due"]);
    assert_eq!(world.entries(), entries);
    assert_eq!(schedule(&world, 0)["next_run"], "2026-10-26T02:30:00+01:00");
}

/// A timer comes by for jobs too: those that nobody waited for, and those whose time has come.
#[test]
fn jobs_that_nobody_waited_for_are_run() {
    let world = with("");
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy", "--no-wait"]);
    let planned = world.ok(&["run-due", "--dry-run"]);
    assert!(!world.files("sit-web").contains_key("web/one"), "{planned}");
    assert_eq!(planned["plan"]["says"], "1 job was open", "{planned}");
    let ran = world.ok(&["run-due"]);
    assert_eq!((&ran["says"], &ran["deployments"][0]["status"]), (&json!("1 job was open"), &json!("succeeded")));
    assert!(world.files("sit-web").contains_key("web/one"));
    assert_eq!(world.ok(&["run-due"])["says"], "nothing was due");
    world.is_sound();
}

/// A schedule runs with the rights that whoever put it in force has when it runs, not with those that they had then; and
/// nobody lends it others.
#[test]
fn on_a_server_a_schedule_of_somebody_who_lost_the_right_moves_nothing_and_says_so() {
    let mut world = World::three_stages();
    let data = world.path("data");
    for privilege in ["configure", "promote-next", "deploy"] {
        world.ok(&["grant", "bob", privilege]);
    }
    let text = world.read("switchback.toml");
    world.write("switchback.toml", &format!("{text}\n{CLIMB}"));
    world.ok(&["configure", "--as", "bob"]);
    let serves = |world: &mut World, now: &str| {
        world.set_clock(now);
        let (server, _) = begun(world, &data);
        // The server works meanwhile: one look at a time.
        let last = || world.ok(&["promotion", "list"])["schedules"][0]["last_run"].clone();
        wait_for("the run", || last().as_str().is_some_and(|last| last.starts_with(&now[..10])));
        signal(&server, "TERM");
        assert_eq!(ran(server).exit, Some(0));
    };
    world.change("US-1", &[("web/one", "one\n")]);
    serves(&mut world, "2026-03-03T03:30:00Z");
    assert_eq!(stages(&world, "US-1"), ["DEV", "SIT"]);
    assert_eq!(world.ok(&["promotion", "show", "P-1"])["promotion"]["owner"], "bob");
    world.ok(&["revoke", "bob", "promote-next"]);
    world.change("US-2", &[("web/two", "two\n")]);
    serves(&mut world, "2026-03-04T03:30:00Z");
    assert_eq!(stages(&world, "US-2"), ["DEV"], "root, who runs the server, may");
    let told = schedule(&world, 0);
    assert_eq!(
        (&told["failures"][0]["code"], &told["failures"][0]["destination"]),
        (&json!("not-permitted"), &json!("SIT"))
    );
    // Where somebody with the right puts it in force anew, it runs with theirs.
    world.write("switchback.toml", &format!("{text}\n{CLIMB}\n# by root\n"));
    world.ok(&["configure"]);
    serves(&mut world, "2026-03-05T03:30:00Z");
    assert_eq!(stages(&world, "US-2"), ["DEV", "SIT"]);
    world.is_sound();
}
