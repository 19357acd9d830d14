//! What failed stays said until somebody has settled it (`SPEC D7`, `P12`).

use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};
use std::fs;

const QA: &str = "target = { dir = \"../areas/qa-web\" }";

/// `US-1` on QA and in `qa-web`, whose hook fails while `../stop` is there.
fn world(more: &str) -> World {
    let world = World::with(&THREE_STAGES.replace(QA, &format!("{QA}\nhooks.before = \"test ! -e ../stop\"\n{more}")));
    for (key, file) in [("US-1", "web/a"), ("US-2", "web/b")] {
        world.change(key, &[(file, key)]);
        world.ok(&["promote", key, "--from", "DEV", "--to", "QA", "--deploy"]);
    }
    world
}

fn stop(world: &World) {
    fs::write(world.path("stop"), "").expect("a file");
}

fn go_on(world: &World) {
    fs::remove_file(world.path("stop")).expect("it was there");
}

const DEMOTE: [&str; 6] = ["demote", "US-1", "--from", "QA", "--to", "SIT"];

/// A demotion whose rollback failed; which one that was.
fn failed(world: &World) -> String {
    stop(world);
    let demoted = world.json(3, &DEMOTE);
    go_on(world);
    let rollback = &demoted["results"][0]["rollbacks"][0];
    assert_eq!(rollback["status"], "failed", "{demoted}");
    rollback["deployment"].as_str().expect("an id").to_owned()
}

fn qa_web(status: &Value) -> &Value {
    let mut areas = status["stages"].as_array().expect("stages").iter().flat_map(|stage| stage["areas"].as_array());
    areas.find_map(|areas| areas.iter().find(|area| area["name"] == "qa-web")).expect("the area")
}

fn warned<'a>(answer: &'a Value, code: &str) -> Vec<&'a str> {
    let all = answer["warnings"].as_array().into_iter().flatten();
    all.filter(|one| one["code"] == code).map(|one| one["message"].as_str().expect("a message")).collect()
}

const VIEWS: [&[&str]; 5] = [
    &["status"],
    &["pending", "qa-web"],
    &["area", "list"],
    &["area", "show", "qa-web"],
    &["history", "--area", "qa-web"],
];

/// Whether every view warns, and what it says; none says anything else than the others.
fn standing(world: &World, code: &str) -> Option<String> {
    let mut all: Vec<Option<String>> = Vec::new();
    for words in VIEWS {
        let answer = world.ok(words);
        let said = warned(&answer, code);
        assert!(said.len() <= 1, "{words:?}: {answer}");
        let text = world.run(words).said();
        all.push(said.first().map(|said| (*said).to_owned()));
        assert!(said.iter().all(|said| text.contains(said)), "{words:?}: {text}");
        let ids = match words[0] {
            "status" => json!(qa_web(&answer)["failed"]),
            "pending" => json!(answer["areas"][0]["failed"]),
            _ => continue,
        };
        assert_eq!(ids.is_null(), said.is_empty(), "{words:?}: {answer}");
    }
    assert!(all.windows(2).all(|two| two[0] == two[1]), "{all:?}");
    assert_eq!(qa_web(&world.ok(&["status"]))["failed"].is_null(), all[0].is_none());
    assert_eq!(world.ok(&["status"])["jobs"]["failed"], u64::from(all[0].is_some()));
    all.swap_remove(0)
}

/// Runs the last command that a warning names.
fn pasted(world: &World, said: &str) {
    let command = said.rsplit('`').nth(1).unwrap_or_else(|| panic!("no command in: {said}"));
    world.ok(&command.split(' ').skip(1).collect::<Vec<_>>());
}

#[test]
fn a_failed_rollback_stays_said_until_it_was_tried_again() {
    let world = world("");
    assert_eq!(standing(&world, "rollback-failed"), None);
    let id = failed(&world);
    let said = standing(&world, "rollback-failed").expect("a warning");
    let expected = format!("{id} failed, so qa-web still holds what left: a hook of qa-web failed with exit code 1: ");
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.ends_with(&format!("mend what it says, then `switchback jobs retry {id}`")), "{said}");
    let history = world.ok(&["history", "--area", "qa-web"]);
    assert_eq!(history["entries"][0]["unsettled"], true, "{history}");
    let log = world.ok(&["log"]);
    let entry = log["entries"].as_array().expect("entries").iter().find(|entry| entry["kind"] == "demotion");
    assert_eq!(warned(entry.expect("the demotion"), "rollback-failed"), [said.as_str()], "{log}");
    assert!(world.run(&["status"]).out.contains("1 left over, 1 failed"));
    pasted(&world, &said);
    assert_eq!(standing(&world, "rollback-failed"), None);
    world.is_sound();
}

#[test]
fn it_is_settled_by_whatever_takes_it_out_or_brings_the_change_back() {
    let ways: [(&str, &[&[&str]]); 4] = [
        ("promoted again", &[&["promote", "US-1", "--from", "SIT", "--to", "QA", "--deploy"]]),
        ("promoted again, and nothing else", &[&["promote", "US-1", "--from", "SIT", "--to", "QA"]]),
        ("rolled back by hand", &[&["rollback", "qa-web@2"]]),
        ("adopted without it", &[&["area", "adopt", "qa-web"]]),
    ];
    for (what, commands) in ways {
        let world = world("");
        failed(&world);
        assert!(standing(&world, "rollback-failed").is_some(), "{what}");
        if what.starts_with("adopted") {
            fs::remove_file(world.area("qa-web").join("web/a")).expect("it was there");
        }
        commands.iter().for_each(|words| drop(world.ok(words)));
        assert_eq!(standing(&world, "rollback-failed"), None, "{what}");
        world.is_sound();
    }
}

#[test]
fn what_helps_with_the_cause_comes_before_trying_again() {
    let world = world("");
    fs::write(world.area("qa-web").join("web/a"), "edited\n").expect("somebody edits");
    world.json(3, &DEMOTE);
    let said = standing(&world, "rollback-failed").expect("a warning");
    let id = world.ok(&["history"])["entries"][0]["deployment"].as_str().expect("an id").to_owned();
    assert!(said.contains("`switchback area repair qa-web`"), "{said}");
    assert!(said.ends_with(&format!("; then `switchback jobs retry {id}`")), "{said}");
    world.ok(&["area", "repair", "qa-web"]);
    let said = standing(&world, "rollback-failed").expect("the area still holds it");
    assert!(!said.contains("area repair"), "that was done: {said}");
    pasted(&world, &said);
    assert_eq!(standing(&world, "rollback-failed"), None);
}

#[test]
fn a_newer_rollback_of_the_same_tells_for_both() {
    let world = world("");
    failed(&world);
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA"]);
    let id = failed(&world);
    let said = standing(&world, "rollback-failed").expect("a warning");
    assert!(said.starts_with(&id), "{said}");
}

#[test]
fn a_failed_deployment_stays_said_until_the_area_holds_it() {
    let world = world("");
    world.change("US-3", &[("web/c", "c\n"), ("docs/c", "c\n")]);
    stop(&world);
    world.json(3, &["promote", "US-3", "--from", "DEV", "--to", "QA", "--deploy"]);
    let said = standing(&world, "deployment-failed").expect("a warning");
    assert!(said.contains("so qa-web does not hold it"), "{said}");
    world.json(3, &["deploy", "US-3", "--area", "qa-web"]);
    let newer = standing(&world, "deployment-failed").expect("one warning");
    assert_ne!(newer, said, "the newer one tells");
    go_on(&world);
    world.ok(&["deploy", "--all", "--area", "qa-web"]);
    assert_eq!(standing(&world, "deployment-failed"), None);
}

#[test]
fn a_failed_repair_stays_said_until_something_else_is_done_there() {
    let world = world("");
    stop(&world);
    world.json(3, &["area", "repair", "qa-web"]);
    let said = standing(&world, "deployment-failed").expect("a warning");
    assert!(said.contains("so qa-web is as it was"), "{said}");
    go_on(&world);
    pasted(&world, &said);
    assert_eq!(standing(&world, "deployment-failed"), None);
}

#[test]
fn a_development_area_that_stopped_a_demotion_stays_said_until_somebody_demotes_again() {
    let world = world("class = \"development\"");
    stop(&world);
    let refused = world.refused(&DEMOTE);
    assert_eq!(refused["code"], "development-rollback-failed", "{refused}");
    let said = standing(&world, "rollback-failed").expect("a warning");
    assert!(said.contains("so M-1 did not take it out of its stage"), "{said}");
    go_on(&world);
    world.ok(&DEMOTE);
    assert_eq!(standing(&world, "rollback-failed"), None);
}
