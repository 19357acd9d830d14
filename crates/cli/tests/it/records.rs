//! The record of a promotion: saved, edited, run by itself, run again, cloned (`SPEC P4`, `P5`, `P12`).

use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};

fn gated() -> World {
    let gate = "branch = \"sit\"\npromote.require = [\"tested\"]\nnext";
    let mut world = World::with(&THREE_STAGES.replace("branch = \"sit\"\nnext", gate));
    world.set_clock("2026-12-01T12:00:00Z");
    world
}

fn record(world: &World, id: &str) -> Value {
    world.ok(&["promotion", "show", id])["promotion"].clone()
}

fn tested(world: &World, keys: &[&str]) {
    for key in keys {
        world.change(key, &[(&format!("web/{key}"), "one\n")]);
        world.ok(&["change", "attest", key, "tested"]);
    }
}

fn next_revision(world: &World, key: &str) {
    world.change(key, &[(&format!("web/{key}"), "two\n")]);
}

#[test]
fn what_no_longer_holds_is_left_out_and_told_until_somebody_looked() {
    let mut world = gated();
    tested(&world, &["US-1", "US-2"]);
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT", "--at", "2026-12-01T22:00:00Z"]);
    next_revision(&world, "US-2");
    world.set_clock("2026-12-01T22:00:30Z");
    let ran = world.ok(&["run-due"]);
    assert_eq!(ran["promotions"][0]["changes"][1], json!({"change": "US-2", "revision": 2, "status": "skipped"}));
    assert_eq!((&ran["warnings"][0]["code"]), (&json!("needs-tested")));
    let shown = record(&world, "P-1");
    assert_eq!((&shown["status"], &shown["left_out"][0]["change"]), (&json!("completed"), &json!("US-2")));
    let before = world.traces();
    let status = world.ok(&["status"]);
    assert_eq!(status["promotions"][0]["note"], "left out US-2: revision 2 of US-2 is not tested");
    world.run(&["promotion", "show", "P-1"]);
    assert_eq!(world.ok(&["status"])["promotions"][0]["id"], "P-1", "looking at it writes nothing");
    drop(before);
    let told = world.run(&["status"]);
    assert!(
        told.out.contains("P-1 left out US-2") && told.out.contains("`switchback promotion run P-1`"),
        "{}",
        told.out
    );

    world.refused(&["promotion", "run", "P-1"]);
    world.ok(&["change", "attest", "US-2", "tested"]);
    world.ok(&["promotion", "run", "P-1"]);
    assert_eq!(world.ok(&["status"])["promotions"], json!([]));
    assert_eq!(record(&world, "P-1").get("left_out"), None);
    world.is_sound();
}

#[test]
fn a_failed_record_is_in_the_status_and_is_run_again_or_cloned() {
    let mut world = gated();
    tested(&world, &["US-1"]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--at", "2026-12-01T22:00:00Z"]);
    next_revision(&world, "US-1");
    world.set_clock("2026-12-01T22:00:30Z");
    assert_eq!(world.json(3, &["run-due"])["promotions"][0]["status"], "refused");
    let status = world.ok(&["status"]);
    assert_eq!(status["promotions"][0]["status"], "failed");
    assert!(status["promotions"][0]["note"].as_str().unwrap().contains("revision 2 of US-1 is not tested"));
    let twin = world.twin();
    let cloned = twin.ok(&["promotion", "clone", "P-1"]);
    assert_eq!((&cloned["operation"], &cloned["status"]), (&json!("P-2"), &json!("draft")));
    assert_eq!(record(&twin, "P-1")["cloned_as"], "P-2");
    let open: Vec<_> =
        twin.ok(&["status"])["promotions"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(open, ["P-2"]);
    world.ok(&["change", "attest", "US-1", "tested"]);
    assert_eq!(world.ok(&["promotion", "run", "P-1"])["status"], "completed");
    assert_eq!(world.ok(&["status"])["promotions"], json!([]));
    let refused = world.refused(&["promotion", "run", "P-1"]);
    assert_eq!(refused["hint"], "make a new one of it with `switchback promotion clone P-1`");
    world.is_sound();
}

#[test]
fn a_record_is_saved_without_changes_and_edited_in_everything() {
    let world = gated();
    tested(&world, &["US-1", "US-2"]);
    assert_eq!(world.ok(&["promote", "--draft", "--to", "SIT"])["status"], "draft");
    assert_eq!(world.run(&["promote", "--to", "SIT"]).exit, Some(2), "only a draft may be without changes");
    let refused = world.refused(&["promotion", "run", "P-1"]);
    assert_eq!(refused["hint"], "choose some with `switchback promotion edit P-1 --add CHANGE`");
    world.ok(&["promotion", "edit", "P-1", "--add", "US-1,US-2", "--to", "QA", "--deploy", "--recursive"]);
    let refused = world.refused(&["promotion", "edit", "P-1", "--remove", "US-11"]);
    assert_eq!(refused["code"], "not-chosen");
    world.ok(&["promotion", "edit", "P-1", "--remove", "US-2"]);
    let shown = record(&world, "P-1");
    assert_eq!((&shown["destination"], &shown["options"]["recursive"]), (&json!("QA"), &json!(true)));
    assert_eq!(shown["changes"].as_array().unwrap().len(), 1);
    assert_eq!(world.ok(&["promotion", "run", "P-1"])["status"], "completed");
    assert!(world.files("qa-web").contains_key("web/US-1"));
    assert_eq!(
        world.ok(&["back-promote", "--draft", "--to", "DEV"])["says"],
        "P-2 is kept as draft: 0 changes from SIT to DEV"
    );
}

#[test]
fn a_time_that_has_passed_is_refused() {
    let world = gated();
    tested(&world, &["US-1"]);
    for at in ["2026-12-01T11:59:59Z", "2026-12-01T12:00:00Z", "2020-01-01"] {
        let refused = world.refused(&["promote", "US-1", "--to", "SIT", "--at", at]);
        assert_eq!(refused["code"], "time-passed", "{at}");
    }
    world.ok(&["promote", "US-1", "--to", "SIT", "--draft"]);
    let refused = world.refused(&["promotion", "edit", "P-1", "--at", "2026-12-01T11:00:00Z"]);
    assert_eq!(refused["code"], "time-passed");
}

#[test]
fn a_failed_deployment_is_made_up_for_by_running_the_record_again() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    std::fs::create_dir_all(world.area("sit-web").join("web")).unwrap();
    std::fs::write(world.area("sit-web").join("web/a"), "somebody's\n").unwrap();
    assert_eq!(world.json(3, &["promote", "US-1", "--to", "SIT", "--deploy"])["status"], "completed-with-errors");
    std::fs::remove_file(world.area("sit-web").join("web/a")).unwrap();
    let again = world.ok(&["promotion", "run", "P-1"]);
    assert_eq!((&again["status"], &again["deployments"][0]["status"]), (&json!("completed"), &json!("succeeded")));
    assert_eq!(record(&world, "P-1")["status"], "completed");
    assert!(world.files("sit-web").contains_key("web/a"));
    world.is_sound();
}

#[test]
fn a_list_without_types_wins_over_the_pipelines() {
    let excluding = "[pipeline]\nname = \"acme\"\nexclude_from_auto_resolve = [\"**/*.yaml\"]\n";
    let world = World::with(&THREE_STAGES.replace("[pipeline]\nname = \"acme\"\n", excluding));
    world.change("US-1", &[("web/a.yaml", "x: 1\n")]);
    for none in ["none", ""] {
        world.ok(&["promote", "US-1", "--to", "SIT", "--draft", "--exclude-from-auto-resolve", none]);
    }
    assert_eq!(record(&world, "P-1")["options"]["exclude_from_auto_resolve"], json!([]));
    assert_eq!(record(&world, "P-2")["options"]["exclude_from_auto_resolve"], json!([]));
    world.ok(&["promotion", "edit", "P-2", "--exclude-from-auto-resolve", "Profile"]);
    world.ok(&["promotion", "edit", "P-2", "--exclude-from-auto-resolve", "none"]);
    assert_eq!(record(&world, "P-2")["options"]["exclude_from_auto_resolve"], json!([]));
    world.ok(&["promote", "US-1", "--to", "SIT", "--draft"]);
    assert_eq!(record(&world, "P-3")["options"]["exclude_from_auto_resolve"], json!(["**/*.yaml"]));
}

#[test]
fn a_change_of_another_project_is_told_where_it_enters() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["change", "edit", "US-1", "--project", "till"]);
    let done = world.ok(&["promote", "US-1", "--to", "SIT", "--project", "shop", "--draft"]);
    assert_eq!(done["warnings"][0]["code"], "other-project");
}

#[test]
fn a_mass_preview_numbers_its_promotions_and_each_destination_has_its_deployments() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/a", "a\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "QA"]);
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["promote", "US-2", "--from", "DEV", "--to", "QA"]);
    let words = ["back-promote", "--mass", "--from", "QA", "--deploy"];
    let ids = |rows: &Value| rows.as_array().unwrap().iter().map(|row| row["operation"].clone()).collect::<Vec<_>>();
    let plan = world.ok(&[&words[..], &["--dry-run"]].concat())["plan"].clone();
    let done = world.ok(&words);
    assert_eq!(ids(&plan["promotions"]), ids(&done["promotions"]));
    assert_eq!(ids(&done["promotions"]), ["P-2", "P-3"]);
    let rows = done["promotions"].as_array().unwrap();
    let at = |stage: &str| rows.iter().find(|row| row["destination"] == stage).unwrap();
    assert_eq!(at("SIT")["deployments"][0]["area"], "sit-web");
    assert_eq!(at("DEV").get("deployments"), None);
    let locked: Vec<_> =
        at("DEV")["locked"][0]["reasons"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert_eq!(locked, ["already-there", "originated-here"]);
}

/// QA above two lower stages; US-1 and US-2 are at QA alone.
fn two_lower() -> World {
    let configuration = THREE_STAGES.replace("next = [\"SIT\"]", "next = [\"QA\"]");
    let world = World::with(&configuration);
    for key in ["US-1", "US-2"] {
        world.branch(key, &[(&format!("web/{key}"), "a\n")]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "QA"]);
    }
    world
}

const MASS: [&str; 4] = ["back-promote", "--mass", "--from", "QA"];

fn planned(world: &World, words: &[&str]) -> String {
    world.ok(&[words, &["--dry-run"]].concat())["plan"]["hash"].as_str().unwrap().to_owned()
}

#[test]
fn one_hash_approves_all_promotions_of_a_request() {
    for words in [&MASS[..], &["back-promote", "US-1", "US-2", "--from", "QA", "--to", "SIT,DEV"]] {
        let world = two_lower();
        let hash = planned(&world, words);
        let shown = world.run(&[words, &["--dry-run"]].concat());
        assert!(shown.out.contains(&format!("--plan {hash}")), "{}", shown.out);
        // Looked at again it is the same.
        assert_eq!(planned(&world, words), hash);
        let plan = world.ok(&[words, &["--dry-run", "--plan", &hash]].concat())["plan"].clone();
        let done = world.ok(&[words, &["--plan", &hash]].concat());
        let rows = |of: &Value| of["promotions"].as_array().unwrap().clone();
        assert_eq!(rows(&done).len(), 2);
        for (planned, done) in rows(&plan).iter().zip(&rows(&done)) {
            assert_eq!(planned["operation"], done["operation"]);
            assert_eq!(done["status"], "completed", "{done}");
        }
        world.is_sound();
    }
}

#[test]
fn if_one_destination_differs_from_what_was_approved_none_is_carried_out() {
    let world = two_lower();
    let hash = planned(&world, &MASS);
    world.ok(&["back-promote", "US-1", "--from", "QA", "--to", "DEV"]);
    let entries = world.entries();
    let ran = world.run(&[&MASS[..], &["--plan", &hash]].concat());
    assert_eq!(ran.exit, Some(4), "{}", ran.err);
    assert_eq!(world.entries(), entries);
    let ran = world.run(&[&MASS[..], &["--dry-run", "--plan", &hash]].concat());
    assert_eq!(ran.exit, Some(4), "{}", ran.err);
}

#[test]
fn what_was_refused_when_it_was_approved_is_refused_and_the_rest_goes() {
    let world = two_lower();
    world.ok(&["change", "ignore", "US-2", "--stage", "DEV", "--reason", "later"]);
    let words = [&MASS[..], &["--only", "DEV=US-1,US-2", "--not", "SIT=US-1"]].concat();
    let preview = world.run(&[&words[..], &["--dry-run", "--json"]].concat());
    let plan: Value = serde_json::from_str(&preview.out).unwrap();
    let hash = plan["plan"]["hash"].as_str().unwrap().to_owned();
    let ran = world.run(&[&words[..], &["--plan", &hash, "--json"]].concat());
    assert_eq!(ran.exit, Some(3), "{}", ran.err);
    let done: Value = serde_json::from_str(&ran.out).unwrap();
    let row = |stage: &str| {
        let rows = done["promotions"].as_array().unwrap();
        rows.iter().find(|row| row["destination"] == stage).unwrap().clone()
    };
    assert_eq!((&row("DEV")["status"], &row("DEV")["problem"]["code"]), (&"refused".into(), &"ignored".into()));
    assert_eq!(row("SIT")["changes"][0]["change"], "US-2");
    assert_eq!(row("SIT")["locked"][0]["reasons"][0]["code"], "not-chosen");
}

#[test]
fn cells_are_written_as_a_stage_and_its_changes() {
    let world = two_lower();
    for (cells, code) in [
        (["--only", "DEV"], 2),
        (["--only", "=US-1"], 2),
        (["--only", "DEV=US-1,"], 2),
        (["--only", "DEW=US-1"], 3),
        (["--not", "DEV=US-11"], 3),
    ] {
        let ran = world.run(&[&MASS[..], &cells].concat());
        assert_eq!(ran.exit, Some(code), "{cells:?} {}", ran.err);
    }
    let slips = [
        &["--to", "SIT", "--only", "DEV=US-1"][..],
        &["--only", "DEV=US-1", "--not", "DEV=US-1"],
        &["--only", "DEV=US-1"],
    ];
    for (slip, exit) in slips.iter().zip([2, 2, 0]) {
        let ran = world.run(&[&MASS[..], slip].concat());
        assert_eq!(ran.exit, Some(exit), "{slip:?} {}", ran.err);
    }
    let ran = world.run(&["back-promote", "US-1", "--to", "DEV", "--only", "DEV=US-1"]);
    assert_eq!(ran.exit, Some(2), "{}", ran.err);
}

#[test]
fn where_nothing_would_be_done_there_is_no_hash_to_approve() {
    let world = two_lower();
    world.ok(&["change", "ignore", "US-1", "--stage", "DEV", "--reason", "later"]);
    let words = [&MASS[..], &["--to", "DEV", "--only", "DEV=US-1", "--dry-run"]].concat();
    let ran = world.run(&words);
    assert!(ran.exit == Some(3) && !ran.out.contains("--plan"), "{ran:?}");
    assert!(ran.out.contains("0 promotions for 1 lower stage that lacks something"), "{}", ran.out);
}

/// What stops one destination is foreseen for each of them, not for the first alone (`SPEC L8`, `P9`).
#[test]
fn a_rewritten_branch_stops_its_own_destination_in_the_preview_as_in_the_run() {
    for branch in ["dev", "sit"] {
        let world = two_lower();
        let orphan = world.git(&["commit-tree", "-m", "x", "main^{tree}"]);
        world.git(&["branch", "--force", branch, orphan.trim()]);
        let statuses = |answer: &Value| {
            let rows = answer["promotions"].as_array().unwrap().iter();
            rows.map(|row| (row["status"].clone(), row["problem"]["code"].clone())).collect::<Vec<_>>()
        };
        let plan = world.json(3, &[&MASS[..], &["--dry-run"]].concat())["plan"].clone();
        let hash = plan["hash"].as_str().unwrap().to_owned();
        let done = world.json(3, &[&MASS[..], &["--plan", &hash]].concat());
        assert_eq!(statuses(&plan), statuses(&done), "{branch}");
        let refused = |(status, code): &&(Value, Value)| status == "refused" && code == "branch-rewritten";
        assert_eq!(statuses(&done).iter().filter(refused).count(), 1, "{branch}: {done}");
    }
}
