//! A file where another change has a folder, or the other way round: nothing gives way unasked, what did comes back when the
//! other leaves, and whoever made room is built on (`SPEC X1`, `X4`, `D4`, `L3`).

use crate::folders::{does, moves};
use crate::own_commits::work;
use crate::settled_entries::{Made, held, meeting, settles};
use crate::world::World;
use serde_json::json;
use std::collections::BTreeMap;

const BEGUN: &str = "cp ../base a";
const AREA: &str = "[[area]]\nname = \"sit-a\"\nstage = \"SIT\"\ntarget = { dir = \"../areas/sit-a\" }\n";

/// Two files in a folder, and two beside it.
fn begun() -> World {
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    for (path, text) in [("a", "1\n2\n3\n"), ("old/one", "one\n2\n3\n"), ("old/two", "two\n2\n3\n")] {
        world.write(path, text);
    }
    world.commit("Three files");
    world.begin_three_stages();
    world
}

/// What stands where, by the edited line of each.
fn files(list: &[(&str, &str)]) -> BTreeMap<String, (String, String)> {
    list.iter().map(|(path, line)| ((*path).to_owned(), ("100644".to_owned(), (*line).to_owned()))).collect()
}

/// A way to settle it, and what is there then.
type Way = (&'static str, &'static [(&'static str, &'static str)]);

/// Both sides, the ways to settle it, and what is there without the destination's own change.
type Settled = (&'static str, &'static str, &'static [Way], &'static [(&'static str, &'static str)]);

const SETTLED: [Settled; 8] = [
    (
        "mkdir site; cp ../ours site/x; cp ../both site/y",
        "cp ../theirs site",
        &[
            ("--ours", &[("a", "line 5"), ("site/x", "ours"), ("site/y", "both")]),
            ("--theirs", &[("a", "line 5"), ("site", "theirs")]),
            ("--base", &[("a", "line 5"), ("site/x", "ours"), ("site/y", "both")]),
            ("--file", &[("a", "line 5"), ("site", "both")]),
        ],
        &[("a", "line 5"), ("site", "theirs")],
    ),
    (
        "cp ../ours site",
        "mkdir site; cp ../theirs site/x",
        &[("--ours", &[("a", "line 5"), ("site", "ours")]), ("--theirs", &[("a", "line 5"), ("site/x", "theirs")])],
        &[("a", "line 5"), ("site/x", "theirs")],
    ),
    // What the change moves there stays where it was, with what the destination made of it.
    (
        "mkdir site; cp ../both site/x; cp ../ours a",
        "git mv a site",
        &[
            ("--ours", &[("a", "ours"), ("site/x", "both")]),
            ("--theirs", &[("site", "ours")]),
            ("--base", &[("a", "line 5"), ("site/x", "both")]),
            ("--file", &[("a", "both"), ("site/x", "both")]),
        ],
        &[("site", "line 5")],
    ),
    // So it does though nobody else touched it.
    (
        "mkdir site; cp ../both site/x",
        "git mv a site",
        &[("--ours", &[("a", "line 5"), ("site/x", "both")]), ("--theirs", &[("site", "line 5")])],
        &[("site", "line 5")],
    ),
    (
        "mkdir site; cp ../both site/x; cp ../ours a",
        "git mv a site; cp ../theirs site",
        &[("--ours", &[("a", "ours"), ("site/x", "both")]), ("--theirs", &[("site", "theirs")])],
        &[("site", "theirs")],
    ),
    // So does what both moved.
    (
        "git mv a c; cp ../ours c; mkdir site; cp ../both site/x",
        "git mv a site",
        &[("--ours", &[("c", "ours"), ("site/x", "both")]), ("--theirs", &[("site", "ours")])],
        &[("site", "line 5")],
    ),
    (
        "rm a; mkdir a; seq 101 120 > a/x",
        "cp ../theirs a",
        &[("--ours", &[("a/x", "105")]), ("--theirs", &[("a", "theirs")]), ("--base", &[("a", "line 5")])],
        &[("a", "theirs")],
    ),
    (
        "cp ../both site; cp ../ours a",
        "mkdir site; git mv a site/a",
        &[("--ours", &[("a", "ours"), ("site", "both")]), ("--theirs", &[("site/a", "ours")])],
        &[("site/a", "line 5")],
    ),
];

/// However it is settled, taking either change out again leaves what is there without it.
#[test]
fn what_gives_way_comes_back() {
    for (ours, theirs, ways, alone) in SETTLED {
        for (way, wanted) in ways {
            let how: &[&str] = if *way == "--file" { &["--file", "F"] } else { &[way] };
            let world = settles(Made { begun: BEGUN, ours, theirs }, how, &files(wanted));
            world.ok(&["demote", "US-9", "--from", "QA", "--to", "DEV"]);
            assert_eq!(held(&world), files(alone), "{ours} | {theirs}, settled with {way}, without the other");
            world.is_sound();
        }
    }
}

/// Two answers of which only one can stand settle nothing, and both may be given anew.
#[test]
fn answers_that_exclude_each_other_are_asked_for_again() {
    let ours = "mkdir site; cp ../both site/x; cp ../ours a";
    let theirs = "git mv a site; mkdir a; cp ../theirs a/new";
    let world = meeting(Made { begun: BEGUN, ours, theirs }, "");
    let before = held(&world);
    let stopped = world.json(3, &["promote", "US-1", "--to", "QA"]);
    let places: Vec<_> = stopped["conflicts"].as_array().expect("a list").iter().map(|one| &one["path"]).collect();
    assert_eq!(places, [&json!("a"), &json!("a/new")], "{stopped}");
    world.json(3, &["resolve", "P-1", "a", "--ours"]);
    let again = world.json(3, &["resolve", "P-1", "a/new", "--theirs"]);
    assert_eq!(
        again["conflicts"][0]["why"], "a and a/new cannot both be there: one of them has to give way",
        "{again}"
    );
    assert_eq!(held(&world), before);
    world.json(3, &["resolve", "P-1", "a", "--theirs"]);
    world.ok(&["resolve", "P-1", "a/new", "--theirs"]);
    assert_eq!(held(&world), files(&[("a/new", "theirs"), ("site", "ours")]));
    world.ok(&["demote", "US-1", "--to", "DEV"]);
    assert_eq!(held(&world), before);
    world.is_sound();
}

fn at_sit(world: &World, key: &str) {
    world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "SIT"]);
}

/// What stands where a file or a folder left needs whoever took that away: it is not swept away when that one leaves, and
/// whoever takes it further is told.
#[test]
fn whoever_made_room_is_built_on() {
    let cases = [("old", "", "old"), ("old", "away", "old"), ("a", "", "a/new"), ("a", "away", "a/new")];
    for (from, to, new) in cases {
        let world = begun();
        let words = if to.is_empty() { ["rm", "-rq", from] } else { ["mv", from, to] };
        does(&world, "US-1", "main", &words);
        at_sit(&world, "US-1");
        work(&world, "feature/US-2", "sit", "US-2: Take it", &[(new, "new\n")]);
        at_sit(&world, "US-2");
        let before = world.tree("sit");
        let told = format!("{from} to {to:?}, then {new}");
        let refused = world.refused(&["demote", "US-1", "--from", "SIT"]);
        assert_eq!(refused["code"], "has-dependents", "{told}: {refused}");
        assert_eq!(world.tree("sit"), before, "{told}");
        let graph = world.ok(&["depends", "US-2"]);
        assert!(graph.to_string().contains("US-1"), "{told}: {graph}");
        let stopped = world.json(3, &["promote", "US-2", "--from", "SIT", "--to", "QA"]);
        assert_eq!(stopped["conflicts"][0]["kind"], "file-folder", "{told}: {stopped}");
        assert!(stopped["warnings"].to_string().contains("needs US-1"), "{told}: {stopped}");
        world.ok(&["promotion", "run", "P-1", "--with-dependencies"]);
        assert_eq!(world.tree("main"), before, "{told}");
        world.ok(&["demote", "US-1", "--with-dependents"]);
        assert_eq!(world.tree("main"), world.tree("dev"), "{told}");
        world.is_sound();
    }
}

/// An edit that leaves takes nothing along that stands where its file was.
#[test]
fn an_edit_of_what_made_room_is_taken_out_alone() {
    let world = begun();
    work(&world, "feature/US-1", "main", "US-1: Edit", &[("a", "1\ntwo\n3\n")]);
    at_sit(&world, "US-1");
    moves(&world, "US-2", "sit", ["a", "b"]);
    at_sit(&world, "US-2");
    work(&world, "feature/US-3", "sit", "US-3: Take it", &[("a/new", "new\n")]);
    at_sit(&world, "US-3");
    world.ok(&["demote", "US-1", "--from", "SIT"]);
    assert_eq!(world.git(&["show", "sit:a/new"]), "new");
    assert_eq!(world.git(&["show", "sit:b"]), "1\n2\n3");
    world.is_sound();
}

/// What was settled so for two changes says nothing about one of them alone: neither further up, nor in an area, nor once the
/// other one has left (`SPEC L3`, `A3`, `P11`).
#[test]
fn what_gave_way_is_there_without_the_other() {
    let world = begun();
    world.configure(&format!("{AREA}{}", world.read("switchback.toml")));
    work(&world, "feature/US-1", "main", "US-1: Folder", &[("site/x", "x\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    work(&world, "feature/US-2", "main", "US-2: File", &[("site", "file\n")]);
    at_sit(&world, "US-2");
    world.json(3, &["back-promote", "US-2", "--to", "DEV"]);
    world.ok(&["resolve", "P-1", "site", "--theirs"]);
    world.ok(&["promote", "US-1", "--from", "DEV", "--to", "SIT"]);
    assert_eq!(world.git(&["show", "sit:site"]), "file", "both are there, as DEV holds them");
    world.ok(&["deploy", "US-1", "--area", "sit-a"]);
    assert_eq!(world.files("sit-a").get("site/x").map(String::as_str), Some("x\n"), "it alone is there");
    world.ok(&["promote", "US-1", "--from", "SIT", "--to", "QA"]);
    assert_eq!(world.git(&["show", "main:site/x"]), "x", "it alone went on");
    world.ok(&["demote", "US-2", "--from", "SIT"]);
    assert_eq!(world.git(&["show", "sit:site/x"]), "x", "the other left");
    world.is_sound();
}

/// What gave way is there again without the other, though a stage below holds it as it was settled, with both of them.
#[test]
fn what_gave_way_is_not_gone_because_it_is_below() {
    let world = begun();
    moves(&world, "US-1", "main", ["old/one", "site"]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    world.git(&["checkout", "--quiet", "-B", "feature/US-2", "main"]);
    std::fs::create_dir(world.repo().join("site")).expect("a folder");
    world.git(&["mv", "a", "site/a"]);
    world.commit("US-2: Move it");
    world.git(&["checkout", "--quiet", "--detach"]);
    at_sit(&world, "US-2");
    let before = world.tree("sit");
    let stopped = world.json(3, &["promote", "US-1", "--to", "SIT"]);
    let id = stopped["operation"].as_str().expect("an operation").to_owned();
    world.ok(&["resolve", &id, "old/one", "--theirs"]);
    world.ok(&["back-promote", "US-2", "--to", "DEV"]);
    assert_eq!(world.tree("dev"), world.tree("sit"));
    world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    assert_eq!(world.tree("sit"), before);
    world.is_sound();
}

/// A newer revision that puts a file where a folder is asks as a first one does.
#[test]
fn a_newer_revision_asks_as_well() {
    for (first, (path, text)) in [(("site", "file\n"), ("site/x", "x\n")), (("site/x", "x\n"), ("site", "file\n"))] {
        let world = begun();
        work(&world, "feature/US-1", "main", "US-1: One", &[first]);
        world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
        work(&world, "feature/US-2", "main", "US-2: Edit", &[("a", "1\ntwo\n3\n")]);
        world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
        work(&world, "feature/US-2", "feature/US-2", "US-2: Other", &[(path, text)]);
        let refused = world.refused(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
        assert_eq!(refused["details"]["conflicts"][0]["kind"], "file-folder", "{refused}");
        world.is_sound();
    }
}

/// Somebody rewrote what gave way then.
#[test]
fn a_remembered_settlement_takes_nothing_away_unseen() {
    let world = meeting(Made { begun: BEGUN, ours: "mkdir site; cp ../ours site/x", theirs: "cp ../theirs site" }, "");
    world.json(3, &["promote", "US-1", "--to", "QA"]);
    world.ok(&["resolve", "P-1", "site", "--theirs"]);
    world.ok(&["demote", "US-1", "--from", "QA", "--to", "DEV"]);
    work(&world, "feature/US-3", "main", "US-3: Rewrite", &[("site/x", "else\n")]);
    world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "QA"]);
    let stopped = world.json(3, &["promote", "US-1", "--to", "QA"]);
    assert!(!stopped["conflicts"][0]["offers"].is_null(), "it is offered: {stopped}");
    assert_eq!(world.git(&["show", "main:site/x"]), "else");
}

/// Who stands on a branch where another made room is told whom the stage lacks.
#[test]
fn whoever_made_room_is_named_where_the_change_begins() {
    let world = begun();
    moves(&world, "US-1", "main", ["a", "b"]);
    at_sit(&world, "US-1");
    work(&world, "feature/US-2", "sit", "US-2: Take it", &[("a/new", "new\n")]);
    let refused = world.refused(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    assert!(refused["message"].to_string().contains("needs US-1, which DEV lacks"), "{refused}");
    world.ok(&["back-promote", "US-1", "--to", "DEV"]);
    world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
}

/// A newer revision of what won over another's file is asked about, and the answer counts.
#[test]
fn an_answer_about_what_another_does_as_well_counts() {
    let text = |second: &str| format!("1\n{second}\n3\n4\n5\n6\n7\n8\n9\n");
    for (way, held) in [("--theirs", "more"), ("--ours", "2"), ("--base", "2")] {
        let world = begun();
        work(&world, "feature/US-1", "main", "US-1: Folder", &[("site/x", "1\n2\n3\n")]);
        at_sit(&world, "US-1");
        work(&world, "feature/US-2", "main", "US-2: File", &[("site", &text("2"))]);
        world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
        world.json(3, &["promote", "US-2", "--from", "DEV", "--to", "SIT"]);
        world.ok(&["resolve", "P-1", "site", "--theirs"]);
        work(&world, "feature/US-2", "feature/US-2", "US-2: More", &[("site", &text("more"))]);
        world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
        world.json(3, &["promote", "US-2", "--from", "DEV", "--to", "SIT"]);
        world.ok(&["resolve", "P-2", "site", way]);
        assert_eq!(world.git(&["show", "sit:site"]), text(held).trim_end(), "{way}");
        world.is_sound();
    }
}

/// Where one adds a file and another a folder of its name, neither is taken from where both come from: the other would have to
/// give way.
#[test]
fn a_file_and_a_folder_of_one_name_are_asked_about() {
    let files = [("US-1", "site", "file\n"), ("US-2", "site/new", "new\n")];
    for (first, second) in [(0, 1), (1, 0)] {
        let world = begun();
        for (key, path, text) in files {
            work(&world, &format!("feature/{key}"), "main", &format!("{key}: Site"), &[(path, text)]);
        }
        let [(first, kept, _), (second, path, text)] = [files[first], files[second]];
        world.ok(&["change", "record", first, "--branch", &format!("feature/{first}"), "--stage", "QA"]);
        world.ok(&["change", "record", second, "--branch", &format!("feature/{second}"), "--stage", "SIT"]);
        let stopped = world.json(3, &["promote", second, "--from", "SIT", "--to", "QA"]);
        let conflict = &stopped["conflicts"][0];
        assert_eq!((&conflict["kind"], &conflict["path"]), (&json!("file-folder"), &json!(path)), "{stopped}");
        assert_eq!(conflict["other_side"], first, "{stopped}");
        let id = stopped["operation"].as_str().expect("an operation").to_owned();
        world.ok(&["resolve", &id, path, "--theirs"]);
        assert_eq!(world.git(&["show", &format!("main:{path}")]), text.trim());
        let held = world.git(&["ls-tree", "-r", "--name-only", "main"]);
        assert!(!held.lines().any(|one| one == kept), "somebody decided so");
    }
}

/// A file that leaves a folder which is otherwise as it was, and finds a folder where it goes.
#[test]
fn what_moves_out_of_a_folder_onto_another_is_nowhere_lost() {
    let begun = "mkdir z; cp ../base z/a; cp ../both z/p";
    let made = Made { begun, ours: "mkdir site; cp ../ours site/x", theirs: "git mv z/a site" };
    for (way, wanted) in [
        ("--ours", &[("site/x", "ours"), ("z/a", "line 5"), ("z/p", "both")][..]),
        ("--base", &[("site/x", "ours"), ("z/a", "line 5"), ("z/p", "both")]),
        ("--theirs", &[("site", "line 5"), ("z/p", "both")]),
    ] {
        settles(made, &[way], &files(wanted));
    }
}

/// A file that makes room for a folder of its name, and finds another where it goes: it stays unless both are taken.
#[test]
fn what_made_room_and_finds_none_is_nowhere_lost() {
    let made = Made { begun: BEGUN, ours: "cp ../ours b", theirs: "git mv a b; mkdir a; cp ../theirs a/n" };
    for (way, wanted) in
        [("--ours", &[("a", "line 5"), ("b", "ours")][..]), ("--theirs", &[("a/n", "theirs"), ("b", "line 5")])]
    {
        let world = meeting(made, "");
        let before = held(&world);
        let stopped = world.json(3, &["promote", "US-1", "--to", "QA"]);
        let told = &stopped["conflicts"];
        assert_eq!((&told[0]["kind"], &told[1]["kind"]), (&json!("file-folder"), &json!("rename")), "{stopped}");
        world.json(3, &["resolve", "P-1", "a/n", way]);
        world.ok(&["resolve", "P-1", "b", way]);
        assert_eq!(held(&world), files(wanted), "{way}");
        world.is_sound();
        world.ok(&["demote", "US-1", "--from", "QA", "--to", "DEV"]);
        assert_eq!(held(&world), before, "{way}, and taken out");
    }
}

/// A file that replaces a folder while another edits that: what was settled below holds above as well, all of it or nothing.
#[test]
fn what_was_settled_below_about_a_folder_comes_whole() {
    for others in [false, true] {
        let world = begun();
        does(&world, "US-3", "main", &["rm", "-r", "--quiet", "old"]);
        work(&world, "feature/US-3", "feature/US-3", "US-3: File", &[("old", "three\n")]);
        work(&world, "feature/US-4", "main", "US-4: More", &[("old/one", "four\n2\n3\n"), ("old/new", "four\n")]);
        for (key, stage) in [("US-3", "DEV"), ("US-4", "QA")] {
            world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", stage]);
        }
        world.ok(&["back-promote", "US-4", "--to", "SIT"]);
        world.json(3, &["back-promote", "US-4", "--to", "DEV"]);
        world.json(3, &["resolve", "P-2", "old/one", "--ours"]);
        world.ok(&["resolve", "P-2", "old/new", "--ours"]);
        world.ok(&["promote", "US-3", "--to", "SIT"]);
        let listed = |branch: &str| world.git(&["ls-tree", "-r", "--name-only", branch, "old"]);
        assert_eq!(listed("sit"), "old");
        if others {
            // Nobody asked about this one below.
            work(&world, "feature/US-5", "main", "US-5: Other", &[("old/other", "five\n")]);
            world.ok(&["change", "record", "US-5", "--branch", "feature/US-5", "--stage", "QA"]);
            let stopped = world.json(3, &["promote", "US-3", "--from", "SIT", "--to", "QA"]);
            let id = stopped["operation"].as_str().expect("an operation");
            world.json(3, &["resolve", id, "old", "--ours"]);
            world.ok(&["resolve", id, "old/one", "--ours"]);
            assert_eq!(listed("main"), "old/new\nold/one\nold/other", "{stopped}");
        } else {
            world.ok(&["promote", "US-3", "--from", "SIT", "--to", "QA"]);
            assert_eq!(listed("main"), "old");
        }
        world.is_sound();
    }
}
