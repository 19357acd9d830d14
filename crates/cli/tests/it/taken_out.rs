//! What goes out of stages and areas: which way down, what is rolled back first, and what must not come back unsaid
//! (`SPEC D5`, `D12`, `R6`, `R8`).

use crate::own_commits::work;
use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};

/// `US-1` and `US-2` at QA, each in a deployment of its own, on one file.
fn on_one_file() -> World {
    let world = World::three_stages();
    world.change("US-0", &[("web/a", "1\n2\n3\n4\n5\n")]);
    world.ok(&["promote", "US-0", "--from", "DEV", "--to", "QA", "--deploy"]);
    for (key, text) in [("US-1", "X\n2\n3\n4\n5\n"), ("US-2", "1\n2\n3\n4\nY\n")] {
        world.git(&["branch", &format!("feature/{key}"), "feature/US-0"]);
        world.git(&["switch", "-q", &format!("feature/{key}")]);
        world.write("web/a", text);
        world.commit(&format!("{key}: edit"));
        world.git(&["switch", "-q", "main"]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
        world.ok(&["promote", key, "--from", "DEV", "--to", "QA", "--deploy"]);
    }
    world
}

/// Runs the command that a hint names.
fn pasted(world: &World, hint: &Value) -> Value {
    let hint = hint.as_str().expect("a hint");
    let command = hint.split('`').nth(1).unwrap_or_else(|| panic!("no command in: {hint}"));
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    world.ok(&words)
}

#[test]
fn without_a_stage_it_goes_down_to_the_one_before_and_says_where_it_stays() {
    let world = on_one_file();
    let planned = world.ok(&["demote", "US-1", "--dry-run"]);
    let result = &planned["plan"]["results"][0];
    assert_eq!((&result["from"], &result["to"]), (&json!("QA"), &json!("SIT")), "{planned}");
    assert_eq!(result["stays_at"], json!(["DEV", "SIT"]), "{planned}");
    assert!(world.run(&["demote", "US-1", "--dry-run"]).out.contains("stays at DEV, SIT"));
    world.ok(&["demote", "US-1"]);
    world.ok(&["demote", "US-1"]);
    assert_eq!(world.refused(&["demote", "US-1"])["code"], "not-lower");
}

#[test]
fn what_was_demoted_comes_back_with_a_rollback_only_for_somebody_who_says_so() {
    let world = on_one_file();
    let demoted = world.ok(&["demote", "US-1", "--to", "SIT"]);
    assert_eq!(
        demoted["results"][0]["rollbacks"][0]["status"], "succeeded",
        "a later deployment of the file: {demoted}"
    );
    assert_eq!(world.files("qa-web")["web/a"], "1\n2\n3\n4\nY\n");
    let newest = world.ok(&["history", "--area", "qa-web", "--change", "US-2"])["entries"][0].clone();
    assert_eq!(
        (&newest["rollbackable"], &newest["reasons"][0]["code"]),
        (&json!(false), &json!("brings-back-demoted"))
    );
    let refused = world.refused(&["rollback", newest["deployment"].as_str().expect("an id")]);
    assert_eq!(refused["code"], "brings-back-demoted");
    let done = pasted(&world, &refused["hint"]);
    assert_eq!(done["warnings"][0]["code"], "brings-back-demoted", "{done}");
    assert_eq!(world.files("qa-web")["web/a"], "X\n2\n3\n4\n5\n");
    let leftover = world.ok(&["pending", "qa-web"]);
    assert!(leftover["areas"][0]["changes"].to_string().contains("US-1"), "{leftover}");
    world.is_sound();
}

#[test]
fn development_areas_of_bypassed_stages_stand_in_the_plan_that_is_approved() {
    let target = "target = { dir = \"../areas/sit-box\" }";
    let more = format!("\n[[area]]\nname = \"sit-box\"\nstage = \"SIT\"\nclass = \"development\"\n{target}\n");
    let world = World::with(&format!("{THREE_STAGES}{more}"));
    world.change("US-1", &[("web/1", "x\n")]);
    world.ok(&["promote", "US-1", "--from", "DEV", "--to", "QA", "--deploy"]);
    world.ok(&["deploy", "US-1", "--area", "sit-box"]);
    let demote = ["demote", "US-1", "--to", "DEV"];
    let planned = world.ok(&[&demote[..], &["--dry-run"]].concat());
    let names = |all: &Value| {
        let all = all.as_array().expect("a list").iter();
        all.map(|one| format!("{}@{}", one["area"].as_str().expect("an area"), one["version"])).collect::<Vec<_>>()
    };
    let expected = names(&planned["plan"]["areas"]);
    assert_eq!(expected[0], "sit-box@3", "{planned}");
    let rollbacks = planned["plan"]["results"][0]["rollbacks"].as_array().expect("rollbacks").iter();
    assert!(rollbacks.clone().any(|one| one["area"] == "sit-box"), "{planned}");
    let hash = planned["plan"]["hash"].as_str().expect("a hash");
    let done = world.ok(&[&demote[..], &["--plan", hash]].concat());
    assert_eq!(names(&done["results"][0]["rollbacks"]), expected, "{done}");
    assert!(!world.files("sit-box").contains_key("web/1"));
    world.is_sound();
}

#[test]
fn what_is_on_hold_is_named_and_can_be_deployed_by_name() {
    let world = World::three_stages();
    world.change("US-1", &[("web/1", "x\n")]);
    world.ok(&["promote", "US-1", "--from", "DEV", "--to", "SIT", "--deploy"]);
    world.ok(&["rollback", "D-1"]);
    let refused = world.refused(&["deploy", "--all", "--area", "sit-web"]);
    assert!(refused["message"].as_str().expect("a sentence").contains("US-1 in sit-web"), "{refused}");
    pasted(&world, &refused["hint"]);
    assert!(world.files("sit-web").contains_key("web/1"));
}

/// `SPEC L8`: what something else brings as well does not leave silently, and what the hint names works.
#[test]
fn content_that_another_brings_too_stays_only_for_somebody_who_says_so() {
    let world = World::three_stages();
    world.change("US-2", &[("web/same", "1\n"), ("web/own", "1\n")]);
    world.change("US-1", &[("web/same", "1\n")]);
    world.ok(&["promote", "US-1", "US-2", "--from", "DEV", "--to", "SIT"]);
    for how in [&[][..], &["--dry-run"]] {
        let refused = world.refused(&[&["demote", "US-1", "--to", "DEV"], how].concat());
        assert_eq!(refused["code"], "content-stays");
        let staying = &refused["details"]["staying"][0];
        assert_eq!((&staying["stage"], &staying["paths"]), (&json!("SIT"), &json!(["web/same"])));
        assert_eq!(staying["brought_by"][0]["change"], "US-2");
        assert!(refused["hint"].as_str().is_some_and(|hint| hint.contains("--anyway")), "{refused}");
    }
    world.ok(&["demote", "US-1", "US-2", "--to", "DEV", "--all-or-nothing", "--dry-run"]);
    let tree = world.tree("sit");
    let done = world.ok(&["demote", "US-1", "--to", "DEV", "--anyway"]);
    assert_eq!(done["warnings"][0]["code"], "content-stays", "{done}");
    assert_eq!(world.tree("sit"), tree);
    let part = world.ok(&["demote", "US-2", "--to", "DEV", "--dry-run"]);
    assert_eq!(part["plan"]["warnings"], json!([]), "nothing of it stays: {part}");
    world.is_sound();
}

/// Who stays never met what the folder that it moved holds again once another has left.
#[test]
fn what_is_left_is_verified_though_a_folder_went_elsewhere() {
    let world = World::three_stages();
    world.change("US-0", &[("d/one", "1\n2\n3\n"), ("d/two", "4\n5\n6\n")]);
    world.ok(&["promote", "US-0", "--from", "DEV", "--to", "QA"]);
    for (key, on, from, to) in [("US-1", "US-0", "d/one", "f/one"), ("US-2", "US-1", "d/two", "g/two")] {
        world.git(&["switch", "-q", "-c", &format!("feature/{key}"), &format!("feature/{on}")]);
        let text = world.git(&["show", &format!("HEAD:{from}")]);
        world.git(&["rm", "-q", from]);
        world.write(to, &text);
        world.commit(&format!("{key}: move"));
        world.git(&["switch", "-q", "main"]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
        world.ok(&["promote", key, "--from", "DEV", "--to", "QA"]);
    }
    world.ok(&["demote", "US-1", "--to", "DEV"]);
    assert_eq!(world.git(&["ls-tree", "-r", "--name-only", "main", "d", "f", "g"]), "d/one\ng/two");
    world.ok(&["verify"]);
}

/// The same where it edits the file that came back to the folder.
#[test]
fn what_is_left_is_verified_though_an_edit_followed_a_file_back_into_a_folder_that_went_elsewhere() {
    let world = World::three_stages();
    world.change("US-0", &[("d/one", "1\n2\n3\n"), ("d/two", "4\n5\n6\n7\n8\n9\n")]);
    world.ok(&["promote", "US-0", "--from", "DEV", "--to", "QA"]);
    world.git(&["switch", "-q", "-c", "feature/US-1", "feature/US-0"]);
    world.git(&["mv", "d/two", "f"]);
    world.commit("US-1: move");
    world.git(&["switch", "-q", "-c", "feature/US-2"]);
    world.git(&["rm", "-q", "d/one"]);
    world.write("g/one", "1\n2\n3\n");
    world.write("f", "4\n5\n6\n7\n8\n9\n10\n");
    world.commit("US-2: move and edit");
    world.git(&["switch", "-q", "main"]);
    for key in ["US-1", "US-2"] {
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
        world.ok(&["promote", key, "--from", "DEV", "--to", "QA"]);
    }
    world.ok(&["demote", "US-1", "--to", "DEV"]);
    assert_eq!(world.git(&["ls-tree", "-r", "--name-only", "main", "d", "f", "g"]), "d/two\ng/one");
    assert!(world.git(&["show", "main:d/two"]).ends_with("10"), "its edit went along");
    world.ok(&["verify"]);
}

/// What was taken out and comes along again has to be named, all of it at once.
#[test]
fn every_change_that_was_taken_out_is_named_in_one_hint() {
    let world = World::three_stages();
    let edit = |key: &str, from: &str, text: &str| {
        work(&world, &format!("feature/{key}"), from, &format!("{key}: edit"), &[("web/a", text)]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
    };
    world.change("US-0", &[("web/a", "1\n2\n3\n4\n5\n")]);
    edit("US-1", "dev", "X\n2\n3\n4\n5\n");
    edit("US-2", "dev", "X\n2\n3\n4\nY\n");
    edit("US-3", "dev", "XX\n2\n3\n4\nYY\n");
    world.ok(&["promote", "US-0", "US-1", "US-2", "US-3", "--to", "SIT"]);
    world.ok(&["demote", "US-1", "US-2", "--from", "SIT", "--to", "DEV", "--with-dependents"]);
    let refused = world.refused(&["promote", "US-3", "--to", "SIT", "--with-dependencies"]);
    assert_eq!(refused["code"], "demoted");
    let hint = refused["hint"].as_str().expect("a hint");
    let named = hint.strip_prefix("name `").and_then(|rest| rest.strip_suffix("` as well if they are meant to move"));
    let named: Vec<&str> = named.unwrap_or_else(|| panic!("{hint}")).split(' ').collect();
    assert_eq!(named.iter().collect::<std::collections::BTreeSet<_>>().len(), 2, "{hint}");
    world.ok(&[&["promote"], &named[..], &["US-3", "--to", "SIT"]].concat());
}

/// Who stays is put together by the types that are in force now: what that settles anew is told.
#[test]
fn what_is_settled_anew_of_those_who_stay_is_told() {
    let of = |strategy: &str| {
        let list = format!("[[file_type]]\nname = \"List\"\npaths = [\"web/list\"]\nstrategy = \"{strategy}\"\n");
        format!("{THREE_STAGES}{list}")
    };
    let world = World::with(&of("union"));
    let text = |one: &str, two: &str| format!("1\n2\n{one}\n4\n5\n6\n7\n{two}\n9\n");
    world.change("US-0", &[("web/list", &text("3", "8"))]);
    for (key, one, two) in [("US-3", "3", "eight"), ("US-1", "one", "8"), ("US-2", "two", "8")] {
        work(
            &world,
            &format!("feature/{key}"),
            "feature/US-0",
            &format!("{key}: Edit"),
            &[("web/list", &text(one, two))],
        );
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
    }
    world.ok(&["promote", "--all", "--from", "DEV", "--to", "SIT"]);
    assert_eq!(world.git(&["show", "sit:web/list"]), text("one\ntwo", "eight").trim());
    // Where the new one settles nothing, what it was settled by counts.
    for (configured, strategy, held) in [
        (of("destination"), "destination", text("one", "8")),
        (of("stop"), "union", text("one\ntwo", "8")),
        (THREE_STAGES.to_owned(), "union", text("one\ntwo", "8")),
    ] {
        let world = world.twin();
        world.configure(&configured);
        let wanted = json!([{
            "change": "US-2", "path": "web/list", "stage": "SIT", "strategy": strategy, "file_type": "List",
        }]);
        let planned = world.ok(&["demote", "US-3", "--from", "SIT", "--to", "DEV", "--dry-run"]);
        let done = world.ok(&["demote", "US-3", "--from", "SIT", "--to", "DEV"]);
        assert_eq!((&planned["plan"]["auto_resolved"], &done["auto_resolved"]), (&wanted, &wanted), "{done}");
        assert_eq!(world.git(&["show", "sit:web/list"]), held.trim());
        world.is_sound();
    }
}
