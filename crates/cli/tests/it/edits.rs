//! What somebody edits on a target: told, kept, and given back (`SPEC A6`, `A7`, `A13`).

use crate::process::{ran, signal, wait_for};
use crate::world::{Ran, THREE_STAGES, World};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};

const SIT: &str = "target = { dir = \"../areas/sit-web\" }";
const FIRST: [&str; 5] = ["promote", "US-1", "--to", "SIT", "--deploy"];
const SECOND: [&str; 5] = ["promote", "US-2", "--to", "SIT", "--deploy"];
const PAGE: &str = "web/index.html";

/// `US-1` in `sit-web`, and `US-2` to come; both touch the page.
fn with(policy: &str) -> World {
    let world = World::with(&THREE_STAGES.replace(SIT, &format!("{SIT}\non_drift = \"{policy}\"")));
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[(PAGE, "<h1>Two</h1>\n"), ("web/b", "b\n")]);
    world.ok(&FIRST);
    world
}

fn edit(world: &World, text: &str) {
    fs::write(world.area("sit-web").join(PAGE), text).expect("somebody edits");
}

fn page(world: &World) -> String {
    world.files("sit-web")[PAGE].clone()
}

/// The codes of an answer's warnings.
fn codes(answer: &Value) -> Vec<String> {
    let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
    warnings.iter().map(|one| one["code"].as_str().expect("a code").to_owned()).collect()
}

/// What `area kept` gives of the page.
fn given(world: &World, more: &[&str]) -> String {
    let ran = world.run(&[&["area", "kept", "sit-web", PAGE], more].concat());
    assert_eq!(ran.exit, Some(0), "{ran:?}");
    ran.out
}

/// Everything unreachable is gone.
fn tidied(world: &World) {
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["gc", "-q", "--prune=now"]);
}

#[test]
fn what_is_kept_is_told_wherever_somebody_looks() {
    let world = with("keep");
    edit(&world, "by hand\n");
    let done = world.ok(&SECOND);
    assert_eq!(done["deployments"][0]["kept"], json!([PAGE]), "{done}");
    assert_eq!(codes(&done), ["drift-kept"]);
    let message = done["warnings"][0]["message"].as_str().expect("a sentence");
    assert!(message.contains(PAGE) && message.contains("`switchback area kept sit-web`"), "{message}");
    assert_eq!(world.ok(&["history"])["entries"][0]["kept"], json!([PAGE]));
    let shown = world.ok(&["area", "show", "sit-web"]);
    assert_eq!((&shown["kept"], &shown["versions"][0]["kept"]), (&json!([PAGE]), &json!([PAGE])), "{shown}");
    assert_eq!(world.ok(&["pending", "sit-web"])["areas"][0]["kept"], json!([PAGE]));
    assert_eq!(world.ok(&["area", "verify", "sit-web"])["areas"][0]["kept"], json!([PAGE]));
    let status = world.ok(&["status"]);
    let areas =
        status["stages"].as_array().expect("stages").iter().flat_map(|stage| stage["areas"].as_array().unwrap());
    assert_eq!(areas.filter(|area| area["kept"] == 1).count(), 1, "{status}");
    for words in [&["history"][..], &["area", "show", "sit-web"], &["pending"], &["verify"], &["area", "verify"]] {
        let ran = world.run(words);
        assert!(ran.out.contains(PAGE), "{words:?}: {}", ran.out);
    }
    assert!(world.run(&["status"]).out.contains("kept as edited"));
    assert_eq!(given(&world, &[]), "by hand\n");
    world.is_sound();
    // The next deployment, of something else, leaves it alone too, and git can do whatever it does.
    world.change("US-3", &[("web/c", "c\n")]);
    world.ok(&["promote", "US-3", "--to", "SIT", "--deploy"]);
    assert_eq!(
        (page(&world).as_str(), &world.ok(&["pending", "sit-web"])["areas"][0]["kept"]),
        ("by hand\n", &json!([PAGE]))
    );
    tidied(&world);
    world.git(&["clone", "-q", "--mirror", &format!("file://{}", world.repo().display()), "../mirror.git"]);
    world.is_sound();
}

#[test]
fn what_is_replaced_is_named_and_given_back() {
    for loose in [false, true] {
        for repair in [false, true] {
            let world = with(if repair { "refuse" } else { "overwrite" });
            edit(&world, "precious\n");
            if loose {
                world.write("../precious", "precious\n");
                world.git(&["hash-object", "-w", "../precious"]);
            }
            let words = if repair { &["area", "repair", "sit-web"][..] } else { &SECOND };
            let done = world.ok(words);
            assert_eq!(done["deployments"][0]["overwritten"], json!([PAGE]), "{done}");
            assert_eq!(codes(&done), ["drift-overwritten"]);
            assert_ne!(page(&world), "precious\n");
            tidied(&world);
            assert_eq!(given(&world, &["--at", "D-2"]), "precious\n", "loose: {loose}, repair: {repair}");
            let listed = world.ok(&["area", "kept"]);
            assert_eq!(listed["files"][0]["what"], "overwritten", "{listed}");
            assert_eq!(world.ok(&["history"])["entries"][0]["overwritten"], json!([PAGE]));
            world.is_sound();
        }
    }
    let world = with("overwrite");
    assert_eq!(world.refused(&["area", "kept", "sit-web", "web/a"])["code"], "nothing-kept");
}

#[test]
fn a_repair_keeps_what_was_kept_before_it_puts_the_stages_content_back() {
    let world = with("keep");
    edit(&world, "by hand\n");
    world.ok(&SECOND);
    let repaired = world.ok(&["area", "repair", "sit-web"]);
    assert_eq!(repaired["deployments"][0]["overwritten"], json!([PAGE]), "{repaired}");
    assert_eq!(page(&world), "<h1>Two</h1>\n");
    assert_eq!(given(&world, &["--at", "D-3"]), "by hand\n");
    assert_eq!(world.ok(&["pending", "sit-web"])["areas"][0]["kept"], json!([]));
    world.is_sound();
}

#[test]
fn every_edit_in_the_middle_of_a_deployment_is_kept_and_told() {
    let world = with("refuse");
    for (nth, text) in ["first\n", "second\n"].into_iter().enumerate() {
        let words = if nth == 0 { &SECOND[..] } else { &["jobs", "run"] };
        let killed = world.run_until("dir.put.published", words);
        assert_eq!(killed.signal, Some(9), "{killed:?}");
        edit(&world, text);
    }
    let done = world.ok(&["jobs", "run"]);
    assert!(codes(&done).contains(&"edit-set-aside".to_owned()), "{done}");
    assert_eq!(page(&world), "<h1>Two</h1>\n");
    tidied(&world);
    let listed = world.ok(&["area", "kept", "sit-web"]);
    let held = |file: &Value| world.git(&["cat-file", "blob", file["blob"].as_str().expect("a blob")]);
    let mut texts: Vec<String> = listed["files"].as_array().expect("files").iter().map(held).collect();
    texts.sort();
    assert_eq!(texts, ["first", "second"], "{listed}");
    for file in listed["files"].as_array().expect("files") {
        let id = file["blob"].as_str().expect("a blob");
        assert_eq!(given(&world, &["--content", &id[..8]]), format!("{}\n", held(file)));
    }
    let refused = world.refused(&["area", "kept", "sit-web", PAGE, "--content", "00000000"]);
    assert_eq!(refused["code"], "nothing-kept");
    assert_eq!(world.ok(&["history"])["entries"][0]["set_aside"], json!([PAGE, PAGE]));
    assert!(!world.area("sit-web").join(".switchback/kept").read_dir().is_ok_and(|mut left| left.next().is_some()));
    world.is_sound();
}

#[test]
fn killed_while_it_keeps_an_edit_it_keeps_it_once() {
    for point in ["area.aside.stored", "area.aside.told"] {
        let world = with("refuse");
        world.run_until("dir.put.published", &SECOND);
        edit(&world, "edited\n");
        let killed = world.run_until(point, &["jobs", "run"]);
        assert_eq!(killed.signal, Some(9), "{point}: {killed:?}");
        world.ok(&["jobs", "run"]);
        let listed = world.ok(&["area", "kept", "sit-web"]);
        assert_eq!(listed["files"].as_array().map(Vec::len), Some(1), "{point}: {listed}");
        assert_eq!(given(&world, &[]), "edited\n", "{point}");
        world.is_sound();
    }
}

/// Runs an operation up to a point, edits the page there, and lets it go on.
fn edited_at(world: &World, point: &str, text: &str) -> Ran {
    let mut command = world.command(&[&SECOND[..], &["--json"]].concat());
    command.env("SWITCHBACK_FAILPOINT", format!("{point}:1:stop")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    let about = format!("/proc/{}/stat", child.id());
    let is_stopped = || {
        let said = fs::read_to_string(&about).unwrap_or_default();
        said.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
    };
    wait_for(point, is_stopped);
    edit(world, text);
    signal(&child, "CONT");
    ran(child)
}

#[test]
fn what_is_saved_during_a_deployment_is_drift_and_judged_as_such() {
    for policy in ["refuse", "overwrite", "keep"] {
        let world = with(policy);
        let ran = edited_at(&world, "dir.put.staged", "saved\n");
        let done: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        let made = &done["deployments"][0];
        match policy {
            "refuse" => {
                assert_eq!(made["problem"]["code"], "area-drifted", "{done}");
                assert!(made["problem"]["message"].as_str().expect("a sentence").contains(PAGE), "{done}");
                assert_eq!(page(&world), "saved\n");
            }
            "overwrite" => {
                assert_eq!((&made["status"], &made["overwritten"]), (&json!("succeeded"), &json!([PAGE])), "{done}");
                assert_eq!(given(&world, &[]), "saved\n");
            }
            _ => {
                assert_eq!((&made["status"], &made["kept"]), (&json!("succeeded"), &json!([PAGE])), "{done}");
                assert_eq!(page(&world), "saved\n");
            }
        }
        world.git(&["fsck", "--full", "--no-dangling"]);
    }
}

#[test]
fn what_no_tree_can_hold_is_in_the_way_and_never_in_a_version() {
    for policy in ["refuse", "overwrite", "keep"] {
        let world = with(policy);
        let file = world.area("sit-web").join(PAGE);
        fs::remove_file(&file).expect("it was there");
        assert!(Command::new("mkfifo").arg(&file).status().expect("mkfifo runs").success());
        let failed = world.json(3, &SECOND);
        let problem = &failed["deployments"][0]["problem"];
        assert_eq!(problem["code"], "area-blocked", "{policy}: {failed}");
        assert!(problem["message"].as_str().expect("a sentence").contains(PAGE), "{policy}: {failed}");
        world.git(&["fsck", "--full", "--no-dangling"]);
        fs::remove_file(&file).expect("it is moved away");
        edit(&world, "<h1>Hello</h1>\n");
        world.run(&["area", "repair", "sit-web"]);
        world.ok(&["jobs", "retry", "D-2"]);
        world.is_sound();
    }
}

#[test]
fn verify_names_what_a_version_needs_and_the_repository_lacks() {
    let world = with("keep");
    edit(&world, "by hand\n");
    world.ok(&SECOND);
    let blob = world.git(&["rev-parse", &format!("refs/switchback/areas/sit-web:{PAGE}")]);
    let script = "mkdir ../lost && mv .git/objects/pack/* ../lost && for pack in ../lost/*.pack; do git unpack-objects -q < $pack; done";
    let unpacked = Command::new("sh").arg("-c").arg(script).current_dir(world.repo()).status();
    assert!(unpacked.expect("a shell runs").success());
    world.is_sound();
    fs::remove_file(world.repo().join(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).expect("a loose object");
    let said = world.json(3, &["verify"]);
    let wrong: Vec<_> = said["checks"].as_array().expect("checks").iter().filter(|one| one["ok"] == false).collect();
    let [check] = wrong.as_slice() else { panic!("{said}") };
    let message = check["problems"][0]["message"].as_str().expect("a sentence");
    assert_eq!(check["name"], "sit-web");
    assert!([&blob, PAGE, "sit-web@3"].iter().all(|part| message.contains(*part)), "{message}");
    let hint = check["problems"][0]["hint"].as_str().expect("a next step");
    assert!(
        message.contains("the file on the target holds it") && hint.contains("`switchback verify --repair`"),
        "{said}"
    );
    let other = world.twin();
    fs::write(other.area("sit-web").join(PAGE), "by hand, again\n").expect("somebody edits");
    let said = other.json(3, &["verify"]).to_string();
    assert!(!said.contains("holds it") && said.contains("from a clone that has them"), "{said}");
    let planned = world.ok(&["verify", "--repair", "--dry-run"]);
    assert!(planned["plan"].to_string().contains("1 missing object is to be stored from an area"), "{planned}");
    assert!(!world.run_git(&["cat-file", "-e", &blob]), "a dry run stores nothing");
    world.ok(&["verify", "--repair"]);
    assert_eq!(world.git(&["cat-file", "blob", &blob]), "by hand");
    world.git(&["gc", "--quiet", "--prune=now"]);
    world.is_sound();
}

#[test]
fn each_deployment_of_a_plan_is_judged_on_what_the_one_before_it_leaves() {
    for policy in ["refuse", "overwrite", "keep"] {
        let area = &format!("class = \"development\"\non_drift = \"{policy}\"");
        let world = World::with(&THREE_STAGES.replace(SIT, &format!("{SIT}\n{area}")));
        for (key, file) in [("US-1", "web/a"), ("US-2", "web/b")] {
            world.change(key, &[(file, "as recorded\n")]);
            world.ok(&["promote", key, "--to", "SIT", "--deploy"]);
        }
        // Only what the second of two rollbacks touches is edited.
        fs::write(world.area("sit-web").join("web/b"), "by hand\n").expect("somebody edits");
        let words = ["demote", "US-1", "US-2", "--to", "DEV"];
        let planned = world.ok(&[&words[..], &["--dry-run"]].concat());
        let areas = planned["plan"]["areas"].as_array().expect("areas").clone();
        let of = |at: usize, member: &str| areas[at][member].clone();
        assert_eq!((areas.len(), of(0, "problem")), (2, Value::Null), "{policy}: {planned}");
        match policy {
            "refuse" => assert_eq!(of(1, "problem")["code"], "area-drifted", "{planned}"),
            "keep" => assert_eq!(of(1, "kept"), json!(["web/b"]), "{planned}"),
            _ => assert_eq!(of(1, "overwritten"), json!(["web/b"]), "{planned}"),
        }
    }
}

#[test]
fn the_preview_of_a_repair_names_what_it_puts_back_and_the_tree_it_makes() {
    let world = with("refuse");
    edit(&world, "by hand\n");
    fs::remove_file(world.area("sit-web").join("web/a")).expect("it was there");
    let planned = world.ok(&["area", "repair", "sit-web", "--dry-run"]);
    let area = &planned["plan"]["areas"][0];
    let files = json!([{"path": "web/a", "change": "added"}, {"path": PAGE, "change": "modified"}]);
    assert_eq!((&area["files"], &area["overwritten"]), (&files, &json!([PAGE])), "{planned}");
    let done = world.ok(&["area", "repair", "sit-web"]);
    assert_eq!(done["deployments"][0]["overwritten"], area["overwritten"], "{done}");
    assert_eq!(world.ok(&["area", "show", "sit-web"])["versions"][0]["tree"], area["tree"], "{planned}");
}

#[test]
fn a_pipe_is_not_adopted_as_a_file() {
    let world = with("refuse");
    let made = Command::new("sh").args(["-c", "rm $0; mkfifo $0"]).arg(world.area("sit-web").join(PAGE)).status();
    assert!(made.expect("a shell runs").success());
    let planned = world.ok(&["area", "adopt", "sit-web", "--dry-run"]);
    assert_eq!(planned["plan"]["areas"][0]["problem"]["code"], "area-blocked", "{planned}");
    let failed = world.json(3, &["area", "adopt", "sit-web"]);
    assert_eq!(failed["deployments"][0]["problem"]["code"], "area-blocked", "{failed}");
    fs::remove_file(world.area("sit-web").join(PAGE)).expect("it is moved away");
    world.ok(&["area", "adopt", "sit-web"]);
    world.git(&["fsck", "--full", "--no-dangling"]);
    world.is_sound();
}

#[test]
fn what_is_in_the_way_of_an_areas_first_deployment_stands_in_the_preview() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    fs::create_dir_all(world.area("sit-web").join("web")).expect("a folder");
    for (what, make) in [("a file", "echo other > $0"), ("a pipe", "rm $0; mkfifo $0")] {
        let file = world.area("sit-web").join(PAGE);
        let made = Command::new("sh").args(["-c", make]).arg(&file).status();
        assert!(made.expect("a shell runs").success());
        let planned = world.ok(&[&FIRST[..], &["--dry-run"]].concat());
        assert_eq!(planned["plan"]["areas"][0]["problem"]["code"], "area-blocked", "{what}: {planned}");
    }
    let failed = world.json(3, &FIRST);
    assert_eq!(failed["deployments"][0]["problem"]["code"], "area-blocked", "{failed}");
}

#[test]
fn what_is_saved_right_after_the_new_content_came_is_noticed_by_whoever_looks_next() {
    let world = with("overwrite");
    let ran = edited_at(&world, "dir.put.published", "saved\n");
    assert_eq!(ran.exit, Some(0), "{ran:?}");
    let differs = world.json(3, &["area", "verify", "sit-web"]);
    assert_eq!(differs["areas"][0]["deviations"][0]["path"], PAGE, "{differs}");
    let repaired = world.ok(&["area", "repair", "sit-web"]);
    assert_eq!(repaired["deployments"][0]["overwritten"], json!([PAGE]), "{repaired}");
    assert_eq!(given(&world, &[]), "saved\n");
    world.is_sound();
}

#[test]
fn drift_that_is_known_stands_in_every_preview_and_is_what_comes_of_it() {
    for policy in ["refuse", "overwrite", "keep"] {
        let world = with(policy);
        edit(&world, "by hand\n");
        let planned = world.ok(&[&SECOND[..], &["--dry-run"]].concat());
        let area = &planned["plan"]["areas"][0];
        let ran = world.run(&[&SECOND[..], &["--json"]].concat());
        let done: Value = serde_json::from_str(&ran.out).expect("an answer");
        let made = &done["deployments"][0];
        assert_eq!(area["problem"]["code"], made["problem"]["code"], "{policy}: {planned}");
        assert_eq!(area["version"], made["version"], "{policy}: {planned}");
        assert_eq!((&area["kept"], &area["overwritten"]), (&made["kept"], &made["overwritten"]), "{policy}: {planned}");
        if policy != "refuse" {
            let tree = world.ok(&["area", "show", "sit-web"])["versions"][0]["tree"].clone();
            assert_eq!(area["tree"], tree, "{policy}: {planned}");
        }
    }
    let world = with("refuse");
    world.ok(&SECOND);
    edit(&world, "by hand\n");
    for words in [&["rollback", "D-2"][..], &["demote", "US-2", "--to", "DEV"]] {
        let planned = world.ok(&[words, &["--dry-run"]].concat());
        assert_eq!(planned["plan"]["areas"][0]["problem"]["code"], "area-drifted", "{words:?}: {planned}");
    }
}

/// A program is not run for a preview (`SPEC K3`), so the preview says what it cannot have looked at.
#[test]
fn a_preview_says_that_a_program_was_not_asked_for_edits() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/directory-target.py");
    let world = World::three_stages();
    let place = world.area("sit-web");
    let target = format!("target = {{ command = [\"python3\", \"{script}\", \"{}\"] }}", place.display());
    world.configure(&THREE_STAGES.replace("target = { dir = \"../areas/sit-web\" }", &target));
    for key in ["US-1", "US-2"] {
        world.change(key, &[(&format!("web/{key}"), "one\n")]);
    }
    let areas = |words: &[&str]| world.ok(&[words, &["--dry-run"]].concat())["plan"]["areas"].clone();
    let promote = |key: &'static str| ["promote", key, "--to", "SIT", "--deploy"];
    assert_eq!(areas(&promote("US-1"))[0].get("drift_unseen"), None, "nothing is there that could have been edited");
    world.ok(&promote("US-1"));
    fs::write(place.join("web/US-1"), "edited\n").expect("an edit");
    for words in [&promote("US-2")[..], &["demote", "US-1", "--to", "DEV"]] {
        assert_eq!(areas(words)[0]["drift_unseen"], true, "{words:?}");
        let said = world.run(&[words, &["--dry-run"]].concat()).out;
        assert!(said.contains("a preview asks no program"), "{said}");
    }
}
