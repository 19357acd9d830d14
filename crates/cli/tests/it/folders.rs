//! Files that are new in a folder which another change moves: whoever moved it is named, and what stays there alone when
//! that leaves is told (`SPEC X1`, `L3`).

use crate::own_commits::{record, work};
use crate::settled_entries::{Made, held, meeting};
use crate::world::World;
use serde_json::{Value, json};

const NEW: (&str, &str) = ("old/new", "new\n");

/// Three stages, with a file in `old` on all of them.
fn begun() -> World {
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    world.write("old/one", "1\n2\n3\n");
    world.write("old/two", "4\n5\n6\n");
    world.commit("Two files");
    world.begin_three_stages();
    world
}

/// A change that moves a file or a folder on its branch, which begins there or goes on.
pub fn moves(world: &World, key: &str, start: &str, [from, to]: [&str; 2]) {
    does(world, key, start, &["mv", from, to]);
}

/// A change that does something by git on its branch, which begins there or goes on.
pub fn does(world: &World, key: &str, start: &str, words: &[&str]) {
    world.git(&["checkout", "--quiet", "-B", &format!("feature/{key}"), start]);
    world.git(words);
    world.commit(&format!("{key}: By git"));
    world.git(&["checkout", "--quiet", "--detach"]);
}

fn conflicts_with(world: &World, key: &str) -> Value {
    let refused = world.refused(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
    let conflict = &refused["details"]["conflicts"][0];
    assert_eq!((&conflict["kind"], &conflict["path"]), (&json!("folder-rename"), &json!("old/new")), "{refused}");
    conflict["other_side"].clone()
}

#[test]
fn whoever_moved_the_folder_is_named() {
    let world = begun();
    moves(&world, "US-1", "main", ["old", "site"]);
    record(&world, "US-1");
    work(&world, "feature/US-2", "main", "US-2: Else", &[("else", "else\n")]);
    record(&world, "US-2");
    work(&world, "feature/US-3", "main", "US-3: New", &[NEW]);
    assert_eq!(conflicts_with(&world, "US-3"), "US-1");
    moves(&world, "US-4", "dev", ["site", "www"]);
    record(&world, "US-4");
    assert_eq!(conflicts_with(&world, "US-3"), "US-4", "who moved it last");
}

/// A newer revision that adds the file, or moves the folder, is asked about as the first one is.
#[test]
fn an_update_is_asked_about_as_well() {
    let edited = ("old/two", "4\nfive\n6\n");
    for adds in [true, false] {
        let world = begun();
        work(&world, "feature/US-1", "main", "US-1: Edit", &[edited]);
        record(&world, "US-1");
        if adds {
            moves(&world, "US-2", "main", ["old", "site"]);
            record(&world, "US-2");
            work(&world, "feature/US-1", "feature/US-1", "US-1: New", &[NEW]);
        } else {
            work(&world, "feature/US-2", "main", "US-2: New", &[NEW]);
            record(&world, "US-2");
            moves(&world, "US-1", "feature/US-1", ["old", "site"]);
        }
        assert_eq!(conflicts_with(&world, "US-1"), "US-2", "{adds}");
        world.is_sound();
    }
}

/// So is one that moves a file which another copied and a third moved: as if the first revision had never been there, it would
/// be nowhere that this one says.
#[test]
fn an_update_that_moves_what_others_moved_is_asked_about() {
    let world = begun();
    work(&world, "feature/US-1", "main", "US-1: Edit", &[("old/one", "1\n2\nthree\n")]);
    record(&world, "US-1");
    work(&world, "feature/US-2", "main", "US-2: Begin", &[("old/two", "4\nfive\n6\n")]);
    record(&world, "US-2");
    work(&world, "feature/US-3", "feature/US-1", "US-3: Copy", &[("copy/one", "1\n2\nthree\n")]);
    record(&world, "US-3");
    moves(&world, "US-4", "main", ["old/one", "old/first"]);
    record(&world, "US-4");
    world.git(&["checkout", "--quiet", "feature/US-2"]);
    world.write("site/one", "1\n2\n3\nand\n");
    world.git(&["rm", "--quiet", "old/one"]);
    world.commit("US-2: Move it");
    world.git(&["checkout", "--quiet", "--detach"]);
    let refused = world.refused(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    assert_eq!(refused["code"], "depends-on", "{refused}");
    world.is_sound();
}

/// What a branch renames is made by somebody, like what it edits: who is lacking is named, and the hint leads on.
#[test]
fn whoever_made_what_is_renamed_is_named() {
    for (from, to) in [("old", "site"), ("old/new", "old/newer")] {
        let world = begun();
        work(&world, "feature/US-1", "main", "US-1: New", &[NEW]);
        world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
        moves(&world, "US-2", "feature/US-1", [from, to]);
        let words = ["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"];
        let refused = world.refused(&words);
        assert_eq!(refused["message"], "US-2 needs US-1, which DEV lacks: it made what it edits in old/new");
        world.ok(&["back-promote", "US-1", "--to", "DEV"]);
        world.ok(&words);
        world.is_sound();
    }
}

/// Where git starts from before what a branch is stacked on, it may see no conflict: the hint says to mend what it merges.
#[test]
fn a_stacked_branch_is_mended_before_the_merge_is_committed() {
    let world = begun();
    work(&world, "feature/US-1", "main", "US-1: New", &[NEW]);
    record(&world, "US-1");
    moves(&world, "US-2", "dev", [NEW.0, "else"]);
    record(&world, "US-2");
    moves(&world, "US-3", "feature/US-1", ["old", "site"]);
    let words = ["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "DEV"];
    let hint = world.refused(&words)["hint"].to_string();
    assert!(hint.contains("git merge --no-commit dev"), "{hint}");
    world.git(&["checkout", "--quiet", "feature/US-3"]);
    world.git(&["merge", "--quiet", "--no-commit", "dev"]);
    world.git(&["rm", "--quiet", "--force", "site/new"]);
    world.git(&["commit", "--quiet", "-m", "US-3: Merge dev"]);
    world.git(&["checkout", "--quiet", "--detach"]);
    world.ok(&words);
    world.is_sound();
}

/// Who added the file is named to whoever moves the folder, and not who edited it since.
#[test]
fn whoever_added_the_file_is_named() {
    let world = begun();
    work(&world, "feature/US-1", "main", "US-1: New", &[NEW]);
    record(&world, "US-1");
    work(&world, "feature/US-2", "dev", "US-2: Edit", &[(NEW.0, "newer\n")]);
    record(&world, "US-2");
    moves(&world, "US-3", "main", ["old", "site"]);
    assert_eq!(conflicts_with(&world, "US-3"), "US-1");
}

/// Where it was settled when it moved, it goes back with its folder, edits and all.
#[test]
fn what_was_put_there_goes_back() {
    let world = begun();
    moves(&world, "US-1", "main", ["old", "site"]);
    record(&world, "US-1");
    work(&world, "feature/US-2", "main", "US-2: New", &[NEW]);
    world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "QA"]);
    let stopped = world.json(3, &["back-promote", "US-2", "--to", "DEV"]);
    let id = stopped["operation"].as_str().expect("an operation").to_owned();
    let file = world.path("settled");
    std::fs::write(&file, NEW.1).expect("what settles it");
    world.ok(&["resolve", &id, "old/new", "--file", &file.to_string_lossy()]);
    assert_eq!(world.git(&["show", "dev:site/new"]), "new");
    work(&world, "feature/US-3", "dev", "US-3: Edit", &[("site/new", "newer\n")]);
    record(&world, "US-3");
    world.ok(&["promote", "US-1", "US-2", "US-3", "--from", "DEV", "--to", "SIT"]);
    let gone = world.ok(&["demote", "US-1", "--from", "SIT"]);
    assert!(!gone["warnings"].to_string().contains("added there"), "{gone}");
    assert_eq!(world.git(&["ls-tree", "-r", "--name-only", "sit", "old", "site"]), "old/new\nold/one\nold/two");
    assert_eq!(world.git(&["show", "sit:old/new"]), "newer");
    world.is_sound();
}

/// Where it was settled when the folder moved, it stays there when somebody leaves who edited another file of the folder.
#[test]
fn what_was_put_there_stays_when_a_neighbour_leaves() {
    for how in ["--theirs", "--file"] {
        let world = begun();
        moves(&world, "US-1", "main", ["old", "site"]);
        record(&world, "US-1");
        work(&world, "feature/US-2", "main", "US-2: New", &[NEW]);
        world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "SIT"]);
        work(&world, "feature/US-3", "main", "US-3: Edit", &[("old/one", "1\ntwo\n3\n")]);
        world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "SIT"]);
        let stopped = world.json(3, &["promote", "US-1", "--from", "DEV", "--to", "SIT"]);
        let id = stopped["operation"].as_str().expect("an operation").to_owned();
        let file = world.path("settled");
        std::fs::write(&file, NEW.1).expect("what settles it");
        let mut words = vec!["resolve", &id, "old/new", how];
        let file = file.to_string_lossy().into_owned();
        words.extend((how == "--file").then_some(file.as_str()));
        world.ok(&words);
        world.ok(&["demote", "US-3", "--from", "SIT", "--to", "DEV"]);
        assert_eq!(world.git(&["ls-tree", "-r", "--name-only", "sit", "old", "site"]), "site/new\nsite/one\nsite/two");
        assert_eq!(world.git(&["show", "sit:site/one"]), "1\n2\n3");
        world.is_sound();
    }
}

/// Where it was settled on the branch, it stays.
#[test]
fn what_stays_there_alone_is_told() {
    let world = begun();
    moves(&world, "US-1", "main", ["old", "site"]);
    record(&world, "US-1");
    work(&world, "feature/US-2", "main", "US-2: New", &[NEW]);
    world.git(&["checkout", "--quiet", "feature/US-2"]);
    assert!(!world.run_git(&["merge", "--quiet", "dev"]), "git asks as well");
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "US-2: Merge dev"]);
    world.git(&["checkout", "--quiet", "--detach"]);
    record(&world, "US-2");
    world.ok(&["promote", "US-1", "US-2", "--from", "DEV", "--to", "SIT"]);
    let gone = world.ok(&["demote", "US-1", "--from", "SIT"]);
    let told = gone["warnings"].to_string();
    assert!(
        told.contains("SIT keeps site/new, which US-2 added there, though the rest of site goes back to old"),
        "{gone}"
    );
    world.is_sound();
}

/// Where a folder's name was taken by another folder, a move of the old one is no move of the new. git drops what is there.
#[test]
fn a_name_that_another_folder_took_is_asked_about() {
    for name in ["one", "one.json"] {
        let world = World::bare_of_pipeline();
        world.git(&["checkout", "--quiet", "main"]);
        let (old, new) = (format!("old/{name}"), format!("site/{name}"));
        world.write(&old, "{\n  \"old\": 1,\n  \"older\": 2\n}\n");
        world.write(&format!("a/{name}"), "{\n  \"a\": 1,\n  \"b\": 2\n}\n");
        world.commit("Two folders");
        world.begin_three_stages();
        moves(&world, "US-1", "main", ["a", "site"]);
        world.git(&["checkout", "--quiet", "feature/US-1"]);
        world.git(&["mv", "old", "a"]);
        world.commit("US-1: Reuse the name");
        world.git(&["checkout", "--quiet", "--detach"]);
        record(&world, "US-1");
        moves(&world, "US-2", "main", ["a", "site"]);
        let words = ["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"];
        let refused = world.refused(&words);
        let conflict = &refused["details"]["conflicts"][0];
        assert_eq!((&conflict["kind"], &conflict["path"]), (&json!("rename"), &json!(new)), "{refused}");
        assert_eq!(
            (&conflict["other_side"], &conflict["places"]["left"][0]),
            (&json!("US-1"), &json!(format!("a/{name}")))
        );
        assert!(refused["hint"].to_string().contains("--no-commit"), "git sees no conflict: {refused}");
        world.ok(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "QA"]);
        let stopped = world.json(3, &["back-promote", "US-2", "--to", "DEV"]);
        let id = stopped["operation"].as_str().expect("an operation").to_owned();
        let before = world.tree("dev");
        world.ok(&["resolve", &id, &new, "--ours"]);
        assert_eq!(world.tree("dev"), before, "both files stay");
        world.is_sound();
    }
}

/// A file that moves onto another has in it what the stage made of it where it was; what stands in both places alone is not
/// all there is to merge.
#[test]
fn an_edit_of_a_file_that_moves_onto_another_is_not_lost() {
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    let file = |third: &str| format!("{{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": {third}\n}}\n");
    world.write("a/one.json", &file("3"));
    world.commit("A file");
    world.begin_three_stages();
    let own = [("a/one.json", &*file("4")), ("site/one.json", "{\n  \"x\": 1\n}\n")];
    work(&world, "feature/US-1", "main", "US-1: Edit and add", &own);
    record(&world, "US-1");
    moves(&world, "US-2", "main", ["a", "site"]);
    let refused = world.refused(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    let conflict = &refused["details"]["conflicts"][0];
    assert_eq!((&conflict["kind"], &conflict["other_side"]), (&json!("rename"), &json!("US-1")), "{refused}");
    assert!(!refused["hint"].to_string().contains("--no-commit"), "git asks as well: {refused}");
}

/// Two changes move one folder, and who is stacked on one of them merges the stage and takes the other's move: that is theirs,
/// whichever commit has the smaller id.
#[test]
fn a_move_that_the_branch_took_is_not_its_own() {
    for (nth, place) in ["site/new", "www/new", "site/new", "www/new"].into_iter().enumerate() {
        let world = begun();
        moves(&world, "US-1", "main", ["old", "site"]);
        record(&world, "US-1");
        moves(&world, "US-2", "main", ["old", "www"]);
        settle(&world, "US-2");
        record(&world, "US-2");
        work(&world, "feature/US-3", "feature/US-1", &format!("US-3: New {nth}"), &[("site/new", "new\n")]);
        settle(&world, "US-3");
        world.git(&["switch", "-q", "feature/US-3"]);
        world.write(place, "new\n");
        world.git(&["add", place]);
        world.git(&["commit", "-q", "--amend", "--no-edit"]);
        world.git(&["checkout", "--quiet", "--force", "--detach", "main"]);
        record(&world, "US-3");
        let held = world.git(&["ls-tree", "-r", "--name-only", "dev"]);
        let moved: Vec<_> = held.lines().filter(|path| path.contains('/') && !path.starts_with("web")).collect();
        let mut wanted = ["www/one", "www/two", place];
        wanted.sort_unstable();
        assert_eq!(moved, wanted, "{nth}");
        world.is_sound();
    }
}

/// Merges the stage's branch and takes one of the moves.
fn settle(world: &World, key: &str) {
    world.git(&["switch", "-q", &format!("feature/{key}")]);
    world.run_git(&["merge", "--no-commit", "dev"]);
    world.git(&["rm", "-rq", "--cached", "--ignore-unmatch", "site", "old"]);
    world.git(&["add", "www"]);
    world.git(&["commit", "-qm", &format!("{key}: Merge dev")]);
    world.git(&["checkout", "--quiet", "--force", "--detach", "main"]);
    world.git(&["clean", "-fdq", "--", "site", "www", "old"]);
}

/// A copy and a move of one file: a demotion finds an edit of it where the merge put that.
#[test]
fn an_edit_is_found_where_the_merge_put_it() {
    let world = begun();
    work(&world, "feature/US-1", "main", "US-1: Edit", &[("old/two", "4\nfive\n6\n")]);
    record(&world, "US-1");
    world.git(&["checkout", "--quiet", "-b", "feature/US-2", "main"]);
    world.write("copy", "4\n5\n6\n");
    world.write("folder/two", "4\n5\n6\n");
    world.git(&["rm", "--quiet", "old/two"]);
    world.commit("US-2: Copy it and move it");
    world.git(&["checkout", "--quiet", "--detach"]);
    record(&world, "US-2");
    world.ok(&["promote", "US-1", "US-2", "--from", "DEV", "--to", "SIT"]);
    assert_eq!(world.git(&["show", "sit:copy"]), "4\nfive\n6", "as git merges it");
    world.ok(&["demote", "US-1", "--from", "SIT"]);
    assert_eq!(world.git(&["show", "sit:copy"]), "4\n5\n6");
    world.is_sound();
}

/// Nothing is alone where the folder was there before.
#[test]
fn a_file_in_company_is_not() {
    let world = begun();
    work(&world, "feature/US-1", "main", "US-1: Begin", &[("site/first", "first\n")]);
    record(&world, "US-1");
    moves(&world, "US-2", "dev", ["old/one", "site/one"]);
    record(&world, "US-2");
    work(&world, "feature/US-3", "main", "US-3: New", &[("site/new", "new\n")]);
    record(&world, "US-3");
    world.ok(&["promote", "US-1", "US-2", "US-3", "--to", "SIT"]);
    let gone = world.ok(&["demote", "US-2", "--from", "SIT"]);
    assert!(!gone["warnings"].to_string().contains("added there"), "{gone}");
}

/// A file that went along with a folder is back where it was added once the folder is, whatever its files were called meanwhile.
#[test]
fn a_file_that_went_along_comes_back_with_its_folder() {
    let begun = "mkdir old; for one in 1 2 3; do cp ../base old/$one; echo $one >> old/$one; done";
    for name in ["$one", "n$one"] {
        let ours = format!("mkdir new; for one in 1 2 3; do git mv old/$one new/{name}; done");
        let made = Made { begun, ours: Box::leak(ours.into_boxed_str()), theirs: "cp ../both old/x" };
        let world = meeting(made, "");
        world.json(3, &["promote", "US-1", "--to", "QA"]);
        world.ok(&["resolve", "P-1", "old/x", "--ours"]);
        assert!(held(&world).contains_key("new/x"), "{name}");
        world.ok(&["demote", "US-9", "--from", "QA", "--to", "DEV"]);
        assert_eq!(held(&world).into_keys().collect::<Vec<_>>(), ["old/1", "old/2", "old/3", "old/x"], "{name}");
        world.is_sound();
    }
}
