//! Stages and areas that get another name or are retired (`SPEC A15`).

use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};
use std::fs;

/// What is renamed keeps everything: what it holds, its versions, its records, its grants; and `was` may stay.
#[test]
fn a_new_name_takes_everything_along() {
    let world = World::three_stages();
    for key in ["US-1", "US-2", "US-3"] {
        world.change(key, &[(&format!("web/{key}"), "a\n")]);
    }
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT", "--deploy"]);
    world.ok(&["demote", "US-2", "--to", "DEV"]);
    world.ok(&["change", "ignore", "US-3", "--stage", "SIT", "--reason", "later"]);
    world.ok(&["grant", "ann", "deploy", "--area", "sit-web"]);
    world.ok(&["grant", "ann", "promote-any", "--stage", "SIT"]);
    let renamed = THREE_STAGES
        .replace("next = [\"SIT\"]", "next = [\"INT\"]")
        .replace("stage = \"SIT\"", "stage = \"INT\"")
        .replace("name = \"SIT\"", "name = \"INT\"\nwas = \"SIT\"")
        .replace("name = \"sit-web\"", "name = \"int-web\"\nwas = \"sit-web\"");
    world.configure(&renamed);
    let places = world.ok(&["where", "US-1"])["changes"][0]["stages"].clone();
    assert_eq!((&places["INT"]["revision"], &places["SIT"]), (&1.into(), &Value::Null), "{places}");
    world.is_sound();
    let refs = world.refs();
    assert!(refs.contains("refs/switchback/areas/int-web") && refs.contains("refs/switchback/heads/INT"), "{refs}");
    assert!(!refs.contains("/sit-web") && !refs.contains("/SIT"), "nothing stays under the old name: {refs}");
    let why = world.ok(&["why", "US-1", "INT"]);
    let applied =
        |fact: &Value| fact["says"].as_str().is_some_and(|says| says.contains("revision 1 was applied to INT"));
    assert!(why["facts"].as_array().is_some_and(|facts| facts.iter().any(applied)), "{why}");
    world.ok(&["promote", "US-2", "--to", "INT", "--deploy", "--as", "ann"]);
    assert_eq!(world.files("sit-web")["web/US-2"], "a\n");
    let history = world.ok(&["history", "--area", "int-web"]);
    assert!(history["entries"].as_array().is_some_and(|entries| entries.len() == 3), "{history}");
    world.ok(&["rollback", "int-web@4"]);
    world.is_sound();
    // It says so for ever, and means it once.
    let entries = world.entries();
    world.configure(&format!("{renamed}# as before\n"));
    assert_eq!(world.entries(), entries + 1);
    assert_eq!(world.ok(&["where", "US-1"])["changes"][0]["stages"]["INT"], places["INT"]);
}

/// Both stages and both areas swap their names; the places of the areas stay what they are.
fn swapped(text: &str) -> String {
    text.replace("next = [\"SIT\"]", "next = [\"?\"]")
        .replace("next = [\"QA\"]", "next = [\"SIT\"]")
        .replace("next = [\"?\"]", "next = [\"QA\"]")
        .replace("stage = \"SIT\"", "stage = \"?\"")
        .replace("stage = \"QA\"", "stage = \"SIT\"")
        .replace("stage = \"?\"", "stage = \"QA\"")
        .replace("name = \"SIT\"", "name = \"?\"\nwas = \"SIT\"")
        .replace("name = \"QA\"", "name = \"SIT\"\nwas = \"QA\"")
        .replace("name = \"?\"", "name = \"QA\"")
        .replace("name = \"sit-web\"", "name = \"?\"\nwas = \"sit-web\"")
        .replace("name = \"qa-web\"", "name = \"sit-web\"\nwas = \"qa-web\"")
        .replace("name = \"?\"", "name = \"qa-web\"")
}

/// Something behind every kind of ref that is named after an area: its versions, what it wanted before its filter, what
/// was overwritten there.
fn eventful() -> (World, String) {
    let more = |name: &str| format!("target = {{ dir = \"../areas/{name}\" }}");
    let filtered = |text: &str, name: &str| {
        text.replace(&more(name), &format!("{}\ninclude = [\"web/**\"]\non_drift = \"overwrite\"", more(name)))
    };
    let text = filtered(&filtered(THREE_STAGES, "sit-web"), "qa-web");
    let world = World::with(&text);
    world.change("US-1", &[("web/index.html", "one\n"), ("docs/one", "one\n")]);
    world.change("US-2", &[("web/two", "two\n"), ("docs/two", "two\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    fs::write(world.area("sit-web").join("web/index.html"), "by hand\n").expect("somebody edits");
    world.ok(&["demote", "US-1", "--to", "DEV"]);
    world.ok(&["promote", "US-2", "--from", "DEV", "--to", "QA", "--deploy"]);
    (world, text)
}

fn named_after(world: &World, name: &str) -> Vec<String> {
    let refs = world.refs();
    let ours = refs.lines().filter(|line| line.split(['/', ' ']).any(|part| part == name));
    ours.map(|line| line.replace(name, "*")).collect()
}

#[test]
fn what_is_kept_of_an_area_is_found_under_its_new_name() {
    let (world, text) = eventful();
    let kept = named_after(&world, "sit-web");
    assert!(["areas/*", "wanted/*/", "overwritten/*/"].iter().all(|part| kept.iter().any(|one| one.contains(part))));
    world.configure(&text.replace("name = \"sit-web\"", "name = \"int-web\"\nwas = \"sit-web\""));
    assert_eq!(named_after(&world, "int-web"), kept);
    assert_eq!(named_after(&world, "sit-web"), Vec::<String>::new());
    let listed = world.ok(&["area", "kept", "int-web"]);
    assert_eq!(listed["files"][0]["path"], "web/index.html", "{listed}");
    assert_eq!(world.run(&["area", "kept", "int-web", "web/index.html"]).out, "by hand\n");
    world.is_sound();
    // What is lost of it later is missed under the new name, and comes back there.
    for line in world.refs().lines().filter(|line| line.contains("/int-web")) {
        world.git(&["update-ref", "-d", line.split(' ').next().expect("a name")]);
    }
    assert_eq!(world.json(3, &["verify"])["checks"].to_string().matches("is gone").count(), kept.len());
    world.ok(&["verify", "--repair"]);
    assert_eq!(named_after(&world, "int-web").len(), kept.len());
    world.is_sound();
}

#[test]
fn two_swap_their_names_in_one_configuration() {
    let (world, text) = eventful();
    let before = [named_after(&world, "sit-web"), named_after(&world, "qa-web")];
    let held = world.ok(&["where", "US-2"])["changes"][0]["stages"].clone();
    assert!(held["QA"].is_object() && !before[1].is_empty());
    let files = [world.files("sit-web"), world.files("qa-web")];
    for point in ["", "corridor.moved", "corridor.kept"] {
        let twin = world.twin();
        twin.write("switchback.toml", &swapped(&text));
        let ran = match point {
            "" => twin.run(&["configure"]),
            point => twin.run_until(point, &["configure"]),
        };
        assert_eq!(ran.exit.is_none(), !point.is_empty(), "{ran:?}");
        twin.ok(&["status"]);
        assert_eq!([named_after(&twin, "qa-web"), named_after(&twin, "sit-web")], before, "{point}");
        twin.is_sound();
        assert_eq!([twin.files("sit-web"), twin.files("qa-web")], files, "the places stay what they are");
        let place = twin.ok(&["area", "show", "qa-web"])["area"]["target"].to_string();
        assert!(place.contains("areas/sit-web"), "{place}");
        // The change that was at QA alone is now at what is called SIT.
        let now = twin.ok(&["where", "US-2"])["changes"][0]["stages"].clone();
        assert_eq!(now["SIT"], held["QA"], "{now}");
        twin.ok(&["area", "repair", "qa-web"]);
        twin.is_sound();
    }
}

#[test]
fn what_failed_before_a_rename_is_tried_again_after_it() {
    let (world, text) = eventful();
    let failing = text.replace("on_drift = \"overwrite\"", "on_drift = \"refuse\"");
    world.configure(&failing);
    fs::write(world.area("qa-web").join("web/two"), "by hand\n").expect("somebody edits");
    world.json(3, &["demote", "US-2", "--from", "QA", "--to", "DEV"]);
    let failed = world.ok(&["history", "--area", "qa-web"])["entries"][0]["deployment"].clone();
    world.configure(&failing.replace("name = \"qa-web\"", "name = \"prod-web\"\nwas = \"qa-web\""));
    fs::write(world.area("qa-web").join("web/two"), "two\n").expect("it is mended");
    let said = world.ok(&["status"])["warnings"].to_string();
    let command = format!("jobs retry {}", failed.as_str().expect("an id"));
    assert!(said.contains("so prod-web still holds what left") && said.contains(&command), "{said}");
    let jobs = world.ok(&["jobs", "list", "--area", "prod-web"]);
    assert!(jobs["jobs"].as_array().is_some_and(|jobs| jobs.len() == 2), "{jobs}");
    world.ok(&command.split(' ').collect::<Vec<_>>());
    assert!(!world.files("qa-web").contains_key("web/two"));
    world.is_sound();
}

#[test]
fn a_name_that_is_taken_is_not_given_again() {
    let (world, text) = eventful();
    let taken = text.replace("name = \"sit-web\"", "name = \"qa-web\"\nwas = \"sit-web\"");
    let taken = taken.replacen("name = \"qa-web\"\nstage = \"QA\"", "name = \"other\"\nstage = \"QA\"", 1);
    world.write("switchback.toml", &taken);
    let usage = world.json(2, &["configure"])["usage"].to_string();
    assert!(usage.contains("area `sit-web` is to be called `qa-web`") && usage.contains("already"), "{usage}");
    let twice = THREE_STAGES
        .replace("name = \"SIT\"", "name = \"A\"\nwas = \"SIT\"")
        .replace("name = \"QA\"", "name = \"B\"\nwas = \"SIT\"");
    world.write("switchback.toml", &twice.replace("[\"SIT\"]", "[\"A\"]").replace("[\"QA\"]", "[\"B\"]"));
    let usage = world.json(2, &["configure"])["usage"].to_string();
    assert!(usage.contains("two were called `SIT`"), "{usage}");
}

#[test]
fn an_area_that_holds_something_goes_by_being_retired() {
    let (world, text) = eventful();
    let start = text.find("[[area]]\nname = \"qa-web\"").expect("the last area");
    world.write("switchback.toml", &text[..start]);
    let usage = world.json(2, &["configure"])["usage"].to_string();
    assert!(usage.contains("area `qa-web` is gone") && usage.contains("`retired = true`"), "{usage}");
    // As it says.
    let retired = text.clone() + "retired = true\n";
    world.configure(&retired);
    let refused = world.refused(&["deploy", "US-2", "--area", "qa-web"]);
    assert_eq!(refused["code"], "area-retired", "{refused}");
    world.ok(&["demote", "US-2", "--from", "QA", "--to", "SIT"]);
    let status = world.ok(&["status"]).to_string();
    assert!(!status.contains("qa-web"), "nothing is owed there: {status}");
    assert_eq!(world.ok(&["pending"])["areas"].as_array().map(Vec::len), Some(1));
    let listed = world.ok(&["area", "list"]);
    assert_eq!(
        listed["areas"].as_array().expect("areas").last().map(|area| area["retired"].clone()),
        Some(json!(true))
    );
    let history = world.ok(&["history", "--area", "qa-web"]);
    assert_eq!(history["entries"][0]["reasons"][0]["code"], "area-retired", "its history stays: {history}");
    fs::remove_dir_all(world.area("qa-web")).expect("the place is given up");
    world.is_sound();
    // Its place is free for another, and it may come back.
    let other = "[[area]]\nname = \"qa-new\"\nstage = \"QA\"\ndefault = true\ntarget = { dir = \"../areas/qa-web\" }\n";
    world.configure(&(retired.clone() + other));
    world.ok(&["promote", "US-2", "--from", "SIT", "--to", "QA", "--deploy"]);
    assert!(world.files("qa-web").contains_key("docs/two"), "the new area gets everything");
    world.is_sound();
    world.write("switchback.toml", &(text + other));
    assert!(world.json(2, &["configure"])["usage"].to_string().contains("write to one target"));
}

#[test]
fn an_area_is_not_retired_while_something_is_queued_in_it() {
    let (world, text) = eventful();
    world.ok(&["area", "repair", "qa-web", "--no-wait"]);
    world.write("switchback.toml", &(text.clone() + "retired = true\n"));
    let usage = world.json(2, &["configure"])["usage"].to_string();
    assert!(usage.contains("is to be retired, and D-"), "{usage}");
    world.ok(&["jobs", "run"]);
    world.configure(&(text + "retired = true\n"));
}
