//! A branch that was cut from a stage's branch, or has merged one, is recorded as what it did itself (`SPEC C1`).

use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};

/// Three stages, and `US-1` on DEV: a file of its own, and a line of one that is there.
pub(crate) fn with_one_on_dev() -> World {
    let world = World::three_stages();
    world.write("web/list", &lines(&[]));
    let start = world.git(&["rev-parse", "HEAD"]);
    world.branch("US-1", &[("web/one", "one\ntwo\nthree\n"), ("web/index.html", &page("ONE", "two", "three"))]);
    world.git(&["checkout", "--quiet", "--force", "--detach", &start]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    world
}

pub(crate) fn page(one: &str, two: &str, three: &str) -> String {
    format!("<h1>Shop</h1>\n\n<p>{one}</p>\n<p>{two}</p>\n<p>{three}</p>\n")
}

pub(crate) fn lines(edits: &[(usize, &str)]) -> String {
    let line =
        |at: usize| edits.iter().find(|(one, _)| *one == at).map_or(at.to_string(), |(_, text)| (*text).to_owned());
    (1..=20).map(|at| format!("{}\n", line(at))).collect()
}

/// Commits files on a branch, begun where `from` says if it is not there.
pub(crate) fn work(world: &World, branch: &str, from: &str, message: &str, files: &[(&str, &str)]) {
    match world.run_git(&["rev-parse", "--quiet", "--verify", branch]) {
        true => world.git(&["checkout", "--quiet", branch]),
        false => world.git(&["checkout", "--quiet", "-b", branch, from]),
    };
    for (path, text) in files {
        match text.is_empty() {
            true => drop(world.git(&["rm", "--quiet", path])),
            false => world.write(path, text),
        }
    }
    world.commit(message);
    world.git(&["checkout", "--quiet", "--detach"]);
}

fn merge(world: &World, branch: &str, other: &str) {
    world.git(&["checkout", "--quiet", branch]);
    world.git(&["merge", "--quiet", "--no-ff", "--no-edit", other]);
    world.git(&["checkout", "--quiet", "--detach"]);
}

pub(crate) fn record(world: &World, key: &str) -> Value {
    world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"])
}

fn left_out(answer: &Value) -> String {
    let warnings = answer["warnings"].as_array().expect("warnings").iter();
    let mut said = warnings.filter(|one| one["code"] == "left-out").map(|one| one["message"].to_string());
    said.next().unwrap_or_default()
}

pub(crate) fn files(world: &World, branch: &str) -> Vec<String> {
    world.git(&["ls-tree", "-r", "--name-only", branch]).lines().map(str::to_owned).collect()
}

/// What differs between the base of the newest revision and its tip.
pub(crate) fn own_files(world: &World, key: &str) -> Vec<String> {
    let shown = world.ok(&["change", "show", key]);
    let revision = shown["change"]["revisions"].as_array().expect("revisions").last().expect("one").clone();
    let [base, tip] = ["base", "tip"].map(|end| revision[end].as_str().expect("a commit").to_owned());
    world.git(&["diff", "--name-only", &base, &tip]).lines().map(str::to_owned).collect()
}

#[test]
fn cut_from_a_stage_or_merged_with_one_it_leaves_out_what_that_holds() {
    for (case, from, merged) in [("cut from DEV", "dev", None), ("merged DEV", "main", Some("dev"))] {
        let world = with_one_on_dev();
        work(&world, "feature/US-2", from, "US-2: Add two", &[("web/two", "two\n")]);
        if let Some(other) = merged {
            merge(&world, "feature/US-2", other);
        }
        let done = record(&world, "US-2");
        assert!(left_out(&done).contains("DEV's branch: US-1"), "{case}: {done}");
        assert_eq!(done["results"][0].get("depends_on"), None, "{case}: {done}");
        let came = json!([{"change": "US-1", "revision": 1, "stage": "DEV", "needed": false, "why": "it came with DEV's branch"}]);
        assert_eq!(done["results"][0]["left_out"], came, "{case}: {done}");
        assert_eq!(own_files(&world, "US-2"), ["web/two"], "{case}");
        assert_eq!(world.ok(&["change", "show", "US-2"])["change"]["title"], "US-2: Add two", "{case}");
        world.ok(&["promote", "US-2", "--to", "SIT"]);
        assert!(!files(&world, "sit").contains(&"web/one".to_owned()), "{case}");
        assert!(files(&world, "sit").contains(&"web/two".to_owned()), "{case}");
        world.ok(&["demote", "US-2", "--to", "DEV"]);
        world.is_sound();
    }
}

#[test]
fn a_branch_without_anything_of_its_own_tells_what_it_holds() {
    let world = with_one_on_dev();
    world.git(&["branch", "feature/US-2", "dev"]);
    let refused = world.refused(&["change", "record", "US-2", "--branch", "feature/US-2"]);
    assert_eq!(refused["code"], "nothing-to-record");
    let came = json!([{"change": "US-1", "revision": 1, "stage": "DEV"}]);
    assert_eq!(refused["details"], json!({"change": "US-2", "left_out": came}));
}

/// The middle stage's branch holds what was promoted there as a commit of its own.
#[test]
fn cut_from_a_stage_between_it_leaves_out_what_was_promoted_there() {
    let world = with_one_on_dev();
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    work(&world, "feature/US-2", "sit", "US-2: Add two", &[("web/two", "two\n")]);
    assert!(left_out(&record(&world, "US-2")).contains("SIT's branch: US-1"));
    world.ok(&["promote", "US-2", "--to", "QA", "--from", "DEV"]);
    assert!(!files(&world, "main").contains(&"web/one".to_owned()));
    world.is_sound();
}

#[test]
fn a_lane_beside_the_path_is_left_out_as_well() {
    let world = World::bare_of_pipeline();
    world.git(&["branch", "hotfix"]);
    let lane = "\n[[stage]]\nname = \"HOT\"\nbranch = \"hotfix\"\nnext = [\"QA\"]\n\n[[area]]";
    world.configure(&THREE_STAGES.replacen("\n[[area]]", lane, 1));
    world.ok(&["init"]);
    world.branch("HF-1", &[("web/hot", "hot\n"), ("web/index.html", &page("HOT", "two", "three"))]);
    world.ok(&["change", "record", "HF-1", "--branch", "feature/HF-1", "--stage", "HOT"]);
    work(&world, "feature/US-2", "hotfix", "US-2: Add two", &[("web/two", "two\n")]);
    assert!(left_out(&record(&world, "US-2")).contains("HOT's branch: HF-1"));
    assert!(!files(&world, "dev").contains(&"web/hot".to_owned()));
    // Its line beside the hotfix's cannot do without it, and that is said.
    work(&world, "feature/US-3", "hotfix", "US-3: Louder", &[("web/index.html", &page("HOT!", "two", "three"))]);
    let refused = world.refused(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "DEV"]);
    assert_eq!(refused["code"], "depends-on", "{refused}");
    let done = world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "HOT"]);
    assert_eq!(done["results"][0]["depends_on"], json!(["HF-1"]), "{done}");
    world.is_sound();
}

#[test]
fn what_its_own_edits_need_is_a_dependency() {
    let cases: [(&str, &[(&str, &str)]); 4] = [
        ("a file that the other added", &[("web/one", "one\nTWO\nthree\n")]),
        ("a file that the other added, taken away", &[("web/one", "")]),
        (
            "the line that the other wrote",
            &[("web/index.html", "<h1>Shop</h1>\n\n<p>ONE!</p>\n<p>two</p>\n<p>three</p>\n")],
        ),
        ("the line put back", &[("web/index.html", "<h1>Shop</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n")]),
    ];
    for (case, edits) in cases {
        let world = with_one_on_dev();
        work(&world, "feature/US-2", "main", "US-2: Begin", &[("web/two", "two\n")]);
        merge(&world, "feature/US-2", "dev");
        work(&world, "feature/US-2", "main", "US-2: Go on", edits);
        let done = record(&world, "US-2");
        assert_eq!(done["results"][0]["depends_on"], json!(["US-1"]), "{case}: {done}");
        assert!(left_out(&done).contains("builds on US-1"), "{case}: {done}");
        assert_eq!(done["results"][0]["left_out"][0]["needed"], true, "{case}: {done}");
        assert_eq!(world.refused(&["promote", "US-2", "--to", "SIT"])["code"], "depends-on", "{case}");
        let told = world.run(&["depends", "US-2"]).said();
        assert!(told.contains("US-1"), "{case}: {told}");
        world.ok(&["promote", "US-2", "--to", "SIT", "--with-dependencies"]);
        assert_eq!(world.tree("sit"), world.tree("dev"), "{case}");
        world.is_sound();
    }
}

/// The usual life of a branch: recorded, brought up to date with DEV, which holds it by now, and recorded again.
#[test]
fn merged_again_and_again_it_stays_its_own() {
    let world = with_one_on_dev();
    work(
        &world,
        "feature/US-2",
        "main",
        "US-2: Begin",
        &[("web/two", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"), ("web/list", &lines(&[]))],
    );
    record(&world, "US-2");
    merge(&world, "feature/US-2", "dev");
    work(&world, "feature/US-2", "main", "US-2: Go on", &[("web/two", "1\n2\n3\n4\n5\n6\n7\n8\nNINE\n")]);
    assert!(left_out(&record(&world, "US-2")).contains("US-1"));
    assert_eq!(own_files(&world, "US-2"), ["web/list", "web/two"]);
    world.branch("US-3", &[("web/three", "three\n")]);
    record(&world, "US-3");
    merge(&world, "feature/US-2", "dev");
    work(&world, "feature/US-2", "main", "US-2: End", &[("web/two", "ONE\n2\n3\n4\n5\n6\n7\n8\nNINE\n")]);
    let done = record(&world, "US-2");
    assert!(left_out(&done).contains("US-1, US-3"), "{done}");
    assert_eq!(own_files(&world, "US-2"), ["web/list", "web/two"]);
    // Nothing that the ledger names is lost when the branch goes.
    world.git(&["branch", "--quiet", "-D", "feature/US-2"]);
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["gc", "--quiet", "--prune=now"]);
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    assert_eq!(world.git(&["show", "sit:web/two"]), "ONE\n2\n3\n4\n5\n6\n7\n8\nNINE");
    let held = files(&world, "sit");
    assert!(!held.contains(&"web/one".to_owned()) && !held.contains(&"web/three".to_owned()), "{held:?}");
    assert_eq!(world.ok(&["where", "US-2"])["changes"][0]["stages"]["DEV"]["revision"], 3);
    assert_eq!(world.git(&["show", "dev:web/two"]), "ONE\n2\n3\n4\n5\n6\n7\n8\nNINE");
    world.ok(&["demote", "US-2", "--to", "DEV"]);
    world.is_sound();
}

/// An update from the base branch carries nothing of anybody: the base moves on.
#[test]
fn an_update_from_the_base_branch_is_nothing_to_speak_of() {
    let world = World::three_stages();
    work(&world, "feature/US-2", "main", "US-2: Add two", &[("web/two", "two\n")]);
    world.branch("US-1", &[("web/one", "one\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "QA"]);
    merge(&world, "feature/US-2", "main");
    let done = record(&world, "US-2");
    assert_eq!((left_out(&done).as_str(), own_files(&world, "US-2")), ("", vec!["web/two".to_owned()]), "{done}");
    // With both merged, neither comes along.
    world.branch("US-4", &[("web/four", "four\n")]);
    record(&world, "US-4");
    world.branch("US-5", &[("web/five", "five\n")]);
    world.ok(&["change", "record", "US-5", "--branch", "feature/US-5", "--stage", "QA"]);
    merge(&world, "feature/US-2", "dev");
    merge(&world, "feature/US-2", "main");
    work(&world, "feature/US-2", "main", "US-2: Go on", &[("web/more", "more\n")]);
    assert!(left_out(&record(&world, "US-2")).contains("US-4"));
    assert_eq!(own_files(&world, "US-2"), ["web/more", "web/two"]);
    world.is_sound();
}

#[test]
fn another_branch_that_nobody_recorded_cannot_be_told_apart() {
    let world = with_one_on_dev();
    work(&world, "feature/US-7", "main", "US-7: Add seven", &[("web/seven", "seven\n")]);
    work(&world, "feature/US-2", "main", "US-2: Add two", &[("web/two", "two\n")]);
    merge(&world, "feature/US-2", "feature/US-7");
    let words = ["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"];
    let refused = world.refused(&words);
    assert_eq!(refused["code"], "carries-others", "{refused}");
    assert_eq!(refused["details"]["commits"][0]["change"], "US-7");
    let seven = world.git(&["rev-parse", "feature/US-7"]);
    assert_eq!(refused["details"]["commits"][0]["commit"].as_str(), Some(seven.as_str()));
    // Both ways of the hint are ways: its own commits by name, or the other change first.
    let hint = refused["hint"].as_str().expect("a hint");
    let (_, command) = hint.split_once("`switchback ").expect("a command");
    let twin = world.twin();
    twin.ok(&command.trim_end_matches('`').split(' ').collect::<Vec<_>>());
    assert_eq!(own_files(&twin, "US-2"), ["web/two"]);
    world.ok(&["change", "record", "US-7", "--branch", "feature/US-7", "--stage", "DEV"]);
    assert_eq!(world.ok(&words)["results"][0]["depends_on"], json!(["US-7"]));
    assert_eq!(own_files(&world, "US-2"), ["web/two"]);
    // A branch cut from it is no other case.
    work(&world, "feature/US-8", "main", "US-8: Add eight", &[("web/eight", "eight\n")]);
    work(&world, "feature/US-9", "feature/US-8", "US-9: Add nine", &[("web/nine", "nine\n")]);
    let refused = world.refused(&["change", "record", "US-9", "--branch", "feature/US-9"]);
    assert_eq!(
        (&refused["code"], &refused["details"]["commits"][0]["change"]),
        (&json!("carries-others"), &json!("US-8"))
    );
    world.is_sound();
}

/// A commit that was picked from another change's branch is that change's, whatever it says; where the two are recorded
/// with the same work under two keys from the start, somebody meant it.
#[test]
fn what_was_picked_from_another_change_is_not_its_own() {
    for subject in ["US-5: Add five", "Add five"] {
        let world = with_one_on_dev();
        work(&world, "feature/US-5", "main", subject, &[("web/five", "five\n")]);
        work(&world, "feature/US-5", "main", "US-5: And more", &[("web/fifth", "five\n")]);
        world.ok(&["change", "record", "US-5", "--branch", "feature/US-5"]);
        work(&world, "feature/US-2", "main", "US-2: Add two", &[("web/two", "two\n")]);
        let earlier = world.twin();
        let pick = |world: &World| {
            world.git(&["checkout", "--quiet", "feature/US-2"]);
            world.git(&["cherry-pick", "feature/US-5~1"]);
            world.git(&["checkout", "--quiet", "--detach"]);
        };
        pick(&world);
        let words = ["change", "record", "US-2", "--branch", "feature/US-2"];
        let refused = world.refused(&words);
        assert_eq!(refused["code"], "carries-others", "{refused}");
        assert_eq!(refused["details"]["commits"][0]["change"], "US-5", "{refused}");
        let hint = refused["hint"].as_str().expect("a hint");
        let (_, command) = hint.split_once("`switchback ").expect("a command");
        world.ok(&command.trim_end_matches('`').split(' ').collect::<Vec<_>>());
        assert_eq!(own_files(&world, "US-2"), ["web/two"]);
        world.is_sound();
        // What it held from the beginning stays its own.
        earlier.ok(&words);
        let all = ["change", "record", "US-9", "--branch", "feature/US-5"];
        earlier.ok(&all);
        assert_eq!(own_files(&earlier, "US-9").len(), 2);
    }
}

/// Messages speak of other changes, and of things that merely look like keys.
#[test]
fn speaking_of_another_change_is_not_carrying_it() {
    let world = with_one_on_dev();
    work(&world, "feature/US-2", "main", "Mend what US-1 broke", &[("web/two", "two\n")]);
    work(&world, "feature/US-2", "main", "Write it in UTF-8 and SHA-256", &[("web/more", "more\n")]);
    let done = record(&world, "US-2");
    assert_eq!((left_out(&done).as_str(), own_files(&world, "US-2").len()), ("", 2), "{done}");
    world.is_sound();
}

#[test]
fn two_recorded_changes_merged_are_both_needed_and_neither_carried() {
    let world = with_one_on_dev();
    for (key, file) in [("US-5", "web/five"), ("US-6", "web/six")] {
        world.branch(key, &[(file, "text\n")]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}")]);
    }
    work(&world, "feature/US-2", "main", "US-2: Add two", &[("web/two", "two\n")]);
    merge(&world, "feature/US-2", "feature/US-5");
    merge(&world, "feature/US-2", "feature/US-6");
    let done = world.ok(&["change", "record", "US-2", "--branch", "feature/US-2"]);
    let mut needs: Vec<_> = done["results"][0]["depends_on"].as_array().expect("both").clone();
    needs.sort_by_key(ToString::to_string);
    assert_eq!(needs, [json!("US-5"), json!("US-6")]);
    assert_eq!(own_files(&world, "US-2"), ["web/two"]);
    world.is_sound();
}

/// A stage's branch that was put onto the branch itself holds its commits: they stay its own.
#[test]
fn what_a_stage_took_from_the_branch_is_its_own() {
    let world = with_one_on_dev();
    work(&world, "feature/US-2", "dev", "US-2: Add two", &[("web/two", "two\n")]);
    work(&world, "feature/US-2", "dev", "Tidy up", &[("web/tidy", "tidy\n")]);
    world.git(&["branch", "--force", "dev", "feature/US-2"]);
    let done = record(&world, "US-2");
    assert!(left_out(&done).contains("US-1"), "{done}");
    assert_eq!(own_files(&world, "US-2"), ["web/tidy", "web/two"]);
    // A branch that ends with a stage's own commit has nothing of its own.
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.git(&["branch", "feature/US-3", "sit"]);
    let refused = world.refused(&["change", "record", "US-3", "--branch", "feature/US-3"]);
    assert_eq!(refused["code"], "nothing-to-record");
    assert!(refused["message"].as_str().is_some_and(|said| said.contains("US-1")), "{refused}");
    world.is_sound();
}

#[test]
fn a_change_that_left_the_stage_since_is_left_out_all_the_same() {
    let world = with_one_on_dev();
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    work(&world, "feature/US-2", "sit", "US-2: Add two", &[("web/two", "two\n")]);
    world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    let done = world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "SIT"]);
    assert!(left_out(&done).contains("US-1"), "{done}");
    let held = files(&world, "sit");
    assert!(held.contains(&"web/two".to_owned()) && !held.contains(&"web/one".to_owned()), "{held:?}");
    // Cut after it left, nothing came.
    work(&world, "feature/US-3", "sit", "US-3: Add three", &[("web/three", "three\n")]);
    let done = world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "SIT"]);
    assert!(!left_out(&done).contains("US-1") && left_out(&done).contains("US-2"), "{done}");
    world.is_sound();
}

/// Where another change built on this one and both came back with the stage's branch, the lines are one.
#[test]
fn what_grew_into_its_own_lines_is_refused_by_name() {
    let world = with_one_on_dev();
    work(&world, "feature/US-2", "main", "US-2: Add two", &[("web/two", "a\nb\nc\n")]);
    record(&world, "US-2");
    work(&world, "feature/US-5", "dev", "US-5: More", &[("web/two", "a\nFIVE\nc\n")]);
    assert_eq!(record(&world, "US-5")["results"][0]["depends_on"], json!(["US-2"]));
    world.git(&["checkout", "--quiet", "feature/US-2"]);
    assert!(!world.run_git(&["merge", "--quiet", "--no-edit", "dev"]), "git merges what both added");
    world.write("web/two", "a\nFIVE!\nc\n");
    world.commit("Merge branch 'dev' into feature/US-2");
    world.git(&["checkout", "--quiet", "--detach"]);
    let before = world.refs();
    let refused = world.refused(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    assert_eq!(
        (&refused["code"], &refused["details"]["commits"][0]["change"]),
        (&json!("carries-others"), &json!("US-5"))
    );
    assert_eq!(world.refs(), before);
}
