//! Connections that move changes by themselves (`SPEC P14`), with a server and with a timer.

use crate::process;
use crate::serving::{self, ACME, Caller};
use crate::world::{THREE_STAGES, World};
use serde_json::json;

/// DEV to SIT goes by itself, once tested.
fn automatic() -> String {
    let sit = "name = \"SIT\"\n";
    assert!(THREE_STAGES.contains(sit));
    THREE_STAGES.replace(sit, &format!("{sit}promote = {{ mode = \"automatic\", require = [\"tested\"] }}\n"))
}

fn scene() -> World {
    let world = World::with(&automatic());
    world.change("US-1", &[("web/one", "one\n")]);
    world.change("US-2", &[("web/two", "two\n")]);
    world
}

fn at_sit(world: &World) -> Vec<String> {
    let told = world.ok(&["where"])["changes"].clone();
    let there = told.as_array().unwrap().iter().filter(|one| one["stages"].get("SIT").is_some());
    there.map(|one| one["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_timer_moves_and_deploys_what_is_eligible_once() {
    let world = scene();
    let entries = world.entries();
    world.ok(&["run-due"]);
    assert_eq!(world.entries(), entries, "nothing may go, and nothing is told of that");
    world.ok(&["change", "attest", "US-1", "tested"]);
    let ran = world.ok(&["run-due"]);
    assert_eq!(
        (&ran["promotions"][0]["operation"], &ran["promotions"][0]["destination"]),
        (&json!("P-1"), &json!("SIT")),
        "{ran}"
    );
    world.ok(&["jobs", "run"]);
    assert_eq!(at_sit(&world), ["US-1"]);
    assert!(world.files("sit-web").contains_key("web/one"), "it is deployed to the default areas");
    let entries = world.entries();
    world.ok(&["run-due"]);
    assert_eq!(world.entries(), entries);
    let told = world.ok(&["status"])["schedules"][0].clone();
    let wanted = json!([{"promotion": "P-1", "destination": "SIT", "status": "completed"}]);
    assert_eq!((&told["cron"], &told["promotions"]), (&json!("automatic"), &wanted), "{told}");
    let shown = world.run(&["status"]).out;
    assert!(shown.contains("promote   DEV → SIT  automatic  as soon as eligible"), "{shown}");
    world.is_sound();
}

#[test]
fn what_keeps_it_is_told_once() {
    let world = scene();
    world.ok(&["grant", "bob", "promote-next", "--stage", "QA"]);
    world.ok(&["change", "attest", "US-1", "tested"]);
    let ran = world.json(3, &["run-due", "--as", "bob"]);
    assert_eq!(ran["warnings"][0]["code"], "not-permitted", "{ran}");
    let entries = world.entries();
    world.ok(&["run-due", "--as", "bob"]);
    assert_eq!(world.entries(), entries, "it was told");
    let shown = world.run(&["status"]).out;
    assert!(shown.contains("[not-permitted] promote from DEV to SIT did not run"), "{shown}");
    world.ok(&["run-due"]);
    assert_eq!(at_sit(&world), ["US-1"]);
    assert_eq!(world.ok(&["status"])["schedules"][0]["failures"], json!([]));
}

#[test]
fn each_way_tells_by_whom_changes_are_moved() {
    let world = scene();
    let edges = || Caller::of(&world, "root").get(&format!("{ACME}/edges")).body["edges"].clone();
    let told = edges();
    assert_eq!((&told[0]["ahead"]["mode"], &told[0]["behind"]["mode"]), (&json!("automatic"), &json!("manual")));
    assert_eq!(told[1]["ahead"]["mode"], "manual");
    world.ok(&["change", "attest", "US-1", "tested"]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--at", "2026-12-01T22:00"]);
    world.ok(&["promotion", "cancel", "P-1"]);
    world.ok(&["run-due"]);
    assert_eq!(at_sit(&world), [""; 0], "it was called off");
    let left =
        json!([{"change": "US-1", "promotion": "P-1", "message": "P-1, which was to take US-1 along, was cancelled"}]);
    assert_eq!(edges()[0]["ahead"]["left_to_people"], left);
}

#[test]
fn a_server_moves_what_becomes_eligible() {
    let world = scene();
    let (server, _) = serving::begun(&world, &world.path("data"));
    let attested = world.command_in(&world.repo(), &["change", "attest", "US-2", "tested"]).output().unwrap();
    assert!(attested.status.success(), "{attested:?}");
    process::wait_for("the file", || world.area("sit-web").join("web/two").exists());
    process::signal(&server, "TERM");
    assert_eq!(process::ran(server).exit, Some(0));
    assert_eq!(at_sit(&world), ["US-2"]);
    world.is_sound();
}
