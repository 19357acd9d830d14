//! A branch on which another change stands between two pieces of the change's own work (`SPEC C1`).

use crate::own_commits::{lines, page, record, work};
use crate::world::World;
use serde_json::json;

/// US-2, US-3 on top of it, and US-2 once more on top of that: one branch, of which each made one of these.
fn interleaved(world: &World, from: &str, path: &str, texts: [&str; 3]) {
    work(world, "feature/US-2", from, "US-2: begin", &[(path, texts[0])]);
    record(world, "US-2");
    work(world, "feature/US-3", "feature/US-2", "US-3: between", &[(path, texts[1])]);
    record(world, "US-3");
    world.git(&["branch", "--force", "feature/US-2", "feature/US-3"]);
    work(world, "feature/US-2", "feature/US-3", "US-2: go on", &[(path, texts[2])]);
}

#[test]
fn what_it_did_below_one_that_is_stacked_on_it_stays_its_own() {
    let world = World::three_stages();
    work(&world, "feature/US-0", "main", "US-0: a list", &[("web/list", &lines(&[]))]);
    record(&world, "US-0");
    world.ok(&["promote", "US-0", "--to", "SIT"]);
    let (second, tenth, last) = ((2, "us2"), (10, "us3"), (18, "us2"));
    let all = lines(&[second, tenth, last]);
    let texts = [&lines(&[second]), &lines(&[second, tenth]), &all];
    interleaved(&world, "feature/US-0", "web/list", texts.map(String::as_str));
    record(&world, "US-2");
    let stands = |branch: &str| world.git(&["show", &format!("{branch}:web/list")]) + "\n";
    assert_eq!(stands("dev"), all);
    assert_eq!(world.ok(&["change", "show", "US-2"])["change"]["revisions"][1]["depends_on"], json!(["US-0"]));
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    assert_eq!(stands("sit"), lines(&[second, last]));
    world.ok(&["promote", "US-3", "--to", "SIT"]);
    assert_eq!(stands("sit"), all);
}

#[test]
fn where_that_one_edited_what_it_did_below_neither_can_be_told_apart() {
    let world = World::three_stages();
    let all = page("us2 and us3", "two", "3");
    interleaved(
        &world,
        "main",
        "web/index.html",
        [&page("us2", "two", "three"), &page("us2 and us3", "two", "three"), &all],
    );
    let refused = world.refused(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    assert_eq!(refused["code"], "carries-others", "{refused}");
    assert!(refused["message"].as_str().unwrap_or_default().contains("US-3: between"), "{refused}");
    // What the hint says works, and loses nothing.
    let hint = refused["hint"].as_str().unwrap_or_default();
    let commits = hint.split("--commits ").nth(1).and_then(|rest| rest.split('`').next()).unwrap_or_default();
    assert_eq!(commits.split(',').count(), 2, "{hint}");
    world.ok(&["change", "record", "US-2", "--commits", commits, "--stage", "DEV"]);
    assert_eq!(world.git(&["show", "dev:web/index.html"]) + "\n", all);
}
