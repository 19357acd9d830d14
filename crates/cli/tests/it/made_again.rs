//! Lock files: made again by the program that the configuration in force names, and by no other (`SPEC X2`, `K3`).

use crate::own_commits::work;
use crate::world::World;

const LOCK: &str = "web/package-lock.json";
const TYPE: &str =
    "\n[[file_type]]\nname = \"NpmLock\"\npaths = [\"**/package-lock.json\"]\nregenerate = [\"sh\", \"make-lock\"]\n";

/// Writes each dependency of the manifest with a number that hangs on all of them.
const PROGRAM: &str = "n=$(wc -l < manifest)\nsed \"s/$/ of $((n))/\" manifest > package-lock.json\n";

fn lock(of: &[&str]) -> String {
    of.iter().map(|name| format!("{name} of {}\n", of.len())).collect()
}

fn manifest(of: &[&str]) -> String {
    of.iter().map(|name| format!("{name}\n")).collect()
}

/// A pipeline whose stages lock `a` and `z`, and two changes on two of them that each lock one more, at places
/// that do not touch.
fn locked() -> World {
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    world.write("web/make-lock", PROGRAM);
    let base = ["a", "m", "n", "o", "z"];
    world.write("web/manifest", &manifest(&base));
    world.write(LOCK, &lock(&base));
    world.commit("A manifest and its lock");
    world.begin_three_stages();
    let more = [("US-1", "SIT", ["a", "b", "m", "n", "o", "z"]), ("US-2", "DEV", ["a", "m", "n", "o", "y", "z"])];
    for (key, stage, of) in more {
        world.git(&["checkout", "--quiet", "-B", &format!("feature/{key}"), "main"]);
        world.write("web/manifest", &manifest(&of));
        world.write(LOCK, &lock(&of));
        world.commit(&format!("{key} locks one more"));
        world.git(&["checkout", "--quiet", "--detach", "main"]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", stage]);
    }
    world
}

#[test]
fn a_lock_file_is_made_again_by_the_program_in_force() {
    let world = locked();
    world.write("switchback.toml", &(world.read("switchback.toml") + TYPE));
    let stopped = world.json(3, &["promote", "US-2", "--to", "SIT"]);
    assert_eq!(stopped["conflicts"][0]["path"], LOCK, "nobody put the program in force");
    world.ok(&["promotion", "cancel", "P-1"]);
    world.ok(&["configure"]);
    let settled = serde_json::json!([{
        "change": "US-2", "path": LOCK, "stage": "SIT", "strategy": "regenerate", "file_type": "NpmLock"
    }]);
    let shown = world.ok(&["promote", "US-2", "--to", "SIT", "--dry-run"]);
    assert_eq!(shown["plan"]["auto_resolved"], settled);
    let moved = world.ok(&["promote", "US-2", "--to", "SIT"]);
    assert_eq!(moved["auto_resolved"], settled);
    let both = ["a", "b", "m", "n", "o", "y", "z"];
    assert_eq!(world.git(&["show", &format!("sit:{LOCK}")]).trim_end(), lock(&both).trim_end());
    world.is_sound();
    world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    let one = ["a", "m", "n", "o", "y", "z"];
    assert_eq!(world.git(&["show", &format!("sit:{LOCK}")]).trim_end(), lock(&one).trim_end());
    world.is_sound();
}

#[test]
fn a_program_that_fails_is_told_with_what_it_said() {
    let world = locked();
    world.configure(&(world.read("switchback.toml") + &TYPE.replace("make-lock", "missing-program")));
    let stopped = world.json(3, &["promote", "US-2", "--to", "SIT"]);
    let why = stopped["conflicts"][0]["why"].as_str().unwrap();
    assert!(why.starts_with("`sh missing-program` failed (exit status: ") && why.contains("missing-program"), "{why}");
    world.ok(&["conflicts", "--ahead"]);
}

#[test]
fn a_lock_file_that_nobody_makes_again_is_settled_by_a_sound_one() {
    let entry = |name: &str| format!("  \"{name}\": 1");
    let text =
        |names: &[&str]| format!("{{\n{}\n}}\n", names.iter().map(|name| entry(name)).collect::<Vec<_>>().join(",\n"));
    let world = World::three_stages();
    world.change("US-9", &[(LOCK, &text(&["a", "m", "n", "o", "z"]))]);
    world.ok(&["promote", "US-9", "--to", "SIT"]);
    work(&world, "feature/US-1", "dev", "US-1: One", &[(LOCK, &text(&["a", "b", "m", "n", "o", "z"]))]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    work(&world, "feature/US-2", "dev", "US-2: Two", &[(LOCK, &text(&["a", "m", "n", "o", "y", "z"]))]);
    world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    let stopped = world.json(3, &["promote", "US-2", "--to", "SIT"]);
    let why = stopped["conflicts"][0]["why"].as_str().unwrap_or_default();
    assert!(why.contains("`npm install --package-lock-only --ignore-scripts`"), "{why}");
    let path = world.path("settled");
    let file = path.to_str().expect("a path");
    let give = ["resolve", "P-2", LOCK, "--file", file];
    std::fs::write(&path, text(&["a", "b", "m", "n", "o", "b", "z"])).unwrap();
    let refused = world.refused(&give);
    assert!(refused["message"].as_str().unwrap_or_default().contains("it holds `b` twice (line 7)"), "{refused}");
    std::fs::write(&path, text(&["a", "b", "m", "n", "o", "y", "z"])).unwrap();
    world.ok(&give);
}
