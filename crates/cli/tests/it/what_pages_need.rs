//! What a page asks that no command does: it shows everything at once, and lets people choose.

use crate::serving::{ACME, Caller};
use crate::world::{NOW, World};
use serde_json::{Value, json};

/// Of three changes DEV holds all, SIT two and its area one; one of them was approved and cannot go on.
fn scene() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n"), ("web/b", "b\n")]);
    world.change("US-2", &[("web/c", "c\n")]);
    world.change("US-3", &[("web/d", "d\n")]);
    world.ok(&["change", "edit", "US-1", "--project", "shop", "--release", "26.1", "--owner", "ada"]);
    world.ok(&["change", "attest", "US-1", "tested"]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    world.ok(&["change", "ignore", "US-3", "--stage", "SIT", "--reason", "later"]);
    world
}

#[test]
fn a_stage_tells_what_it_holds() {
    let world = scene();
    let said = Caller::of(&world, "root").get(&format!("{ACME}/stages/SIT/contains")).body;
    let keys: Vec<_> = said["changes"].as_array().unwrap().iter().map(|one| &one["change"]).collect();
    assert_eq!(keys, [&json!("US-1"), &json!("US-2")]);
    let first = &said["changes"][0];
    let commit = world.git(&["log", "--format=%H", "--grep=^Change: US-1", "sit"]);
    assert_eq!(
        first,
        &json!({
            "change": "US-1", "title": "US-1 changes 2", "project": "shop", "release": "26.1", "owner": "ada", "revision": 1,
            "newest": 1, "excluded": false, "came_down": false, "since": NOW, "operation": "P-1", "commit": commit,
            "areas": [{"area": "sit-web", "revision": 1, "since": 2}]
        })
    );
    assert_eq!(said["changes"][1]["areas"], json!([]));
    let of = |query: &str| Caller::of(&world, "root").get(&format!("{ACME}/stages/SIT/contains?{query}")).body;
    assert_eq!(of("release=26.1")["changes"].as_array().unwrap().len(), 1);
    assert_eq!(of("release=26.2")["changes"], json!([]));
}

#[test]
fn each_way_tells_what_waits_and_what_can_go() {
    let world = scene();
    let of = |query: &str| Caller::of(&world, "root").get(&format!("{ACME}/edges{query}")).body["edges"].clone();
    let way =
        |count: u64, eligible: u64| json!({"count": count, "eligible": eligible, "next_run": null, "mode": "manual"});
    let dev_sit = json!({"lower": "DEV", "higher": "SIT", "adjacent": true, "ahead": way(1, 0), "behind": way(0, 0)});
    let sit_qa = json!({"lower": "SIT", "higher": "QA", "adjacent": true, "ahead": way(2, 2), "behind": way(0, 0)});
    assert_eq!(of(""), json!([dev_sit, sit_qa]));
    let dev_qa = &of("?all=true")[1];
    assert_eq!(
        (&dev_qa["higher"], &dev_qa["adjacent"], &dev_qa["ahead"]["count"]),
        (&json!("QA"), &json!(false), &json!(3))
    );
    let scheduled = format!(
        "{}\n[[schedule]]\ncron = \"0 2 * * *\"\nfrom = \"SIT\"\nmove = \"promote\"\n",
        crate::world::THREE_STAGES
    );
    world.configure(&scheduled);
    assert_eq!(of("")[1]["ahead"]["next_run"], json!("2026-03-03T02:00:00Z"));
    assert_eq!(of("")[0]["ahead"]["next_run"], Value::Null);
}

#[test]
fn a_candidate_tells_what_a_person_needs_to_choose_it() {
    let world = scene();
    let said = Caller::of(&world, "root").get(&format!("{ACME}/stages/SIT/ahead")).body;
    assert_eq!(
        said["candidates"][0],
        json!({
            "change": "US-1", "title": "US-1 changes 2", "project": "shop", "release": "26.1", "owner": "ada", "revision": 1,
            "newest": 1, "held": null, "source": "SIT", "destination": "QA", "eligible": true, "reasons": [],
            "attested": [{"kind": "tested", "by": "root", "at": NOW}], "files": 2, "recorded_at": NOW, "at_source_since": NOW,
            "depends_on": [], "overlaps": [], "tasks": 0
        })
    );
    let below = Caller::of(&world, "root").get(&format!("{ACME}/stages/DEV/behind")).body;
    let found: Vec<_> =
        below["candidates"].as_array().unwrap().iter().map(|one| (&one["source"], &one["destination"])).collect();
    assert!(found.iter().all(|ends| *ends == (&json!("SIT"), &json!("DEV"))), "{below}");
}

/// A thing is asked by itself, and is the same as in its list; what is not there is said to be unknown.
#[test]
fn each_thing_is_read_by_itself() {
    let world = scene();
    world.ok(&["demote", "US-1", "--reason", "too early"]);
    let root = Caller::of(&world, "root");
    let get = |path: &str| root.get(&format!("{ACME}/{path}")).body;
    let demotion = get("demotions/M-1")["demotion"].clone();
    assert_eq!(get("demotions")["demotions"], json!([demotion]));
    assert_eq!(
        (&demotion["target"], &demotion["by"], &demotion["reason"]),
        (&json!("DEV"), &json!("root"), &json!("too early"))
    );
    let left = json!([{"change": "US-1", "from": "SIT", "left": [{"stage": "SIT", "revision": 1}], "because_of": null, "withdrawn": []}]);
    assert_eq!(demotion["demoted"], left);
    let rollback = &demotion["rollbacks"][0];
    assert_eq!(
        (&rollback["area"], &rollback["status"], &rollback["version"]),
        (&json!("sit-web"), &json!("succeeded"), &json!(3))
    );
    assert_eq!(get("demotions?stage=QA")["demotions"], json!([]));
    assert_eq!(get("demotions?change=US-1&by=root")["demotions"].as_array().unwrap().len(), 1);

    let listed = get("deployments")["deployments"].clone();
    let id = rollback["deployment"].as_str().unwrap();
    assert_eq!(
        (&listed[0]["deployment"], &listed[0]["operation"], &listed[0]["stage"]),
        (&json!(id), &json!("M-1"), &json!("SIT"))
    );
    let shown = get(&format!("deployments/{id}"));
    assert_eq!(shown["deployment"], get("history?limit=1")["entries"][0]);
    assert_eq!(shown["job"], get(&format!("jobs/{id}"))["job"]);
    assert_eq!(get("deployments?operation=P-1")["deployments"].as_array().unwrap().len(), 1);
    assert_eq!(get("deployments?status=failed")["deployments"], json!([]));

    let history = get("changes/US-1/history")["entries"].clone();
    assert_eq!(history[0]["operation"], json!("M-1"), "the newest first");
    assert!(history.as_array().unwrap().iter().any(|one| one["operation"] == "P-1"), "{history}");
    assert!(!history.to_string().contains("US-3"), "{history}");

    let unknown = [
        ("demotions/M-9", "unknown-demotion"),
        ("demotions/P-1", "unknown-demotion"),
        ("deployments/D-99", "unknown-deployment"),
        ("areas/sit-web/versions/99", "unknown-version"),
        ("areas/sit-web/versions/x", "unknown-version"),
        ("areas/sit-wob/versions", "unknown-area"),
        ("changes/US-99/history", "unknown-change"),
        ("demotions?stage=SITT", "unknown-stage"),
    ];
    for (path, code) in unknown {
        root.get(&format!("{ACME}/{path}")).is(404, code);
    }
}

#[test]
fn a_version_tells_what_it_put_there() {
    let world = scene();
    let root = Caller::of(&world, "root");
    let get = |path: &str| root.get(&format!("{ACME}/areas/sit-web/{path}")).body;
    let versions = get("versions")["versions"].clone();
    let numbers: Vec<_> = versions.as_array().unwrap().iter().map(|one| &one["version"]).collect();
    assert_eq!(numbers, [&json!(2), &json!(1)]);
    let shown = get("versions/2");
    assert_eq!((&shown["version"], &shown["is_current"]), (&versions[0], &json!(true)));
    let blob = |path: &str| format!("100644 {}", world.git(&["rev-parse", &format!("feature/US-1:{path}")]));
    let added = |path: &str| json!({"path": path, "change": "added", "before": null, "after": blob(path)});
    assert_eq!(shown["files"], json!([added("web/a"), added("web/b")]));
    assert_eq!((&shown["drift"], &shown["said"], &shown["auto_resolved"]), (&json!([]), &json!([]), &json!([])));
    assert_eq!(shown["stage_head"].as_str().unwrap().len(), 40);
    assert_eq!(get("versions/1")["is_current"], json!(false));
    assert_eq!(get("versions?limit=1")["versions"], json!([versions[0]]));
}

#[test]
fn the_configuration_in_force_is_read_with_what_differs_at_hand() {
    let world = scene();
    let root = Caller::of(&world, "root");
    let get = || root.get(&format!("{ACME}/configuration")).body;
    let before = get();
    assert_eq!(before["text"], json!(crate::world::THREE_STAGES));
    assert_eq!((&before["by"], &before["since"], &before["seq"]), (&json!("root"), &json!(NOW), &json!(1)));
    assert_eq!(before["at_hand"]["changes"], json!([]));
    assert_eq!(before["at_hand"]["hash"], before["hash"]);
    world.write("switchback.toml", &crate::world::THREE_STAGES.replace("default = true", "default = false"));
    let now = get();
    assert_eq!((&now["text"], &now["hash"]), (&before["text"], &before["hash"]), "nobody put it in force");
    let differs = &now["at_hand"]["changes"][0];
    assert_eq!(
        (&differs["key"], &differs["before"], &differs["after"]),
        (&json!("default"), &json!("true"), &json!("false"))
    );
}

#[test]
fn a_stage_and_an_area_tell_what_was_deployed_last() {
    let world = scene();
    let root = Caller::of(&world, "root");
    let of = |at: usize| root.get(&format!("{ACME}/status")).body["stages"][at].clone();
    let sit = of(1);
    let last = json!({
        "deployment": "D-1", "area": "sit-web", "kind": "deploy", "status": "succeeded", "version": 2, "by": "root", "at": NOW
    });
    assert_eq!((&sit["last"], &sit["areas"][0]["last"]), (&last, &last));
    assert_eq!(of(0)["last"], Value::Null);
    world.ok(&["demote", "US-1"]);
    assert_eq!((&of(1)["last"]["kind"], &of(1)["last"]["version"]), (&json!("rollback"), &json!(3)));
}

/// Whom a change meets on the way is told where it is chosen, and only of those that are on the way.
#[test]
fn a_candidate_tells_whom_it_overlaps_with() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "1\n2\n3\n"), ("web/b", "b\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.change("US-2", &[("web/b", "b\n")]);
    world.change("US-3", &[("web/c", "c\n")]);
    world.change("US-4", &[("web/c", "c\n"), ("web/d", "d\n")]);
    let ahead = Caller::of(&world, "root").get(&format!("{ACME}/stages/DEV/ahead")).body;
    let told: Vec<_> =
        ahead["candidates"].as_array().unwrap().iter().map(|one| (&one["change"], &one["overlaps"])).collect();
    assert!(told.contains(&(&json!("US-3"), &json!(["US-4"]))), "{ahead}");
    assert!(told.contains(&(&json!("US-4"), &json!(["US-3"]))), "{ahead}");
    assert!(told.contains(&(&json!("US-2"), &json!([]))), "US-1 is there already: {ahead}");
}

/// One request for all destinations: each with its own list, ids as they will be, and one hash for all.
#[test]
fn a_mass_request_is_planned_and_carried_out_as_one() {
    let world = World::three_stages();
    for key in ["US-1", "US-2"] {
        world.branch(key, &[(&format!("web/{key}"), "x\n")]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "QA"]);
        world.ok(&["change", "attest", key, "tested", "approved"]);
    }
    let root = Caller::of(&world, "root");
    let asked = json!({"from": "QA", "only": {"SIT": ["US-1"]}});
    let plan = root.post(&format!("{ACME}/plans/mass-back-promotions"), &[], &asked).body["plan"].clone();
    let rows = |told: &Value| -> Vec<Value> {
        let row = |one: &Value| {
            let keys: Vec<_> = one["changes"].as_array().unwrap().iter().map(|one| one["change"].clone()).collect();
            json!([one["destination"], one["operation"], keys])
        };
        told["promotions"].as_array().unwrap().iter().map(row).collect()
    };
    let planned = rows(&plan);
    assert_eq!(planned.len(), 2, "{plan}");
    assert!(planned.contains(&json!(["SIT", "P-1", ["US-1"]])), "{plan}");
    assert!(planned.contains(&json!(["DEV", "P-2", ["US-1", "US-2"]])), "{plan}");
    let hash = plan["hash"].as_str().unwrap();
    let path = format!("{ACME}/mass-back-promotions");
    let other = json!({"from": "QA", "only": {"SIT": ["US-2"]}});
    root.post(&path, &[("if-plan-match", hash)], &other).is(409, "plan-outdated");
    let done = root.post(&path, &[("if-plan-match", hash)], &asked);
    assert_eq!((done.status, rows(&done.body)), (200, planned), "{}", done.body);
}
