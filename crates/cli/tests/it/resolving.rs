//! Conflicts settled by hand, remembered, forgotten, and carried from one repository to another (`SPEC X4`, `X5`).

use crate::world::{World, written};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

const PAGE: &str = "web/index.html";
const STYLE: &str = "web/style.css";
const REF: &str = "refs/switchback/resolutions";

fn page(title: &str) -> String {
    format!("<h1>{title}</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n")
}

/// US-1 is on SIT and QA; US-4 on DEV conflicts with it on two files.
fn conflicting() -> World {
    let world = World::three_stages();
    world.branch("US-1", &[(PAGE, &page("Store")), (STYLE, "h1 { color: red }\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    world.ok(&["promote", "US-1", "--to", "QA"]);
    world.change("US-4", &[(PAGE, &page("Market")), (STYLE, "h1 { color: blue }\n")]);
    world
}

/// The same, stopped on its way to SIT as `P-2`.
fn stopped() -> World {
    let world = conflicting();
    world.json(3, &["promote", "US-4", "--to", "SIT"]);
    world
}

fn resolutions(world: &World) -> Vec<Value> {
    world.ok(&["resolution", "list", "--forgotten"])["resolutions"].as_array().cloned().unwrap_or_default()
}

fn id_of(world: &World, path: &str) -> String {
    let found = resolutions(world).into_iter().find(|one| one["path"] == path);
    found.expect("a resolution")["id"].as_str().expect("an id").to_owned()
}

/// Runs git somewhere, and expects it to work.
fn git(folder: &std::path::Path, words: &[&str]) {
    let ran = Command::new("git").arg("-C").arg(folder).args(words).output().expect("git runs");
    assert!(ran.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn what_is_remembered_is_listed_shown_reused_and_forgotten() {
    let world = stopped();
    world.json(3, &["resolve", "P-2", STYLE, "--base"]);
    let done = world.ok(&["resolve", "P-2", PAGE, "--theirs"]);
    assert_eq!(done["status"], "completed");
    assert_eq!(world.git(&["show", &format!("sit:{STYLE}")]).trim_end(), "h1 { color: black }");
    let listed = resolutions(&world);
    assert_eq!((listed.len(), &listed[0]["operation"], &listed[0]["by"]), (2, &"P-2".into(), &"root".into()));
    let id = id_of(&world, PAGE);
    let shown = world.ok(&["resolution", "show", &id[..6]]);
    assert_eq!((&shown["ours"], &shown["theirs"]), (&page("Store").into(), &page("Market").into()));
    assert_eq!((&shown["result"], &shown["used"][0]["stage"]), (&page("Market").into(), &"SIT".into()));
    let reused = world.ok(&["promote", "US-4", "--to", "QA"]);
    assert_eq!(reused["auto_resolved"].as_array().map(Vec::len), Some(2), "{reused}");
    assert_eq!((&reused["status"], &reused["auto_resolved"][0]["strategy"]), (&"completed".into(), &"reused".into()));
    let forgotten = world.ok(&["resolution", "forget", &id, "--reason", "it was a guess"]);
    let places: Vec<_> = forgotten["used"].as_array().expect("uses").iter().map(|one| &one["stage"]).collect();
    assert_eq!(places, ["QA", "SIT"]);
    assert_eq!(world.refused(&["resolution", "forget", &id, "--reason", "again"])["code"], "already-forgotten");
    assert_eq!(world.refused(&["resolution", "show", "0123456789abcdef"])["code"], "unknown-resolution");
    assert!(world.run(&["resolution", "list", "--forgotten"]).out.contains("by root: it was a guess"));
    assert_eq!(world.git(&["show", &format!("main:{PAGE}")]).trim_end(), page("Market").trim_end());
    world.is_sound();
}

#[test]
fn an_editor_settles_one_after_the_other() {
    let world = stopped();
    world.git(&["config", "core.editor", "sed -i -e '/^<<<<<<< SIT: US-1/,/^=======/d' -e '/^>>>>>>> change: US-4/d'"]);
    let done = world.ok(&["resolve", "P-2", "--editor"]);
    assert_eq!(done["status"], "completed", "{done}");
    assert_eq!(world.git(&["show", &format!("sit:{PAGE}")]).trim_end(), page("Market").trim_end());
    assert_eq!(world.refused(&["resolve", "P-2", "--editor"])["code"], "not-conflicted");
}

/// Who settles by hand is told that there is nothing to settle before any program is started, and nothing is asked for.
#[test]
fn by_hand_nothing_is_settled_where_nothing_is_open() {
    let world = stopped();
    world.git(&["config", "core.editor", "touch started; false"]);
    world.git(&["config", "merge.tool", "mine"]);
    world.git(&["config", "mergetool.mine.cmd", "touch started; false"]);
    let entries = world.entries();
    for with in ["--editor", "--tool"] {
        assert_eq!(world.refused(&["resolve", "P-2", "README", with])["code"], "no-such-conflict");
        assert_eq!(world.refused(&["resolve", "P-2", PAGE, "--change", "US-1", with])["code"], "no-such-conflict");
        assert_eq!(world.refused(&["resolve", "P-1", with])["code"], "not-conflicted");
        assert_eq!(world.refused(&["resolve", "P-1", PAGE, with])["code"], "not-conflicted");
        assert_eq!(world.refused(&["resolve", "P-9", with])["code"], "unknown-promotion");
    }
    assert_eq!(world.entries(), entries);
    assert!(!world.repo().join("started").exists());
}

/// The text of the newest entry, and how many bytes the ledger has in its entries.
fn newest_entry(world: &World) -> (String, usize) {
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); print(c.execute('SELECT sum(length(body)) FROM \
                  entry').fetchone()[0]); print(c.execute('SELECT body FROM entry ORDER BY seq DESC').fetchone()[0])";
    let said = Command::new("python3").args(["-c", script]).arg(world.ledger()).output().expect("python3 runs");
    let said = String::from_utf8(said.stdout).expect("text");
    let (all, newest) = said.split_once('\n').expect("two lines");
    (newest.to_owned(), all.parse().expect("a number"))
}

/// A body goes to the object store at the door: the ledger names it, and keeps its id alone.
#[test]
fn a_large_file_settles_a_conflict_and_the_ledger_stays_small() {
    let world = stopped();
    let line = |number: u32| format!("{:08x}{:08x}\n", number.wrapping_mul(2_654_435_761), number);
    let large: String = (0..400_000).map(line).collect();
    let file = world.path("large");
    std::fs::write(&file, &large).expect("a large file");
    let file = file.to_str().expect("a path");
    let id = world.git(&["hash-object", file]);
    let is_stored = || world.run_git(&["cat-file", "-e", &id]);
    let before = world.traces();
    let preview = world.json(3, &["resolve", "P-2", PAGE, "--file", file, "--dry-run"]);
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    assert!(!is_stored());
    let hash = preview["plan"]["hash"].as_str().expect("a hash");
    let (_, others) = newest_entry(&world);
    world.json(3, &["resolve", "P-2", PAGE, "--file", file, "--plan", hash]);
    let (body, all) = newest_entry(&world);
    assert!(body.contains(&id) && body.len() < 20_000 && all - others < 20_000, "{} bytes", body.len());
    // Also while the other conflict is open, nothing loses it.
    world.git(&["gc", "--quiet", "--prune=now"]);
    assert!(is_stored());
    world.ok(&["resolve", "P-2", STYLE, "--theirs"]);
    assert_eq!(world.git(&["rev-parse", &format!("sit:{PAGE}")]), id);
    let (_, all) = newest_entry(&world);
    assert!(all - others < 40_000, "{all} bytes");
    world.is_sound();
}

#[test]
fn an_editor_that_fails_or_leaves_markers_settles_nothing() {
    let world = stopped();
    let entries = world.entries();
    world.git(&["config", "core.editor", "true"]);
    assert_eq!(world.refused(&["resolve", "P-2", PAGE, "--editor"])["code"], "markers-left");
    world.git(&["config", "core.editor", "false"]);
    assert_eq!(world.json(1, &["resolve", "P-2", PAGE, "--editor"])["fault"]["code"], "editor-failed");
    world.git(&["config", "core.editor", "no-such-editor-anywhere"]);
    assert_eq!(world.json(1, &["resolve", "P-2", PAGE, "--editor"])["fault"]["code"], "editor-failed");
    assert_eq!(world.entries(), entries);
}

#[test]
fn a_merge_tool_of_the_persons_own_settles_it() {
    let world = stopped();
    assert_eq!(world.json(2, &["resolve", "P-2", "--tool"])["usage"]["code"], "no-merge-tool");
    world.git(&["config", "merge.tool", "mine"]);
    world.git(&["config", "mergetool.mine.cmd", "cat \"$BASE\" \"$LOCAL\" \"$REMOTE\" > \"$MERGED\""]);
    world.git(&["config", "mergetool.mine.trustExitCode", "true"]);
    world.git(&["config", "mergetool.broken.cmd", "exit 3"]);
    world.git(&["config", "mergetool.broken.trustExitCode", "true"]);
    let failed = world.json(1, &["resolve", "P-2", STYLE, "--tool", "broken"]);
    assert_eq!(failed["fault"]["code"], "merge-tool-failed");
    assert_eq!(world.json(1, &["resolve", "P-2", STYLE, "--tool", "none-such"])["fault"]["code"], "merge-tool-failed");
    world.json(3, &["resolve", "P-2", STYLE, "--tool"]);
    world.ok(&["resolve", "P-2", PAGE, "--tool", "mine"]);
    let expected = "h1 { color: black }\nh1 { color: red }\nh1 { color: blue }";
    assert_eq!(world.git(&["show", &format!("sit:{STYLE}")]).trim_end(), expected);
    assert_eq!(
        world.git(&["show", &format!("sit:{PAGE}")]),
        format!("{}{}{}", page("Shop"), page("Store"), page("Market")).trim_end()
    );
}

#[test]
fn what_is_no_text_is_not_handed_over() {
    let world = World::three_stages();
    world.branch("US-1", &[("logo", "\0one")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    world.change("US-4", &[("logo", "\0two")]);
    world.json(3, &["promote", "US-4", "--to", "SIT"]);
    world.git(&["config", "core.editor", "true"]);
    let refused = world.refused(&["resolve", "P-1", "logo", "--editor"]);
    assert_eq!(refused["code"], "no-text");
    assert!(refused["hint"].as_str().is_some_and(|hint| hint.contains("--theirs")));
}

#[test]
fn one_is_left_behind_and_the_rest_goes() {
    let world = stopped();
    world.ok(&["promotion", "cancel", "P-2"]);
    world.change("US-5", &[("web/new.html", "new\n")]);
    world.json(3, &["promote", "US-4", "US-5", "--to", "SIT"]);
    let done = world.ok(&["promotion", "drop", "P-3", "US-4"]);
    let statuses: Vec<_> = done["results"].as_array().expect("results").iter().map(|one| &one["status"]).collect();
    assert_eq!(done["status"], "completed");
    assert_eq!(statuses, ["moved", "skipped"]);
    world.is_sound();
}

/// A twin of a world, and a bare repository both know.
fn shared(world: &World) -> (World, String) {
    let twin = world.twin();
    let bare = world.repo().with_file_name("shared.git");
    git(&world.repo(), &["init", "--quiet", "--bare", &bare.to_string_lossy()]);
    (twin, bare.to_string_lossy().into_owned())
}

fn push(world: &World, bare: &str) {
    world.git(&["push", "--quiet", bare, REF]);
}

fn fetch(world: &World, bare: &str) {
    world.git(&["fetch", "--quiet", bare, &format!("+{REF}:{REF}")]);
}

fn settled(world: &World) -> World {
    let (page, style) = (PAGE, STYLE);
    world.json(3, &["promote", "US-4", "--to", "SIT"]);
    world.json(3, &["resolve", "P-2", page, "--theirs"]);
    world.ok(&["resolve", "P-2", style, "--theirs"]);
    world.twin()
}

#[test]
fn what_was_decided_in_one_clone_settles_the_same_in_another() {
    let one = conflicting();
    let (other, bare) = shared(&one);
    settled(&one);
    push(&one, &bare);
    fetch(&other, &bare);
    let done = other.ok(&["promote", "US-4", "--to", "SIT"]);
    assert_eq!((&done["status"], &done["auto_resolved"][0]["strategy"]), (&"completed".into(), &"reused".into()));
    let listed = resolutions(&other);
    assert_eq!((listed.len(), &listed[0]["operation"]), (2, &Value::Null));
    other.is_sound();
    // What is forgotten there is forgotten here.
    other.ok(&["resolution", "forget", &id_of(&other, PAGE), "--reason", "wrong"]);
    push(&other, &bare);
    fetch(&one, &bare);
    let known = one.ok(&["resolution", "list"])["resolutions"].as_array().map(Vec::len);
    assert_eq!(known, Some(1));
    assert_eq!(
        one.refs().lines().find(|line| line.starts_with(REF)),
        other.refs().lines().find(|line| line.starts_with(REF))
    );
    one.is_sound();
}

#[test]
fn two_that_went_on_apart_are_joined() {
    let one = conflicting();
    let (other, bare) = shared(&one);
    settled(&one);
    push(&one, &bare);
    other.json(3, &["promote", "US-4", "--to", "SIT"]);
    other.json(3, &["resolve", "P-2", STYLE, "--ours"]);
    fetch(&other, &bare);
    assert_eq!(resolutions(&other).len(), 2, "whoever looks sees both");
    // Who acts takes them in.
    other.ok(&["change", "edit", "US-4", "--owner", "ada"]);
    let parents = other.git(&["rev-list", "--parents", "-n", "1", REF]);
    assert_eq!(parents.split_whitespace().count(), 3, "{parents}");
    push(&other, &bare);
    fetch(&one, &bare);
    assert_eq!(resolutions(&one).len(), 2);
    for world in [&one, &other] {
        let shown = world.ok(&["resolution", "show", &id_of(world, STYLE)]);
        assert_eq!(shown["result"], "h1 { color: blue }\n", "what was decided last counts everywhere");
    }
    one.is_sound();
    other.is_sound();
}

#[test]
fn what_is_no_resolution_is_named_and_the_ledger_stands() {
    let world = conflicting();
    settled(&world);
    let junk = world.git(&["commit-tree", "-p", REF, "-m", "junk", "HEAD^{tree}"]);
    world.git(&["update-ref", REF, junk.trim()]);
    let listed = world.ok(&["resolution", "list"]);
    let told = listed["warnings"].to_string();
    assert!(told.contains("resolutions-unreadable") && told.contains("README"), "{told}");
    assert_eq!(listed["resolutions"].as_array().map(Vec::len), Some(2), "{listed}");
    let blob = world.git(&["rev-parse", "HEAD:README"]);
    world.git(&["update-ref", REF, blob.trim()]);
    let done = world.ok(&["promote", "US-4", "--to", "QA", "--draft"]);
    assert!(done["warnings"].to_string().contains("resolutions-unreadable"), "{done}");
    world.is_sound();
}

#[test]
fn a_ref_that_is_gone_or_behind_is_put_back() {
    let world = conflicting();
    settled(&world);
    let head = world.git(&["rev-parse", REF]);
    for words in [vec!["update-ref", "-d", REF], vec!["update-ref", REF, &format!("{REF}~1")]] {
        world.git(&words);
        world.ok(&["resolution", "list"]);
        assert_eq!(world.git(&["rev-parse", REF]), head, "{words:?}");
    }
}

#[test]
fn a_plan_that_was_approved_is_for_one_decision_only() {
    let world = stopped();
    let hash = |with: &str| {
        let plan = world.json(3, &["resolve", "P-2", STYLE, with, "--dry-run"]);
        plan["plan"]["hash"].as_str().expect("a hash").to_owned()
    };
    let (base, theirs) = (hash("--base"), hash("--theirs"));
    assert_ne!(base, theirs);
    let refused = world.json(4, &["resolve", "P-2", STYLE, "--theirs", "--plan", &base]);
    assert_eq!(refused["refused"]["code"], "plan-outdated");
    world.json(3, &["resolve", "P-2", STYLE, "--theirs", "--plan", &theirs]);
    // Several plans at once have no hash, and none is offered.
    let several = world.run(&["demote", "US-1", "--to", "DEV", "--dry-run"]);
    assert!(several.out.contains("--plan"), "{}", several.out);
    world.ok(&["promotion", "cancel", "P-2"]);
    let said = world.run(&["promotion", "show", "P-2"]);
    assert!(said.out.contains("cancelled"), "{}", said.out);
}
