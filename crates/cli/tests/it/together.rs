//! Several processes in one repository at once, living, stopped and dead (`SPEC L7`, `A9`).

use crate::process::{begin, end, signal};
use crate::world::{LATER, World};
use std::process::{Child, Command, Stdio};

const HOW_MANY: usize = 6;

#[test]
fn different_changes_promoted_at_once_all_arrive_exactly_once() {
    let world = World::three_stages();
    let keys: Vec<String> = (1..=HOW_MANY).map(|number| format!("US-{number}")).collect();
    for key in &keys {
        world.change(key, &[(&format!("web/{key}"), key)]);
    }
    let words = |key: &str| ["promote", key, "--from", "DEV", "--to", "SIT", "--deploy"].map(str::to_owned);
    let running: Vec<_> = keys.iter().map(|key| begin(&world, &words(key).each_ref().map(String::as_str))).collect();
    // Whoever was not the first looks again: nobody is sent away to ask once more.
    for (key, (exit, said)) in keys.iter().zip(running.into_iter().map(end).collect::<Vec<_>>()) {
        assert_eq!(exit, Some(0), "{key}: {said}");
    }
    world.is_sound();
    let log = world.git(&["log", "--format=%(trailers:key=Change,valueonly,separator=)", "main..sit"]);
    let mut arrived: Vec<&str> = log.lines().collect();
    arrived.sort_unstable();
    assert_eq!(arrived, keys, "each is there exactly once");
    let area = world.files("sit-web");
    assert!(keys.iter().all(|key| area.contains_key(&format!("web/{key}"))), "{area:?}");
    assert_eq!(area.len(), 3 + HOW_MANY);
}

#[test]
fn one_change_promoted_by_several_at_once_moves_once() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let words = ["promote", "US-1", "--from", "DEV", "--to", "SIT", "--deploy"];
    let running: Vec<_> = (0..HOW_MANY).map(|_| begin(&world, &words)).collect();
    let answers: Vec<_> = running.into_iter().map(end).collect();
    let moved = answers.iter().filter(|(exit, _)| *exit == Some(0)).count();
    assert_eq!(moved, 1, "{answers:?}");
    for (exit, said) in answers.iter().filter(|(exit, _)| *exit != Some(0)) {
        assert_eq!(*exit, Some(3), "{said}");
        assert!(said["refused"].to_string().contains("already-there"), "{said}");
    }
    world.is_sound();
    assert_eq!(world.git(&["rev-list", "--count", "main..sit"]), "1");
}

/// A world where a deployment to `sit-web` waits in its hook until somebody makes the file `go`.
fn waiting() -> World {
    let area = "target = { dir = \"../areas/sit-web\" }";
    let wait = "touch ../begun; while ! test -e ../go; do sleep 0.02; done";
    let hook = format!("{area}\nhooks.before = {{ run = \"{wait}\", timeout_s = 600 }}");
    let world = World::with(&crate::world::THREE_STAGES.replace(area, &hook));
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world
}

fn begun(world: &World, promotion: &[&str]) -> Child {
    let child = begin(world, promotion);
    while !world.path("begun").exists() {
        std::thread::yield_now();
    }
    child
}

#[test]
fn a_process_killed_in_its_job_leaves_it_to_the_next() {
    let world = waiting();
    let mut child = begun(&world, &["promote", "US-1", "--to", "SIT", "--deploy"]);
    signal(&child, "KILL");
    child.wait().expect("it is gone");
    std::fs::write(world.path("go"), "").expect("a file");
    let (exit, said) = end(begin(&world, &["promote", "US-2", "--to", "SIT", "--deploy"]));
    assert_eq!(exit, Some(0), "{said}");
    assert!(world.files("sit-web").contains_key("web/a") && world.files("sit-web").contains_key("web/b"));
    world.is_sound();
}

#[test]
fn a_stopped_process_loses_its_lease_and_does_nothing_twice() {
    let mut world = waiting();
    let child = begun(&world, &["promote", "US-1", "--to", "SIT", "--deploy"]);
    signal(&child, "STOP");
    std::fs::write(world.path("go"), "").expect("a file");
    // Other areas do not wait for it, nor does reading.
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA", "--deploy"]);
    assert_eq!(world.ok(&["jobs", "list", "--state", "running"])["jobs"].as_array().map(Vec::len), Some(1));
    world.set_clock(LATER);
    let (exit, said) = end(begin(&world, &["promote", "US-2", "--to", "SIT", "--deploy"]));
    assert_eq!(exit, Some(0), "{said}");
    let after = world.files("sit-web");
    assert!(after.contains_key("web/a") && after.contains_key("web/b"), "{after:?}");
    let versions = world.ok(&["history", "--area", "sit-web"]);
    signal(&child, "CONT");
    let (_, late) = end(child);
    assert_eq!(world.ok(&["history", "--area", "sit-web"]), versions, "it woke and made no version: {late}");
    assert_eq!(world.files("sit-web"), after);
    world.is_sound();
}

/// A container that shares the folder sees other processes, or none, under the numbers it knows.
#[test]
fn a_command_in_another_pid_namespace_leaves_a_running_job_alone() {
    let area = "target = { dir = \"../areas/sit-web\" }";
    let hook = "echo >> ../begun; while ! test -e ../go; do sleep 0.02; done";
    let hook = format!("{area}\nhooks.before = {{ run = \"{hook}\", timeout_s = 600 }}");
    let world = World::with(&crate::world::THREE_STAGES.replace(area, &hook));
    world.change("US-1", &[("web/a", "a\n")]);
    let child = begun(&world, &["promote", "US-1", "--to", "SIT", "--deploy"]);
    let status = world.command(&["status"]);
    let mut elsewhere = Command::new("unshare");
    elsewhere.args(["-Urpf", "--mount-proc"]).arg(status.get_program()).args(status.get_args());
    for (name, value) in status.get_envs() {
        match value {
            Some(value) => elsewhere.env(name, value),
            None => elsewhere.env_remove(name),
        };
    }
    let looked = elsewhere.stdin(Stdio::null()).output().expect("unshare runs");
    std::fs::write(world.path("go"), "").expect("a file");
    let (exit, said) = end(child);
    if looked.status.success() {
        assert_eq!(exit, Some(0), "{said}");
        // Once for the baseline and once for the deployment.
        assert_eq!(std::fs::read_to_string(world.path("begun")).expect("what began"), "\n\n");
        assert_eq!(world.ok(&["jobs", "list"])["jobs"][0]["attempts"], 1, "nobody took it over");
    } else {
        println!("no PID namespaces here: {}", String::from_utf8_lossy(&looked.stderr));
    }
    world.is_sound();
}
