//! What can be seen before anybody moves anything: conflicts ahead, and rehearsals.

use crate::world::World;
use serde_json::{Value, json};

const PAGE: &str = "web/index.html";

fn page(title: &str, last: &str) -> String {
    format!("<h1>{title}</h1>\n\n<p>one</p>\n<p>two</p>\n<p>{last}</p>\n")
}

/// Three changes in flight: US-1 and US-2 both edit the title, US-3 the end of the page.
fn in_flight() -> World {
    let world = World::three_stages();
    for (key, text) in
        [("US-1", page("Store", "three")), ("US-2", page("Market", "three")), ("US-3", page("Shop", "end"))]
    {
        world.branch(key, &[(PAGE, &text)]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--owner", &format!("{key}-owner")]);
    }
    world
}

fn pairs(said: &Value) -> Vec<(String, Option<String>)> {
    let encounters = said["encounters"].as_array().expect("encounters");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    encounters.iter().map(|one| (text(&one["change"]).expect("a change"), text(&one["other"]))).collect()
}

fn pair(change: &str, other: &str) -> (String, Option<String>) {
    (change.to_owned(), Some(other.to_owned()))
}

#[test]
fn changes_in_flight_that_would_meet_are_named_before_they_do() {
    let world = in_flight();
    let said = world.ok(&["conflicts", "--ahead"]);
    assert_eq!(
        said["encounters"],
        json!([{
            "stage": "QA", "change": "US-2", "other": "US-1", "owners": ["US-2-owner", "US-1-owner"],
            "paths": [{ "path": PAGE, "kind": "content" }]
        }])
    );
    assert_eq!(pairs(&world.ok(&["conflicts", "--ahead", "US-3"])), []);
    let text = world.run(&["conflicts", "--ahead"]).out;
    assert!(text.contains("US-2") && text.contains("US-1") && text.contains("1 conflict ahead"), "{text}");
    let unknown = world.refused(&["conflicts", "--ahead", "US-9"]);
    assert_eq!(unknown["code"], "unknown-change");
}

#[test]
fn looking_again_finds_the_same_and_a_damaged_cache_is_no_harm() {
    let world = in_flight();
    let first = world.ok(&["conflicts", "--ahead"]);
    let folder = world.repo().join(".git/switchback");
    let files: Vec<_> = std::fs::read_dir(&folder).expect("the folder").flatten().map(|entry| entry.path()).collect();
    let caches: Vec<_> = files.iter().filter(|path| path.to_string_lossy().contains("encounter")).collect();
    assert_eq!(caches.len(), 2, "{files:?}");
    for damaged in [&caches[..], &caches[..1], &caches[1..]] {
        assert_eq!(world.ok(&["conflicts", "--ahead"]), first);
        damaged.iter().for_each(|cache| std::fs::write(cache, b"garbage").expect("damage"));
        assert_eq!(world.ok(&["conflicts", "--ahead"]), first);
    }
}

/// The last answer is given again until something is written, or git is told otherwise how to merge.
#[test]
fn looking_again_asks_what_stands_beside_the_trees() {
    let world = in_flight();
    let first = pairs(&world.ok(&["conflicts", "--ahead"]));
    assert_eq!(first, [pair("US-2", "US-1")]);
    let attributes = world.repo().join(".git/info/attributes");
    std::fs::create_dir_all(attributes.parent().expect("a folder")).expect("the folder");
    std::fs::write(&attributes, "*.html merge=union\n").expect("attributes");
    assert_eq!(pairs(&world.ok(&["conflicts", "--ahead"])), [], "both lines stand");
    std::fs::write(&attributes, "").expect("attributes");
    assert_eq!(pairs(&world.ok(&["conflicts", "--ahead"])), first);
}

#[test]
fn what_arrives_or_is_decided_is_ahead_no_more() {
    let world = in_flight();
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--title", "Store", "--stage", "DEV"]);
    let said = world.ok(&["conflicts", "--ahead"]);
    assert_eq!(pairs(&said), [pair("US-2", "US-1")]);
    world.branch("US-4", &[(PAGE, &page("Store", "four"))]);
    world.ok(&["change", "record", "US-4", "--branch", "feature/US-4", "--stage", "DEV"]);
    let later = pairs(&world.ok(&["conflicts", "--ahead"]));
    assert_eq!(later, [pair("US-2", "US-1"), pair("US-4", "US-2"), pair("US-4", "US-3")]);
    // Once it stands at the top, the others meet the stage.
    world.ok(&["promote", "US-4", "--from", "DEV", "--to", "QA"]);
    let arrived = pairs(&world.ok(&["conflicts", "--ahead"]));
    assert_eq!(arrived, [("US-2".to_owned(), None), ("US-3".to_owned(), None)]);
    world.ok(&["change", "exclude", "US-2", "--reason", "given up"]);
    assert_eq!(pairs(&world.ok(&["conflicts", "--ahead"])), [("US-3".to_owned(), None)]);
}

#[test]
fn a_rehearsal_says_what_goes_in_which_order_and_what_breaks_first() {
    let world = in_flight();
    let said = world.ok(&["rehearse", "US-1", "US-2", "US-3", "--to", "QA"]);
    assert_eq!((&said["goes"], &said["breaks_first"]), (&json!(["US-1", "US-3"]), &json!("US-2")));
    assert_eq!(said["stays"][0]["change"], "US-2");
    assert_eq!(said["stays"][0]["conflicts"][0]["other_side"], "US-1");
    let text = world.run(&["rehearse", "US-1", "US-2", "US-3", "--to", "QA"]).out;
    assert!(text.contains("US-2 stays") && text.contains("US-2 breaks first"), "{text}");
    let before = world.entries();
    world.ok(&["rehearse", "US-2", "US-3", "--to", "SIT"]);
    assert_eq!(world.entries(), before, "nothing moves");
}

#[test]
fn a_rehearsal_finds_the_order_that_goes() {
    let world = in_flight();
    world.git(&["checkout", "--quiet", "-B", "feature/US-5", "feature/US-1"]);
    world.write(PAGE, &page("Superstore", "three"));
    world.commit("US-5 builds on US-1");
    world.git(&["checkout", "--quiet", "--detach"]);
    world.ok(&["change", "record", "US-5", "--branch", "feature/US-5"]);
    let alone = world.ok(&["rehearse", "US-5", "--to", "QA"]);
    assert_eq!((&alone["goes"], &alone["stays"][0]["needs"]), (&json!([]), &json!(["US-1"])));
    let said = world.ok(&["rehearse", "US-5", "US-3", "US-1", "--to", "QA"]);
    assert_eq!((&said["goes"], &said["breaks_first"]), (&json!(["US-3", "US-1", "US-5"]), &json!("US-5")));
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV", "--title", "Store"]);
    world.ok(&["promote", "US-1", "--from", "DEV", "--to", "QA"]);
    let there = world.ok(&["rehearse", "US-1", "US-5", "--to", "QA"]);
    assert_eq!((&there["there"], &there["goes"]), (&json!(["US-1"]), &json!(["US-5"])));
}

#[test]
fn a_rehearsal_of_changes_in_several_places_asks_for_the_stage() {
    let world = in_flight();
    let refused = world.refused(&["rehearse", "US-1", "US-2"]);
    assert_eq!(
        (&refused["code"], &refused["hint"]),
        (&json!("stage-ambiguous"), &json!("name the stage to try them on with `--to STAGE`"))
    );
}
