//! Development areas that are rolled back before a demotion: one plan, carried on with by whoever works (`SPEC D5`, `D9`).

use crate::process::{begun, end, hold, let_go, signal};
use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};
use std::fs;

const DEMOTE: [&str; 6] = ["demote", "US-1", "--from", "QA", "--to", "SIT"];

/// A developer's area at QA, with more said about it.
fn configured(more: &str) -> String {
    let target = "target = { dir = \"../areas/qa-box\" }";
    format!("{THREE_STAGES}\n[[area]]\nname = \"qa-box\"\nstage = \"QA\"\nclass = \"development\"\n{target}\n{more}\n")
}

/// `US-1` to `US-3` at QA, in `qa-web`, and these of them in `qa-box`.
fn with(more: &str, in_box: &[&str]) -> World {
    let world = World::with(&configured(more));
    for number in 1..=3 {
        world.change(&format!("US-{number}"), &[(&format!("web/{number}"), "x\n")]);
    }
    let all = ["US-1", "US-2", "US-3"];
    world.ok(&[&["promote"], &all[..], &["--from", "DEV", "--to", "SIT"]].concat());
    world.ok(&[&["promote"], &all[..], &["--from", "SIT", "--to", "QA", "--deploy"]].concat());
    if !world.files("qa-box").contains_key("web/1") {
        world.ok(&[&["deploy"], in_box, &["--area", "qa-box"]].concat());
    }
    world
}

fn holds(world: &World, stage: &str, change: &str) -> bool {
    let standing = world.ok(&["where", change]);
    !standing["changes"][change]["stages"][stage].is_null() || standing["changes"][0]["stages"][stage].is_object()
}

fn has(world: &World, area: &str, number: u32) -> bool {
    world.files(area).contains_key(&format!("web/{number}"))
}

/// How many entries of the ledger say something.
fn said(world: &World, what: &str) -> usize {
    let log = world.ok(&["log"]);
    let entries = log["entries"].as_array().expect("entries").iter();
    entries.filter(|entry| entry["says"].as_str().is_some_and(|said| said.contains(what))).count()
}

/// It has left, once, and both areas are rid of it.
fn has_left(world: &World) {
    assert!(!holds(world, "QA", "US-1") && holds(world, "SIT", "US-1"));
    assert!(!has(world, "qa-box", 1) && !has(world, "qa-web", 1));
    let log = world.git(&["log", "--format=%(trailers:key=Action,valueonly,separator=)", "main"]);
    assert_eq!(log.lines().filter(|line| *line == "remove").count(), 1);
    world.is_sound();
}

/// It stays, as does what the stage's areas hold of it.
fn stays(world: &World) {
    assert!(holds(world, "QA", "US-1") && has(world, "qa-web", 1));
    assert_eq!(said(world, "M-1 does not demote US-1"), 1);
}

#[test]
fn the_whole_of_it_is_shown_first_and_carried_out_under_one_hash() {
    let world = with("", &["US-1"]);
    let planned = world.ok(&[&DEMOTE[..], &["--dry-run"]].concat());
    let plan = &planned["plan"];
    let of = |area: &Value| ["area", "kind", "version"].map(|name| area[name].clone());
    let areas: Vec<_> = plan["areas"].as_array().expect("areas").iter().map(of).collect();
    let expected = ["qa-box", "qa-web"].map(|name| [json!(name), json!("rollback"), json!(3)]);
    assert_eq!(areas, expected, "{plan}");
    assert!(plan["areas"][0]["files"].to_string().contains("web/1"), "{plan}");
    let tree = plan["stages"][0]["tree"].as_str().expect("a tree").to_owned();
    assert_eq!(plan["stages"][0]["stage"], "QA");
    let rollbacks = |used: &&Value| used["privilege"] == "rollback";
    let privileges = plan["privileges"].as_array().expect("privileges");
    let used: Vec<_> = privileges.iter().filter(rollbacks).map(|used| (&used["scope"], &used["implicit"])).collect();
    let (own, default) = (json!({"area": "qa-box"}), json!({"area": "qa-web"}));
    assert_eq!(used, [(&own, &Value::Null), (&default, &json!("qa-web is a default area"))], "{plan}");
    let hash = plan["hash"].as_str().expect("a hash").to_owned();
    assert!(holds(&world, "QA", "US-1") && has(&world, "qa-box", 1), "nothing was done");

    let outdated = world.json(4, &[&DEMOTE[..], &["--plan", "0123456789abcdef"]].concat());
    assert_eq!(outdated["refused"]["code"], "plan-outdated");
    let done = world.ok(&[&DEMOTE[..], &["--plan", &hash]].concat());
    let rollbacks = done["results"][0]["rollbacks"].as_array().expect("rollbacks");
    let made: Vec<_> = rollbacks.iter().map(|one| [&one["area"], &one["status"], &one["version"]]).collect();
    let (succeeded, three) = (json!("succeeded"), json!(3));
    assert_eq!(made, [[&json!("qa-box"), &succeeded, &three], [&json!("qa-web"), &succeeded, &three]], "{done}");
    assert_eq!(world.tree("main"), tree, "as it was shown");
    has_left(&world);
}

#[test]
fn an_area_that_is_not_default_needs_the_privilege_and_a_default_one_does_not() {
    for more in ["", "default = true"] {
        let world = with(more, &["US-1"]);
        world.ok(&["grant", "bob", "demote-next", "--stage", "QA"]);
        let as_bob = [&DEMOTE[..], &["--as", "bob"]].concat();
        let planned = world.run(&[&as_bob[..], &["--dry-run", "--json"]].concat());
        if more.is_empty() {
            let refused = world.refused(&as_bob);
            assert_eq!(
                (&refused["code"], &refused["details"]["privilege"]),
                (&json!("not-permitted"), &json!("rollback"))
            );
            assert_eq!(planned.exit, Some(3), "{planned:?}");
            world.ok(&["grant", "bob", "rollback", "--area", "qa-box"]);
        } else {
            assert!(planned.out.contains("qa-box is a default area"), "{planned:?}");
        }
        world.ok(&as_bob);
        has_left(&world);
    }
}

#[test]
fn killed_on_the_way_it_is_carried_on_with_exactly_once() {
    let world = with("", &["US-1"]);
    let undisturbed = world.twin();
    undisturbed.ok(&DEMOTE);
    let expected = undisturbed.picture();
    // It begins; its rollback is put, and has become a version; the demotion itself; and what follows it.
    let points = [
        "corridor.committed:1",
        "area.prepared:1",
        "area.put:1",
        "corridor.committed:2",
        "area.confirmed:1",
        "corridor.stored:3",
        "corridor.committed:3",
        "corridor.moved:3",
        "area.put:2",
    ];
    for point in points {
        let world = world.twin();
        let ran = world.run_until(point, &DEMOTE);
        assert_eq!(ran.signal, Some(9), "{point}: {ran:?}");
        world.ok(&["status"]);
        world.ok(&["jobs", "run"]);
        has_left(&world);
        world.picture().is(&expected, point);
        let entries = world.entries();
        world.ok(&["jobs", "run"]);
        assert_eq!(world.entries(), entries, "{point}: nothing is left to do");
    }
}

#[test]
fn where_the_rollback_fails_the_change_stays() {
    let world = with("", &["US-1"]);
    let file = world.area("qa-box").join("web/1");
    fs::write(&file, "edited\n").expect("somebody edits");
    let refused = world.refused(&DEMOTE);
    assert_eq!(refused["code"], "development-rollback-failed", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("qa-box"), "{refused}");
    stays(&world);
    assert_eq!(world.ok(&["history"])["entries"][0]["problem"]["code"], "area-drifted");
    world.ok(&["jobs", "run"]);
    stays(&world);
    fs::write(&file, "x\n").expect("mended");
    // The old rollback belongs to a demotion that was given up.
    let retried = world.ok(&["jobs", "retry", "D-3"]);
    assert_eq!(retried["jobs"][0]["state"], "void", "{retried}");
    assert!(has(&world, "qa-box", 1));
    world.is_sound();
    assert_eq!(world.ok(&DEMOTE)["operation"], "M-2");
    has_left(&world);
}

#[test]
fn without_waiting_it_waits_for_a_worker() {
    let world = with("", &["US-1"]);
    let begun = world.ok(&[&DEMOTE[..], &["--no-wait"]].concat());
    let result = &begun["results"][0];
    assert_eq!((&begun["operation"], &result["status"]), (&json!("M-1"), &json!("waiting")), "{begun}");
    assert_eq!(
        (&result["rollbacks"][0]["area"], &result["rollbacks"][0]["status"]),
        (&json!("qa-box"), &json!("queued"))
    );
    assert!(holds(&world, "QA", "US-1") && has(&world, "qa-box", 1));
    world.ok(&["jobs", "run"]);
    has_left(&world);
}

#[test]
fn called_off_it_does_not_happen() {
    let world = with("", &["US-1"]);
    world.ok(&[&DEMOTE[..], &["--no-wait"]].concat());
    world.ok(&["jobs", "cancel", "D-3"]);
    assert!(has(&world, "qa-box", 1));
    stays(&world);
    world.ok(&["jobs", "run"]);
    stays(&world);
    world.is_sound();
}

#[test]
fn several_leave_one_after_the_other_and_those_after_one_that_waits_wait() {
    let world = with("", &["US-1", "US-2"]);
    let done = world.ok(&["demote", "US-3", "US-1", "US-2", "--from", "QA", "--to", "SIT"]);
    let results: Vec<_> = done["results"].as_array().expect("results").iter().collect();
    let told: Vec<_> = results.iter().map(|one| (&one["change"], &one["status"])).collect();
    let demoted = json!("demoted");
    let expected = [(&json!("US-3"), &demoted), (&json!("US-1"), &demoted), (&json!("US-2"), &demoted)];
    assert_eq!(told, expected, "{done}");
    assert!((1..=3).all(|number| !has(&world, "qa-web", number) && !has(&world, "qa-box", number)));
    world.is_sound();

    let world = with("", &["US-1", "US-2"]);
    fs::write(world.area("qa-box").join("web/1"), "edited\n").expect("somebody edits");
    let stopped = world.json(3, &["demote", "US-3", "US-1", "US-2", "--from", "QA", "--to", "SIT"]);
    let told: Vec<_> =
        stopped["results"].as_array().expect("results").iter().map(|one| one["status"].clone()).collect();
    assert_eq!(told, ["demoted", "refused", "not-run"], "{stopped}");
    assert_eq!(stopped["results"][1]["refused"]["code"], "development-rollback-failed", "{stopped}");
    assert!(!has(&world, "qa-web", 3) && has(&world, "qa-web", 1) && has(&world, "qa-box", 2));
    stays(&world);
}

#[test]
fn interrupted_it_waits_and_goes_on_when_asked() {
    let world = with(&hold("before"), &["US-1"]);
    fs::remove_file(world.path("begun-qa-box")).expect("the hook has run");
    fs::write(world.path("hold"), "").expect("a file");
    let child = begun(&world, "qa-box", &DEMOTE);
    signal(&child, "INT");
    let (exit, said) = end(child);
    assert_eq!((exit, &said["results"][0]["status"]), (Some(3), &json!("waiting")), "{said}");
    assert_eq!(said["warnings"][0]["code"], "interrupted", "{said}");
    let_go(&world);
    world.ok(&["status"]);
    assert!(has(&world, "qa-box", 1), "reading does nothing");
    world.ok(&["jobs", "run"]);
    has_left(&world);
}

/// A preview of the second change looks at a world in which the first has left, and at places where it has not.
#[test]
fn several_demotions_are_foreseen_without_taking_what_stands_for_drift_or_loss() {
    let world = World::with(&configured(""));
    let text = |one: &str, two: &str| format!("<h1>Shop</h1>\n\n<p>{one}</p>\n<p>two</p>\n<p>{two}</p>\n");
    world.change("US-1", &[("web/index.html", &text("ONE", "three"))]);
    world.change("US-2", &[("web/index.html", &text("one", "THREE"))]);
    let all = ["US-1", "US-2"];
    world.ok(&[&["promote"], &all[..], &["--from", "DEV", "--to", "SIT"]].concat());
    world.ok(&[&["promote"], &all[..], &["--from", "SIT", "--to", "QA", "--deploy"]].concat());
    world.ok(&[&["deploy"], &all[..], &["--area", "qa-box"]].concat());
    let words = [&["demote"], &all[..], &["--from", "QA", "--to", "SIT"]].concat();
    let plan = world.ok(&[&words[..], &["--dry-run"]].concat())["plan"].clone();
    let areas = plan["areas"].as_array().expect("areas");
    let foreseen: Vec<_> = areas.iter().map(|area| (area["area"].clone(), area["tree"].clone())).collect();
    assert_eq!(areas.len(), 4, "{plan}");
    assert!(areas.iter().all(|area| area["problem"].is_null()), "{plan}");
    let done = world.ok(&words);
    assert!(!done["says"].as_str().expect("a sentence").trim_end().ends_with(';'), "{done}");
    for (area, tree) in foreseen.iter().rev().take(2) {
        let name = area.as_str().expect("a name");
        let versions = world.ok(&["area", "show", name]);
        assert!(versions.to_string().contains(tree.as_str().expect("a tree")), "{name}: {versions}");
    }
    world.is_sound();
}

/// A promotion that took the line while the rollbacks went on moves it first; then the demotion goes on (`SPEC D9`, `P14`).
#[test]
fn a_promotion_that_took_the_line_meanwhile_goes_first() {
    let world = with("", &["US-1"]);
    world.change("US-4", &[("web/4", "x\n")]);
    world.ok(&["promote", "US-4", "--from", "DEV", "--to", "SIT"]);
    let text = configured("");
    let waits = text.replace("branch = \"main\"\n", "branch = \"main\"\nmove = \"after-deploy\"\n");
    assert_ne!(waits, text);
    world.configure(&waits);
    world.ok(&[&DEMOTE[..], &["--no-wait"]].concat());
    let taken = world.ok(&["promote", "US-4", "--from", "SIT", "--to", "QA", "--no-wait"]);
    assert_eq!(taken["status"], "merging", "{taken}");
    // The area is rolled back, and the line is not free.
    world.ok(&["jobs", "run"]);
    assert_eq!(said(&world, "M-1 does not demote US-1"), 0);
    has_left(&world);
    assert!(holds(&world, "QA", "US-4") && has(&world, "qa-web", 4));
}
