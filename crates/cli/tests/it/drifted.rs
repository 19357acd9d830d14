//! What stands on targets, known without looking at them: who compared last found it (`SPEC A7`, `A13`, `H4`).

use crate::process;
use crate::served;
use crate::serving::{self, ACME, Caller};
use crate::world::{LATER, THREE_STAGES, World};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Child;

const SIT: &str = "target = { dir = \"../areas/sit-web\" }";
const PAGE: &str = "web/index.html";

/// `US-1` stands in `sit-web`, which is compared by itself as often as that.
fn every(seconds: u32) -> World {
    let world = World::with(&THREE_STAGES.replace(SIT, &format!("{SIT}\nverify_every_s = {seconds}")));
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    world
}

fn edit(world: &World, path: &str, text: &str) {
    fs::write(world.area("sit-web").join(path), text).unwrap();
}

/// What `status` says of the area.
fn told(status: &Value) -> Value {
    let all = status["stages"].as_array().unwrap().iter().flat_map(|stage| stage["areas"].as_array().unwrap());
    all.into_iter().find(|area| area["name"] == "sit-web").unwrap().clone()
}

#[test]
fn what_a_look_found_is_told_until_something_is_deployed() {
    let world = every(0);
    let status = || told(&world.ok(&["status"]));
    assert_eq!((&status()["drifted"], &status()["checked_at"]), (&Value::Null, &Value::Null), "nobody looked");
    edit(&world, PAGE, "by hand\n");
    assert_eq!(status()["drifted"], Value::Null, "reading looks at no target");
    let entries = world.entries();
    world.json(3, &["area", "verify", "sit-web"]);
    assert_eq!((&status()["drifted"], status()["checked_at"].is_string()), (&json!(1), true), "{}", status());
    let shown = world.ok(&["area", "show", "sit-web"])["area"]["checked"].clone();
    assert_eq!((&shown["version"], &shown["deviations"][0]["path"]), (&json!(2), &json!(PAGE)), "{shown}");
    assert_eq!(shown["deviations"][0]["what"], "modified");
    assert!(world.run(&["status"]).out.contains("✗ 1 drifted"), "{}", world.run(&["status"]).out);
    assert!(world.run(&["area", "show", "sit-web"]).out.contains(&format!("{PAGE} is modified")));
    assert_eq!(world.entries(), entries, "what stands somewhere is no entry");
    world.ok(&["area", "repair", "sit-web"]);
    assert_eq!(status()["drifted"], Value::Null, "another version, and nobody has looked since");
    world.ok(&["area", "verify", "sit-web"]);
    assert_eq!(status()["drifted"], json!(0));
    fs::remove_dir_all(world.area("sit-web")).unwrap();
    world.json(3, &["area", "verify", "sit-web"]);
    let shown = world.ok(&["area", "show", "sit-web"])["area"]["checked"].clone();
    assert_eq!((&shown["problem"]["code"], status()["drifted"].clone()), (&json!("area-lost"), Value::Null), "{shown}");
}

#[test]
fn a_look_at_an_area_leaves_what_is_known_of_others() {
    let world = every(0);
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA", "--deploy"]);
    world.json(0, &["area", "verify"]);
    edit(&world, PAGE, "by hand\n");
    world.json(3, &["area", "verify", "sit-web"]);
    let status = world.ok(&["status"]);
    let areas = status["stages"].as_array().unwrap().iter().flat_map(|one| one["areas"].as_array().unwrap());
    let known: Vec<_> = areas.filter(|area| !area["version"].is_null()).map(|area| area["drifted"].clone()).collect();
    assert!(known.len() > 1 && known.iter().all(Value::is_u64), "{status}");
}

#[test]
fn a_server_looks_by_itself_and_tells_each_edit_once() {
    let mut world = every(60);
    edit(&world, PAGE, "by hand\n");
    let data = world.path("data");
    fs::create_dir_all(&data).unwrap();
    // Where the webhook goes is not called, for nobody allows it; that it was to go there is what counts.
    fs::write(data.join("key"), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let hook = "[[webhook]]\nname = \"chat\"\nurl = \"https://127.0.0.1/\"\nsecret = { file = \"key\" }\nkinds = [\"drifted\"]\n";
    fs::write(data.join("server.toml"), hook).unwrap();
    let (server, caller) = began(&world, &data);
    let status = || told(&caller.get(&format!("{ACME}/status")).body);
    let said = || caller.get(&format!("{ACME}/outbox")).body["deliveries"].as_array().unwrap().clone();
    process::wait_for("the look", || status()["drifted"] == json!(1));
    process::wait_for("the notice", || !said().is_empty());
    let first = said();
    assert_eq!((first.len(), &first[0]["kind"]), (1, &json!("drifted")), "{first:?}");
    let sentence = first[0]["says"].as_str().unwrap();
    assert_eq!(sentence, "somebody edited web/index.html in sit-web: it is modified, and not as version 2 has it");
    process::signal(&server, "TERM");
    assert_eq!(process::ran(server).exit, Some(0));
    // Who comes after knows what was told, and looks again when it is time.
    world.set_clock(LATER);
    edit(&world, "web/a", "by hand too\n");
    let (server, caller) = began(&world, &data);
    let said = || caller.get(&format!("{ACME}/outbox")).body["deliveries"].as_array().unwrap().clone();
    process::wait_for("the other edit", || said().len() > 1);
    let all = said();
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all.iter().any(|one| one["says"].as_str().unwrap().contains("edited web/a in")), "{all:?}");
    process::signal(&server, "TERM");
    assert_eq!(process::ran(server).exit, Some(0));
}

fn began(world: &World, data: &Path) -> (Child, Caller) {
    let (server, said) = serving::begun(world, data);
    let caller = Caller::at(said["address"].as_str().unwrap(), &served::token_of(data, "root"));
    (server, caller)
}
