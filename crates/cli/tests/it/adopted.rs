//! What was taken in as it stood at an area's place is the area's own from then on (`SPEC A15`): no edit in it is lost without
//! a word.

use crate::folders::does;
use crate::own_commits::work;
use crate::world::{THREE_STAGES, World};
use serde_json::Value;
use std::fs;

const SIT: &str = "target = { dir = \"../areas/sit-web\" }";

/// Twenty lines, some of them edited.
fn lines(edited: &[(usize, &str)]) -> String {
    let line = |at: usize| edited.iter().find(|(one, _)| *one == at).map_or(at.to_string(), |(_, text)| (*text).into());
    (1..=20).map(|at| line(at) + "\n").collect()
}

/// The three stages, which begin with a list, and this said of `sit-web`; `US-1` edits the list, and `US-2` as well.
fn begun(more: &str) -> World {
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    world.write("web/list", &lines(&[]));
    world.write("docs/a", "a\n");
    world.commit("A list");
    world.begin(&THREE_STAGES.replace(SIT, &format!("{SIT}\n{more}")));
    for (key, edit) in [("US-1", (3, "one")), ("US-2", (10, "two"))] {
        work(&world, &format!("feature/{key}"), "main", &format!("{key}: Edit"), &[("web/list", &lines(&[edit]))]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
    }
    world
}

/// Two changes of one file in `SIT`; the area has the first, and an edit of somebody's that was taken in.
fn adopted(more: &str) -> World {
    let world = begun(more);
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT", "--no-deploy"]);
    world.ok(&["deploy", "US-1", "--area", "sit-web"]);
    fs::write(world.area("sit-web").join("web/list"), lines(&[(3, "one"), (17, "mine")])).expect("somebody edits");
    world.ok(&["area", "adopt", "sit-web"]);
    world
}

/// What an answer says was replaced.
fn replaced(answer: &Value) -> Vec<String> {
    let told = answer["warnings"].as_array().into_iter().flatten().filter(|one| one["code"] == "drift-overwritten");
    told.map(|one| one["message"].as_str().expect("a sentence").to_owned()).collect()
}

#[test]
fn an_edit_that_was_taken_in_goes_with_a_word_and_is_kept() {
    for (words, held) in [
        (&["deploy", "US-2", "--area", "sit-web"][..], lines(&[(3, "one"), (10, "two")])),
        (&["demote", "US-1", "--from", "SIT", "--to", "DEV"], lines(&[])),
        (&["rollback", "sit-web@2"], lines(&[])),
    ] {
        let world = adopted("");
        let foretold = world.ok(&[words, &["--dry-run"]].concat());
        assert!(foretold.to_string().contains("web/list"), "{words:?}: {foretold}");
        let done = world.ok(words);
        let told = replaced(&done);
        assert!(told.len() == 1 && told[0].contains("sit-web: web/list"), "{words:?}: {done}");
        assert_eq!(world.files("sit-web")["web/list"], held, "{words:?}");
        let kept = world.run(&["area", "kept", "sit-web", "web/list"]);
        assert_eq!(kept.out, lines(&[(3, "one"), (17, "mine")]), "{words:?}: {kept:?}");
        world.is_sound();
    }
}

/// Merged with what came since, it is the same edit.
#[test]
fn an_edit_that_was_merged_is_told_as_well_when_it_goes() {
    let world = adopted("");
    work(&world, "feature/US-3", "main", "US-3: Edit", &[("web/list", &lines(&[(13, "three")]))]);
    world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "DEV"]);
    world.ok(&["promote", "US-3", "--from", "DEV", "--to", "SIT", "--no-deploy"]);
    let merged = world.ok(&["deploy", "US-3", "--area", "sit-web"]);
    let both = lines(&[(3, "one"), (13, "three"), (17, "mine")]);
    assert_eq!((replaced(&merged), &world.files("sit-web")["web/list"]), (Vec::new(), &both));
    let done = world.ok(&["deploy", "US-2", "--area", "sit-web"]);
    assert_eq!(replaced(&done).len(), 1, "{done}");
    assert_eq!(world.run(&["area", "kept", "sit-web", "web/list"]).out, both);
    world.is_sound();
}

/// What is merged with it, or beside it, has it still.
#[test]
fn an_edit_that_stays_is_no_loss() {
    let world = adopted("rollback = \"lines\"");
    let done = world.ok(&["rollback", "sit-web@2"]);
    assert_eq!((replaced(&done), &*world.files("sit-web")["web/list"]), (Vec::new(), &*lines(&[(17, "mine")])));
    world.is_sound();
    let world = adopted("");
    does(&world, "US-4", "main", &["mv", "web/list", "web/moved"]);
    world.ok(&["change", "record", "US-4", "--branch", "feature/US-4", "--stage", "SIT"]);
    let done = world.ok(&["deploy", "US-4", "--area", "sit-web"]);
    let held = &world.files("sit-web")["web/moved"];
    assert_eq!((replaced(&done), &**held), (Vec::new(), &*lines(&[(3, "one"), (17, "mine")])));
    world.is_sound();
}

/// Where another filter has not been followed yet, what stands by the one before goes with the next version, and what is to
/// come is still wanted: the area forgets nothing that it holds.
#[test]
fn what_stands_by_another_filter_goes_with_the_next_version() {
    for (more, left) in
        [("include = [\"docs/**\"]", None), ("include = [\"web/**\"]\nstrip_prefix = \"web\"", Some(lines(&[])))]
    {
        let world = begun("include = [\"web/**\"]");
        world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
        fs::write(world.area("sit-web").join("web/list"), lines(&[(3, "one"), (17, "mine")])).expect("somebody edits");
        world.write("switchback.toml", &THREE_STAGES.replace(SIT, &format!("{SIT}\n{more}")));
        world.ok(&["configure"]);
        let failed = world.json(3, &["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
        assert!(failed.to_string().contains("area-drifted"), "{failed}");
        world.ok(&["area", "adopt", "sit-web"]);
        let shown = world.ok(&["area", "show", "sit-web"]);
        assert!(shown["held"].to_string().contains("US-1"), "{more}: {shown}");
        let retried = world.ok(&["jobs", "retry", "D-2"]);
        assert!(replaced(&retried)[0].contains("sit-web: web/list"), "{more}: {retried}");
        let files = world.files("sit-web");
        assert_eq!((files.get("web/list"), files.get("list")), (None, left.as_ref()), "{more}: {files:?}");
        world.is_sound();
    }
}

/// What was overwritten there once does not keep a file that another filter lets out, and does not come back where the area has
/// no such file any more.
#[test]
fn another_filter_lets_out_what_was_overwritten_once() {
    let world = adopted("");
    world.ok(&["deploy", "US-2", "--area", "sit-web"]);
    for narrow in ["include = [\"docs/**\"]", "include = [\"web/**\"]"] {
        world.write("switchback.toml", &THREE_STAGES.replace(SIT, &format!("{SIT}\n{narrow}")));
        world.ok(&["configure"]);
        world.ok(&["rollback", if narrow.contains("docs") { "sit-web@4" } else { "sit-web@2" }]);
        assert_eq!(world.files("sit-web").contains_key("web/list"), narrow.contains("web"), "{narrow}");
        world.is_sound();
    }
}
