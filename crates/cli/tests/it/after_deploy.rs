//! Stages that move once their default areas hold what comes (`SPEC P14`).

use crate::world::{THREE_STAGES, World};
use serde_json::json;
use std::fs;

const SIT: &str = "target = { dir = \"../areas/sit-web\" }";
const PROMOTE: [&str; 4] = ["promote", "US-1", "--to", "SIT"];

/// SIT waits for `sit-web` and then `sit-api`, whose hook fails while there is a file `bad` beside the repository.
fn configured(hook: &str) -> String {
    let waits = THREE_STAGES.replace("branch = \"sit\"", "branch = \"sit\"\nmove = \"after-deploy\"");
    let api = SIT.replace("sit-web", "sit-api");
    let api = format!(
        "\n[[area]]\nname = \"sit-api\"\nstage = \"SIT\"\ndefault = true\nsequence = 2\n{api}\nhooks.after = \"{hook}\"\n"
    );
    waits.replace(SIT, &format!("{SIT}\nsequence = 1")) + &api
}

fn with(hook: &str) -> World {
    let world = World::with(&configured(hook));
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world
}

fn has(world: &World, area: &str) -> bool {
    world.files(area).contains_key("web/a")
}

#[test]
fn the_branch_moves_once_the_areas_hold_what_comes() {
    let world = with("git -C ../repo rev-parse sit > ../seen 2>/dev/null || git rev-parse sit > ../seen");
    let before = world.git(&["rev-parse", "sit"]);
    let plan = world.ok(&[&PROMOTE[..], &["--dry-run"]].concat());
    assert!(plan["plan"]["says"].as_str().expect("a sentence").contains("once sit-web, sit-api have it"), "{plan}");
    assert_eq!(plan["plan"]["stages"][0]["stage"], "SIT", "{plan}");
    assert_eq!(plan["plan"]["areas"].as_array().expect("areas").len(), 2, "{plan}");
    assert_eq!(plan["plan"]["areas"][0]["version"], 2, "{plan}");
    let hash = plan["hash"].as_str().or(plan["plan"]["hash"].as_str()).expect("a hash").to_owned();
    let said = world.ok(&[&PROMOTE[..], &["--plan", &hash]].concat());
    assert_eq!((&said["operation"], &said["status"]), (&json!("P-1"), &json!("completed")), "{said}");
    assert_eq!(said["results"][0]["status"], "moved", "{said}");
    assert_ne!(world.git(&["rev-parse", "sit"]), before);
    assert!(has(&world, "sit-web") && has(&world, "sit-api"));
    assert!(!world.refs().contains("under-way"), "{}", world.refs());
    world.is_sound();
}

#[test]
fn where_a_deployment_fails_nothing_moves_and_the_areas_go_back() {
    let world = with("test ! -e ../bad");
    fs::write(world.path("bad"), "").expect("a file");
    let before = world.git(&["rev-parse", "sit"]);
    let said = world.json(3, &PROMOTE);
    assert_eq!((&said["operation"], &said["status"]), (&json!("P-1"), &json!("failed")), "{said}");
    assert_eq!(said["results"][0]["status"], "chosen", "{said}");
    assert_eq!(world.git(&["rev-parse", "sit"]), before);
    assert!(!has(&world, "sit-web") && !has(&world, "sit-api"));
    let shown = world.ok(&["promotion", "show", "P-1"]);
    let note = shown["promotion"]["note"].as_str().expect("a note");
    assert!(note.starts_with("D-2 could not be deployed to sit-api, and SIT waits for that"), "{note}");
    assert!(!world.refs().contains("under-way"), "{}", world.refs());
    let refused = world.refused(&["jobs", "retry", "D-2"]);
    assert_eq!(refused["code"], "not-retryable", "{refused}");
    world.is_sound();
    fs::remove_file(world.path("bad")).expect("a file");
    let again = world.ok(&["promotion", "run", "P-1"]);
    assert_eq!(again["status"], "completed", "{again}");
    assert!(has(&world, "sit-web") && has(&world, "sit-api"));
    assert_ne!(world.git(&["rev-parse", "sit"]), before);
    world.is_sound();
}

#[test]
fn in_between_nothing_else_moves_the_stage_and_what_is_told_is_true() {
    let world = with("true");
    let said = world.ok(&[&PROMOTE[..], &["--no-wait"]].concat());
    assert_eq!(said["status"], "merging", "{said}");
    assert!(world.refs().contains("refs/switchback/under-way/P-1/"), "{}", world.refs());
    for words in [
        &["promote", "US-2", "--to", "SIT"][..],
        &["promotion", "cancel", "P-1"],
        &["promotion", "run", "P-1"],
        &["deploy", "US-1", "--area", "sit-web"],
    ] {
        let refused = world.refused(words);
        assert_eq!(refused["code"], "in-flight", "{words:?} {refused}");
        assert!(refused["message"].as_str().is_some_and(|told| told.contains("P-1")), "{refused}");
    }
    let standing = world.ok(&["where", "US-1"]);
    assert!(standing["changes"][0]["stages"]["SIT"].is_null(), "{standing}");
    world.is_sound();
    world.ok(&["jobs", "run"]);
    assert_eq!(world.ok(&["promotion", "show", "P-1"])["promotion"]["status"], "completed");
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    assert!(world.files("sit-api").contains_key("web/b"));
    world.is_sound();
}

#[test]
fn a_job_that_is_called_off_fails_it() {
    let world = with("true");
    world.ok(&[&PROMOTE[..], &["--no-wait"]].concat());
    world.ok(&["jobs", "cancel", "D-1"]);
    world.run(&["jobs", "run"]);
    let shown = world.ok(&["promotion", "show", "P-1"]);
    assert_eq!(shown["promotion"]["status"], "failed", "{shown}");
    assert!(!has(&world, "sit-web") && !has(&world, "sit-api"));
    world.is_sound();
}

#[test]
fn a_push_in_between_fails_it_and_it_can_be_run_again_on_top() {
    let world = with("true");
    world.ok(&[&PROMOTE[..], &["--no-wait"]].concat());
    world.git(&["checkout", "--quiet", "sit"]);
    world.write("web/pushed", "p\n");
    world.commit("pushed by somebody");
    world.git(&["checkout", "--quiet", "--detach"]);
    world.ok(&["fetch"]);
    world.run(&["jobs", "run"]);
    let shown = world.ok(&["promotion", "show", "P-1"]);
    assert_eq!(shown["promotion"]["status"], "failed", "{shown}");
    let note = shown["promotion"]["note"].as_str().expect("a note");
    assert!(note.contains("SIT moved on after P-1 was merged onto it"), "{note}");
    assert!(!has(&world, "sit-web"));
    world.is_sound();
    let again = world.ok(&["promotion", "run", "P-1"]);
    assert_eq!(again["status"], "completed", "{again}");
    assert!(has(&world, "sit-web") && has(&world, "sit-api"));
    world.is_sound();
}

#[test]
fn it_is_validated_as_it_would_run() {
    let world = with("true");
    world.ok(&[&PROMOTE[..], &["--draft"]].concat());
    let tried = world.ok(&["promotion", "validate", "P-1"])["validation"].clone();
    assert_eq!((&tried["outcome"], &tried["goes"]), (&json!("goes"), &json!(true)), "{tried}");
    let areas: Vec<_> =
        tried["areas"].as_array().expect("areas").iter().map(|area| (&area["area"], &area["status"])).collect();
    assert_eq!(areas, [(&json!("sit-web"), &json!("takes")), (&json!("sit-api"), &json!("takes"))], "{tried}");
    assert!(!has(&world, "sit-web"), "nothing is put");
    let hash = tried["plan"].as_str().expect("a hash");
    assert_eq!(world.ok(&["promotion", "run", "P-1", "--plan", hash])["status"], "completed");
    assert!(has(&world, "sit-web") && has(&world, "sit-api"));
}
