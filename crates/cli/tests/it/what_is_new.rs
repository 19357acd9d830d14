//! Where what a branch merged has become one with its own edits, what is new is recorded by itself (`SPEC C1`).

use crate::own_commits::{page, record, with_one_on_dev, work};
use crate::world::World;
use serde_json::{Value, json};

/// Merges a stage's branch into another, and settles the file in conflict.
fn merge_by_hand(world: &World, (branch, other): (&str, &str), (path, text): (&str, &str)) {
    world.git(&["checkout", "--quiet", branch]);
    assert!(!world.run_git(&["merge", "--quiet", "--no-edit", other]), "git merges it");
    world.write(path, text);
    world.commit(&format!("Merge {other} into {branch}"));
    world.git(&["checkout", "--quiet", "--detach"]);
}

/// Does what the "no" about a branch says helps, and tells what is recorded then.
fn recorded_anew(world: &World, key: &str) -> Value {
    let (branch, new) = (format!("feature/{key}"), format!("feature/{key}-new"));
    let refused = world.refused(&["change", "record", key, "--branch", &branch, "--stage", "DEV"]);
    assert_eq!(refused["code"], json!("carries-others"), "{refused}");
    let hint = refused["hint"].as_str().expect("a hint");
    assert!(hint.contains(&format!("git switch -c feature/KEY {branch} && git merge dev`")), "{hint}");
    assert!(hint.contains("git reset --soft dev && git commit"), "{hint}");
    world.git(&["switch", "--quiet", "-c", &new, &branch]);
    world.git(&["merge", "--quiet", "dev"]);
    world.git(&["reset", "--quiet", "--soft", "dev"]);
    world.git(&["commit", "--quiet", "-m", &format!("{key}-new: What is new")]);
    world.git(&["checkout", "--quiet", "--detach"]);
    record(world, &format!("{key}-new"))
}

const PAGE: &str = "web/index.html";

#[test]
fn what_another_branch_of_a_stage_gave_the_same_lines() {
    let world = with_one_on_dev();
    work(&world, "feature/US-2", "main", "US-2: Three", &[(PAGE, &page("one", "two", "drei"))]);
    record(&world, "US-2");
    work(&world, "main", "main", "US-3: Mend", &[(PAGE, &page("one", "two", "tres"))]);
    work(&world, "feature/US-4", "main", "US-4: Two", &[(PAGE, &page("one", "zwei", "tres"))]);
    let settled = page("ONE", "zwei", "drei, tres");
    merge_by_hand(&world, ("feature/US-4", "dev"), (PAGE, &settled));
    let answer = recorded_anew(&world, "US-4");
    assert_eq!(answer["results"][0]["depends_on"], json!(["US-1", "US-2"]), "{answer}");
    assert_eq!(world.git(&["show", &format!("dev:{PAGE}")]), settled.trim_end());
}

#[test]
fn what_its_own_earlier_revision_gave_the_same_lines() {
    let world = with_one_on_dev();
    work(&world, "feature/US-2", "main", "US-2: Three", &[(PAGE, &page("one", "two", "drei"))]);
    record(&world, "US-2");
    work(&world, "main", "main", "US-3: Mend", &[(PAGE, &page("one", "two", "tres"))]);
    world.git(&["branch", "--force", "feature/US-2", "main"]);
    work(&world, "feature/US-2", "main", "US-2: Two", &[(PAGE, &page("one", "zwei", "drei"))]);
    let settled = page("ONE", "zwei", "drei, tres");
    merge_by_hand(&world, ("feature/US-2", "dev"), (PAGE, &settled));
    recorded_anew(&world, "US-2");
    assert_eq!(world.git(&["show", &format!("dev:{PAGE}")]), settled.trim_end());
}
