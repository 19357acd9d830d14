//! The world fails: branches, disks, ledgers. Each is named, nothing is lost, and the next run goes on.

use crate::world::{Ran, THREE_STAGES, World};
use std::fs;
use std::process::Command;

fn with_change() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/index.html", "<h1>Shop!</h1>\n")]);
    world
}

#[test]
fn a_clean_work_tree_follows_its_branch_and_an_edited_one_is_left_alone() {
    let world = with_change();
    world.change("US-2", &[("web/b", "b\n")]);
    world.git(&["checkout", "--quiet", "sit"]);
    let done = world.ok(&["promote", "US-1", "--to", "SIT"]);
    assert_eq!(done["warnings"].as_array().map(Vec::len), Some(0), "{done}");
    assert_eq!(world.read("web/index.html"), "<h1>Shop!</h1>\n");
    assert_eq!(world.git(&["status", "--porcelain", "--untracked-files=no"]), "");
    world.write("README", "edited\n");
    let done = world.ok(&["promote", "US-2", "--to", "SIT"]);
    assert_eq!(done["warnings"][0]["code"], "work-tree-left-alone", "{done}");
    assert_eq!(world.read("README"), "edited\n");
    assert!(!world.repo().join("web/b").exists());
    // The ledger stands, and so does the branch.
    assert_eq!(world.git(&["show", "sit:web/b"]), "b");
    world.is_sound();
}

#[test]
fn a_rewritten_branch_is_refused_until_it_is_adopted() {
    let world = with_change();
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.git(&["branch", "--force", "sit", "feature/US-2"]);
    let refused = world.refused(&["promote", "US-2", "--to", "SIT"]);
    assert_eq!(refused["code"], "branch-rewritten");
    assert!(refused["message"].as_str().unwrap().contains("branch sit of SIT"), "{refused}");
    assert!(refused["hint"].as_str().unwrap().contains("switchback stage adopt SIT"), "{refused}");
    assert_eq!(world.git(&["rev-parse", "sit"]), world.git(&["rev-parse", "feature/US-2"]), "nobody touched it");
    world.ok(&["stage", "adopt", "SIT"]);
    world.is_sound();
    let standing = world.ok(&["where"]).to_string();
    assert!(standing.contains("US-2"), "{standing}");
    world.git(&["branch", "--delete", "--force", "sit"]);
    let gone = world.refused(&["promote", "US-1", "--to", "SIT"]);
    assert_eq!(gone["code"], "branch-rewritten");
    let hint = gone["hint"].as_str().expect("a hint").to_owned();
    let command = hint.split('`').nth(1).expect("a command").strip_prefix("git ").expect("of git").to_owned();
    world.git(&command.split(' ').collect::<Vec<_>>());
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.is_sound();
}

#[test]
fn commits_pushed_by_others_are_taken_in() {
    let world = with_change();
    world.git(&["checkout", "--quiet", "sit"]);
    world.write("web/hot", "hot\n");
    world.commit("HOT-7 mends the shop");
    world.write("web/cold", "cold\n");
    world.commit("Mend in passing");
    let unnamed = format!("commit-{}", &world.git(&["rev-parse", "HEAD"])[..8]);
    world.git(&["checkout", "--quiet", "--detach"]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    let standing = world.ok(&["where"]);
    for key in ["HOT-7", &unnamed, "US-1"] {
        let at = standing["changes"].as_array().unwrap().iter().find(|change| change["key"] == key);
        assert!(at.is_some_and(|change| !change["stages"]["SIT"].is_null()), "{key}: {standing}");
    }
    assert_eq!(world.git(&["rev-list", "--count", "main..sit"]), "3");
    world.is_sound();
    world.ok(&["demote", "HOT-7", "--from", "SIT", "--to", "DEV"]);
    assert!(world.git(&["ls-tree", "-r", "--name-only", "sit"]).lines().all(|path| path != "web/hot"));
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let world = World::bare_of_pipeline();
    for branch in ["dev", "sit", "main"] {
        world.git(&["checkout", "--quiet", branch]);
        for step in ["first", "second"] {
            world.write(&format!("web/{branch}"), step);
            world.commit(&format!("Take the {step} step on {branch}"));
        }
    }
    let (from, to) = (format!("file://{}", world.repo().display()), world.path("shallow"));
    let clone = ["clone", "--quiet", "--depth=1", "--no-single-branch", &from];
    world.git(&[&clone[..], &[to.to_str().expect("a path")]].concat());
    for branch in ["dev", "sit"] {
        let made =
            Command::new("git").arg("-C").arg(&to).args(["branch", branch, &format!("origin/{branch}")]).output();
        assert!(made.expect("git runs").status.success());
    }
    fs::write(to.join("switchback.toml"), THREE_STAGES).expect("a configuration");
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchback"));
    let ran = Ran::of(command.args(["init", "--json", "-C"]).arg(&to).output().expect("the program runs"));
    assert_eq!(ran.exit, Some(1), "{ran:?}");
    assert!(ran.out.contains("object-missing") && ran.out.contains("git fetch --unshallow"), "{ran:?}");
}

fn damage(world: &World, sql: &str) {
    world.tamper(&format!("c.executescript({sql:?})"));
}

#[test]
fn a_ledger_of_garbage_is_named_and_left_as_it_is() {
    let world = with_change();
    fs::write(world.ledger(), b"this is no database, whatever its name says".repeat(200)).expect("garbage");
    let before = world.ledger_bytes();
    for words in [&["status"][..], &["promote", "US-1", "--to", "SIT"], &["verify"]] {
        let said = world.json(1, words);
        assert_eq!(said["fault"]["code"], "ledger-corrupt", "{said}");
        assert!(said["fault"]["hint"].as_str().unwrap().contains("copy"), "{said}");
    }
    assert!(world.ledger_bytes() == before);
    assert_eq!(world.tree("sit"), world.tree("main"));
}

#[test]
fn verify_names_the_entry_somebody_altered() {
    let world = with_change();
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    let all = world.entries();
    damage(&world, "DROP TRIGGER entry_is_never_changed; UPDATE entry SET actor = 'mallory' WHERE seq = 2;");
    let ran = world.run(&["verify", "--json"]);
    assert!(ran.exit != Some(0) && ran.out.contains("entry #2"), "{ran:?}");
    assert_eq!(world.entries(), all, "what can be read is shown all the same");
}

#[test]
fn a_ledger_by_a_newer_program_is_left_to_it() {
    let world = with_change();
    damage(&world, "PRAGMA user_version = 999;");
    let said = world.json(1, &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(said["fault"]["code"], "ledger-newer", "{said}");
    assert!(said["fault"]["message"].as_str().unwrap().contains("999"), "{said}");
    damage(&world, "PRAGMA user_version = 4;");
    damage(
        &world,
        "DROP TRIGGER entry_is_never_changed; UPDATE entry SET body = json_set(body, '$.format', 999) WHERE seq = 2;",
    );
    let said = world.json(1, &["status"]);
    assert_eq!(said["fault"]["code"], "ledger-newer", "{said}");
    assert!(said["fault"]["message"].as_str().unwrap().contains("entry 2"), "{said}");
}

/// Runs the program where no file may grow beyond some kilobytes, as on a disk that is full.
fn on_a_full_disk(world: &World, kilobytes: u32, words: &[&str]) -> Ran {
    let mut shell = Command::new("bash");
    // The signal that comes with the limit is ignored, so that writing says EFBIG instead.
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\""), "bash"]);
    world.through(&mut shell, &[words, &["--json"]].concat())
}

#[test]
fn a_full_disk_loses_nothing_wherever_it_strikes() {
    let world = with_change();
    let noise: String =
        (0..40_000).map(|number: u32| format!("{:08x}\n", number.wrapping_mul(2_654_435_761))).collect();
    world.change("US-2", &[("web/large", &noise)]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    let twin = world.twin();
    let operation = ["promote", "US-2", "--to", "SIT", "--deploy"];
    twin.ok(&operation);
    let (mut stopped, mut failed) = (0, 0);
    for kilobytes in [1, 8, 16, 32, 64, 128, 200, 256, 320] {
        let world = world.twin();
        let before = world.entries();
        let ran = on_a_full_disk(&world, kilobytes, &operation);
        if world.entries() == before {
            assert_eq!(ran.exit, Some(1), "{kilobytes} KiB: {ran:?}");
            assert!(ran.out.contains("\"fault\""), "{kilobytes} KiB: {ran:?}");
            stopped += 1;
            world.ok(&operation);
        } else if ran.exit != Some(0) || ran.out.contains("\"failed\"") {
            // It moved; the deployment failed, or could not even say so.
            failed += 1;
            world.run(&["jobs", "run"]);
            world.is_sound();
            world.run(&["jobs", "retry", "D-2"]);
        }
        world.is_sound();
        assert_eq!(world.files("sit-web"), twin.files("sit-web"), "{kilobytes} KiB: {ran:?}");
        assert_eq!(world.tree("sit"), twin.tree("sit"));
    }
    assert!(stopped > 0 && failed > 0, "{stopped} stopped before, {failed} after their entry");
}
