//! A plan that somebody approved is carried out as it was shown, or not at all; showing it leaves no trace.

use crate::world::{THREE_STAGES, World, written};
use serde_json::Value;
use std::collections::BTreeSet;

fn hash(preview: &Value) -> String {
    let hash = preview["plan"]["hash"].as_str().expect("a hash").to_owned();
    assert!(!hash.is_empty(), "{preview}");
    hash
}

/// The branch of SIT was rewritten, with a merge: taken apart, it has trees that no commit of the branch holds.
fn rewritten() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT"]);
    world.git(&["checkout", "--quiet", "-B", "sit", "main"]);
    world.write("web/own", "own\n");
    world.commit("OWN-1 goes first");
    world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge dev", "dev"]);
    world.git(&["checkout", "--quiet", "--detach"]);
    world
}

#[test]
fn adopting_a_stage_is_done_as_it_was_approved_or_not_at_all() {
    let world = rewritten();
    let before = world.traces();
    let preview = world.ok(&["stage", "adopt", "SIT", "--dry-run"]);
    let refused = world.json(4, &["stage", "adopt", "SIT", "--plan", "0123456789abcdef"]);
    assert_eq!(refused["refused"]["code"], "plan-outdated", "{refused}");
    assert_eq!(refused["refused"]["details"]["plan"], hash(&preview).as_str(), "{refused}");
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    let approved = hash(&preview);
    world.git(&["checkout", "--quiet", "sit"]);
    world.write("web/hot", "hot\n");
    world.commit("HOT-7 mends the shop");
    world.git(&["checkout", "--quiet", "--detach"]);
    world.json(4, &["stage", "adopt", "SIT", "--plan", &approved]);
    world.git(&["branch", "--force", "sit", "sit~1"]);
    assert!(!world.refs().contains("refs/switchback/imported"), "{}", world.refs());
    world.ok(&["stage", "adopt", "SIT", "--plan", &approved]);
    assert!(world.refs().contains("refs/switchback/imported/SIT/"), "{}", world.refs());
    assert!(world.ok(&["where", "US-1"])["changes"][0]["stages"]["SIT"].is_object());
    world.is_sound();
}

#[test]
fn a_pipeline_begins_as_it_was_approved_or_not_at_all() {
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "dev"]);
    world.write("web/one", "one\n");
    world.commit("US-1 begins");
    world.git(&["checkout", "--quiet", "--detach"]);
    let init = ["init", "--stage", "DEV=dev", "--stage", "QA=main", "--next", "DEV=QA"];
    let before = world.traces();
    let preview = world.ok(&[&init[..], &["--dry-run"]].concat());
    let said = world.run(&[&init[..], &["--dry-run"]].concat());
    let approved = hash(&preview);
    assert!(said.out.contains(&format!("--plan {approved}")), "{}", said.out);
    assert!(said.out.contains("would be written to"), "{}", said.out);
    let refused = world.json(4, &[&init[..], &["--plan", "0123456789abcdef"]].concat());
    assert_eq!(refused["refused"]["code"], "plan-outdated", "{refused}");
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    assert!(!world.repo().join("switchback.toml").exists() && !world.repo().join(".git/switchback").exists());
    let begun = world.ok(&[&init[..], &["--plan", &approved]].concat());
    assert!(begun.get("hash").is_none(), "{begun}");
    assert_eq!(begun["stages"][0]["imported"][0], "US-1");
    world.is_sound();
    let again = world.json(3, &[&init[..], &["--plan", &approved]].concat());
    assert_eq!(again["refused"]["code"], "already-initialized");
}

#[test]
fn a_configuration_that_is_there_is_begun_with_as_approved() {
    let world = World::bare_of_pipeline();
    world.configure(THREE_STAGES);
    let before = world.traces();
    let approved = hash(&world.ok(&["init", "--dry-run"]));
    world.json(4, &["init", "--plan", "0123456789abcdef"]);
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    world.ok(&["init", "--plan", &approved]);
    world.is_sound();
}

/// The branch says the same, by the same author at the same moment: only its content is another.
#[test]
fn another_content_is_another_plan() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/a", "one\n")]);
    let record = ["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"];
    let approved = hash(&world.ok(&[&record[..], &["--dry-run"]].concat()));
    world.branch("US-1", &[("web/a", "two\n")]);
    let refused = world.json(4, &[&record[..], &["--plan", &approved]].concat());
    assert_eq!(refused["refused"]["code"], "plan-outdated");
    world.branch("US-1", &[("web/a", "one\n")]);
    world.ok(&[&record[..], &["--plan", &approved]].concat());

    // What is promoted is another, too, once somebody recorded another revision, or pushed to the stage.
    let promote = ["promote", "US-1", "--to", "SIT"];
    let approved = hash(&world.ok(&[&promote[..], &["--dry-run"]].concat()));
    world.branch("US-1", &[("web/a", "three\n")]);
    world.ok(&record);
    world.json(4, &[&promote[..], &["--plan", &approved]].concat());
    let approved = hash(&world.ok(&[&promote[..], &["--dry-run"]].concat()));
    world.ok(&[&promote[..], &["--plan", &approved]].concat());
    assert_eq!(world.git(&["show", "sit:web/a"]), "three");
}

/// What others pushed is taken in by an entry of its own, which nobody approved by itself: the preview counted it.
#[test]
fn a_plan_that_was_shown_with_what_others_pushed_is_carried_out_with_it() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.git(&["checkout", "--quiet", "sit"]);
    world.write("web/hot", "hot\n");
    world.commit("HOT-7 mends the shop");
    world.git(&["checkout", "--quiet", "--detach"]);
    let promote = ["promote", "US-1", "--to", "SIT", "--deploy"];
    let before = world.traces();
    let approved = hash(&world.ok(&[&promote[..], &["--dry-run"]].concat()));
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    let entries = world.entries();
    let done = world.ok(&[&promote[..], &["--plan", &approved]].concat());
    assert_eq!(done["status"], "completed", "{done}");
    let log = world.ok(&["log"]);
    let kinds: Vec<_> = log["entries"].as_array().expect("entries").iter().rev().skip(entries).collect();
    assert_eq!((&kinds[0]["kind"], &kinds[1]["kind"]), (&"adopt".into(), &"promotion".into()), "{log}");
    assert_eq!(world.git(&["show", "sit:web/hot"]), "hot");
    world.is_sound();
}
