//! Git tidies up whenever it likes: what an operation has stored and not yet referred to stays (`SPEC L7`).

use crate::crash::{Scene, demoting, promoting, recording, resolving, rolling_back};
use crate::world::{Picture, Ran, World};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use switchback_machine::failpoint::{POINTS, VARIABLE};

const SCENES: [fn() -> Scene; 5] = [promoting, demoting, rolling_back, resolving, recording];

/// How often one point may be passed by one operation.
const PASSES: usize = 4;

/// Where objects may be stored that nothing refers to yet.
fn points() -> impl Iterator<Item = &'static &'static str> {
    POINTS.iter().filter(|point| point.starts_with("corridor.") || point.starts_with("area."))
}

/// What removes all that nothing refers to, from packs and beside them.
fn tidy_up(world: &World) {
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["repack", "-a", "-d", "-q"]);
    world.git(&["prune", "--expire=now"]);
}

fn is_whole(world: &World, when: &str) {
    world.git(&["fsck", "--full", "--strict", "--no-dangling"]);
    let verified = world.run(&["verify"]);
    assert_eq!(verified.exit, Some(0), "{when}: {verified:?}");
    let packs = std::fs::read_dir(world.repo().join(".git/objects/pack")).expect("packs");
    let names = packs.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let kept: Vec<String> = names.filter(|name| name.ends_with(".keep")).collect();
    assert!(kept.is_empty(), "{when}: {kept:?} stays for good");
}

fn is_stopped(child: &Child) -> bool {
    let about = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    about.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
}

/// Runs an operation up to a point, tidies up, and lets it go on; nothing where it never came there.
fn stopped_at(world: &World, point: &str, words: &[&str]) -> Option<Ran> {
    let mut command = world.command(words);
    command.env(VARIABLE, format!("{point}:stop")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let begun = Instant::now();
    let mut stopped = false;
    while !stopped && child.try_wait().expect("a child").is_none() {
        stopped = is_stopped(&child);
        assert!(begun.elapsed() < Duration::from_secs(60), "{point}: it neither stops nor ends");
        thread::sleep(Duration::from_millis(2));
    }
    if stopped {
        tidy_up(world);
        let told = Command::new("kill").args(["-CONT", &child.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
    }
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    stopped.then_some(ran)
}

/// The world after an operation that nobody disturbed.
fn undisturbed(scene: &Scene) -> Picture {
    let world = scene.world.twin();
    assert!(matches!(world.run(&scene.operation).exit, Some(0 | 3)));
    world.picture()
}

fn while_it_works(tell: fn() -> Scene) {
    let scene = tell();
    // Somebody died here before: what is to be made lies there already, and nothing refers to it.
    scene.world.run_until("corridor.stored", &scene.operation);
    let twin = undisturbed(&scene);
    for point in points() {
        for pass in 1..=PASSES {
            let world = scene.world.twin();
            let when = format!("{} at {point}:{pass}", scene.name);
            let Some(ran) = stopped_at(&world, &format!("{point}:{pass}"), &scene.operation) else { break };
            assert!(matches!(ran.exit, Some(0 | 3)), "{when}: {ran:?}");
            is_whole(&world, &when);
            world.picture().is(&twin, &when);
        }
    }
}

fn after_it_died(tell: fn() -> Scene) {
    let scene = tell();
    let twin = undisturbed(&scene);
    for point in points() {
        for pass in 1..=PASSES {
            let world = scene.world.twin();
            let when = format!("{} killed at {point}:{pass}", scene.name);
            let before = world.entries();
            if world.run_until(&format!("{point}:{pass}"), &scene.operation).signal.is_none() {
                break;
            }
            tidy_up(&world);
            world.run(&["status"]);
            tidy_up(&world);
            world.run(&["jobs", "run"]);
            if world.entries() == before {
                world.run(&scene.operation);
            }
            is_whole(&world, &when);
            world.picture().is(&twin, &when);
        }
    }
}

#[test]
fn nothing_is_lost_to_housekeeping_while_an_operation_runs() {
    thread::scope(|scope| {
        SCENES.into_iter().for_each(|scene| drop(scope.spawn(move || while_it_works(scene))));
    });
}

#[test]
fn nothing_is_lost_to_housekeeping_after_an_operation_was_killed() {
    thread::scope(|scope| {
        SCENES.into_iter().for_each(|scene| drop(scope.spawn(move || after_it_died(scene))));
    });
}

#[test]
fn a_pack_that_a_person_keeps_stays_kept() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.git(&["repack", "-a", "-d", "-q"]);
    let packs = std::fs::read_dir(world.repo().join(".git/objects/pack")).expect("packs");
    let pack =
        packs.map(|entry| entry.expect("an entry").path()).find(|path| path.extension().is_some_and(|e| e == "pack"));
    let keep = pack.expect("a pack").with_extension("keep");
    std::fs::write(&keep, "mine\n").expect("a mark");
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    world.is_sound();
    assert!(keep.exists());
}

/// What an operation tries out on the way to its plan, to find what must come along or who builds on whom, is not stored.
#[test]
fn nothing_is_stored_that_nothing_leads_to() {
    let world = World::three_stages();
    // Each change edits what the one before wrote, so that many orders are tried out.
    for number in 1..=8 {
        let line = |line: usize| format!("line {line} by {}\n", if line <= 3 * number { number } else { 0 });
        world.git(&["checkout", "--quiet", "dev"]);
        world.write("shared.txt", &(1..=30).map(line).collect::<String>());
        world.commit(&format!("US-{number}: go on"));
        world.git(&["checkout", "--quiet", "--detach"]);
    }
    assert_eq!(world.refused(&["promote", "US-6", "--to", "SIT"])["code"], "depends-on");
    world.ok(&["promote", "US-6", "--to", "SIT", "--with-dependencies"]);
    world.ok(&["promote", "US-8", "--to", "SIT", "--with-dependencies"]);
    world.ok(&["demote", "US-7", "--from", "SIT", "--to", "DEV", "--with-dependents"]);
    let waste = world.git(&["fsck", "--unreachable", "--no-reflogs"]);
    assert_eq!(waste, "", "stored, and nothing leads there");
    world.is_sound();
}
