//! What helps a change that cannot be applied to the stage where it originates: every hint is pasted, and works (`SPEC C3`,
//! `P11`).

use crate::folders::does;
use crate::own_commits::{page, record, with_one_on_dev, work};
use crate::world::World;
use serde_json::{Value, json};

fn words<'a>(key: &'a str, branch: &'a str, stage: &'a str) -> [&'a str; 7] {
    ["change", "record", key, "--branch", branch, "--stage", stage]
}

fn refused(world: &World, key: &str, stage: &str) -> (String, String, String) {
    let refused = world.refused(&words(key, &format!("feature/{key}"), stage));
    let text = |name: &str| refused[name].as_str().expect("a sentence").to_owned();
    (text("code"), text("message"), text("hint"))
}

/// Pastes the commands of a hint, one after the other, with `US-9` as the new key; `settle` is done after the first.
fn pasted(world: &World, hint: &str, settle: impl Fn(&World)) -> Vec<Value> {
    let hint = hint.replace("KEY", "US-9");
    let mut answers = Vec::new();
    for (nth, command) in hint.split('`').skip(1).step_by(2).enumerate() {
        match command.strip_prefix("switchback ") {
            Some(words) => answers.push(world.ok(&words.split(' ').collect::<Vec<_>>())),
            // As in a shell. A merge that conflicts says so by its exit code.
            None => drop(world.run_git(&["-c", &format!("alias.pasted=!{command}"), "pasted"])),
        }
        if nth == 0 {
            settle(world);
        }
    }
    world.git(&["checkout", "--quiet", "--detach"]);
    answers
}

fn settled(world: &World, text: &str) {
    world.write("web/index.html", text);
    world.commit("Merge branch dev");
}

#[test]
fn what_both_edited_is_settled_on_its_branch() {
    let world = with_one_on_dev();
    world.branch("US-3", &[("web/index.html", &page("THREE", "two", "three"))]);
    let (code, message, hint) = refused(&world, "US-3", "DEV");
    assert_eq!((&*code, &*message), ("depends-on", "US-3 conflicts with US-1 on web/index.html at DEV"));
    let answers = pasted(&world, &hint, |world| settled(world, &page("ONE, THREE", "two", "three")));
    assert_eq!(answers[0]["results"][0]["depends_on"], json!(["US-1"]), "{hint}: {answers:?}");
    assert_eq!(world.git(&["show", "dev:web/index.html"]), page("ONE, THREE", "two", "three").trim());
    world.is_sound();
}

/// What was recorded before may have been built upon since: merged, the two cannot be told apart.
#[test]
fn where_others_built_on_it_what_is_new_becomes_a_change_of_its_own() {
    let world = with_one_on_dev();
    // US-2 edits right beside US-1, and is settled on its branch.
    world.branch("US-2", &[("web/index.html", &page("one", "TWO", "three"))]);
    let (_, _, hint) = refused(&world, "US-2", "DEV");
    pasted(&world, &hint, |world| settled(world, &page("ONE", "TWO", "three")));
    work(&world, "feature/US-1", "main", "US-1: More", &[("web/index.html", &page("ONE!", "two!", "three"))]);
    let (code, _, hint) = refused(&world, "US-1", "DEV");
    assert!(code == "depends-on" && hint.contains("a change of its own"), "{code}: {hint}");
    // Whoever merged first and asks then is told the same.
    let merged = world.twin();
    merged.git(&["checkout", "--quiet", "feature/US-1"]);
    merged.run_git(&["merge", "--quiet", "--no-edit", "dev"]);
    settled(&merged, &page("ONE!", "TWO!", "three"));
    merged.git(&["checkout", "--quiet", "--detach"]);
    let (code, _, again) = refused(&merged, "US-1", "DEV");
    assert_eq!((&*code, &again), ("carries-others", &hint));
    for world in [world, merged] {
        let settle = |world: &World| {
            if world.git(&["status", "--porcelain", "--untracked-files=no"]).contains("UU") {
                settled(world, &page("ONE!", "TWO!", "three"));
            }
        };
        let answers = pasted(&world, &hint, settle);
        assert_eq!(answers[0]["results"][0]["change"], "US-9", "{answers:?}");
        assert_eq!(world.git(&["show", "dev:web/index.html"]), page("ONE!", "TWO!", "three").trim());
        world.ok(&["promote", "US-9", "--to", "SIT", "--with-dependencies"]);
        assert_eq!(world.tree("sit"), world.tree("dev"));
        world.is_sound();
    }
}

#[test]
fn what_it_was_made_on_comes_there_first() {
    let world = with_one_on_dev();
    // Cut from DEV's branch, which SIT is behind: one conflicts without US-1, the other would come to nothing.
    let edits: [(&str, &str); 2] = [("web/one", "one\nTWO\nthree\n"), ("web/one", "")];
    for (nth, edit) in edits.into_iter().enumerate() {
        let world = world.twin();
        work(&world, "feature/US-2", "dev", "US-2: On top", &[edit]);
        let (code, message, hint) = refused(&world, "US-2", "SIT");
        assert_eq!(
            (&*code, &*message),
            ("depends-on", "US-2 needs US-1, which SIT lacks: it made what it edits in web/one"),
            "{nth}"
        );
        assert!(hint.contains("`switchback promote US-1 --to SIT`"), "{hint}");
        pasted(&world, &hint, |_| ());
        world.ok(&words("US-2", "feature/US-2", "SIT"));
        world.is_sound();
    }
    // The same from above: a hotfix at the top, which the base branch holds.
    work(&world, "feature/HF-1", "main", "HF-1: Mend", &[("web/hot", "hot\n")]);
    world.ok(&words("HF-1", "feature/HF-1", "QA"));
    work(&world, "feature/US-3", "main", "US-3: Go on", &[("web/hot", "hotter\n")]);
    let (code, message, hint) = refused(&world, "US-3", "DEV");
    assert_eq!(
        (&*code, &*message),
        ("depends-on", "US-3 needs HF-1, which DEV lacks: it made what it edits in web/hot")
    );
    assert!(hint.contains("`switchback back-promote HF-1 --to DEV`"), "{hint}");
    pasted(&world, &hint, |_| ());
    record(&world, "US-3");
    world.is_sound();
}

/// What it is stacked on was taken out again, and no stage holds it: bringing the branch up to date would not help.
#[test]
fn what_it_is_stacked_on_is_recorded_there_again() {
    for others in [false, true] {
        let world = with_one_on_dev();
        if others {
            work(&world, "feature/US-3", "main", "US-3: Head", &[("web/index.html", &page("one", "two", "THREE"))]);
            world.ok(&words("US-3", "feature/US-3", "SIT"));
        }
        does(&world, "US-4", "main", &["mv", "web/index.html", "web/start.html"]);
        world.ok(&words("US-4", "feature/US-4", "SIT"));
        world.ok(&["demote", "US-4", "--from", "SIT", "--to", "DEV"]);
        does(&world, "US-5", "feature/US-4", &["mv", "web/start.html", "web/begin.html"]);
        let (code, message, hint) = refused(&world, "US-5", "SIT");
        assert_eq!(code, "depends-on");
        assert!(message.starts_with("US-5 needs US-4, which SIT lacks"), "{message}");
        pasted(&world, &hint, |_| ());
        world.ok(&words("US-5", "feature/US-5", "SIT"));
        assert!(world.git(&["ls-tree", "--name-only", "sit", "web/"]).contains("web/begin.html"));
        world.is_sound();
    }
}

/// A branch that stands where others have built on its change: nothing is new there, or it is told on whom it lies.
#[test]
fn what_others_built_on_is_nothing_new_and_is_named_where_it_cannot_be_told_apart() {
    let world = with_one_on_dev();
    work(&world, "feature/US-2", "dev", "US-2: On top", &[("web/index.html", &page("ONE, TWO", "two", "three"))]);
    world.ok(&words("US-2", "feature/US-2", "DEV"));
    world.git(&["branch", "--force", "feature/US-1", "dev"]);
    assert_eq!(refused(&world, "US-1", "DEV").0, "nothing-to-record");
    world.git(&["branch", "--force", "feature/US-1", "feature/US-2"]);
    work(&world, "feature/US-1", "dev", "US-1: Again", &[("web/index.html", &page("ONE, TWO, FOUR", "two", "three"))]);
    let (code, message, _) = refused(&world, "US-1", "DEV");
    assert_eq!(code, "carries-others");
    assert!(message.ends_with("(US-2: on web/index.html)"), "{message}");
}

/// Its branch follows a revision of another that its stage has left behind: its own commits go onto the stage's branch.
#[test]
fn what_follows_a_revision_that_is_gone_is_put_onto_the_stage() {
    let world = with_one_on_dev();
    let below = world.git(&["rev-parse", "feature/US-1"]);
    let on_top = page("ONE, TWO", "two", "three");
    work(&world, "feature/US-2", "feature/US-1", "US-2: On top", &[("web/index.html", &on_top)]);
    world.git(&["branch", "--force", "feature/US-1", "main"]);
    work(&world, "feature/US-1", "main", "US-1: Otherwise", &[("web/other", "other\n")]);
    record(&world, "US-1");
    let (code, message, hint) = refused(&world, "US-2", "DEV");
    assert_eq!(code, "depends-on");
    assert!(message.ends_with("its branch follows revision 1 of US-1, which DEV does not hold"), "{message}");
    assert!(hint.contains(&format!("`git rebase --onto dev {} feature/US-2`", &below[..8])), "{hint}");
    pasted(&world, &hint, |world| {
        world.write("web/index.html", &page("TWO", "two", "three"));
        world.git(&["add", "web/index.html"]);
        world.git(&["-c", "core.editor=true", "rebase", "--continue"]);
    });
    assert_eq!(world.git(&["show", "dev:web/index.html"]), page("TWO", "two", "three").trim());
    world.is_sound();
}

/// What it was made on came with a later revision, or is no line of text.
#[test]
fn whatever_it_was_made_on_comes_there_first() {
    let world = with_one_on_dev();
    let did = "printf 'one\\ntwo\\nadded\\nthree\\n' > web/one; ln -s one web/link; chmod +x web/index.html";
    world.git(&["checkout", "--quiet", "feature/US-1"]);
    world.git(&["-c", &format!("alias.do=!{did}"), "do"]);
    world.commit("US-1: More");
    record(&world, "US-1");
    for what in ["sed -i /added/d web/one", "git rm --quiet web/index.html", "git rm --quiet web/link"] {
        let world = world.twin();
        world.git(&["checkout", "--quiet", "-B", "feature/US-2", "dev"]);
        world.git(&["-c", &format!("alias.do=!{what}"), "do"]);
        world.commit("US-2: On top");
        world.git(&["checkout", "--quiet", "--detach"]);
        let (code, message, hint) = refused(&world, "US-2", "SIT");
        assert_eq!(code, "depends-on");
        assert!(message.starts_with("US-2 needs US-1, which SIT lacks"), "{what}: {message}");
        pasted(&world, &hint, |_| ());
        world.ok(&words("US-2", "feature/US-2", "SIT"));
        world.is_sound();
    }
}
