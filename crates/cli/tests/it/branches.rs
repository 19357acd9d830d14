//! What people do to stages' branches with git itself is judged by what it does (`SPEC L8`).

use crate::world::World;
use serde_json::Value;

fn world() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/index.html", "<h1>Shop!</h1>\n"), ("web/one", "1\n")]);
    world.change("US-2", &[("web/two", "2\n")]);
    world
}

/// Does something with git on a stage's branch.
fn on(world: &World, branch: &str, act: impl Fn()) {
    world.git(&["checkout", "--quiet", branch]);
    act();
    world.git(&["checkout", "--quiet", "--detach"]);
}

/// Takes in what was done, and asserts that all agrees.
fn taken_in(world: &World) -> Value {
    let done = world.ok(&["change", "exclude", "US-2", "--reason", "to take in what others did"]);
    world.ok(&["change", "include", "US-2"]);
    world.is_sound();
    done
}

/// The revision of a change that a stage holds.
fn held(world: &World, key: &str, stage: &str) -> Option<u64> {
    let standing = world.ok(&["where"]);
    let all = standing["changes"].as_array().expect("changes");
    let change = all.iter().find(|change| change["key"] == key)?;
    change["stages"][stage]["revision"].as_u64()
}

fn warned(answer: &Value, code: &str) -> bool {
    answer["warnings"].as_array().is_some_and(|all| all.iter().any(|warning| warning["code"] == code))
}

#[test]
fn a_revert_and_the_revert_of_it() {
    let world = world();
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT"]);
    on(&world, "sit", || drop(world.git(&["revert", "--no-edit", "HEAD~1"])));
    let done = taken_in(&world);
    assert!(warned(&done, "taken-off"), "{done}");
    assert_eq!((held(&world, "US-1", "SIT"), held(&world, "US-2", "SIT")), (None, Some(1)));
    on(&world, "sit", || drop(world.git(&["revert", "--no-edit", "HEAD"])));
    taken_in(&world);
    assert_eq!(held(&world, "US-1", "SIT"), Some(1));
    on(&world, "sit", || drop(world.git(&["revert", "--no-edit", "HEAD"])));
    taken_in(&world);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    assert_eq!(world.git(&["show", "sit:web/one"]), "1");
    world.is_sound();
}

#[test]
fn a_feature_merged_by_hand_squashed_or_picked_is_the_revision_it_is() {
    type Way = fn(&World);
    let ways: [Way; 4] = [
        |world| drop(world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge feature/US-1", "feature/US-1"])),
        |world| {
            world.git(&["merge", "--quiet", "--squash", "feature/US-1"]);
            world.git(&["commit", "--quiet", "-m", "US-1: as one (#12)"]);
        },
        |world| drop(world.git(&["cherry-pick", "feature/US-1"])),
        |world| drop(world.git(&["merge", "--quiet", "--no-edit", "dev"])),
    ];
    for way in ways {
        let world = world();
        world.ok(&["promote", "US-2", "--to", "SIT"]);
        on(&world, "sit", || way(&world));
        taken_in(&world);
        assert_eq!(held(&world, "US-1", "SIT"), Some(1));
        assert_eq!(world.ok(&["change", "show", "US-1"])["change"]["revisions"].as_array().map(Vec::len), Some(1));
        world.ok(&["demote", "US-1", "--to", "DEV"]);
        assert_eq!(world.git(&["ls-tree", "-r", "--name-only", "sit", "web/one"]), "");
        world.is_sound();
    }
}

#[test]
fn a_change_that_came_by_a_merge_is_called_by_its_first_own_commit() {
    let bring: [fn(&World); 3] = [
        |world| {
            drop(world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request #4 of feature/US-9", "work"]))
        },
        |world| drop(world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request #4 of somebody", "work"])),
        |world| drop(world.git(&["merge", "--quiet", "--ff-only", "work"])),
    ];
    for (nth, bring) in bring.iter().enumerate() {
        let world = world();
        world.git(&["checkout", "--quiet", "-b", "work", "dev"]);
        for (text, message) in [("1\n", "US-9: sell mate"), ("2\n", "US-9: and chill it")] {
            world.write("web/mate", text);
            world.commit(message);
        }
        on(&world, "dev", || bring(&world));
        taken_in(&world);
        assert_eq!(world.ok(&["change", "show", "US-9"])["change"]["title"], "US-9: sell mate", "way {nth}");
    }
}

#[test]
fn a_merge_taken_back_takes_out_what_it_brought() {
    let world = world();
    on(&world, "sit", || {
        world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request #48 from feature/US-1", "feature/US-1"]);
        world.git(&["revert", "--no-edit", "-m", "1", "HEAD"]);
    });
    taken_in(&world);
    assert_eq!(held(&world, "US-1", "SIT"), None);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.is_sound();
}

#[test]
fn what_was_demoted_stays_demoted_when_a_branch_is_adopted() {
    let world = world();
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT"]);
    world.ok(&["demote", "US-1", "--to", "DEV"]);
    let entries = world.entries();
    world.ok(&["stage", "adopt", "SIT"]);
    assert_eq!(world.entries(), entries, "nobody rewrote anything");
    // Amended and pushed by force: the last commit is another one, and brings something else.
    on(&world, "sit", || {
        world.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
        world.write("web/two", "two\n");
        world.commit("US-2: amended");
    });
    let plan = world.ok(&["stage", "adopt", "SIT", "--dry-run"]);
    let results = plan["plan"]["results"].as_array().expect("results");
    let status = |key: &str, status: &str| results.iter().any(|one| one["change"] == key && one["status"] == status);
    // The branch holds US-1 again: it goes its own way before the demotion.
    assert!(status("US-2", "changes") && status("US-1", "comes"), "{plan}");
    world.ok(&["stage", "adopt", "SIT"]);
    world.is_sound();
    assert_eq!((held(&world, "US-1", "SIT"), held(&world, "US-2", "SIT")), (Some(1), Some(2)));
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["gc", "--quiet", "--prune=now"]);
    for entry in 2..=world.ok(&["status"])["seq"].as_u64().expect("a position") {
        world.ok(&["diff", &format!("SIT@#{entry}"), "SIT"]);
    }
}

/// Three branches merged at once bring what each of them brought.
#[test]
fn an_octopus_merge_is_taken_apart() {
    let world = world();
    world.branch("US-3", &[("web/three", "3\n")]);
    world.branch("HOT-1", &[("web/hot", "1\n")]);
    on(&world, "sit", || {
        world.write("web/cold", "1\n");
        world.commit("HOT-2: mend");
        world.git(&["merge", "--quiet", "--no-edit", "feature/US-1", "feature/US-2", "feature/US-3", "feature/HOT-1"]);
    });
    let parents = world.git(&["log", "-1", "--format=%P", "sit"]);
    assert_eq!(parents.split(' ').count(), 5, "an octopus: {parents}");
    let told = taken_in(&world);
    let there = ["US-1", "US-2", "US-3", "HOT-1"].map(|key| held(&world, key, "SIT"));
    assert_eq!(there, [Some(1); 4], "{told}");
    assert!(!warned(&told, "made-outside"), "{told}");
    world.ok(&["demote", "US-2", "--from", "SIT", "--to", "DEV"]);
    let files = world.git(&["ls-tree", "-r", "--name-only", "sit"]);
    assert!(!files.contains("web/two") && files.contains("web/three") && files.contains("web/hot"), "{files}");
    let octopus = world.git(&["log", "--merges", "-1", "--format=%H", "sit"]);
    on(&world, "sit", || drop(world.git(&["revert", "--no-edit", "-m", "1", &octopus])));
    taken_in(&world);
    assert_eq!(["US-1", "US-2", "US-3", "HOT-1"].map(|key| held(&world, key, "SIT")), [None; 4]);
    assert_eq!(held(&world, "HOT-2", "SIT"), Some(1), "what was there before stays");
    let files = world.git(&["ls-tree", "-r", "--name-only", "sit"]);
    assert!(["one", "two", "three", "hot"].iter().all(|file| !files.contains(&format!("web/{file}"))), "{files}");
}

/// Two stages merged into each other, both from where the other stood before: git finds two common ancestors.
#[test]
fn a_criss_cross_merge_brings_each_change_once() {
    let world = world();
    on(&world, "sit", || {
        world.write("web/hot", "1\n");
        world.commit("HOT-1: mend");
    });
    let [dev, sit] = ["dev", "sit"].map(|branch| world.git(&["rev-parse", branch]));
    on(&world, "dev", || drop(world.git(&["merge", "--quiet", "--no-edit", &sit])));
    on(&world, "sit", || drop(world.git(&["merge", "--quiet", "--no-edit", &dev])));
    let bases = world.git(&["merge-base", "--all", "dev", "sit"]);
    assert_eq!(bases.lines().count(), 2, "a criss-cross: {bases}");
    let told = taken_in(&world);
    for key in ["US-1", "US-2", "HOT-1"] {
        assert_eq!(["DEV", "SIT"].map(|stage| held(&world, key, stage)), [Some(1); 2], "{key}: {told}");
    }
    assert_eq!(world.tree("dev"), world.tree("sit"));
    world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    on(&world, "sit", || {
        world.write("web/hot", "2\n");
        world.commit("HOT-1: again");
    });
    // Merged once more, over both ancestors: what was demoted does not come back, for its removal came along.
    on(&world, "dev", || drop(world.git(&["merge", "--quiet", "--no-edit", "sit"])));
    taken_in(&world);
    assert_eq!(held(&world, "HOT-1", "DEV"), Some(2));
    assert_eq!(world.tree("dev"), world.tree("sit"));
    let verified = world.ok(&["where"]);
    assert_eq!(held(&world, "US-1", "SIT"), None, "{verified}");
}
