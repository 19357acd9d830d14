//! What others did to a stage's branch is told by whoever reads, and taken in by nobody who only reads (`SPEC L8`).

use crate::world::World;
use serde_json::Value;

/// Every command that only reads, on a pipeline with a change, an area and a promotion.
const READINGS: [&str; 26] = [
    "status",
    "where",
    "where US-1",
    "why US-1 SIT",
    "depends US-1",
    "pending",
    "behind DEV",
    "ahead DEV",
    "change list",
    "change show US-1",
    "promotion list",
    "promotion show P-1",
    "conflicts --ahead",
    "rehearse US-2 --to SIT",
    "resolution list",
    "history",
    "area list",
    "area show sit-web",
    "area verify",
    "jobs list",
    "jobs show 1",
    "log",
    "diff DEV SIT",
    "grants",
    "status --as-of #2",
    "verify",
];

fn begun() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/one", "one\n")]);
    world.change("US-2", &[("web/two", "two\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    world
}

/// Two commits on a branch that somebody else made.
fn push(world: &World, branch: &str) {
    world.git(&["checkout", "--quiet", branch]);
    for number in ["7", "8"] {
        world.write(&format!("web/hot-{number}"), "hot\n");
        world.commit(&format!("HOT-{number} mends the shop"));
    }
    world.git(&["checkout", "--quiet", "--detach"]);
}

fn rewrite(world: &World, branch: &str) {
    let tree = world.git(&["rev-parse", "main^{tree}"]);
    let other = world.git(&["commit-tree", &tree, "-p", "main", "-m", "Something else"]);
    world.git(&["update-ref", &format!("refs/heads/{branch}"), &other]);
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Asserts that each reading command says these warnings, as data and as text, and takes nothing in.
fn all_say(world: &World, expected: &[(&str, &str)]) {
    let (entries, refs) = (world.run(&["log"]).out.lines().count(), world.refs());
    for line in READINGS {
        let ran = world.run(&[words(line), vec!["--json"]].concat());
        let said: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{line}: {error} in {ran:?}"));
        let warnings = said["warnings"].as_array();
        let found: Vec<_> =
            warnings.into_iter().flatten().map(|one| (text(&one["code"]), text(&one["message"]))).collect();
        assert_eq!(found, expected, "{line}");
        let printed = world.run(&words(line)).out;
        for (code, message) in expected {
            assert!(printed.contains(&format!("! warning [{code}]: {message}\n")), "{line}: {printed}");
        }
    }
    assert_eq!((world.run(&["log"]).out.lines().count(), world.refs()), (entries, refs));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn nothing_is_said_while_every_branch_is_in_step() {
    all_say(&begun(), &[]);
}

#[test]
fn commits_that_nobody_took_in_are_told_by_every_reading_command() {
    let world = begun();
    push(&world, "sit");
    let next = "the next operation takes them in; see what comes with";
    let message = format!("2 commits on sit not taken in yet: {next} `switchback stage adopt SIT --dry-run`");
    all_say(&world, &[("commits-not-taken-in", &message)]);
    // The step that is named works, and the next operation ends it.
    world.ok(&["stage", "adopt", "SIT", "--dry-run"]);
    world.ok(&["run-due"]);
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    assert_eq!(world.ok(&["where", "HOT-7"])["warnings"], Value::Null);
}

#[test]
fn a_rewritten_branch_is_told_by_every_reading_command() {
    let world = begun();
    let head = world.git(&["rev-parse", "sit"]);
    rewrite(&world, "sit");
    let found = world.git(&["rev-parse", "sit"]);
    let message = format!(
        "branch sit of SIT was rewritten: it is at {}, which does not contain {}; \
         put it back with `git branch -f sit {head}`, or take it as it is with `switchback stage adopt SIT`",
        &found[..8],
        &head[..8]
    );
    all_say(&world, &[("branch-rewritten", &message)]);
    world.git(&["branch", "--force", "sit", &head]);
    all_say(&world, &[]);
}

#[test]
fn a_branch_that_is_gone_is_told_by_every_reading_command() {
    let world = begun();
    let head = world.git(&["rev-parse", "sit"]);
    world.git(&["branch", "--delete", "--force", "sit"]);
    let at = &head[..8];
    let message = format!("branch sit of SIT is gone; it was at {at}: put it back with `git branch sit {head}`");
    all_say(&world, &[("branch-rewritten", &message)]);
}

#[test]
fn status_shows_it_at_the_stage() {
    let world = begun();
    push(&world, "dev");
    rewrite(&world, "sit");
    let said = world.ok(&["status"]);
    let standing = |at: usize| said["stages"][at]["standing"].clone();
    assert_eq!(standing(0), serde_json::json!({ "branch": "ahead", "commits": 2 }));
    assert_eq!(standing(1), serde_json::json!({ "branch": "rewritten" }));
    assert_eq!(standing(2), serde_json::json!({ "branch": "in-step" }));
    let printed = world.run(&["status"]).out;
    let row = |stage: &str| printed.lines().find(|line| line.contains(&format!("─ {stage} "))).unwrap_or_default();
    assert!(row("DEV").ends_with("2 commits not taken in"), "{printed}");
    assert!(row("SIT").ends_with("branch rewritten"), "{printed}");
    // What was then is not what the branches are now.
    assert_eq!(world.ok(&["status", "--as-of", "#2"])["stages"][1]["standing"], Value::Null);
}

#[test]
fn verify_tells_pushed_commits_from_damage() {
    let world = begun();
    push(&world, "sit");
    let said = world.ok(&["verify"]);
    let checks = said["checks"].as_array().expect("checks");
    let of_branch = |name: &str| checks.iter().find(|check| check["what"] == "branch" && check["name"] == name);
    assert_eq!(of_branch("sit").expect("a check")["note"], "2 commits on sit not taken in yet");
    assert!(world.run(&["verify"]).out.contains("… branch sit is ahead: 2 commits on sit not taken in yet\n"));
    rewrite(&world, "dev");
    let said = world.json(3, &["verify"]);
    let wrong: Vec<_> = said["checks"].as_array().expect("checks").iter().filter(|one| one["ok"] == false).collect();
    assert_eq!(wrong.len(), 1, "{said}");
    let hint = text(&wrong[0]["problems"][0]["hint"]);
    assert!(hint.starts_with("put it back with `git branch -f dev "), "{hint}");
    assert!(hint.ends_with(", or take it as it is with `switchback stage adopt DEV`"), "{hint}");
}

/// Somebody edits a change on a branch, and it is told by its code.
fn tweak(world: &World, branch: &str, text: &str) {
    world.git(&["checkout", "--quiet", branch]);
    world.write("web/one", text);
    world.commit("US-1: tweak");
    world.git(&["checkout", "--quiet", "--detach"]);
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["warnings"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str()).collect()
}

/// The entry stands, whatever became of the command: nobody would hear of it again.
#[test]
fn what_is_taken_in_is_told_by_the_command_that_is_refused_then() {
    let world = begun();
    let refusals: [&[&str]; 6] = [
        &["promote", "US-9", "--to", "SIT"],
        &["demote", "US-2", "--to", "DEV"],
        &["demote", "US-2", "US-1", "--to", "DEV"],
        &["back-promote", "--mass", "--from", "NOWHERE"],
        &["change", "record", "US-9", "--branch", "dev", "--stage", "NOWHERE"],
        &["deploy", "US-2", "--area", "sit-web"],
    ];
    for (nth, words) in refusals.iter().enumerate() {
        tweak(&world, "sit", &format!("{nth}\n"));
        let answer = world.json(3, words);
        assert_eq!(codes(&answer), ["made-outside"], "{words:?}: {answer}");
        let again = world.json(3, words);
        assert_eq!(codes(&again), Vec::<&str>::new(), "it is told once: {again}");
    }
    tweak(&world, "sit", "for people\n");
    let text = world.run(&["promote", "US-9", "--to", "SIT"]).err;
    assert!(text.contains("refused [unknown-change]") && text.contains("[made-outside]"), "{text}");
    tweak(&world, "sit", "on paper\n");
    assert_eq!(codes(&world.json(3, &["promote", "US-9", "--to", "SIT", "--dry-run"])), ["made-outside"], "on paper");
    world.is_sound();
}

/// A name that is not known yet may be on a branch: the "no" says so.
#[test]
fn a_reader_who_asks_for_what_is_not_taken_in_yet_is_told_why_it_is_not_there() {
    let world = begun();
    push(&world, "sit");
    let answer = world.json(3, &["change", "show", "HOT-7"]);
    assert_eq!(answer["refused"]["code"], "unknown-change");
    assert_eq!(codes(&answer), ["commits-not-taken-in"], "{answer}");
}
