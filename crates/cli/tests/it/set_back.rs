//! Branches that somebody moved by hand: nobody moves them back, and nobody but their own stage has to wait (`SPEC L8`).

use crate::world::World;
use serde_json::Value;

/// Three changes on SIT, one operation each.
fn promoted() -> World {
    let world = World::three_stages();
    for key in ["US-1", "US-2", "US-3"] {
        world.change(key, &[(&format!("web/{key}"), "it\n")]);
    }
    for key in ["US-1", "US-2", "US-3"] {
        world.ok(&["promote", key, "--to", "SIT"]);
    }
    world
}

fn stages_of(world: &World, key: &str) -> Vec<String> {
    let standing = world.ok(&["where"]);
    let changes = standing["changes"].as_array().expect("changes").iter();
    let found = changes.filter(|change| change["key"] == key).filter_map(|change| change["stages"].as_object());
    found.flat_map(|stages| stages.iter().filter(|(_, at)| !at.is_null()).map(|(name, _)| name.clone())).collect()
}

fn warned(answer: &Value, code: &str) -> bool {
    answer["warnings"].as_array().is_some_and(|all| all.iter().any(|warning| warning["code"] == code))
}

#[test]
fn a_branch_set_back_to_an_earlier_position_of_ours_stays_there_until_it_is_adopted() {
    for back in ["sit~1", "sit~2"] {
        let world = promoted();
        let head = world.git(&["rev-parse", "sit"]);
        world.git(&["update-ref", "refs/heads/sit", back]);
        let mine = world.git(&["rev-parse", "sit"]);
        for reading in [&["status"][..], &["where"], &["behind", "SIT"]] {
            world.ok(reading);
        }
        world.json(3, &["verify"]);
        let attested = world.ok(&["change", "attest", "US-1", "tested"]);
        assert!(warned(&attested, "branch-rewritten"), "{attested}");
        let refused = world.json(3, &["demote", "US-1", "--to", "DEV"]).to_string();
        assert!(refused.contains("branch-rewritten"), "{refused}");
        assert_eq!(world.refused(&["promote", "US-1", "--to", "QA"])["code"], "branch-rewritten");
        assert_eq!(world.refused(&["promote", "US-3", "--to", "SIT"])["code"], "branch-rewritten");
        assert_eq!(world.git(&["rev-parse", "sit"]), mine, "nobody put it forward again");
        world.ok(&["stage", "adopt", "SIT"]);
        assert_eq!(world.git(&["rev-parse", "sit"]), mine);
        assert_eq!(stages_of(&world, "US-1"), ["DEV", "SIT"]);
        assert_eq!(stages_of(&world, "US-3"), ["DEV"], "set back from {head}");
        world.is_sound();
        world.ok(&["promote", "US-3", "--to", "SIT"]);
        world.is_sound();
    }
}

#[test]
fn a_rewritten_branch_stops_its_own_stage_and_nothing_else() {
    let world = promoted();
    world.ok(&["promote", "US-1", "--to", "QA"]);
    world.git(&["update-ref", "refs/heads/sit", "sit~1"]);
    world.branch("US-9", &[("web/hot", "hot\n")]);
    let hotfix = world.ok(&["change", "record", "US-9", "--branch", "feature/US-9", "--stage", "QA"]);
    assert!(warned(&hotfix, "branch-rewritten"), "{hotfix}");
    assert_eq!(stages_of(&world, "US-9"), ["QA"]);
    // Through it is as much on it as to it or from it.
    world.change("US-4", &[("web/US-4", "it\n")]);
    for needs in [&["promote", "US-4", "--from", "DEV", "--to", "QA"][..], &["demote", "US-1", "--to", "DEV"]] {
        let refused = world.json(3, needs).to_string();
        assert!(refused.contains("branch-rewritten"), "{refused}");
    }
}
