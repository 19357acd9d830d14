//! A branch goes on after what it did was taken into the branch that it began from: all of it stays the change's own
//! (`SPEC C1`, `L4`).

use crate::own_commits::{own_files, page, work};
use crate::world::World;
use serde_json::json;

const PAGE: &str = "web/index.html";

/// Records what a branch has by now, and asks that it stands on the stages it goes to and comes from.
fn goes_on(world: &World, stage: &str) {
    let both = page("ONE", "two", "THREE");
    work(world, "feature/US-1", "main", "US-1: More", &[(PAGE, &both)]);
    let done = world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", stage]);
    assert_eq!(done["results"][0].get("left_out"), None, "{done}");
    assert_eq!(own_files(world, "US-1"), [PAGE]);
    if stage == "QA" {
        world.ok(&["back-promote", "US-1", "--to", "SIT"]);
        world.ok(&["back-promote", "US-1", "--to", "DEV"]);
    } else {
        world.ok(&["promote", "US-1", "--from", "DEV", "--to", "QA"]);
    }
    for branch in ["dev", "sit", "main"] {
        assert_eq!(world.git(&["show", &format!("{branch}:{PAGE}")]) + "\n", both, "{branch}");
    }
    world.is_sound();
}

#[test]
fn on_top_of_what_the_highest_stage_took() {
    let world = World::three_stages();
    work(&world, "feature/US-1", "main", "US-1: One", &[(PAGE, &page("ONE", "two", "three"))]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "QA"]);
    world.git(&["branch", "--force", "feature/US-1", "main"]);
    goes_on(&world, "QA");
}

/// A pull request was merged there, before or after the change was recorded.
#[test]
fn after_it_was_merged_beside_the_tool() {
    for is_recorded in [false, true] {
        let world = World::three_stages();
        work(&world, "feature/US-1", "main", "US-1: One", &[(PAGE, &page("ONE", "two", "three"))]);
        if is_recorded {
            world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
        }
        world.git(&["checkout", "--quiet", "main"]);
        world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request: US-1", "feature/US-1"]);
        world.git(&["checkout", "--quiet", "--detach"]);
        world.ok(&["stage", "adopt", "QA"]);
        goes_on(&world, "DEV");
    }
}

/// The stage gave it back since the branch began there.
#[test]
fn after_the_stage_gave_it_back() {
    let world = World::three_stages();
    work(&world, "feature/US-1", "main", "US-1: One", &[(PAGE, &page("ONE", "two", "three"))]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "QA"]);
    world.ok(&["back-promote", "US-1", "--to", "SIT"]);
    world.git(&["branch", "--force", "feature/US-1", "main"]);
    work(&world, "feature/US-1", "main", "US-1: More", &[(PAGE, &page("ONE", "two", "THREE"))]);
    world.ok(&["demote", "US-1", "--from", "QA", "--to", "SIT"]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    assert_eq!(world.git(&["show", &format!("sit:{PAGE}")]) + "\n", page("ONE", "two", "THREE"));
}

/// What others built on it there cannot be told from it any more.
#[test]
fn where_others_built_on_it_what_is_new_is_recorded_by_itself() {
    let world = World::three_stages();
    let at_qa = |key: &str, from: &str, text: &str| {
        let branch = format!("feature/{key}");
        work(&world, &branch, from, &format!("{key}: work"), &[(PAGE, text)]);
        let words = ["change", "record", key, "--branch", &branch, "--stage", "QA"].map(str::to_owned);
        world.run(&words.each_ref().map(String::as_str))
    };
    at_qa("US-1", "main", &page("ONE", "two", "three"));
    at_qa("US-2", "main", &page("ONE and two", "two", "three"));
    world.git(&["branch", "--force", "feature/US-1", "main"]);
    work(&world, "feature/US-1", "main", "US-1: More", &[(PAGE, &page("ONE and two", "two", "THREE"))]);
    let refused = world.refused(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "QA"]);
    assert_eq!(refused["code"], json!("carries-others"), "{refused}");
    let hint = refused["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("git switch -c feature/KEY feature/US-1 && git merge main`"), "{hint}");
}
