//! The rules that only a whole run shows: demotion with rollback, mass back-promotion, schedules, grants, the past.

use crate::world::{LATER, THREE_STAGES, World};
use serde_json::{Value, json};

fn rows(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn pick<'a>(list: &'a Value, key: &str, name: &str) -> &'a Value {
    let found = list.as_array().and_then(|list| list.iter().find(|one| one[key] == name));
    found.unwrap_or_else(|| panic!("no `{name}` in {list}"))
}

fn held(world: &World, key: &str) -> Vec<String> {
    let standing = world.ok(&["where", key]);
    let stages = standing["changes"][0]["stages"].as_object().cloned().unwrap_or_default();
    stages.keys().cloned().collect()
}

/// `SPEC D10`, the example that must hold.
#[test]
fn demoting_from_qa_to_dev_rolls_both_areas_back() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    for key in ["US-1", "US-2"] {
        world.ok(&["promote", key, "--to", "SIT", "--deploy"]);
        world.ok(&["promote", key, "--from", "SIT", "--to", "QA", "--deploy"]);
    }
    for area in ["qa-web", "sit-web"] {
        let refused = world.refused(&["demote", "US-1", "--from", "QA", "--to", "DEV", "--area", area]);
        assert_eq!(refused["code"], "area-not-at-target");
    }
    let words = ["demote", "US-1", "--from", "QA", "--to", "DEV"];
    let plan = world.ok(&[&words[..], &["--dry-run"]].concat())["plan"].clone();
    let implicit = rows(&plan["privileges"]);
    assert_eq!(pick(&plan["privileges"], "privilege", "rollback")["implicit"], "qa-web is a default area");
    assert_eq!(implicit.len(), 4, "two stages left, two default areas: {implicit:?}");
    let done = world.ok(&words);
    for area in ["qa-web", "sit-web"] {
        let rollback = pick(&done["results"][0]["rollbacks"], "area", area).clone();
        assert_eq!((&rollback["status"], &rollback["version"]), (&json!("succeeded"), &json!(4)));
        let files = world.files(area);
        assert!(!files.contains_key("web/a") && files.contains_key("web/b"), "{area}: {files:?}");
        let forecast = pick(&plan["areas"], "area", area)["tree"].clone();
        assert_eq!(forecast, world.git(&["rev-parse", &format!("refs/switchback/areas/{area}^{{tree}}")]));
    }
    assert_eq!(held(&world, "US-1"), ["DEV"]);
    for (at, branch) in ["main", "sit"].iter().enumerate() {
        assert_eq!(plan["stages"][at]["tree"], world.tree(branch), "the dry run had shown it");
    }
    world.is_sound();
    // Promoting again gives the tree that one promotion gave (`SPEC L5`).
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    assert!(world.files("sit-web").contains_key("web/a"));
}

/// `SPEC P9`: each destination is its own promotion; what cannot go is locked with its reason.
#[test]
fn a_mass_back_promotion_fills_every_lower_stage() {
    let gate = THREE_STAGES.replacen("back_promote.require = []", "back_promote.require = [\"tested\"]", 1);
    let world = World::with(&gate);
    for key in ["HF-1", "HF-2"] {
        world.branch(key, &[(&format!("web/{key}"), key)]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "QA"]);
    }
    world.ok(&["change", "attest", "HF-1", "tested"]);
    let words = ["back-promote", "--mass", "--from", "QA"];
    let done = world.ok(&words);
    let promotions = &done["promotions"];
    let (dev, sit) = (pick(promotions, "destination", "DEV"), pick(promotions, "destination", "SIT"));
    assert_eq!(dev["locked"][0]["change"], "HF-2");
    assert_eq!(dev["locked"][0]["reasons"][0]["code"], "needs-tested");
    assert_ne!(dev["operation"], sit["operation"]);
    assert_eq!(held(&world, "HF-1"), ["DEV", "SIT", "QA"]);
    assert_eq!(held(&world, "HF-2"), ["SIT", "QA"]);
    world.is_sound();
}

/// `SPEC P12`: when the time has come, and with the rights that hold then.
#[test]
fn a_scheduled_promotion_runs_when_due_and_is_not_forced() {
    let mut world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["grant", "bob", "promote-next"]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy", "--at", "2026-03-02T10:04:00Z"]);
    world.ok(&["promote", "US-2", "--to", "SIT", "--at", "2026-03-02T10:04:00Z", "--as", "bob"]);
    world.ok(&["run-due"]);
    assert_eq!(held(&world, "US-1"), ["DEV"], "its time has not come");
    assert_eq!(world.ok(&["promotion", "show", "P-1"])["promotion"]["status"], "scheduled");
    world.ok(&["revoke", "bob", "promote-next"]);
    world.set_clock(LATER);
    let ran = world.run(&["run-due", "--json"]);
    assert!(ran.said().contains("not-permitted"), "what no longer holds is reported: {ran:?}");
    assert_eq!((held(&world, "US-1"), held(&world, "US-2")), (vec!["DEV".into(), "SIT".into()], vec!["DEV".into()]));
    assert!(world.files("sit-web").contains_key("web/a"));
    assert_eq!(world.ok(&["promotion", "show", "P-1"])["promotion"]["status"], "completed");
    assert_eq!(world.ok(&["promotion", "show", "P-2"])["promotion"]["status"], "failed");
    let entries = world.entries();
    world.ok(&["run-due"]);
    assert_eq!(world.entries(), entries, "nothing is due twice");
    world.is_sound();
}

/// What `status` says of stages, but for how their branches stand: that is asked of the present alone.
fn of_the_ledger(mut status: Value) -> Value {
    let mut stages = status["stages"].take();
    for stage in stages.as_array_mut().into_iter().flatten() {
        stage.as_object_mut().and_then(|stage| stage.remove("standing"));
    }
    stages
}

/// `SPEC H2`.
#[test]
fn any_past_moment_can_be_shown() {
    let mut world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let before = world.ok(&["status"]);
    let position = world.entries();
    world.set_clock(LATER);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    assert_ne!(world.ok(&["status"])["stages"], before["stages"]);
    for moment in [format!("#{position}"), "2026-03-02T10:01:00Z".to_owned()] {
        assert_eq!(of_the_ledger(world.ok(&["status", "--as-of", &moment])), of_the_ledger(before.clone()), "{moment}");
    }
    let diff = world.ok(&["diff", &format!("SIT@#{position}"), "SIT"]);
    assert!(diff.to_string().contains("web/a"), "{diff}");
    assert_eq!(world.refused(&["status", "--as-of", "2020-01-01"])["code"], "unknown-moment");
}

/// `SPEC S4`: everybody may everything until the first grant; then only what they are granted, and a deny wins.
#[test]
fn privileges_are_asked_of_whoever_acts() {
    let world = World::three_stages();
    for number in 1..=4 {
        world.change(&format!("US-{number}"), &[(&format!("web/{number}"), "x")]);
    }
    world.ok(&["promote", "US-1", "--to", "SIT", "--as", "bob"]);
    world.ok(&["grant", "ann", "promote-next", "--stage", "SIT"]);
    let refused = world.refused(&["promote", "US-2", "--to", "SIT", "--as", "bob"]);
    assert_eq!(refused["code"], "not-permitted");
    let said = refused["message"].as_str().expect("a message");
    assert!(said.contains("promote-next") && said.contains("SIT") && said.contains("bob"), "{said}");
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy", "--as", "ann"]);
    // Deploying to a default area came with the promotion; asked for by hand it is a privilege of its own.
    assert_eq!(world.refused(&["rollback", "sit-web@2", "--as", "ann"])["code"], "not-permitted");
    assert_eq!(world.refused(&["grant", "ann", "deploy", "--as", "ann"])["code"], "not-permitted");
    world.ok(&["grant", "ann", "rollback", "--area", "sit-web"]);
    world.ok(&["rollback", "sit-web@2", "--as", "ann"]);
    world.ok(&["grant", "ann", "promote-next", "--deny"]);
    assert_eq!(world.refused(&["promote", "US-3", "--to", "SIT", "--as", "ann"])["code"], "not-permitted");
    world.ok(&["promote", "US-3", "--to", "SIT"]);
    assert_eq!(rows(&world.ok(&["grants"])["grants"]).len(), 3);
    world.is_sound();
}

/// `SPEC P12`.
#[test]
fn a_schedule_does_not_fire_for_times_before_it_was_put_in_force() {
    let mut world = World::three_stages();
    world.set_clock("2026-03-02T12:00:00Z");
    world.configure(&format!("{THREE_STAGES}\n[[schedule]]\ncron = \"0 11 * * *\"\nfrom = \"QA\"\n"));
    let entries = world.entries();
    let ran = world.run(&["run-due"]);
    assert_eq!(world.entries(), entries, "eleven o'clock was before it was put in force: {ran:?}");
    world.set_clock("2026-03-03T11:30:00Z");
    let ran = world.run(&["run-due"]);
    assert_eq!(world.entries(), entries + 1, "it was in force at eleven o'clock: {ran:?}");
}
