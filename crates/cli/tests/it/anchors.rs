//! `verify --anchor`: what is kept outside of the repository tells a ledger that was made anew from the one it was (`SPEC
//! H1`).

use crate::world::World;
use serde_json::{Value, json};
use std::fs;

/// A pipeline in which something happened, and the file of an auditor, with what verifying against it says.
fn audited() -> (World, String, Value) {
    let world = World::three_stages();
    world.change("US-1", &[("web/one", "1\n")]);
    let file = world.path("auditor").display().to_string();
    let said = world.ok(&["verify", "--anchor", &file]);
    (world, file, said)
}

fn check(said: &Value) -> &Value {
    said["checks"].as_array().and_then(|all| all.iter().find(|one| one["what"] == "anchor")).expect("a check of it")
}

#[test]
fn a_ledger_that_goes_on_agrees_with_what_was_anchored() {
    let (world, file, said) = audited();
    assert_eq!(check(&said)["note"], "nothing was anchored before");
    let first = fs::read_to_string(&file).expect("the anchor");
    let line: Value = serde_json::from_str(&first).expect("one object");
    assert_eq!(
        (&line["pipeline"], &line["entry"], &line["hash"]),
        (&said["pipeline"], &said["entries"], &said["head"])
    );

    let again = world.ok(&["verify", "--anchor", &file]);
    assert_eq!(check(&again)["note"], Value::Null);
    assert_eq!(fs::read_to_string(&file).expect("the anchor"), first, "nothing happened since");

    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.ok(&["verify", "--anchor", &file, "--dry-run"]);
    assert_eq!(fs::read_to_string(&file).expect("the anchor"), first);
    world.ok(&["verify", "--anchor", &file]);
    let both = fs::read_to_string(&file).expect("the anchor");
    assert!(both.starts_with(&first) && both.lines().count() == 2, "{both}");
}

#[test]
fn a_past_that_was_told_anew_with_right_hashes_is_found() {
    let (world, file, _) = audited();
    let forger = world.twin();
    // Both go on from the same entry, and each chain is sound in itself.
    world.ok(&["grant", "bob", "deploy"]);
    world.ok(&["verify", "--anchor", &file]);
    forger.ok(&["grant", "eve", "administer"]);
    forger.ok(&["grant", "bob", "deploy"]);
    forger.tamper("c.execute('PRAGMA wal_checkpoint(TRUNCATE)')");
    world.tamper("c.execute('PRAGMA wal_checkpoint(TRUNCATE)')");
    fs::copy(forger.ledger(), world.ledger()).expect("the forged ledger");
    world.is_sound();

    let before = fs::read_to_string(&file).expect("the anchor");
    let said = world.json(3, &["verify", "--anchor", &file]);
    assert_eq!((&said["ok"], &check(&said)["ok"]), (&json!(false), &json!(false)), "{said}");
    let message = check(&said)["problems"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("was anchored with hash"), "{said}");
    assert_eq!(fs::read_to_string(&file).expect("the anchor"), before, "what was anchored stands");
    let text = world.run(&["verify", "--anchor", &file]).out;
    assert!(text.contains("✗ anchor disagrees: 1 finding"), "{text}");
}

#[test]
fn a_ledger_that_was_cut_off_is_found() {
    let (world, file, _) = audited();
    world.tamper("c.execute('PRAGMA wal_checkpoint(TRUNCATE)')");
    let copy = fs::read(world.ledger()).expect("the ledger");
    world.ok(&["grant", "bob", "deploy"]);
    world.ok(&["verify", "--anchor", &file]);
    world.tamper("c.execute('PRAGMA wal_checkpoint(TRUNCATE)')");
    fs::write(world.ledger(), copy).expect("an older copy");
    let said = world.json(3, &["verify", "--anchor", &file]);
    let message = check(&said)["problems"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("was anchored, and the ledger ends at"), "{said}");
}

#[test]
fn an_anchor_that_proves_nothing_or_cannot_be_read_is_named() {
    let (world, file, _) = audited();
    let inside = world.repo().join(".git/switchback/anchor").display().to_string();
    let said = world.json(2, &["verify", "--anchor", &inside]);
    assert!(said.to_string().contains("lies in a git directory"), "{said}");

    fs::write(&file, "{\"pipeline\":\"shop\",\"ent").expect("half a line");
    let said = world.json(1, &["verify", "--anchor", &file]);
    assert_eq!(said["fault"]["code"], "anchor-unreadable", "{said}");
    assert!(said["fault"]["message"].as_str().is_some_and(|text| text.contains("line 1")), "{said}");
    let nowhere = world.path("none/at/all").display().to_string();
    assert_eq!(world.json(1, &["verify", "--anchor", &nowhere])["fault"]["code"], "anchor-unreadable");

    let other = world.path("other").display().to_string();
    fs::write(&other, "{\"pipeline\":\"another\",\"entry\":900,\"hash\":\"00\"}\n").expect("another pipeline's");
    assert_eq!(check(&world.ok(&["verify", "--anchor", &other]))["note"], "nothing was anchored before");
    assert_eq!(fs::read_to_string(&other).expect("both").lines().count(), 2);
}
