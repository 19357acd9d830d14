//! A newer revision ends where it would have ended had the older one never been there (`SPEC L3`, `L4`), whatever was answered
//! about that.

use crate::settled_entries::{Made, again, meeting};
use crate::world::World;

/// What there is at first: two files, and two in a folder.
const BEGUN: &str = "cp ../base a; cp ../both c; echo c >> c; mkdir z; cp ../theirs z/p; cp ../ours z/q; echo q >> z/q";

/// What another change does, the older revision, and the newer one.
const CASES: [[&str; 3]; 9] = [
    // The newer one moves another file to where the older one put something.
    ["sed -i s/^line.18$/more/ z/q", "git mv a v", "git mv z/q v"],
    ["chmod +x z/q", "git mv a v", "git mv z/q v"],
    ["git rm -q z/q", "git mv a v", "git mv z/q v"],
    ["git mv a b; git mv c a", "git mv z/p z/n", "git mv a z/n"],
    ["git mv z/q z/n", "mkdir w; git mv z/q w/q", "git mv a z/n"],
    // It puts a folder where the older one put a file.
    ["cp ../ours v; echo own >> v", "cp ../both v; echo mine >> v", "git mv z v"],
    ["git mv z/q v", "git mv a v", "git mv z v"],
    // It leaves what the older one moved.
    ["cp ../ours v; echo own >> v", "git mv a v", "sed -i s/^line.18$/more/ a"],
    ["mkdir v; cp ../ours v/x", "git mv z/q v", "sed -i s/^line.18$/more/ z/q"],
];

/// Brings the change to `QA`, and answers whatever is asked alike.
fn brought(world: &World, way: &str) {
    let mut told = world.run(&["promote", "US-1", "--to", "QA", "--json"]);
    for _ in 0..9 {
        let answer: serde_json::Value = serde_json::from_str(&told.out).expect("an answer");
        let Some(open) = answer["conflicts"].as_array().and_then(|all| all.first()) else {
            return assert_eq!(told.exit, Some(0), "{answer}");
        };
        let (id, path) = (answer["operation"].as_str().expect("an operation"), open["path"].as_str().expect("a path"));
        told = world.run(&["resolve", id, path, way, "--json"]);
    }
    panic!("it asks for ever: {told:?}");
}

#[test]
fn a_newer_revision_ends_where_it_would_have_ended_alone() {
    for [ours, older, newer] in CASES {
        for way in ["--ours", "--theirs"] {
            let tree = |world: &World| world.git(&["ls-tree", "-r", "main"]);
            let fresh = meeting(Made { begun: BEGUN, ours, theirs: newer }, "");
            brought(&fresh, way);
            let world = meeting(Made { begun: BEGUN, ours, theirs: older }, "");
            let before = tree(&world);
            brought(&world, way);
            again(&world, "sit", newer);
            brought(&world, way);
            assert_eq!(tree(&world), tree(&fresh), "{ours} | {older} | {newer}, {way}");
            world.is_sound();
            world.ok(&["demote", "US-1", "--from", "QA", "--to", "DEV"]);
            assert_eq!(tree(&world), before, "{ours} | {older} | {newer}, {way}, and taken out");
        }
    }
}
