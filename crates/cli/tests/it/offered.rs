//! What is offered to move and what is kept out of it, as people and programs are told (`SPEC P2`, `P5`).

use crate::serving::{ACME, Caller};
use crate::world::World;
use serde_json::{Value, json};

fn codes(candidates: &Value, key: &str) -> Vec<String> {
    let list = candidates.as_array().cloned().unwrap_or_default();
    let one = list.iter().find(|one| one["change"] == key).unwrap_or_else(|| panic!("no {key} in {candidates}"));
    let reasons = one["reasons"].as_array().cloned().unwrap_or_default();
    reasons.iter().map(|reason| reason["code"].as_str().unwrap_or_default().to_owned()).collect()
}

fn in_qa(world: &World) {
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT"]);
    world.ok(&["promote", "US-1", "US-2", "--from", "SIT", "--to", "QA"]);
}

#[test]
fn a_demoted_change_is_told_with_who_when_and_why_and_moves_when_it_is_named() {
    let world = World::three_stages();
    in_qa(&world);
    world.ok(&["--as", "ann", "demote", "US-1", "--to", "SIT", "--reason", "broke the till"]);
    let ahead = world.ok(&["ahead", "SIT"]);
    assert_eq!(codes(&ahead["candidates"], "US-2"), ["already-there"]);
    let one = ahead["candidates"].as_array().unwrap().iter().find(|one| one["change"] == "US-1").unwrap();
    assert_eq!(one["eligible"], json!(false));
    let reason = &one["reasons"][0];
    assert_eq!(
        (&reason["code"], &reason["blocks"], &reason["unless_named"]),
        (&json!("demoted"), &json!(true), &json!(true))
    );
    assert_eq!(reason["message"], "US-1 was taken out of QA by ann (M-1): broke the till");
    assert!(reason["at"].as_str().unwrap().starts_with("2026-03-02T10:00:00"));
    let told = world.run(&["ahead", "SIT"]);
    assert!(told.out.contains("[demoted] US-1 was taken out of QA by ann (M-1): broke the till"), "{}", told.out);

    let refused = world.refused(&["promote", "--all", "--from", "SIT", "--to", "QA"]);
    assert_eq!(
        (&refused["code"], &refused["details"]["locked"][0]["change"]),
        (&json!("nothing-to-move"), &json!("US-1"))
    );
    assert_eq!(refused["hint"], "see why with `switchback ahead SIT --to QA`");
    let done = world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA"]);
    assert_eq!((&done["results"][0]["status"], &done["warnings"][0]["code"]), (&json!("moved"), &json!("demoted")));
    let ahead = world.ok(&["ahead", "SIT"]);
    assert_eq!(codes(&ahead["candidates"], "US-1"), ["already-there"]);
    assert!(world.run(&["ahead", "SIT"]).out.contains("SIT is ahead of QA: nothing"));
    world.is_sound();
}

#[test]
fn a_change_taken_off_a_branch_that_was_adopted_anew_is_not_offered_by_itself() {
    let world = World::three_stages();
    in_qa(&world);
    world.git(&["branch", "--force", "main", "main~1"]);
    world.ok(&["stage", "adopt", "QA"]);
    assert_eq!(codes(&world.ok(&["ahead", "SIT"])["candidates"], "US-2"), ["demoted"]);
}

#[test]
fn what_came_down_is_not_offered_upward_by_itself() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/a", "a\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    world.ok(&["back-promote", "US-1", "--to", "DEV"]);
    world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    assert_eq!(codes(&world.ok(&["ahead", "DEV"])["candidates"], "US-1"), ["demoted", "came-down"]);
    let done = world.ok(&["promote", "US-1", "--to", "SIT"]);
    let warned: Vec<_> = done["warnings"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert_eq!(warned, ["demoted", "came-down"]);
}

#[test]
fn behind_tells_what_is_there_already_and_what_nobody_offers_too() {
    let world = World::three_stages();
    in_qa(&world);
    world.change("US-3", &[("web/c", "c\n")]);
    world.change("US-4", &[("web/d", "d\n")]);
    world.ok(&["promote", "US-3", "US-4", "--from", "DEV", "--to", "SIT"]);
    world.ok(&["demote", "US-4", "--from", "SIT", "--to", "DEV"]);
    world.ok(&["change", "exclude", "US-3", "--reason", "a spike"]);
    let behind = world.ok(&["behind", "DEV"]);
    assert_eq!(codes(&behind["candidates"], "US-1"), ["already-there", "originated-here"]);
    assert_eq!(codes(&behind["candidates"], "US-3"), ["already-there", "originated-here", "excluded"]);
    let told = world.run(&["behind", "DEV"]);
    assert!(
        told.out.contains("DEV is behind SIT: nothing") && told.out.contains("there already: US-1, US-2, US-3"),
        "{}",
        told.out
    );
    let ahead = world.ok(&["ahead", "SIT"]);
    assert_eq!(codes(&ahead["candidates"], "US-3"), ["excluded"]);
}

#[test]
fn everything_is_asked_to_be_precise_with_commands_that_can_be_pasted() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["promote", "--all"]);
    world.change("US-2", &[("web/b", "b\n")]);
    let refused = world.refused(&["promote", "--all"]);
    assert_eq!(refused["code"], "stage-ambiguous");
    assert_eq!(refused["details"]["edges"], json!([{"from": "DEV", "to": "SIT"}, {"from": "SIT", "to": "QA"}]));
    let hint = refused["hint"].as_str().unwrap();
    for command in hint.split('`').skip(1).step_by(2) {
        let words: Vec<_> = command.split(' ').skip(1).chain(["--dry-run"]).collect();
        world.ok(&words);
    }
    assert_eq!(hint.split('`').skip(1).step_by(2).count(), 2);
}

/// The changes of an answer, in the order of their names, each with the codes of what is told of it.
fn told_of(candidates: &Value) -> Vec<(String, Vec<String>)> {
    let all = candidates.as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap().to_owned());
    let mut told: Vec<_> = all.map(|key| (key.clone(), codes(candidates, &key))).collect();
    told.sort();
    told
}

/// Nothing that a stage holds is left out of what is told of its way, up or down, whatever keeps it.
#[test]
fn of_everything_that_a_stage_holds_it_is_told_why_it_does_not_go() {
    let world = World::three_stages();
    for number in 1..=5 {
        world.change(&format!("US-{number}"), &[(&format!("web/{number}"), "x\n")]);
    }
    world.ok(&["promote", "--all", "--from", "DEV", "--to", "SIT"]);
    world.ok(&["promote", "US-1", "US-2", "--to", "QA"]);
    world.ok(&["demote", "US-2", "--from", "QA", "--to", "SIT"]);
    world.ok(&["change", "exclude", "US-3", "--reason", "not ours"]);
    world.ok(&["change", "ignore", "US-4", "--stage", "QA", "--reason", "not there"]);
    let caller = Caller::of(&world, "root");
    let held = |stage: &str| {
        let told = caller.get(&format!("{ACME}/stages/{stage}/contains")).body;
        let mut keys: Vec<_> =
            told["changes"].as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap().to_owned()).collect();
        keys.sort();
        keys
    };
    for (read, source) in [("SIT/ahead", "SIT"), ("DEV/ahead", "DEV"), ("DEV/behind", "SIT"), ("SIT/behind", "QA")] {
        let told = told_of(&caller.get(&format!("{ACME}/stages/{read}")).body["candidates"]);
        let named: Vec<_> = told.iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(named, held(source), "{read}");
    }
    let told = told_of(&caller.get(&format!("{ACME}/stages/SIT/ahead")).body["candidates"]);
    let told: Vec<_> = told.iter().map(|(key, codes)| format!("{key}: {}", codes.join(" "))).collect();
    assert_eq!(told, ["US-1: already-there", "US-2: demoted", "US-3: excluded", "US-4: ignored", "US-5: "]);
}
