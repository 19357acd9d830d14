//! Jobs as people handle them: looked at, called off, tried again, waited for (`SPEC A8`, `A9`, `A12`).

use crate::process::{begin, begun, end, hold, holding, in_hook, let_go, ran, wait_for};
use crate::world::{LATER, Ran, THREE_STAGES, World};
use serde_json::{Value, json};
use std::fs;

const SIT: &str = "target = { dir = \"../areas/sit-web\" }";
const DEPLOY: [&str; 5] = ["promote", "US-1", "--to", "SIT", "--deploy"];

fn job(world: &World, deployment: &str) -> Value {
    world.ok(&["jobs", "show", deployment])["job"].clone()
}

/// The three stages with more said about `sit-web`, more areas, and two changes.
fn with(about: &str, more: &str) -> World {
    let world = World::with(&(THREE_STAGES.replace(SIT, &format!("{SIT}\n{about}")) + more));
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world
}

fn area(name: &str, sequence: u32, more: &str) -> String {
    let target = SIT.replace("sit-web", name);
    format!("\n[[area]]\nname = \"{name}\"\nstage = \"SIT\"\ndefault = true\nsequence = {sequence}\n{target}\n{more}\n")
}

/// `D-1` in `sit-web` and `D-2`, which waits for it, in `sit-api`.
fn queued_in_order() -> World {
    let world = with("sequence = 1", &area("sit-api", 2, ""));
    world.ok(&[&DEPLOY[..], &["--no-wait"]].concat());
    world
}

#[test]
fn jobs_that_are_only_looked_at_stay_as_they_are() {
    let mut world = queued_in_order();
    let unchanged = |world: &World, words: &[&str]| {
        let (ledger, entries) = (world.ledger_bytes(), world.entries());
        let said = world.ok(&[words, &["--dry-run"]].concat());
        assert!(world.ledger_bytes() == ledger, "{words:?} wrote");
        assert_eq!((world.entries(), world.files("sit-web").len()), (entries, 0), "{words:?}");
        said
    };
    for words in [&["jobs", "run"][..], &["jobs", "run", "D-1"], &["jobs", "wait"], &["jobs", "wait", "D-2"]] {
        assert_eq!(unchanged(&world, words)["jobs"][0]["state"], "queued");
    }
    let planned = unchanged(&world, &["jobs", "cancel", "D-1"]);
    approved(&mut world, &["jobs", "cancel", "D-1"], &planned);
    assert_eq!(job(&world, "D-1")["state"], "cancelled");
    assert_eq!(job(&world, "D-2")["state"], "cancelled", "what waits for it goes with it");
    let both = ["jobs", "retry", "D-1", "D-2"];
    let planned = unchanged(&world, &both);
    approved(&mut world, &both, &planned);
    assert!(world.files("sit-web").contains_key("web/a") && world.files("sit-api").contains_key("web/a"));
    world.is_sound();
}

/// Another plan is refused and does nothing; this one is carried out, although time has passed.
fn approved(world: &mut World, words: &[&str], planned: &Value) {
    let ledger = world.ledger_bytes();
    let outdated = world.json(4, &[words, &["--plan", "0123456789abcdef"]].concat());
    assert_eq!(outdated["refused"]["code"], "plan-outdated", "{outdated}");
    assert!(world.ledger_bytes() == ledger, "{words:?} wrote");
    let hash = planned["plan"]["hash"].as_str().expect("a hash").to_owned();
    let tick = if job(world, "D-1")["state"] == "queued" { LATER } else { "2026-03-02T10:07:00Z" };
    world.set_clock(tick);
    world.ok(&[words, &["--plan", &hash]].concat());
}

#[test]
fn all_are_tried_again_or_none() {
    let world = queued_in_order();
    world.ok(&["jobs", "run", "D-1"]);
    assert_eq!(job(&world, "D-2")["state"], "queued", "it was not asked for");
    world.ok(&["jobs", "cancel", "D-2"]);
    let refused = world.refused(&["jobs", "retry", "D-2", "D-1"]);
    assert_eq!(refused["code"], "not-retryable", "{refused}");
    assert_eq!(job(&world, "D-2")["state"], "cancelled", "none is queued");
    let refused = world.refused(&["jobs", "cancel", "D-2", "D-9"]);
    assert_eq!(refused["code"], "unknown-job", "{refused}");
    world.ok(&["jobs", "retry", "D-2"]);
    assert!(world.files("sit-api").contains_key("web/a"));
    world.is_sound();
}

/// A job that is named runs with what it waits for: alone it could not.
#[test]
fn a_job_runs_with_what_comes_first() {
    let world = queued_in_order();
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy", "--no-wait"]);
    world.ok(&["jobs", "run", "D-2"]);
    let states = ["D-1", "D-2", "D-3", "D-4"].map(|id| job(&world, id)["state"].clone());
    assert_eq!(states, ["succeeded", "succeeded", "queued", "queued"].map(Value::from));
}

#[test]
fn a_job_that_runs_elsewhere_is_called_off_and_its_area_is_as_before() {
    for hook in ["before", "after"] {
        let world = holding(hook);
        let before = world.files("sit-web");
        let child = begun(&world, "sit-web", &DEPLOY);
        let cancelled = world.ok(&["jobs", "cancel", "D-2"]);
        assert_eq!(cancelled["jobs"][0]["state"], "cancelled", "{hook}: {cancelled}");
        let (exit, said) = end(child);
        assert_eq!((exit, &said["deployments"][0]["status"]), (Some(3), &json!("cancelled")), "{hook}: {said}");
        assert_eq!(world.files("sit-web"), before, "{hook}");
        assert_eq!(world.ok(&["history"])["entries"][0]["status"], "cancelled");
        assert_eq!(job(&world, "D-2")["said"], json!(["heard"]), "what its hook had said is kept");
        let_go(&world);
        world.ok(&["jobs", "retry", "D-2"]);
        assert!(world.files("sit-web").contains_key("web/a"), "{hook}: who tries it again wants it");
        world.is_sound();
    }
}

#[test]
fn what_waits_for_a_running_job_goes_with_it() {
    let world = with(&format!("sequence = 1\n{}", hold("before")), &area("sit-api", 2, ""));
    fs::write(world.path("hold"), "").expect("a file");
    let child = begun(&world, "sit-web", &DEPLOY);
    world.ok(&["jobs", "cancel", "D-1"]);
    let (exit, said) = end(child);
    let states: Vec<_> = said["deployments"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!((exit, states), (Some(3), vec![json!("cancelled"); 2]), "{said}");
    assert!(world.files("sit-web").is_empty() && world.files("sit-api").is_empty());
    world.is_sound();
}

#[test]
fn a_job_is_called_off_without_waiting_for_its_end() {
    let world = holding("before");
    let child = begun(&world, "sit-web", &DEPLOY);
    world.ok(&["jobs", "cancel", "D-2", "--no-wait"]);
    let (_, said) = end(child);
    assert_eq!(said["deployments"][0]["status"], "cancelled", "{said}");
}

#[test]
fn what_a_killed_worker_put_is_taken_back_by_whoever_calls_its_job_off() {
    let world = with("", "");
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    let before = world.files("sit-web");
    for words in [&["jobs", "cancel", "D-2"][..], &["jobs", "cancel", "D-3", "--no-wait"]] {
        let change = if words[2] == "D-2" { DEPLOY.to_vec() } else { vec!["deploy", "US-1", "--area", "sit-web"] };
        let killed = world.run_until("area.put", &change);
        assert_eq!(killed.signal, Some(9), "{killed:?}");
        assert!(world.files("sit-web").contains_key("web/a"), "it was put");
        world.ok(words);
        // Whoever works next takes it back where nobody waited for that, and says what became of it.
        world.json(if words.contains(&"--no-wait") { 3 } else { 0 }, &["jobs", "run"]);
        assert_eq!(world.files("sit-web"), before);
        assert_eq!(job(&world, words[2])["state"], "cancelled");
        world.is_sound();
    }
}

#[test]
fn waiting_ends_when_the_job_does_wherever_it_runs() {
    let world = holding("before");
    let working = begun(&world, "sit-web", &DEPLOY);
    let waiting = begin(&world, &["jobs", "wait", "D-2"]);
    // Whoever may run jobs says so before looking for one.
    let workers = world.repo().join(".git/switchback/workers");
    wait_for("the second process", || fs::read_dir(&workers).map_or(0, Iterator::count) > 1);
    let_go(&world);
    let (exit, said) = end(waiting);
    assert_eq!((exit, &said["jobs"][0]["state"]), (Some(0), &json!("succeeded")), "{said}");
    assert_eq!(end(working).0, Some(0));
}

/// A demotion in QA whose rollback fails, because somebody edited the file; then the stage holds the change again.
fn void() -> World {
    let world = with("", "");
    world.ok(&DEPLOY);
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA", "--deploy"]);
    world
}

const DEMOTE: [&str; 6] = ["demote", "US-1", "--from", "QA", "--to", "SIT"];
const AGAIN: [&str; 6] = ["promote", "US-1", "--from", "SIT", "--to", "QA"];

fn is_void(world: &World, handled: &Value, before: &std::collections::BTreeMap<String, String>) {
    let job = &handled["jobs"][0];
    assert_eq!((&job["state"], &job["problem"]["code"]), (&json!("void"), &json!("void")), "{handled}");
    let message = job["problem"]["message"].as_str().expect("a message");
    assert_eq!(message, "QA holds US-1 again, so nothing is taken out of qa-web");
    assert_eq!(world.files("qa-web"), *before, "nothing is taken out");
    assert_eq!(world.ok(&["history"])["entries"][0]["status"], "void");
    world.is_sound();
}

#[test]
fn a_rollback_of_what_the_stage_holds_again_is_void() {
    let world = void();
    let before = world.files("qa-web");
    let file = world.area("qa-web").join("web/a");
    fs::write(&file, "edited\n").expect("somebody edits");
    let demoted = world.json(3, &DEMOTE);
    assert_eq!(demoted["results"][0]["status"], "demoted", "it stands: {demoted}");
    assert_eq!(demoted["results"][0]["rollbacks"][0]["status"], "failed", "{demoted}");
    assert!(demoted["warnings"].to_string().contains("rollback-failed"), "{demoted}");
    fs::write(&file, "a\n").expect("mended");
    world.ok(&AGAIN);
    is_void(&world, &world.ok(&["jobs", "retry", "D-3"]), &before);
}

#[test]
fn a_rollback_that_waited_while_the_change_came_back_is_void() {
    let world = void();
    let before = world.files("qa-web");
    world.ok(&[&DEMOTE[..], &["--no-wait"]].concat());
    world.ok(&AGAIN);
    is_void(&world, &world.ok(&["jobs", "run"]), &before);
}

#[test]
fn what_was_taken_back_because_a_sibling_failed_is_undone() {
    let hook = "hooks.after = \"echo no luck today; test ! -e ../bad\"";
    let configured = THREE_STAGES.replace("branch = \"sit\"", "branch = \"sit\"\non_failure = \"undo-all\"");
    let configured = configured.replace(SIT, &format!("{SIT}\nsequence = 1")) + &area("sit-api", 2, hook);
    let world = World::with(&configured);
    world.change("US-1", &[("web/a", "a\n")]);
    fs::write(world.path("bad"), "").expect("a file");
    let said = world.json(3, &DEPLOY);
    let told = |one: &Value| ["area", "kind", "status", "version"].map(|name| one[name].clone());
    let deployments: Vec<_> = said["deployments"].as_array().expect("deployments").iter().map(told).collect();
    let expected = [
        [json!("sit-web"), json!("deploy"), json!("undone"), json!(2)],
        [json!("sit-api"), json!("deploy"), json!("failed"), Value::Null],
        [json!("sit-web"), json!("rollback"), json!("succeeded"), json!(3)],
    ];
    assert_eq!(deployments, expected, "{said}");
    assert_eq!((&said["status"], &said["operation"]), (&json!("completed-with-errors"), &json!("P-1")), "{said}");
    let shown = world.ok(&["promotion", "show", "P-1"]);
    assert_eq!(shown["promotion"]["deployments"][0]["status"], "undone", "{shown}");
    assert!(!world.files("sit-web").contains_key("web/a"));
    world.is_sound();
}

#[test]
fn what_hooks_said_is_kept_and_shown() {
    let world = with("hooks.after = \"echo look: port 80 is taken; test ! -e ../bad\"", "");
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    assert_eq!(job(&world, "D-1")["said"], json!(["look: port 80 is taken"]), "also where it succeeded");
    fs::write(world.path("bad"), "").expect("a file");
    let said = world.json(3, &DEPLOY);
    let lines = json!(["look: port 80 is taken"]);
    assert_eq!(said["deployments"][0]["problem"]["said"], lines, "{said}");
    assert_eq!(job(&world, "D-2")["said"], lines);
    let history = world.ok(&["history"]);
    assert_eq!(history["entries"][0]["problem"]["said"], lines, "{history}");
    for words in [&["jobs", "show", "D-2"][..], &["history"], &["deploy", "US-1", "--area", "sit-web"]] {
        let ran = world.run(words);
        assert!(ran.out.contains("look: port 80 is taken"), "{words:?}: {ran:?}");
    }
    // The ledger itself has it: the queue may go.
    let text = String::from_utf8_lossy(&world.ledger_bytes()).into_owned();
    assert!(text.contains(r#""output":["look: port 80 is taken"]"#), "the entry does not have it");
}

#[test]
fn a_deployment_that_waits_for_a_person_is_said_and_nothing_waits_for_it_without_end() {
    let world = with("sequence = 1", &area("sit-api", 2, ""));
    world.ok(&["change", "task", "US-1", "--add", "rotate the key", "--area", "sit-web"]);
    let said = ended(&world, &DEPLOY, 3);
    assert_eq!(said["results"][0]["status"], "moved", "the move stands: {said}");
    let problem = &said["deployments"][0]["problem"];
    assert_eq!(
        (&said["deployments"][0]["status"], &problem["code"]),
        (&json!("queued"), &json!("task-open")),
        "{said}"
    );
    assert!(problem["hint"].as_str().unwrap().contains("change task US-1 --done 1"), "{said}");
    assert_eq!(said["warnings"][0]["code"], "task-open", "{said}");
    assert_eq!(said["deployments"][1]["status"], "queued", "{said}");
    for words in [&["jobs", "wait"][..], &["jobs", "run"], &["jobs", "run", "D-2"], &["jobs", "wait", "D-2"]] {
        let said = ended(&world, words, if words.last() == Some(&"D-2") { 0 } else { 3 });
        assert!(said["jobs"].to_string().contains("\"queued\""), "{said}");
    }
    assert_eq!(job(&world, "D-1")["problem"]["code"], "task-open");
    let done = world.ok(&["change", "task", "US-1", "--done", "1", "--area", "sit-web"]);
    assert_eq!(done["deployments"][0]["status"], "succeeded", "what waited for it is told: {done}");
    assert!(world.files("sit-web").contains_key("web/a") && world.files("sit-api").contains_key("web/a"));
    world.is_sound();
}

/// Runs something that must come to its end by itself.
fn ended(world: &World, words: &[&str], exit: i32) -> Value {
    let (found, said) = end(begin(world, words));
    assert_eq!(found, Some(exit), "{words:?}: {said}");
    said
}

#[test]
fn a_deployment_that_fails_once_its_task_is_done_is_told_there() {
    let world = with("hooks.after = \"test $SWITCHBACK_KIND = baseline\"", "");
    world.ok(&["change", "task", "US-1", "--add", "rotate the key"]);
    ended(&world, &DEPLOY, 3);
    let done = world.json(3, &["change", "task", "US-1", "--done", "1", "--area", "sit-web"]);
    assert_eq!(done["results"][0]["status"], "task-done", "it stands: {done}");
    assert_eq!(done["deployments"][0]["problem"]["code"], "hook-failed", "{done}");
}

#[test]
fn waiting_for_what_was_called_off_is_no_success() {
    let world = queued_in_order();
    world.ok(&["jobs", "cancel", "D-1"]);
    assert_eq!(ended(&world, &["jobs", "wait", "D-2"], 3)["jobs"][0]["state"], "cancelled");
}

#[test]
fn an_unrelated_job_elsewhere_is_not_waited_for() {
    let world = with(&hold("before"), &area("sit-api", 0, ""));
    fs::write(world.path("hold"), "").expect("a file");
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT"]);
    let working = begun(&world, "sit-web", &["deploy", "US-1", "--area", "sit-web"]);
    world.ok(&["change", "task", "US-2", "--add", "rotate the key", "--area", "sit-api"]);
    // What waits for a person does not go on when the other job ends.
    let said = ended(&world, &["deploy", "US-2", "--area", "sit-api"], 3);
    assert_eq!(said["deployments"][0]["problem"]["code"], "task-open", "{said}");
    let_go(&world);
    let answer: Ran = ran(working);
    assert_eq!(answer.exit, Some(0), "{answer:?}");
    in_hook(&world, "sit-web");
}
