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
            "depends_on": [], "tasks": 0
        })
    );
    let below = Caller::of(&world, "root").get(&format!("{ACME}/stages/DEV/behind")).body;
    let found: Vec<_> =
        below["candidates"].as_array().unwrap().iter().map(|one| (&one["source"], &one["destination"])).collect();
    assert!(found.iter().all(|ends| *ends == (&json!("SIT"), &json!("DEV"))), "{below}");
}
