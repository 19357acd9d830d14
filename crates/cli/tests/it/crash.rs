//! The program is killed at every point there is; the next command finishes or undoes what it left, and the end is
//! that of a twin nobody killed (`SPEC L7`, `A6`, `A9`).

use crate::world::{Picture, THREE_STAGES, World};
use std::collections::BTreeSet;
use std::thread;
use switchback_machine::failpoint::POINTS;

/// SIGKILL.
const KILLED: Option<i32> = Some(9);
/// How often one point may be passed by one operation.
const PASSES: usize = 12;

/// A world in which an operation is about to be carried out.
pub struct Scene {
    pub name: &'static str,
    pub world: World,
    pub operation: Vec<&'static str>,
}

/// Adds, edits and removes files, so that a deployment passes every point of its target.
fn changed(world: &World) {
    world.change("US-1", &[("web/index.html", "<h1>Shop!</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n")]);
    world.change("US-2", &[("web/new/a.html", "a\n"), ("web/new/b.html", "b\n")]);
    world.git(&["checkout", "--quiet", "-B", "feature/US-3", "main"]);
    world.git(&["rm", "--quiet", "web/style.css"]);
    world.commit("US-3 removes the style");
    world.git(&["checkout", "--quiet", "--detach"]);
    world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "DEV"]);
}

pub fn promoting() -> Scene {
    let world = World::three_stages();
    changed(&world);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    Scene { name: "promote", world, operation: vec!["promote", "US-2", "US-3", "--to", "SIT", "--deploy"] }
}

/// The first deployment writes its baseline into an empty area.
pub fn beginning() -> Scene {
    let world = World::three_stages();
    changed(&world);
    Scene { name: "first deployment", world, operation: vec!["promote", "US-1", "US-2", "--to", "SIT", "--deploy"] }
}

pub fn demoting() -> Scene {
    let world = World::three_stages();
    changed(&world);
    world.ok(&["promote", "US-1", "US-2", "US-3", "--to", "SIT", "--deploy"]);
    world.ok(&["promote", "US-1", "US-2", "US-3", "--to", "QA", "--deploy"]);
    Scene { name: "demote", world, operation: vec!["demote", "US-2", "--from", "QA", "--to", "DEV"] }
}

pub fn rolling_back() -> Scene {
    let world = World::three_stages();
    changed(&world);
    world.ok(&["promote", "US-1", "US-2", "US-3", "--to", "SIT", "--deploy"]);
    Scene { name: "rollback", world, operation: vec!["rollback", "sit-web@2"] }
}

/// A stage that moves once its area holds what comes.
pub fn deploying_first() -> Scene {
    let world = World::with(&THREE_STAGES.replace("branch = \"sit\"", "branch = \"sit\"\nmove = \"after-deploy\""));
    changed(&world);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    Scene { name: "deploy first", world, operation: vec!["promote", "US-2", "US-3", "--to", "SIT"] }
}

/// A promotion that people merge, made ready.
pub fn making_ready() -> Scene {
    let world = World::three_stages();
    changed(&world);
    Scene { name: "make ready", world, operation: vec!["promote", "US-2", "US-3", "--to", "SIT", "--pull-request"] }
}

/// The same called off.
pub fn calling_off() -> Scene {
    let Scene { world, operation, .. } = making_ready();
    world.ok(&operation);
    Scene { name: "call off", world, operation: vec!["promotion", "cancel", "P-1"] }
}

/// A hook that fails after everything was written: the deployment is taken back.
pub fn undoing() -> Scene {
    let area = "target = { dir = \"../areas/sit-web\" }";
    let hook = format!("{area}\nhooks.after = \"test $SWITCHBACK_KIND$SWITCHBACK_VERSION != deploy3\"");
    let world = World::with(&THREE_STAGES.replace(area, &hook));
    changed(&world);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    Scene { name: "undo", world, operation: vec!["promote", "US-2", "US-3", "--to", "SIT", "--deploy"] }
}

pub fn resolving() -> Scene {
    let world = World::three_stages();
    let page = |title: &str| format!("<h1>{title}</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n");
    world.branch("US-1", &[("web/index.html", &page("Store"))]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    world.change("US-4", &[("web/index.html", &page("Market"))]);
    let stopped = world.json(3, &["promote", "US-4", "--to", "SIT", "--deploy"]);
    assert_eq!(stopped["status"], "conflicted");
    Scene { name: "resolve", world, operation: vec!["resolve", "P-1", "web/index.html", "--theirs"] }
}

pub fn recording() -> Scene {
    let world = World::three_stages();
    world.branch("US-1", &[("web/index.html", "<h1>Shop!</h1>\n")]);
    let operation = vec!["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"];
    Scene { name: "record", world, operation }
}

/// Which passes of a point are tried: all of the corridor's, of a target's steps (one for each file) the first two.
fn passes(point: &str) -> usize {
    if point.starts_with("dir.") { 2 } else { PASSES }
}

/// Kills a scene at one point and lets the next commands mend it. `false` when the point was not passed.
fn killed_at(scene: &Scene, point: &str, twin: &Picture) -> bool {
    let world = scene.world.twin();
    let before = world.entries();
    let ran = world.run_until(point, &scene.operation);
    if ran.signal.is_none() {
        world.picture().is(twin, &format!("{} not killed at {point}", scene.name));
        return false;
    }
    assert_eq!(ran.signal, KILLED, "{} at {point}: {ran:?}", scene.name);
    let came = |what: &str| format!("{} killed at {point}, {what}", scene.name);
    // The next command, whichever it is, puts the refs right, and a worker finishes or undoes what was deployed.
    let next = world.run(&["status"]);
    assert_eq!(next.exit, Some(0), "{}: {next:?}", came("then status"));
    let worked = world.run(&["jobs", "run"]);
    assert!(matches!(worked.exit, Some(0 | 3)), "{}: {worked:?}", came("then jobs run"));
    if world.entries() == before {
        world.is_sound();
        world.run(&scene.operation);
    }
    world.is_sound();
    world.picture().is(twin, &came("then mended"));
    true
}

/// Visits every point with one scene; the points it passed.
fn visit(tell: fn() -> Scene) -> BTreeSet<&'static str> {
    let scene = tell();
    let undisturbed = scene.world.twin();
    let ran = undisturbed.run(&scene.operation);
    assert!(matches!(ran.exit, Some(0 | 3)), "{}: {ran:?}", scene.name);
    undisturbed.is_sound();
    let twin = undisturbed.picture();
    let mut passed = BTreeSet::new();
    for point in POINTS {
        for pass in 1..=passes(point) {
            if !killed_at(&scene, &format!("{point}:{pass}"), &twin) {
                break;
            }
            passed.insert(*point);
        }
    }
    passed
}

/// A program as the target passes `journaled.*`, only very many deployments compact an area's list, only very many files are
/// laid out before one sync serves all, and only very many operations leave packs to bring together: the targets' and the
/// repository's own tests kill them there; and only branches on a remote are pushed (`remotes.rs`).
fn elsewhere(point: &str) -> bool {
    ["journaled.", "packs.", "refs.", "remote.", "area.aside."].iter().any(|begin| point.starts_with(begin))
        || ["dir.confirm.compacted", "dir.undo.laid-out"].contains(&point)
}

/// Refs are moved under git's locks, which outlive whoever dies in between.
#[test]
fn the_locks_of_a_dead_process_are_broken_and_those_of_others_are_not() {
    let world = World::three_stages();
    changed(&world);
    let lock = world.repo().join(".git/refs/heads/sit.lock");
    std::fs::write(&lock, "").expect("a lock");
    let said = world.json(1, &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(said["fault"]["code"], "refs-unmoved", "{said}");
    assert!(lock.exists(), "nobody announced this one");
    // What a process leaves that is killed between locking a ref and moving it.
    let moving = world.repo().join(".git/switchback/moving");
    std::fs::create_dir_all(&moving).expect("a folder");
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
    let note = moving.join(format!("{}:4294967294:1-0", host.trim().replace(':', "-")));
    std::fs::write(&note, "refs/heads/sit").expect("a note");
    world.ok(&["status"]);
    assert!(!lock.exists() && !note.exists());
    world.is_sound();
    world.ok(&["promote", "US-2", "--to", "SIT"]);
}

#[test]
fn whatever_step_it_dies_at_the_end_is_that_of_an_undisturbed_twin() {
    let scenes = [
        beginning,
        promoting,
        deploying_first,
        making_ready,
        calling_off,
        demoting,
        rolling_back,
        undoing,
        resolving,
        recording,
    ];
    let passed: BTreeSet<&str> = thread::scope(|scope| {
        let running = scenes.map(|scene| scope.spawn(move || visit(scene)));
        running.into_iter().flat_map(|scene| scene.join().expect("a scene ends well")).collect()
    });
    let missed: Vec<_> = POINTS.iter().filter(|point| !elsewhere(point) && !passed.contains(*point)).collect();
    assert!(missed.is_empty(), "no scene passes {missed:?}");
}
