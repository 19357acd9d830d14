//! What was attested is taken back: by hand, and along a demotion (`SPEC C4`).

use crate::world::{THREE_STAGES, World};
use serde_json::json;

/// QA asks for both; `US-1` has both and is there, and in a developer's area.
fn approved_at_qa() -> World {
    let gate = "name = \"QA\"\nbranch = \"main\"\npromote.require = [\"tested\", \"approved\"]";
    let area = "[[area]]\nname = \"qa-box\"\nstage = \"QA\"\nclass = \"development\"\ntarget = { dir = \"../areas/qa-box\" }\n";
    let world = World::with(&format!("{}\n{area}", THREE_STAGES.replace("name = \"QA\"\nbranch = \"main\"", gate)));
    world.change("US-1", &[("web/one", "one\n")]);
    world.ok(&["change", "attest", "US-1", "tested", "approved", "--as", "eve"]);
    world.ok(&["promote", "US-1", "--from", "DEV", "--to", "SIT"]);
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA"]);
    world
}

fn reasons(world: &World) -> Vec<String> {
    let ahead = world.ok(&["ahead", "SIT"]);
    let reasons = ahead["candidates"][0]["reasons"].as_array().expect("reasons").iter();
    reasons.map(|reason| reason["code"].as_str().expect("a code").to_owned()).collect()
}

#[test]
fn what_was_attested_is_taken_back_with_who_and_why() {
    let world = World::three_stages();
    world.change("US-1", &[("web/one", "one\n")]);
    world.ok(&["change", "attest", "US-1", "tested", "--as", "eve"]);
    let words = ["change", "attest", "US-1", "tested", "--withdraw", "--reason", "the tests were red", "--as", "bob"];
    let plan = world.ok(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(plan["plan"]["results"][0]["status"], "tested-withdrawn", "{plan}");
    let hash = plan["plan"]["hash"].as_str().expect("a hash").to_owned();
    let done = world.ok(&[&words[..], &["--plan", &hash]].concat());
    assert_eq!(done["results"][0]["status"], "tested-withdrawn", "{done}");
    assert_eq!(world.ok(&["change", "show", "US-1"])["change"]["revisions"][0]["attested"], json!([]));
    let said = world.run(&["why", "US-1", "DEV"]).out;
    assert!(said.contains("bob") && said.contains("the tests were red") && said.contains("taken back"), "{said}");
    assert_eq!(world.refused(&words)["code"], "not-attested");
    world.is_sound();
}

#[test]
fn a_demotion_takes_it_back_along_the_way() {
    let words = ["demote", "US-1", "--to", "SIT", "--withdraw", "--reason", "it is broken"];
    for in_box in [false, true] {
        let world = approved_at_qa();
        if in_box {
            // A worker carries on once the developer's area has been rolled back.
            world.ok(&["deploy", "US-1", "--area", "qa-box"]);
        }
        let plan = world.ok(&[&words[..], &["--dry-run"]].concat())["plan"].clone();
        assert_eq!(plan["results"][0]["withdrawn"], json!(["tested", "approved"]), "{plan}");
        let attest = json!({"privilege": "attest", "scope": "pipeline", "implicit": null});
        assert!(plan["privileges"].as_array().expect("privileges").contains(&attest), "{plan}");
        let shown = world.run(&[&words[..], &["--dry-run"]].concat()).out;
        assert!(shown.contains("no longer tested and approved"), "{shown}");
        let hash = plan["hash"].as_str().expect("a hash").to_owned();
        let done = world.ok(&[&words[..], &["--plan", &hash]].concat());
        assert_eq!(done["results"][0]["withdrawn"], json!(["tested", "approved"]), "{done}");
        assert_eq!(reasons(&world), ["demoted", "needs-tested", "needs-approved"]);
        assert_eq!(world.refused(&["promote", "US-1", "--to", "QA"])["code"], "needs-tested");
        world.is_sound();
    }
    let world = approved_at_qa();
    world.ok(&["demote", "US-1", "--to", "SIT"]);
    assert_eq!(reasons(&world), ["demoted"]);
}
