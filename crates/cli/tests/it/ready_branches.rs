//! Promotions that people merge themselves, through pull requests (`SPEC W4`).

use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};

const PROMOTE: [&str; 6] = ["promote", "US-1", "US-2", "--to", "SIT", "--deploy"];
const READY: &str = "switchback/P-1";
const FILE: &str = "web/page";

/// What people do with a ready branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    FastForward,
    Merge,
    Squash,
    Rebase,
}

const WAYS: [Way; 4] = [Way::FastForward, Way::Merge, Way::Squash, Way::Rebase];

fn page(first: &str, last: &str) -> String {
    format!("{first}\n1\n2\n3\n4\n5\n6\n7\n8\n9\n{last}\n")
}

/// SIT takes pull requests; `US-1` and `US-2` edit one file at DEV.
fn world() -> World {
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    world.write(FILE, &page("a", "z"));
    world.commit("A page");
    for branch in ["dev", "sit"] {
        world.git(&["branch", "--force", branch, "main"]);
    }
    world.git(&["checkout", "--quiet", "--detach"]);
    world.begin(&THREE_STAGES.replace("branch = \"sit\"", "branch = \"sit\"\nmove = \"pull-request\""));
    world.change("US-1", &[(FILE, &page("A", "z"))]);
    world.change("US-2", &[(FILE, &page("a", "Z")), ("web/two", "two\n")]);
    world
}

/// Somebody merges the ready branch with git alone.
fn merge(world: &World, way: Way) {
    world.git(&["checkout", "--quiet", "sit"]);
    match way {
        Way::FastForward => world.git(&["merge", "--quiet", "--ff-only", READY]),
        Way::Merge => world.git(&["merge", "--quiet", "--no-ff", "--no-edit", READY]),
        Way::Squash => {
            world.git(&["merge", "--quiet", "--squash", READY]);
            world.git(&["commit", "--quiet", "--message", "Bring the new page (#12)"])
        }
        Way::Rebase => {
            world.git(&["checkout", "--quiet", "--detach", READY]);
            world.git(&["rebase", "--quiet", "--force-rebase", "sit"]);
            let tip = world.git(&["rev-parse", "HEAD"]);
            world.git(&["checkout", "--quiet", "sit"]);
            world.git(&["merge", "--quiet", "--ff-only", &tip])
        }
    };
    world.git(&["checkout", "--quiet", "--detach"]);
}

/// Somebody commits on a branch by hand.
fn by_hand(world: &World, branch: &str, files: &[(&str, &str)], message: &str) {
    world.git(&["checkout", "--quiet", branch]);
    for (path, text) in files {
        world.write(path, text);
    }
    world.commit(message);
    world.git(&["checkout", "--quiet", "--detach"]);
}

fn shown(world: &World) -> Value {
    world.ok(&["promotion", "show", "P-1"])["promotion"].clone()
}

fn held(world: &World, key: &str) -> Value {
    world.ok(&["where", key])["changes"][0]["stages"]["SIT"].clone()
}

fn is_ready(world: &World) -> bool {
    world.refs().contains(&format!("refs/heads/{READY}"))
}

#[test]
fn a_promotion_makes_a_branch_ready_and_moves_none() {
    let world = world();
    let (sit, before) = (world.git(&["rev-parse", "sit"]), world.refs());
    let plan = world.ok(&[&PROMOTE[..], &["--dry-run"]].concat());
    let says = plan["plan"]["says"].as_str().expect("a sentence");
    assert!(says.ends_with("once branch switchback/P-1 is merged into sit"), "{says}");
    assert_eq!(world.refs(), before);
    let said = world.ok(&PROMOTE);
    assert_eq!((&said["operation"], &said["status"]), (&json!("P-1"), &json!("merging")), "{said}");
    assert_eq!(world.git(&["rev-parse", "sit"]), sit);
    assert!(is_ready(&world), "{}", world.refs());
    assert_eq!(world.git(&["show", &format!("{READY}:{FILE}")]), page("A", "Z").trim_end());
    assert_eq!(shown(&world)["ready_branch"], READY);
    assert_eq!(held(&world, "US-1"), Value::Null);
    world.is_sound();
}

#[test]
fn however_it_is_merged_the_promotion_is_complete_and_what_follows_is_deployed() {
    for way in WAYS {
        let world = world();
        world.ok(&PROMOTE);
        merge(&world, way);
        world.ok(&["fetch"]);
        world.ok(&["jobs", "run"]);
        let shown = shown(&world);
        assert_eq!(shown["status"], "completed", "{way:?}: {shown}");
        assert!(shown["changes"].as_array().expect("changes").iter().all(|one| one["status"] == "moved"), "{shown}");
        for key in ["US-1", "US-2"] {
            assert_eq!(held(&world, key)["revision"], 1, "{way:?}: {key}");
            let revisions = world.ok(&["change", "show", key])["change"]["revisions"].clone();
            assert_eq!(revisions.as_array().map(Vec::len), Some(1), "{way:?}: {revisions}");
        }
        assert_eq!(world.ok(&["change", "list"])["changes"].as_array().map(Vec::len), Some(2), "{way:?}");
        assert_eq!(world.files("sit-web")[FILE], page("A", "Z"), "{way:?}");
        assert!(!is_ready(&world) && !world.refs().contains("switchback/ready"), "{way:?}: {}", world.refs());
        world.is_sound();
        // It is as if Switchback had moved it: each can be taken out again.
        world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
        assert_eq!(world.git(&["show", &format!("sit:{FILE}")]), page("a", "Z").trim_end(), "{way:?}");
        world.is_sound();
    }
}
