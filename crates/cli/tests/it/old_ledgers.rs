//! Repositories that earlier programs left behind (`tests/old`): they are opened, agree with what was said of them then,
//! are sound, and go on. Only fields are compared: a later program may word things differently, and say more.

use crate::world::{World, written};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// Some days after the stories end.
const AFTERWARDS: &str = "2026-03-16T10:00:00Z";

fn old(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/old").join(name)
}

fn opened(name: &str) -> World {
    let world = World::unpacked(&old(&format!("{name}.tar.gz")), AFTERWARDS);
    if name == "format-2" {
        // The program of then kept an edit on the target, and stored it nowhere.
        world.git(&["hash-object", "-w", "../areas/qa-docs/docs/manual.md"]);
    }
    world
}

#[test]
fn what_a_program_of_then_never_stored_is_named() {
    let world = World::unpacked(&old("format-2.tar.gz"), AFTERWARDS);
    let said = world.json(3, &["verify"]);
    let failed: Vec<Value> = rows(&said["checks"]).into_iter().filter(|check| check["ok"] != true).collect();
    let [check] = &failed[..] else { panic!("{failed:?}") };
    assert_eq!(check["name"], "qa-docs");
    let message = check["problems"][0]["message"].as_str().expect("a message");
    assert!(message.contains("`docs/manual.md`) of qa-docs@3 is missing"), "{message}");
}

fn said_then(name: &str) -> Value {
    let text = fs::read_to_string(old("format-2").join(name)).expect("what was said then");
    serde_json::from_str(&text).expect("JSON")
}

fn rows(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| panic!("a list: {value}"))
}

/// Some fields of every element of a list.
fn only(fields: &[&str], list: &Value) -> Vec<Value> {
    let pick = |one: &Value| fields.iter().map(|field| ((*field).to_owned(), one[*field].clone())).collect();
    rows(list).iter().map(pick).map(Value::Object).collect()
}

/// Which stage holds which revision of each change, and how it stands there.
fn standing(answer: &Value) -> Vec<Value> {
    let stages = |change: &Value| {
        let held = change["stages"].as_object().cloned().expect("stages").into_iter();
        held.map(|(stage, held)| json!([stage, held["revision"], held["state"]])).collect::<Vec<_>>()
    };
    rows(&answer["changes"]).iter().map(|one| json!([one["key"], one["revision"], stages(one)])).collect()
}

/// What was deployed where, deployment by deployment.
fn deployed(answer: &Value) -> Vec<Value> {
    let whole = only(&["deployment", "area", "version", "kind", "status"], &answer["entries"]);
    let changes = rows(&answer["entries"]).into_iter().map(|one| only(&["change", "revision"], &one["changes"]));
    whole.into_iter().zip(changes).map(|(whole, changes)| json!([whole, changes])).collect()
}

fn holds(world: &World, key: &str) -> Vec<String> {
    let answer = world.ok(&["where", key]);
    answer["changes"][0]["stages"].as_object().expect("stages").keys().cloned().collect()
}

#[test]
fn what_is_where_and_what_was_deployed_is_as_it_was_said_then() {
    let world = opened("format-2");
    assert_eq!(standing(&world.ok(&["where"])), standing(&said_then("where.json")));
    let history = world.ok(&["history", "-n", "100000"]);
    assert_eq!(deployed(&history), deployed(&said_then("history.json")));
    let (now, then) = (world.ok(&["status"])["stages"].clone(), said_then("status-stages.json"));
    let fields = ["name", "branch", "next", "head", "tree"];
    assert_eq!(only(&fields, &now), only(&fields, &then));
    for (now, then) in rows(&now).iter().zip(rows(&then)) {
        let fields = ["name", "default", "class", "sequence", "version", "on_hold"];
        assert_eq!(only(&fields, &now["areas"]), only(&fields, &then["areas"]));
    }
}

#[test]
fn every_entry_is_read_and_nothing_disagrees() {
    let world = opened("format-2");
    let log = world.ok(&["log", "-n", "100000"]);
    let fields = ["seq", "kind", "operation", "actor", "at"];
    assert_eq!(only(&fields, &log["entries"]), only(&fields, &said_then("log-kinds.json")));
    world.is_sound();
    // Looking moves nothing.
    let refs = world.git(&["for-each-ref", "--format=%(objectname) %(objecttype) %(refname)"]);
    let then = fs::read_to_string(old("format-2/refs")).expect("the refs of then");
    let gone: Vec<_> = then.lines().filter(|line| !refs.lines().any(|now| now == *line)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn a_past_moment_of_an_old_ledger_can_be_shown() {
    let world = opened("format-2");
    let begun = world.ok(&["status", "--as-of", "#1"]);
    assert_eq!(only(&["name"], &begun["stages"]), only(&["name"], &said_then("status-stages.json")));
    let last = rows(&said_then("log-kinds.json"))[0]["seq"].clone();
    let now = world.ok(&["status", "--as-of", &format!("#{last}")]);
    let fields = ["name", "head", "tree"];
    assert_eq!(only(&fields, &now["stages"]), only(&fields, &said_then("status-stages.json")));
}

#[test]
fn a_new_change_climbs_is_demoted_and_rolled_back() {
    let world = opened("format-2");
    world.change("NEW-1", &[("web/new.html", "new\n"), ("api/new", "new\n")]);
    let climbed = world.ok(&["promote", "NEW-1", "--to", "SIT", "--deploy"]);
    assert_eq!(climbed["status"], "completed", "{climbed}");
    let climbed = world.ok(&["promote", "NEW-1", "--from", "SIT", "--to", "QA", "--deploy"]);
    let into: Vec<_> = only(&["area", "status"], &climbed["deployments"]);
    let expected = ["qa-web", "qa-cdn", "qa-box"].map(|area| json!({"area": area, "status": "succeeded"}));
    assert!(expected.iter().all(|one| into.contains(one)), "{into:?}");
    assert!(world.files("sit-api").contains_key("new") && world.files("qa-cdn").contains_key("new.html"));
    world.is_sound();
    let demoted = world.ok(&["demote", "NEW-1", "--from", "QA", "--to", "DEV"]);
    assert_eq!(demoted["results"][0]["status"], "demoted", "{demoted}");
    assert_eq!(holds(&world, "NEW-1"), ["DEV"]);
    for area in ["sit-web", "qa-web", "qa-box"] {
        assert!(!world.files(area).contains_key("web/new.html"), "{area}");
    }
    world.is_sound();
    world.ok(&["promote", "NEW-1", "--to", "SIT", "--deploy"]);
    let before = world.ok(&["history", "--area", "sit-web", "-n", "1"])["entries"][0]["deployment"].clone();
    world.ok(&["rollback", before.as_str().expect("a deployment")]);
    assert!(!world.files("sit-web").contains_key("web/new.html") && world.files("sit-api").contains_key("new"));
    world.is_sound();
}

#[test]
fn what_was_brought_then_can_be_demoted_and_rolled_back_now() {
    let world = opened("format-2");
    let rollbackable = world.ok(&["history", "--rollbackable", "--area", "qa-web"]);
    let newest = rollbackable["entries"][0]["deployment"].as_str().expect("a deployment").to_owned();
    world.ok(&["rollback", &newest]);
    world.is_sound();
    // It was imported at `init`, from a branch and not from a recording.
    world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    assert!(!world.files("sit-web").contains_key("web/hello.html"));
    // It came with a deployment that was called off in one area and tried again in another.
    world.ok(&["demote", "US-61", "--from", "QA", "--to", "SIT"]);
    assert_eq!(holds(&world, "US-61"), ["DEV", "SIT"]);
    assert!(!world.files("qa-cdn").contains_key("sixty-one.html"));
    world.is_sound();
}

#[test]
fn what_was_under_way_comes_to_its_end() {
    let world = opened("format-2");
    let open = |status: &str| {
        let list = world.ok(&["promotion", "list", "--status", status]);
        rows(&list["promotions"])[0]["id"].as_str().expect("an id").to_owned()
    };
    let (draft, stopped) = (open("draft"), open("conflicted"));
    world.ok(&["promotion", "run", &draft]);
    assert!(holds(&world, "US-81").contains(&"SIT".to_owned()));
    let settled = world.ok(&["resolve", &stopped, "web/open.html", "--theirs"]);
    assert_eq!(settled["status"], "completed", "{settled}");
    assert_eq!(world.files("sit-web")["web/open.html"], "shut\n");
    assert!(!world.files("qa-web").contains_key("web/task.html"), "it waits for two tasks");
    for task in ["1", "2"] {
        world.ok(&["change", "task", "US-94", "--done", task, "--area", "qa-web"]);
    }
    world.ok(&["jobs", "run"]);
    assert!(world.files("qa-web").contains_key("web/task.html"));
    world.is_sound();
}

/// Two workers appended the first version of `qa-web`. Today that only must not keep anybody out.
#[test]
fn a_ledger_with_a_version_twice_is_opened() {
    let world = opened("doubled-version");
    let log = world.ok(&["log"]);
    let says: Vec<_> = rows(&log["entries"]).iter().map(|one| one["says"].to_string()).collect();
    assert_eq!(says.iter().filter(|one| one.contains("qa-web@1")).count(), 2, "{says:?}");
    let answer = world.ok(&["where"]);
    assert_eq!(only(&["key", "revision"], &answer["changes"])[0], json!({"key": "US-1", "revision": 1}));
    assert_eq!(holds(&world, "US-1"), ["DEV", "QA"]);
}

/// What `verify` finds about the ledger itself.
fn findings(world: &World) -> Vec<String> {
    let said = serde_json::from_str::<Value>(&world.run(&["verify", "--json"]).out).expect("JSON");
    let state = rows(&said["checks"]).into_iter().find(|check| check["what"] == "state").expect("the state");
    rows(&state["problems"]).iter().map(|one| one["message"].as_str().expect("a sentence").to_owned()).collect()
}

#[test]
fn a_version_that_is_told_twice_is_named_mended_and_gone_on_from() {
    let world = opened("doubled-version");
    // Opening brings the file to the newest schema, once.
    world.ok(&["status"]);
    let found = findings(&world);
    assert!(found.len() == 1 && found[0].contains("qa-web@1 a second time"), "{found:?}");
    let seq = found[0].split(' ').nth(1).expect("an entry").to_owned();
    let said = world.run(&["verify"]);
    assert!(said.out.contains("hint: mend it with `switchback verify --repair`"), "{said:?}");
    let (before, history) = (world.traces(), world.ok(&["history"]));
    let preview = world.ok(&["verify", "--repair", "--dry-run"]);
    let hash = preview["plan"]["hash"].as_str().expect("a hash").to_owned();
    assert_eq!(world.json(4, &["verify", "--repair", "--plan", "00"])["refused"]["code"], "plan-outdated");
    assert_eq!(written(&before, &world.traces()), BTreeSet::new(), "a plan writes nothing");
    world.ok(&["verify", "--repair", "--plan", &hash]);
    world.is_sound();
    let log = world.ok(&["log"]);
    assert_eq!(log["entries"][0]["says"], format!("the second qa-web@1 of entry {seq} counts no more").as_str());
    assert_eq!(world.ok(&["history"]), history, "nothing is renumbered");
    assert_eq!(world.ok(&["verify", "--repair"])["says"], "there is nothing to mend");
    assert_eq!(world.ok(&["log"]), log);
    let back = world.ok(&["rollback", "D-1"]);
    assert_eq!(back["deployments"][0]["status"], "succeeded", "{back}");
    world.is_sound();
    world.change("US-2", &[("web/two", "two\n")]);
    world.ok(&["promote", "US-2", "--to", "QA", "--deploy"]);
    world.ok(&["deploy", "US-1", "--area", "qa-web"]);
    world.is_sound();
    let demoted = world.ok(&["demote", "US-2", "--from", "QA", "--to", "DEV"]);
    assert_eq!(demoted["results"][0]["status"], "demoted", "{demoted}");
    let newest = world.ok(&["history", "--rollbackable", "--area", "qa-web"])["entries"][0]["deployment"].clone();
    world.ok(&["rollback", newest.as_str().expect("a deployment")]);
    world.is_sound();
}

/// It changes what the ledger says, so not everybody may.
#[test]
fn a_ledger_is_mended_by_who_administers_it() {
    let world = opened("doubled-version");
    world.ok(&["grant", "root", "administer"]);
    let entries = world.entries();
    let refused = world.refused(&["verify", "--repair", "--as", "mallory"]);
    assert_eq!((&refused["code"], &refused["details"]["privilege"]), (&"not-permitted".into(), &"administer".into()));
    assert_eq!(world.entries(), entries);
    world.ok(&["verify", "--repair"]);
    world.is_sound();
}
