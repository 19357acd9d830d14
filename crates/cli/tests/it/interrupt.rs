//! Ctrl-C: the work stops where it is safe, says what is queued, and nobody deploys it unasked (`SPEC A9`).

use crate::process::{begin, begun, end, hold, holding, in_hook, let_go, ran, signal, started, wait_for};
use crate::world::{THREE_STAGES, World};
use serde_json::Value;
use std::fs;
use std::process::Child;

const DEPLOY: [&str; 5] = ["promote", "US-1", "--to", "SIT", "--deploy"];
const MOVE: [&str; 6] = ["promote", "US-1", "--from", "DEV", "--to", "SIT"];

fn is_gone(process: &str) -> bool {
    !std::path::Path::new("/proc").join(process).exists()
}

fn state_of(world: &World, deployment: &str) -> Value {
    world.ok(&["jobs", "show", deployment])["job"]["state"].clone()
}

/// Interrupts a deployment that waits in a hook; the world with `D-2` queued.
fn interrupted(hook: &str, name: &str) -> World {
    let world = holding(hook);
    let before = world.files("sit-web");
    let child = begun(&world, "sit-web", &DEPLOY);
    let hook = in_hook(&world, "sit-web");
    signal(&child, name);
    let (exit, said) = end(child);
    assert_eq!(exit, Some(3), "{said}");
    assert_eq!((&said["operation"], &said["deployments"][0]["status"]), (&"P-2".into(), &"queued".into()), "{said}");
    let warning = &said["warnings"][0];
    assert_eq!(warning["code"], "interrupted", "{said}");
    assert!(warning["message"].as_str().unwrap().contains("D-2 in sit-web stays queued"), "{said}");
    assert_eq!(warning["remedy"]["step"], "go-on-or-call-off", "{said}");
    wait_for("the end of the hook", || is_gone(&hook));
    assert_eq!(world.files("sit-web"), before, "the area is as it was");
    let_go(&world);
    for look in [&["status"][..], &["where"], &["jobs", "list"], &["pending"], &["history"], &["verify"]] {
        world.ok(look);
    }
    assert_eq!(state_of(&world, "D-2"), "queued");
    assert_eq!(world.files("sit-web"), before, "reading deploys nothing");
    world
}

#[test]
fn interrupted_before_or_after_the_files_the_area_is_as_it_was_and_the_job_goes_on_when_asked() {
    for (hook, name) in [("before", "INT"), ("after", "INT"), ("before", "TERM")] {
        let world = interrupted(hook, name);
        let worked = world.ok(&["jobs", "run"]);
        assert_eq!(worked["jobs"][0]["state"], "succeeded", "{worked}");
        assert!(world.files("sit-web").contains_key("web/a"));
        world.is_sound();
    }
}

#[test]
fn what_was_interrupted_is_called_off_without_being_deployed_first() {
    let world = interrupted("after", "INT");
    let before = world.files("sit-web");
    let cancelled = world.ok(&["jobs", "cancel", "D-2"]);
    assert_eq!(cancelled["jobs"][0]["state"], "cancelled", "{cancelled}");
    world.ok(&["jobs", "run"]);
    assert_eq!(world.files("sit-web"), before);
    assert_eq!(world.ok(&["history"])["entries"][0]["status"], "cancelled");
    world.is_sound();
}

#[test]
fn people_read_how_to_go_on_or_call_it_off() {
    let world = holding("before");
    let child = started(world.command(&DEPLOY));
    in_hook(&world, "sit-web");
    signal(&child, "INT");
    let ran = ran(child);
    assert_eq!(ran.exit, Some(3), "{ran:?}");
    for words in ["P-2", "[interrupted]", "`switchback jobs run D-2`", "`switchback jobs cancel D-2`"] {
        assert!(ran.out.contains(words), "{words} is not in {}", ran.out);
    }
}

/// Sends a signal until the child is gone.
fn insist(child: &mut Child) -> Option<i32> {
    signal(child, "INT");
    wait_for("the end", || {
        // One that has ended meanwhile cannot be signalled, and need not be.
        std::process::Command::new("kill").arg("-INT").arg(child.id().to_string()).status().expect("kill runs");
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    });
    child.wait().expect("it ends").code()
}

#[test]
fn the_second_signal_ends_at_once_and_the_next_worker_takes_over() {
    let stubborn = hold("before").replace("echo heard", "trap '' TERM; echo heard");
    let area = "target = { dir = \"../areas/sit-web\" }";
    let world = World::with(&THREE_STAGES.replace(area, &format!("{area}\n{stubborn}")));
    world.change("US-1", &[("web/a", "a\n")]);
    fs::write(world.path("hold"), "").expect("a file");
    let mut child = begun(&world, "sit-web", &DEPLOY);
    assert_eq!(insist(&mut child), Some(130));
    let_go(&world);
    world.ok(&["status"]);
    assert!(world.files("sit-web").is_empty(), "reading deploys nothing");
    world.ok(&["jobs", "run"]);
    assert!(world.files("sit-web").contains_key("web/a"));
    world.is_sound();
}

#[test]
fn areas_side_by_side_stop_together() {
    let area = "target = { dir = \"../areas/sit-web\" }";
    let more = format!(
        "\n[[area]]\nname = \"sit-api\"\nstage = \"SIT\"\ndefault = true\n{}\n{}\n",
        area.replace("web", "api"),
        hold("after")
    );
    let world = World::with(&(THREE_STAGES.replace(area, &format!("{area}\n{}", hold("before"))) + &more));
    world.change("US-1", &[("web/a", "a\n")]);
    fs::write(world.path("hold"), "").expect("a file");
    let child = begun(&world, "sit-web", &DEPLOY);
    in_hook(&world, "sit-api");
    signal(&child, "INT");
    let (exit, said) = end(child);
    assert_eq!(exit, Some(3), "{said}");
    let codes: Vec<_> = said["warnings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["interrupted", "interrupted"], "{said}");
    assert!(world.files("sit-web").is_empty() && world.files("sit-api").is_empty());
    let_go(&world);
    let worked = world.ok(&["jobs", "run"]);
    assert!(worked["jobs"].as_array().unwrap().iter().all(|job| job["state"] == "succeeded"), "{worked}");
    world.is_sound();
}

#[test]
fn work_on_the_queue_that_is_interrupted_says_so_too() {
    let world = holding("before");
    world.ok(&[&MOVE[..], &["--deploy", "--no-wait"]].concat());
    let child = begin(&world, &["jobs", "run"]);
    in_hook(&world, "sit-web");
    signal(&child, "INT");
    let (exit, said) = end(child);
    assert_eq!((exit, &said["warnings"][0]["code"]), (Some(3), &"interrupted".into()), "{said}");
    assert_eq!(said["jobs"][0]["state"], "queued", "{said}");
}

/// A demotion whose rollback is interrupted has happened, and its rollback stays queued.
#[test]
fn a_demotion_says_which_rollback_stays_queued() {
    let world = holding("after");
    let child = begun(&world, "sit-web", &["demote", "US-2", "--from", "SIT", "--to", "DEV"]);
    signal(&child, "INT");
    let (exit, said) = end(child);
    assert_eq!((exit, &said["results"][0]["status"]), (Some(3), &"demoted".into()), "{said}");
    assert_eq!(said["results"][0]["rollbacks"][0]["status"], "queued", "{said}");
    assert_eq!(said["warnings"][0]["code"], "interrupted", "{said}");
    assert!(world.files("sit-web").contains_key("web/b"), "the area is as it was");
    let_go(&world);
    world.ok(&["jobs", "run", "D-2"]);
    assert!(!world.files("sit-web").contains_key("web/b"));
    world.is_sound();
}
