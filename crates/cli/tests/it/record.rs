//! Recording and importing, as only a real repository shows them.

use crate::world::World;
use serde_json::json;

/// `SPEC C2`: commits that are not one branch make a revision, kept under `refs/switchback/`; the same ones make no second.
#[test]
fn picked_commits_make_a_revision_and_the_same_ones_no_second() {
    let world = World::three_stages();
    world.git(&["checkout", "--quiet", "-b", "mixed", "main"]);
    for (path, message) in [("web/a", "First"), ("web/b", "Second"), ("web/c", "Third")] {
        world.write(path, "text\n");
        world.commit(message);
    }
    world.git(&["checkout", "--quiet", "--detach", "main"]);
    let words = ["change", "record", "US-7", "--commits", "mixed~2,mixed", "--stage", "DEV"];
    let done = world.ok(&words);
    assert_eq!(done["results"][0]["revision"], json!(1));
    let files = world.git(&["ls-tree", "-r", "--name-only", "dev"]);
    assert!(files.contains("web/a") && files.contains("web/c") && !files.contains("web/b"), "{files}");
    assert!(world.refs().contains("refs/switchback/changes/US-7/1"));
    assert_eq!(world.refused(&words)["code"], "nothing-to-record");
    world.is_sound();
}

/// `SPEC L10`: what stands on the branches already becomes receipts, also from inside a merge, and can be demoted.
#[test]
fn a_merge_of_two_changes_is_taken_apart_and_each_can_be_demoted() {
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "-b", "work", "main"]);
    for (path, message) in [("web/a", "US-1: Add a"), ("web/b", "US-2: Add b")] {
        world.write(path, "text\n");
        world.commit(message);
    }
    world.git(&["checkout", "--quiet", "sit"]);
    world.git(&["merge", "--quiet", "--no-ff", "--message", "Take the week's work", "work"]);
    world.git(&["checkout", "--quiet", "--detach", "main"]);
    world.ok(&["init", "--stage", "SIT=sit", "--stage", "PROD=main", "--next", "SIT=PROD"]);
    let standing = world.ok(&["where", "US-1", "US-2"]);
    for change in standing["changes"].as_array().expect("changes") {
        assert_eq!(change["stages"], json!({ "SIT": { "revision": 1, "state": "current" } }));
    }
    world.ok(&["promote", "US-2", "--to", "PROD"]);
    let files = world.git(&["ls-tree", "-r", "--name-only", "main"]);
    assert!(files.contains("web/b") && !files.contains("web/a"), "{files}");
    world.ok(&["demote", "US-2", "--to", "SIT"]);
    assert!(!world.git(&["ls-tree", "-r", "--name-only", "main"]).contains("web/b"));
    world.is_sound();
}
