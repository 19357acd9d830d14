//! Two hosts on one volume: what one leaves when it dies, the other finishes. Each is a set of namespaces of its own, with
//! its own name and its own numbers of processes, as two containers are (`SPEC L7`).

use crate::world::{Ran, World};
use std::process::Command;
use switchback_machine::failpoint::VARIABLE;

/// A host: namespaces of its own with a name of its own.
fn host(name: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--uts", "--pid", "--fork", "--mount-proc", "sh", "-c"]);
    command.arg(format!("hostname {name} && \"$@\"; exit $?")).arg("sh");
    command
}

fn may_unshare() -> bool {
    let may = host("try").arg("true").output().is_ok_and(|ran| ran.status.success());
    if !may {
        eprintln!("skipped: this system does not let a test make namespaces (`unshare --uts --pid`)");
    }
    may
}

/// Runs on host A, which dies at a point.
fn dies(world: &World, point: &str, words: &[&str]) -> Ran {
    let mut outer = host("host-a");
    outer.arg("env").arg(format!("{VARIABLE}={point}"));
    world.through(&mut outer, words)
}

fn on_b(world: &World, words: &[&str]) -> Ran {
    world.through(&mut host("host-b"), words)
}

#[test]
fn what_one_host_left_when_it_died_the_other_finishes() {
    if !may_unshare() {
        return;
    }
    for point in ["corridor.stored", "corridor.committed", "corridor.branch-moved", "corridor.moved", "corridor.kept"] {
        let world = World::three_stages();
        world.branch("US-1", &[("web/index.html", "<h1>Shop!</h1>\n")]);
        let record = ["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"];
        let twin = world.twin();
        assert_eq!(on_b(&twin, &record).exit, Some(0));
        let died = dies(&world, point, &record);
        assert_eq!(died.exit, Some(137), "{point}: {died:?}");
        let looked = on_b(&world, &["status"]);
        assert_eq!(looked.exit, Some(0), "{point}: {looked:?}");
        if point == "corridor.stored" {
            assert_eq!(on_b(&world, &record).exit, Some(0), "{point}");
        }
        assert_eq!(world.refs(), twin.refs(), "{point}: the revision's ref is made, the branch moved");
        let left = ["acting", "moving"].map(|kind| {
            let folder = world.repo().join(".git/switchback").join(kind);
            std::fs::read_dir(folder).into_iter().flatten().count()
        });
        assert_eq!(left, [0, 0], "{point}: notes stay");
        world.is_sound();
    }
}

#[test]
fn a_deployment_of_a_dead_host_is_finished_at_once() {
    if !may_unshare() {
        return;
    }
    for point in ["area.prepared", "dir.put.publishing", "area.put"] {
        let world = World::three_stages();
        world.change("US-1", &[("web/index.html", "<h1>Shop!</h1>\n"), ("web/new", "new\n")]);
        let died = dies(&world, point, &["promote", "US-1", "--to", "SIT", "--deploy"]);
        assert_eq!(died.exit, Some(137), "{point}: {died:?}");
        let worked = on_b(&world, &["jobs", "run"]);
        assert_eq!(worked.exit, Some(0), "{point}: {worked:?}");
        assert_eq!(world.files("sit-web")["web/new"], "new\n", "{point}");
        world.is_sound();
    }
}

#[test]
fn a_lock_that_git_left_is_named_and_stops_nothing_else() {
    let world = World::three_stages();
    world.change("US-1", &[("web/new", "new\n")]);
    world.change("US-2", &[("web/more", "more\n")]);
    let lock = world.repo().join(".git/refs/heads/sit.lock");
    std::fs::write(&lock, "").expect("a lock");
    let said = world.json(1, &["promote", "US-1", "--to", "SIT", "--no-deploy"]);
    let message = said["fault"]["message"].as_str().expect("a message").to_owned();
    assert!(message.contains("sit.lock") && message.contains("held since"), "{message}");
    let hint = said["fault"]["hint"].as_str().expect("a hint").to_owned();
    // The entry stands; other stages go on, and this one follows when the lock is gone.
    world.ok(&["status"]);
    world.branch("US-3", &[("README", "three\n")]);
    world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "DEV"]);
    let command = hint.split('`').nth(1).expect("a command");
    assert!(Command::new("sh").args(["-c", command]).status().expect("sh runs").success());
    world.ok(&["status"]);
    world.is_sound();
    assert!(world.run_git(&["cat-file", "-e", "sit:web/new"]));
}
