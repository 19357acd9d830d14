//! Targets that are asked what they would say to a deployment before it comes (`SPEC P15`, `A11`).

use crate::process::{begin, end, ran, signal, wait_for};
use crate::served::token_of;
use crate::serving::{ACME, Caller, begun};
use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::thread;

const QA: &str = "target = { dir = \"../areas/qa-web\" }";
const VALIDATE: [&str; 3] = ["promotion", "validate", "P-2"];

/// A program that keeps `qa-web`: it notes each verb in `verbs`, answers `check-put` as `answer` says, a line of a shell, and
/// leaves the rest to the example.
fn program(world: &World, answer: &str) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/directory-target.py");
    let beside = world.path("");
    let text = format!(
        "cd {}\necho $1 >> verbs\nif [ $1 = check-put ]; then {answer}\nelse exec python3 {script} {} $1; fi\n",
        beside.display(),
        world.area("qa-web").display()
    );
    fs::write(world.path("target.sh"), text).expect("a script");
}

/// The three stages with `qa-web` behind the program, and a draft of one change that goes there.
fn drafted(more: &str, answer: &str) -> World {
    drafted_in(THREE_STAGES, more, answer)
}

fn drafted_in(stages: &str, more: &str, answer: &str) -> World {
    let world = World::bare_of_pipeline();
    program(&world, answer);
    let target = format!("target = {{ command = [\"sh\", \"{}\"]{more} }}", world.path("target.sh").display());
    world.configure(&stages.replace(QA, &target));
    world.ok(&["init"]);
    world.change("US-1", &[("web/a", "one\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA", "--draft", "--deploy"]);
    world
}

fn asking(answer: &str) -> World {
    drafted(", check_put = true", answer)
}

/// The verbs that the program was run with.
fn verbs(world: &World) -> Vec<String> {
    let text = fs::read_to_string(world.path("verbs")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn kept(world: &World) -> Value {
    world.ok(&["promotion", "show", "P-2"])["promotion"].clone()
}

#[test]
fn a_program_is_asked_about_the_very_delta_and_nothing_is_put() {
    let world = asking("tee asked; echo; echo would put it");
    let told = world.ok(&VALIDATE);
    let area = &told["validation"]["areas"][0];
    assert_eq!((&told["status"], &area["status"], &area["version"]), (&json!("validated"), &json!("takes"), &json!(2)));
    assert_eq!((&area["check"]["status"], &area["check"]["said"][1]), (&json!("passed"), &json!("would put it")));
    assert_eq!((area.get("not_checked"), area.get("tasks")), (None, None), "{area}");
    let asked: Value = serde_json::from_str(&fs::read_to_string(world.path("asked")).unwrap()).unwrap();
    assert_eq!(asked["version"], 2, "what would be made is asked about as one: {asked}");
    let paths: Vec<_> = asked["changes"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"web/a") && paths.contains(&"README"), "{asked}");
    assert!(asked["changes"].as_array().unwrap().iter().all(|one| one["before"].is_null()), "{asked}");
    let verbs = verbs(&world);
    assert!(!verbs.iter().any(|verb| verb == "put" || verb == "save"), "{verbs:?}");
    assert_eq!(verbs.iter().filter(|verb| *verb == "check-put").count(), 1, "it is asked once: {verbs:?}");
    assert!(!world.area("qa-web").exists());
    let text = world.run(&["promotion", "show", "P-2"]).out;
    assert!(text.contains("its target would take it") && text.contains("would put it"), "{text}");
    assert_eq!(world.ok(&["promotion", "run", "P-2"])["status"], "completed");
    assert_eq!(world.files("qa-web")["web/a"], "one\n");
    world.is_sound();
}

/// What is deployed before its stage moves (`SPEC P14`) is asked about as it will be then.
#[test]
fn what_comes_before_the_move_is_asked_about_as_it_will_come() {
    let stages = THREE_STAGES.replace("branch = \"main\"", "branch = \"main\"\nmove = \"after-deploy\"");
    let world = drafted_in(&stages, ", check_put = true", "tee asked");
    let before = world.tree("main");
    let told = world.ok(&VALIDATE);
    assert_eq!(told["validation"]["areas"][0]["check"]["status"], "passed", "{told}");
    let asked: Value = serde_json::from_str(&fs::read_to_string(world.path("asked")).unwrap()).unwrap();
    assert!(asked["changes"].as_array().unwrap().iter().any(|one| one["path"] == "web/a"), "{asked}");
    assert_eq!(world.tree("main"), before);
    assert_eq!(world.ok(&["promotion", "run", "P-2"])["status"], "completed");
    assert_eq!(world.files("qa-web")["web/a"], "one\n");
}

#[test]
fn a_program_that_says_no_keeps_it_from_being_validated() {
    let world = asking("echo no room for web/a; exit 9");
    let told = world.json(3, &VALIDATE);
    let area = &told["validation"]["areas"][0];
    assert_eq!((&told["status"], &told["validation"]["goes"]), (&json!("draft"), &json!(false)));
    assert_eq!((&area["status"], &area["problem"]["code"]), (&json!("fails"), &json!("area-check-failed")));
    assert_eq!(area["check"], json!({"status": "failed", "exit": 9, "said": ["no room for web/a"]}));
    assert_eq!(kept(&world)["validation"], told["validation"]);
    let text = world.run(&["promotion", "show", "P-2"]).out;
    assert!(text.contains("exit code 9") && text.contains("no room for web/a"), "{text}");
    // It is only asked: a run is not kept from anything.
    assert_eq!(world.ok(&["promotion", "run", "P-2"])["status"], "completed");
}

#[test]
fn a_program_that_is_not_said_to_know_the_question_is_not_asked_it() {
    let world = drafted("", "echo never");
    let area = world.ok(&VALIDATE)["validation"]["areas"][0].clone();
    assert_eq!((&area["status"], &area["check"]["status"]), (&json!("takes"), &json!("not-asked")));
    assert!(area["check"]["why"].as_str().unwrap().contains("check-put"), "{area}");
    let verbs = verbs(&world);
    assert!(verbs.contains(&"check".to_owned()) && !verbs.contains(&"check-put".to_owned()), "{verbs:?}");
    let text = world.run(&["promotion", "show", "P-2"]).out;
    assert!(text.contains("its target was not asked"), "{text}");
}

#[test]
fn a_preview_runs_no_program() {
    let world = asking("echo never");
    let told = world.ok(&[&VALIDATE[..], &["--dry-run"]].concat());
    assert_eq!(told["plan"]["status"], "validated", "{told}");
    assert_eq!(verbs(&world), Vec::<String>::new());
}

#[test]
fn what_was_edited_on_a_place_that_a_program_keeps_is_seen() {
    let world = asking("echo fine");
    world.ok(&["promotion", "run", "P-2"]);
    world.change("US-2", &[("README", "The new shop\n")]);
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    world.ok(&["promote", "US-2", "--from", "SIT", "--to", "QA", "--draft", "--deploy"]);
    fs::write(world.area("qa-web").join("README"), "by hand\n").unwrap();
    let told = world.json(3, &["promotion", "validate", "P-4"]);
    let area = &told["validation"]["areas"][0];
    assert_eq!((&area["status"], &area["problem"]["code"]), (&json!("fails"), &json!("area-drifted")), "{area}");
    assert_eq!(world.files("qa-web")["README"], "by hand\n");
    fs::write(world.area("qa-web").join("README"), "The shop\n").unwrap();
    assert_eq!(world.ok(&["promotion", "validate", "P-4"])["status"], "validated");
}

#[test]
fn manual_tasks_are_told_and_hooks_are_not_run() {
    let world = World::with(&THREE_STAGES.replace(QA, &format!("{QA}\nhooks.before = \"touch ../hook-ran\"")));
    world.change("US-1", &[("web/a", "one\n")]);
    world.ok(&["change", "task", "US-1", "--add", "warm the cache", "--area", "qa-web"]);
    world.ok(&["change", "task", "US-1", "--add", "tell the desk"]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA", "--draft", "--deploy"]);
    let told = world.ok(&VALIDATE);
    let area = &told["validation"]["areas"][0];
    let expected = json!([
        {"change": "US-1", "task": 1, "text": "warm the cache"},
        {"change": "US-1", "task": 2, "text": "tell the desk"},
    ]);
    assert_eq!((&told["status"], &area["status"], &area["tasks"]), (&json!("validated"), &json!("takes"), &expected));
    assert_eq!((&area["check"]["status"], &area["not_checked"]), (&json!("passed"), &json!("its hooks")));
    assert!(!world.path("hook-ran").exists());
    let text = world.run(&["promotion", "show", "P-2"]).out;
    assert!(text.contains("waits for US-1, task 1: warm the cache"), "{text}");
    let run = world.json(3, &["promotion", "run", "P-2"]);
    assert_eq!(run["deployments"][0]["status"], "queued", "as it was told, it waits: {run}");
    let tasks = world.ok(&["change", "show", "US-1"])["change"]["tasks"].clone();
    assert_eq!(tasks[0]["done"], json!([]), "nothing is done by that");
}

/// Begins to validate and waits until the program is being asked.
fn being_asked(world: &World) -> std::process::Child {
    let child = begin(world, &VALIDATE);
    wait_for("the question", || world.path("asked").exists());
    child
}

/// The program says nothing while there is a file `hold`.
fn holding() -> World {
    let world = asking("touch asked; while test -e hold; do sleep 0.02; done");
    fs::write(world.path("hold"), "").unwrap();
    world
}

#[test]
fn what_moves_while_targets_are_asked_outdates_it_and_none_is_asked_twice() {
    let world = holding();
    world.change("US-2", &[("docs/b", "two\n")]);
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    let child = being_asked(&world);
    // Asking keeps nobody waiting.
    world.ok(&["promote", "US-2", "--from", "SIT", "--to", "QA"]);
    fs::remove_file(world.path("hold")).unwrap();
    let (exit, told) = end(child);
    assert_eq!(exit, Some(0), "{told}");
    assert_eq!((&told["status"], &told["validation"]["outdated_by"]), (&json!("draft"), &json!(["QA has changed"])));
    assert_eq!(verbs(&world).iter().filter(|verb| *verb == "check-put").count(), 1);
    world.is_sound();
}

#[test]
fn a_record_that_is_edited_while_targets_are_asked_keeps_nothing() {
    let world = holding();
    let child = being_asked(&world);
    world.ok(&["promotion", "edit", "P-2", "--project", "shop"]);
    fs::remove_file(world.path("hold")).unwrap();
    let (exit, told) = end(child);
    assert_eq!((exit, &told["refused"]["code"]), (Some(3), &json!("record-changed")), "{told}");
    assert_eq!((&kept(&world)["project"], kept(&world).get("validation")), (&json!("shop"), None));
}

/// The program writes down its process, so that it can be seen whether that lives.
fn stubborn() -> World {
    asking("echo $$ > process; touch asked; exec sleep 600")
}

fn is_gone(world: &World) -> bool {
    let process = fs::read_to_string(world.path("process")).unwrap();
    !Path::new("/proc").join(process.trim()).exists()
}

#[test]
fn interrupted_it_keeps_nothing_and_ends_the_program() {
    let world = stubborn();
    let entries = world.entries();
    let child = being_asked(&world);
    signal(&child, "INT");
    let (exit, told) = end(child);
    assert_eq!((exit, &told["fault"]["code"]), (Some(1), &json!("interrupted")), "{told}");
    assert!(is_gone(&world));
    assert_eq!((world.entries(), kept(&world).get("validation")), (entries, None));
    assert!(!world.area("qa-web").exists());
}

#[test]
fn a_server_that_stops_ends_it_and_says_so() {
    let world = stubborn();
    let entries = world.entries();
    let data = world.path("data");
    let (server, said) = begun(&world, &data);
    let caller = Caller { server: said["address"].as_str().unwrap().to_owned(), token: token_of(&data, "root") };
    thread::scope(|scope| {
        let asked = scope.spawn(|| caller.post(&format!("{ACME}/promotions/P-2/validations"), &[], &json!({})));
        wait_for("the question", || world.path("asked").exists());
        signal(&server, "TERM");
        let no = asked.join().unwrap().is(503, "interrupted");
        assert!(no.header("retry-after").is_some());
    });
    assert_eq!(ran(server).exit, Some(0));
    assert!(is_gone(&world));
    assert_eq!((world.entries(), kept(&world).get("validation")), (entries, None));
}
