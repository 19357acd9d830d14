//! One that came earlier cannot build on what came later: not when a later change has moved the whole folder either.

use crate::world::World;

/// A change whose branch goes on from another's.
fn goes_on(world: &World, key: &str, on: &str, work: impl Fn(&World)) {
    world.git(&["checkout", "--quiet", "-B", &format!("feature/{key}"), on]);
    work(world);
    world.commit(&format!("{key} goes on"));
    world.git(&["checkout", "--quiet", "--detach"]);
    world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
}

const TEXT: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";

#[test]
fn an_earlier_change_does_not_build_on_a_later_one() {
    let world = World::three_stages();
    let first = world.git(&["rev-list", "--max-parents=0", "main"]);
    goes_on(&world, "US-1", &first, |world| {
        (0..6).for_each(|nth| world.write(&format!("old/f{nth}.txt"), &format!("{TEXT}{nth}\n")));
    });
    goes_on(&world, "US-2", "feature/US-1", |world| world.write("old/g.txt", &format!("{TEXT}nine\nten\n")));
    goes_on(&world, "US-3", "feature/US-2", |world| {
        world.write("old/g.txt", &format!("{TEXT}nine\nten\n").replace("two", "TWO"));
    });
    goes_on(&world, "US-4", "feature/US-3", |world| drop(world.git(&["mv", "old", "new"])));
    world.ok(&["promote", "US-1", "US-2", "US-3", "US-4", "--from", "DEV", "--to", "SIT"]);
    world.ok(&["demote", "US-3", "--from", "SIT", "--to", "DEV"]);
    assert_eq!(world.git(&["show", "sit:new/g.txt"]), format!("{TEXT}nine\nten"));
    assert!(!world.run_git(&["cat-file", "-e", "sit:old/g.txt"]), "it moved with the others");
    let graph = world.ok(&["depends", "--stage", "SIT"]);
    let edges = graph["edges"].as_array().into_iter().flatten();
    let onto_later = edges.filter(|edge| edge["change"].as_str() < edge["on"].as_str()).count();
    assert_eq!(onto_later, 0, "{graph}");
    world.ok(&["promote", "US-3", "--from", "DEV", "--to", "SIT"]);
    assert_eq!(world.tree("sit"), world.tree("dev"));
    world.is_sound();
}
