//! A stage's branch that was merged into a change's as one commit (`SPEC C1`).

use crate::own_commits::{files, own_files, page, record, with_one_on_dev, work};
use crate::world::World;
use serde_json::json;

fn squash(world: &World, branch: &str, other: &str, message: &str) {
    world.git(&["checkout", "--quiet", branch]);
    world.git(&["merge", "--quiet", "--squash", other]);
    match message {
        "" => world.git(&["commit", "--quiet", "--no-edit"]),
        _ => world.git(&["commit", "--quiet", "-m", message]),
    };
    world.git(&["checkout", "--quiet", "--detach"]);
}

/// A squashed merge has no second parent, and its message may name nobody: its content tells.
#[test]
fn a_stage_that_was_merged_as_one_commit_is_left_out_as_well() {
    for (message, others) in [("Bring DEV", 1), ("", 1), ("Bring DEV", 2), ("US-2: bring DEV", 2)] {
        let case = format!("{message:?} with {others}");
        let world = with_one_on_dev();
        if others == 2 {
            let more = page("one", "two", "THREE");
            work(&world, "feature/US-3", "main", "US-3: More", &[("web/index.html", &more), ("web/three", "three\n")]);
            record(&world, "US-3");
        }
        work(&world, "feature/US-2", "main", "US-2: Begin", &[("web/two", "two\n")]);
        squash(&world, "feature/US-2", "dev", message);
        work(&world, "feature/US-2", "main", "US-2: Go on", &[("web/two", "two\nmore\n")]);
        let done = record(&world, "US-2");
        let came = done["results"][0]["left_out"].as_array().expect("what came along").clone();
        assert_eq!(came.len(), others, "{case}: {done}");
        assert_eq!(own_files(&world, "US-2"), ["web/two"], "{case}");
        assert_eq!(world.ok(&["change", "show", "US-2"])["change"]["title"], "US-2: Begin", "{case}");
        world.ok(&["promote", "US-2", "--to", "SIT"]);
        assert!(!files(&world, "sit").contains(&"web/one".to_owned()), "{case}");
        world.is_sound();
    }
}

#[test]
fn what_builds_on_a_squashed_stage_says_so_and_a_branch_of_nothing_else_is_empty() {
    let world = with_one_on_dev();
    work(&world, "feature/US-2", "main", "US-2: Begin", &[("web/two", "two\n")]);
    squash(&world, "feature/US-2", "dev", "Bring DEV");
    work(&world, "feature/US-2", "main", "US-2: Go on", &[("web/one", "one\ntwo\nthree\nfour\n")]);
    assert_eq!(record(&world, "US-2")["results"][0]["depends_on"], json!(["US-1"]));
    world.git(&["branch", "feature/US-4", "main"]);
    squash(&world, "feature/US-4", "dev", "Bring DEV");
    let refused = world.refused(&["change", "record", "US-4", "--branch", "feature/US-4"]);
    assert_eq!(refused["code"], "nothing-to-record", "{refused}");
}

/// Two people make the same edit: that is no squash.
#[test]
fn the_same_edit_made_twice_is_each_ones_own() {
    let world = with_one_on_dev();
    work(&world, "feature/US-3", "main", "US-3: More", &[("web/three", "three\n")]);
    record(&world, "US-3");
    work(&world, "feature/US-2", "main", "US-2: The same", &[("web/three", "three\n")]);
    work(&world, "feature/US-2", "main", "US-2: And more", &[("web/two", "two\n")]);
    let done = record(&world, "US-2");
    assert_eq!(done["results"][0].get("left_out"), None, "{done}");
    assert_eq!(own_files(&world, "US-2"), ["web/three", "web/two"]);
}

/// The first change of a stage may be part of what somebody else does too, or all of it.
#[test]
fn the_only_change_of_a_stage_made_again_is_no_squash() {
    let again = [("web/index.html", page("one", "two", "three!"), "web/one", "one\n")];
    for (more, subject) in [(true, "The same and more"), (false, "US-2: The same")] {
        let world = World::three_stages();
        for (index, page, path, text) in &again {
            let files: &[(&str, &str)] = &[(index, page), (path, text)];
            world.change("US-1", files);
            let mut own = files.to_vec();
            own.extend(more.then_some(("web/two", "two\n")));
            work(&world, "feature/US-2", "main", subject, &own);
        }
        let done = record(&world, "US-2");
        assert_eq!(done["results"][0].get("left_out"), None, "{done}");
        assert_eq!(own_files(&world, "US-2").len(), if more { 3 } else { 2 });
    }
}

#[test]
fn one_edit_that_several_made_is_no_squash() {
    let world = World::three_stages();
    for key in ["US-1", "US-3", "US-2"] {
        let branch = format!("feature/{key}");
        let subject = format!("{key}: The same once more");
        work(&world, &branch, "main", &subject, &[("web/three", "three\n")]);
        let done = record(&world, key);
        assert_eq!(done["results"][0].get("left_out"), None, "{done}");
        assert_eq!(own_files(&world, key), ["web/three"]);
    }
}

/// A file that is missing on the stage because the change itself renamed it there says nothing of who edited it.
#[test]
fn what_its_older_revision_renamed_is_taken_over_from_nobody() {
    let world = World::three_stages();
    let renames = |text: &str| {
        work(&world, "feature/US-3", "main", "US-3: Rename", &[("web/index.html", ""), ("web/home.html", text)])
    };
    renames(&page("one", "two", "three"));
    record(&world, "US-3");
    world.change("US-1", &[("web/index.html", &page("ONE", "two", "three"))]);
    world.change("US-4", &[("web/index.html", &page("one", "two", "THREE"))]);
    let merged = world.git(&["show", "dev:web/home.html"]);
    world.git(&["branch", "--force", "feature/US-3", "main"]);
    renames(&page("one", "two", "three").replace("Shop", "Home"));
    let done = record(&world, "US-3");
    assert_eq!(done["results"][0].get("left_out"), None, "{done}");
    assert_eq!(world.git(&["show", "dev:web/home.html"]), merged.replace("Shop", "Home"));
}

/// A fix made above is in what a branch begins with, though it went down as another commit.
#[test]
fn what_a_branch_began_with_was_taken_over_from_nobody() {
    let world = World::three_stages();
    world.change("US-1", &[("web/index.html", &page("ONE", "two", "three"))]);
    work(&world, "feature/HF-1", "main", "HF-1: Mend", &[("web/index.html", &page("one", "two", "THREE"))]);
    world.ok(&["change", "record", "HF-1", "--branch", "feature/HF-1", "--stage", "QA"]);
    world.ok(&["back-promote", "HF-1", "--to", "SIT"]);
    world.ok(&["back-promote", "HF-1", "--to", "DEV"]);
    let both = page("ONE", "two", "THREE");
    assert_eq!(world.git(&["show", "dev:web/index.html"]) + "\n", both);
    work(&world, "feature/US-4", "main", "US-4: The same", &[("web/index.html", &both), ("web/four", "four\n")]);
    let done = record(&world, "US-4");
    assert_eq!(done["results"][0].get("left_out"), None, "{done}");
    world.ok(&["promote", "US-4", "--to", "SIT"]);
    assert_eq!(world.git(&["show", "sit:web/index.html"]) + "\n", both);
}

/// A file that somebody took away from the stage, and the branch as well, says nothing of those who edited it before.
#[test]
fn what_was_taken_away_on_both_sides_was_taken_over_from_nobody() {
    let world = World::three_stages();
    world.change("US-1", &[("web/index.html", &page("ONE", "two", "three"))]);
    work(&world, "feature/US-2", "dev", "US-2: Remove", &[("web/index.html", "")]);
    record(&world, "US-2");
    let renamed = [("web/index.html", ""), ("web/home.html", &page("one", "two", "THREE"))];
    work(&world, "feature/US-3", "main", "US-3: Rename", &renamed);
    let done = world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "SIT"]);
    assert_eq!(done["results"][0].get("left_out"), None, "{done}");
    assert!(!files(&world, "sit").contains(&"web/index.html".to_owned()));
    assert_eq!(world.git(&["show", "sit:web/home.html"]) + "\n", page("one", "two", "THREE"));
}

/// What a branch is stacked on is known to be below it, and is no second change that a commit brought.
#[test]
fn what_a_branch_is_stacked_on_was_not_taken_over() {
    let world = World::three_stages();
    world.change("US-1", &[("web/index.html", &page("ONE", "two", "three"))]);
    let both = page("ONE", "two", "THREE");
    work(&world, "feature/US-2", "dev", "US-2: Three", &[("web/index.html", &both)]);
    record(&world, "US-2");
    work(&world, "feature/US-3", "feature/US-1", "US-3: The same", &[("web/index.html", &both)]);
    let done = record(&world, "US-3");
    assert_eq!(done["results"][0].get("left_out"), None, "{done}");
    world.ok(&["promote", "US-1", "US-3", "--to", "SIT"]);
    assert_eq!(world.git(&["show", "sit:web/index.html"]) + "\n", both);
}
