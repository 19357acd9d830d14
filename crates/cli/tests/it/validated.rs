//! Promotions that are tried before they run (`SPEC P15`).

use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};

fn shown(world: &World, id: &str) -> Value {
    world.ok(&["promotion", "show", id])["promotion"].clone()
}

/// A draft of one change to QA, which is deployed there.
fn drafted() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "one\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA", "--draft", "--deploy"]);
    world
}

#[test]
fn a_draft_that_goes_is_validated_and_nothing_moves() {
    let world = drafted();
    let (tree, areas) = (world.tree("main"), world.files("qa-web"));
    let told = world.ok(&["promotion", "validate", "P-2"]);
    assert_eq!(
        (&told["operation"], &told["kind"], &told["status"]),
        (&json!("P-2"), &json!("validation"), &json!("validated"))
    );
    let tried = &told["validation"];
    assert_eq!((&tried["outcome"], &tried["goes"], &tried["holds"]), (&json!("goes"), &json!(true), &json!(true)));
    assert_eq!(
        tried["areas"],
        json!([{"area": "qa-web", "status": "takes", "version": 2, "check": {"status": "passed"}}])
    );
    assert_eq!((world.tree("main"), world.files("qa-web")), (tree, areas));
    let run = world.ok(&["promotion", "run", "P-2", "--dry-run"]);
    assert_eq!(run["plan"]["hash"], tried["plan"], "it is the run's own plan that was tried");

    let known = shown(&world, "P-2");
    assert_eq!((&known["status"], &known["validation"]), (&json!("validated"), tried));
    for status in ["draft", "validated"] {
        let listed = world.ok(&["promotion", "list", "--status", status]);
        assert_eq!(listed["promotions"][0]["id"], "P-2", "{status}");
    }
    let hash = tried["plan"].as_str().unwrap();
    assert_eq!(world.ok(&["promotion", "run", "P-2", "--plan", hash])["status"], "completed");
    assert_eq!(shown(&world, "P-2").get("validation"), None);
    world.is_sound();
}

#[test]
fn what_it_depends_on_outdates_it_and_is_named() {
    let world = drafted();
    world.change("US-2", &[("web/b", "two\n")]);
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    world.ok(&["promotion", "validate", "P-2"]);
    world.ok(&["promote", "US-2", "--from", "SIT", "--to", "QA"]);
    let known = shown(&world, "P-2");
    assert_eq!((&known["status"], &known["validation"]["holds"]), (&json!("draft"), &json!(false)));
    assert_eq!(known["validation"]["outdated_by"], json!(["QA has changed"]));
    let text = world.run(&["promotion", "show", "P-2"]).out;
    assert!(text.contains("outdated since then: QA has changed"), "{text}");
    world.ok(&["promotion", "validate", "P-2"]);
    assert_eq!(shown(&world, "P-2")["status"], "validated");
    world.ok(&["promotion", "edit", "P-2", "--project", "shop"]);
    assert_eq!(shown(&world, "P-2").get("validation"), None, "an edit ends it");
}

#[test]
fn conflicts_are_told_and_need_nobody_yet() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/same", "one\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    world.change("US-4", &[("web/same", "four\n")]);
    let draft = world.ok(&["promote", "US-4", "--to", "SIT", "--draft"]);
    let id = draft["operation"].as_str().unwrap();
    let told = world.json(3, &["promotion", "validate", id]);
    assert_eq!((&told["status"], &told["validation"]["outcome"]), (&json!("draft"), &json!("conflicts")));
    let conflict = &told["validation"]["conflicts"][0];
    assert_eq!((&conflict["change"], &conflict["path"]), (&json!("US-4"), &json!("web/same")));
    assert_eq!(world.run(&["promotion", "run", id, "--dry-run"]).exit, Some(3), "as the run's own preview ends");
    assert_eq!(world.ok(&["conflicts", id])["conflicts"], json!([]));
}

#[test]
fn a_refusal_of_the_run_is_kept_with_its_next_step() {
    let world =
        World::with(&THREE_STAGES.replace("branch = \"main\"", "branch = \"main\"\npromote.require = [\"tested\"]"));
    world.change("US-1", &[("web/a", "one\n")]);
    world.ok(&["change", "attest", "US-1", "tested"]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA", "--draft"]);
    world.ok(&["change", "attest", "US-1", "tested", "--withdraw"]);
    let told = world.json(3, &["promotion", "validate", "P-2"]);
    let refused = world.refused(&["promotion", "run", "P-2"]);
    let kept = &told["validation"]["refused"];
    assert_eq!((&kept["code"], &kept["message"]), (&refused["code"], &refused["message"]));
    assert_eq!(told["validation"].get("plan"), None);
    assert_eq!(shown(&world, "P-2")["status"], "draft");
}

#[test]
fn an_area_that_would_refuse_is_told() {
    let world = drafted();
    world.ok(&["promotion", "run", "P-2"]);
    world.change("US-2", &[("web/b", "two\n")]);
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    world.ok(&["promote", "US-2", "--from", "SIT", "--to", "QA", "--draft", "--deploy"]);
    std::fs::remove_dir_all(world.area("qa-web")).unwrap();
    let told = world.json(3, &["promotion", "validate", "P-4"]);
    let area = &told["validation"]["areas"][0];
    assert_eq!((&area["status"], &area["problem"]["code"]), (&json!("fails"), &json!("area-lost")));
    assert_eq!((&told["status"], &told["validation"]["outcome"]), (&json!("draft"), &json!("goes")));
    assert!(!world.area("qa-web").exists(), "a check leaves no trace on the place");
}

#[test]
fn a_dry_run_tells_it_and_keeps_nothing() {
    let world = drafted();
    let entries = world.entries();
    let told = world.ok(&["promotion", "validate", "P-2", "--dry-run"]);
    assert_eq!((&told["plan"]["says"], &told["plan"]["status"]), (&json!("P-2 would go"), &json!("validated")));
    assert_eq!(world.entries(), entries);
    assert_eq!(shown(&world, "P-2").get("validation"), None);
}

#[test]
fn what_is_over_is_not_tried() {
    let world = drafted();
    let refused = world.refused(&["promotion", "validate", "P-1"]);
    assert_eq!(
        (&refused["code"], &refused["hint"]),
        (&json!("not-open"), &json!("make a new one of it with `switchback promotion clone P-1`"))
    );
}

/// What a run would stop at is shown later from what was kept, though nothing else refers to what was merged on the way there.
#[test]
fn the_sides_of_what_would_conflict_are_kept() {
    let page = "<h1>Shop</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n";
    let world = World::three_stages();
    assert_eq!(world.read("web/index.html"), page, "what all begin with");
    world.branch("US-1", &[("web/index.html", &page.replace("Shop", "Store"))]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    world.change("US-2", &[("web/index.html", &page.replace("three", "four"))]);
    world.change("US-4", &[("web/index.html", &page.replace("Shop", "Market"))]);
    world.ok(&["promote", "US-2", "US-4", "--to", "SIT", "--draft"]);
    world.json(3, &["promotion", "validate", "P-1"]);
    let conflict = shown(&world, "P-1")["validation"]["conflicts"][0].clone();
    let ours = page.replace("Shop", "Store").replace("three", "four");
    assert_eq!((&conflict["change"], &conflict["ours"]), (&json!("US-4"), &json!(ours)), "{conflict}");
    world.is_sound();
}
