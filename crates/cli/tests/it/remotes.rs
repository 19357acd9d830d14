//! Pipelines whose branches are on a remote (`SPEC W4`): pushed with lease, taken in when others push, and read on when
//! the remote is away.

use crate::process;
use crate::remote_world::{Far, SECRET, warned};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;
use switchback_machine::failpoint::POINTS;

/// The kinds of all entries.
fn kinds(log: &Value) -> Vec<&str> {
    log["entries"].as_array().unwrap().iter().filter_map(|entry| entry["kind"].as_str()).collect()
}

#[test]
fn a_server_serves_a_pipeline_of_a_remote() {
    let far = Far::new();
    let serving = far.serving(&[]);
    let begun = far.ask(&serving, 0, &["init"]);
    assert_eq!((&begun["pipeline"], &begun["wrote_configuration"]), (&json!("acme"), &json!(false)), "{begun}");
    // What was pushed a moment ago is there.
    far.change("US-1");
    far.ask(&serving, 0, &["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    let sit = far.tip("sit");
    far.ask(&serving, 0, &["promote", "US-1", "--to", "SIT"]);
    let status = far.ask(&serving, 0, &["status"]);
    assert_eq!(status["stages"][1]["head"], json!(far.tip("sit")), "{status}");
    assert_ne!(far.tip("sit"), sit);
    assert!(status["remote"]["fetched"].is_string() && status["remote"]["away_since"].is_null(), "{status}");
    // What the ledger names is kept there, and what only helped is gone.
    let refs = far.refs();
    assert!(refs.contains("refs/switchback/changes/US-1/1") && refs.contains("refs/switchback/heads/SIT"), "{refs}");
    assert!(!refs.contains("refs/switchback/operations/"), "{refs}");
    // What others push is taken in without anybody who asks.
    far.pushed("dev", "web/by-hand");
    process::wait_for("the commit", || kinds(&far.ask(&serving, 0, &["log"])).contains(&"adopt"));
    let fetched = far.ask(&serving, 0, &["fetch"]);
    assert_eq!((&fetched["taken_in"], warned(&fetched)), (&json!(0), vec![]), "{fetched}");
    // The secret is in nobody's arguments, and nowhere on disk.
    let listed = Command::new("ps").args(["-eo", "args"]).output().unwrap();
    assert!(!String::from_utf8_lossy(&listed.stdout).contains(SECRET));
    assert!(!far.holds_the_secret());
    far.ask(&serving, 0, &["verify"]);
}

#[test]
fn what_others_pushed_is_taken_in_before_an_operation() {
    let far = Far::begun();
    far.pushed("sit", "web/by-hand");
    let done = far.here(&["promote", "US-1", "--to", "SIT"]);
    assert_eq!(done["status"], "completed", "{done}");
    assert!(far.git(&["ls-tree", "-r", "--name-only", "sit"]).contains("web/by-hand"));
    far.here(&["verify"]);
}

#[test]
fn what_is_deployed_is_kept_on_the_remote_and_waits_while_it_is_away() {
    let far = Far::begun();
    let area = far.world.path("areas/sit-web");
    let text = std::fs::read_to_string(far.copy().join("switchback.toml")).unwrap();
    let target =
        format!("\n[[area]]\nname = \"sit-web\"\nstage = \"SIT\"\ntarget = {{ dir = \"{}\" }}\n", area.display());
    far.world.git(&["checkout", "--quiet", "--detach", "main"]);
    far.world.write("switchback.toml", &(text + &target));
    far.world.git(&["commit", "--quiet", "--all", "--message", "Propose an area"]);
    far.world.git(&["push", "--quiet", "origin", "HEAD:main"]);
    far.here(&["fetch"]);
    far.here(&["configure"]);
    far.here(&["promote", "US-1", "--to", "SIT", "--area", "sit-web"]);
    assert!(area.join("web/US-1").exists());
    assert!(far.refs().contains("refs/switchback/areas/sit-web"), "{}", far.refs());
    // A job that is queued when the remote goes away runs when it is back.
    far.change("US-2");
    far.here(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    far.here(&["promote", "US-2", "--to", "SIT", "--area", "sit-web", "--no-wait"]);
    far.goes_away();
    let serving = far.serving(&[]);
    let away = || warned(&far.ask(&serving, 0, &["status"])) == ["remote-unreachable"];
    process::wait_for("the server's look", away);
    far.comes_back();
    process::wait_for("the file", || area.join("web/US-2").exists());
    process::wait_for("the end", || {
        far.ask(&serving, 0, &["status"])["jobs"] == json!({"queued": 0, "running": 0, "failed": 0})
    });
    far.ask(&serving, 0, &["verify"]);
}

#[test]
fn a_rewritten_branch_and_one_that_is_gone_are_said() {
    let far = Far::begun();
    let base = far.tip("main");
    let by_hand = far.pushed("sit", "web/by-hand");
    far.here(&["fetch"]);
    far.git(&["update-ref", "refs/heads/sit", &base]);
    let no = far.json(3, &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(no["refused"]["code"], "branch-rewritten", "{no}");
    assert_eq!(far.tip("sit"), base, "nobody's force push is undone");
    far.git(&["update-ref", "refs/heads/sit", &by_hand]);
    far.git(&["update-ref", "-d", "refs/heads/sit"]);
    let no = far.json(3, &["promote", "US-1", "--to", "SIT"]);
    assert!(no["refused"]["message"].as_str().unwrap().contains("branch sit of SIT is gone"), "{no}");
    far.git(&["update-ref", "refs/heads/sit", &by_hand]);
    far.here(&["promote", "US-1", "--to", "SIT"]);
    far.here(&["verify"]);
}

#[test]
fn a_protected_branch_follows_when_it_may() {
    let far = Far::begun();
    let serving = far.serving(&[]);
    far.hook("test \"$1\" != refs/heads/sit || { echo 'only through review' >&2; exit 1; }");
    let (sit, entries) = (far.tip("sit"), kinds(&far.here(&["log"])).len());
    let done = far.ask(&serving, 0, &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(warned(&done), ["remote-protected"], "{done}");
    assert!(done["warnings"][0]["message"].as_str().unwrap().contains("only through review"), "{done}");
    assert_eq!((far.tip("sit"), kinds(&far.here(&["log"])).len()), (sit, entries + 1));
    // Whoever looks is told, and what goes elsewhere goes on.
    let status = far.ask(&serving, 0, &["status"]);
    assert!(warned(&status).contains(&"remote-protected"), "{status}");
    far.change("US-2");
    far.ask(&serving, 0, &["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    far.hook("exit 0");
    process::wait_for("the branch", || {
        let status = far.ask(&serving, 0, &["status"]);
        status["stages"][1]["head"] == json!(far.tip("sit")) && warned(&status).is_empty()
    });
    far.ask(&serving, 0, &["promote", "US-2", "--to", "SIT"]);
    far.ask(&serving, 0, &["verify"]);
    assert!(!far.refs().contains("refs/switchback/operations/"));
}

/// As a host of git does it: nobody pushes to the branch.
fn merged_there(far: &Far, how: &str) {
    far.world.git(&["fetch", "--quiet", "origin"]);
    far.world.git(&["checkout", "--quiet", "--detach", "origin/sit"]);
    match how {
        "merge" => far.world.git(&["merge", "--quiet", "--no-ff", "--no-edit", "origin/switchback/P-1"]),
        _ => {
            far.world.git(&["merge", "--quiet", "--squash", "origin/switchback/P-1"]);
            far.world.git(&["commit", "--quiet", "--message", "Bring it (#3)"])
        }
    };
    far.git(&["fetch", "--quiet", &far.world.repo().to_string_lossy(), "HEAD:refs/heads/sit"]);
}

#[test]
fn a_promotion_is_merged_by_people_where_the_branch_is_protected() {
    for how in ["merge", "squash"] {
        let far = Far::begun();
        let serving = far.serving(&[]);
        far.hook("test \"$1\" != refs/heads/sit || { echo 'only through review' >&2; exit 1; }");
        let sit = far.tip("sit");
        let done = far.ask(&serving, 0, &["promote", "US-1", "--to", "SIT", "--pull-request"]);
        assert_eq!((&done["status"], warned(&done).len()), (&json!("merging"), 0), "{done}");
        assert!(far.refs().contains("refs/heads/switchback/P-1"), "{}", far.refs());
        assert_eq!(far.tip("sit"), sit);
        merged_there(&far, how);
        process::wait_for("the server's look", || {
            far.ask(&serving, 0, &["promotion", "show", "P-1"])["promotion"]["status"] == "completed"
        });
        process::wait_for("the branch to go", || !far.refs().contains("switchback/P-1"));
        let held = far.ask(&serving, 0, &["where", "US-1"]);
        assert_eq!(held["changes"][0]["stages"]["SIT"]["revision"], 1, "{held}");
        far.ask(&serving, 0, &["verify"]);
    }
}

#[test]
fn a_remote_that_takes_nothing_leaves_nothing_half_done() {
    let far = Far::begun();
    far.hook("echo 'closed' >&2; exit 1");
    let (refs, entries) = (far.refs(), kinds(&far.here(&["log"])).len());
    let said = far.json(1, &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(said["fault"]["code"], "remote-refused", "{said}");
    assert_eq!((far.refs(), kinds(&far.here(&["log"])).len()), (refs, entries));
    far.hook("exit 0");
    far.here(&["promote", "US-1", "--to", "SIT"]);
    assert!(!far.refs().contains("refs/switchback/operations/"));
}

#[test]
fn while_a_remote_is_away_reads_go_on_and_nothing_is_written() {
    let far = Far::begun();
    let entries = kinds(&far.here(&["log"])).len();
    far.goes_away();
    // A server begins all the same where there is a copy.
    let serving = far.serving(&[]);
    for words in [vec!["promote", "US-1", "--to", "SIT"], vec!["grant", "bob", "promote-next", "--stage", "SIT"]] {
        let said = far.ask(&serving, 1, &words);
        assert_eq!(said["fault"]["code"], "remote-unreachable", "{said}");
    }
    let status = far.ask(&serving, 0, &["status"]);
    assert_eq!(warned(&status), ["remote-unreachable"], "{status}");
    assert!(status["remote"]["away_since"].is_string() && status["remote"]["fetched"].is_string(), "{status}");
    assert_eq!(warned(&far.ask(&serving, 0, &["behind", "SIT"])), ["remote-unreachable"]);
    assert_eq!(kinds(&far.ask(&serving, 0, &["log"])).len(), entries);
    process::wait_for("a line", || far.log().contains("WARN  [remote-unreachable]"));
    far.comes_back();
    process::wait_for("the remote", || warned(&far.ask(&serving, 0, &["status"])).is_empty());
    far.ask(&serving, 0, &["promote", "US-1", "--to", "SIT"]);
    far.ask(&serving, 0, &["verify"]);
}

#[test]
fn a_default_branch_that_moved_is_said() {
    let far = Far::begun();
    far.git(&["branch", "trunk", "main"]);
    far.git(&["symbolic-ref", "HEAD", "refs/heads/trunk"]);
    far.here(&["fetch"]);
    assert_eq!(warned(&far.here(&["status"])), ["default-branch-moved"]);
    far.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    far.here(&["fetch"]);
    assert_eq!(warned(&far.here(&["status"])), Vec::<&str>::new());
}

#[test]
fn what_is_on_the_base_branch_is_what_people_propose() {
    let far = Far::begun();
    let text = std::fs::read_to_string(far.copy().join("switchback.toml")).unwrap();
    far.world.git(&["checkout", "--quiet", "--detach", "main"]);
    far.world.write("switchback.toml", &text.replace("[pipeline]", "# Ours\n[pipeline]"));
    far.world.git(&["commit", "--quiet", "--all", "--message", "Propose something"]);
    far.world.git(&["push", "--quiet", "origin", "HEAD:main"]);
    let fetched = far.here(&["fetch"]);
    assert!(warned(&fetched).contains(&"configuration-differs"), "{fetched}");
    far.here(&["configure"]);
    assert_eq!(warned(&far.here(&["status"])), Vec::<&str>::new());
}

/// What can be seen of a world from outside.
#[derive(PartialEq, Debug)]
struct Picture {
    refs: String,
    stages: Value,
    entries: Value,
}

impl Picture {
    fn of(far: &Far) -> Self {
        let stages = far.here(&["status"])["stages"].clone();
        Self { refs: far.refs(), stages, entries: far.here(&["log"])["entries"].clone() }
    }
}

/// Kills an operation at one point and lets the next command finish it; `false` when the point was not passed.
fn killed_at(far: &Far, point: &str, (words, twin): (&[&str], &Picture)) -> bool {
    let far = far.twin();
    let before = kinds(&far.here(&["log"])).len();
    let ran = far.run_until(point, words);
    if ran.signal.is_none() {
        return false;
    }
    assert_eq!(ran.signal, Some(9), "{point}: {ran:?}");
    if kinds(&far.here(&["log"])).len() == before {
        assert!(!far.refs().contains("refs/switchback/operations/"), "{point}: {}", far.refs());
        far.here(words);
    }
    far.here(&["verify"]);
    assert_eq!(&Picture::of(&far), twin, "{point}");
    true
}

#[test]
fn whatever_step_it_dies_at_the_remote_is_that_of_an_undisturbed_twin() {
    let far = Far::begun();
    for words in [
        &["promote", "US-1", "--to", "SIT", "--pull-request"][..],
        &["promotion", "cancel", "P-1"],
        &["promote", "US-1", "--to", "SIT"],
        &["promote", "US-1", "--to", "QA"],
    ] {
        let undisturbed = far.twin();
        undisturbed.here(words);
        let twin = Picture::of(&undisturbed);
        assert!(!twin.refs.contains("refs/switchback/operations/"), "{}", twin.refs);
        let points = POINTS.iter().filter(|point| point.starts_with("corridor.") || point.starts_with("remote."));
        let passed: BTreeSet<&str> =
            points.filter(|point| killed_at(&far, &format!("{point}:1"), (words, &twin))).copied().collect();
        for point in ["corridor.secured", "corridor.committed", "remote.pushed", "corridor.kept", "corridor.released"] {
            assert!(passed.contains(point), "{point} was not passed: {passed:?}");
        }
        far.here(words);
    }
}

#[test]
fn what_cannot_be_a_remote_is_said_at_once() {
    let far = Far::new();
    let exit = |words: &[&str]| {
        let data = far.world.path("data");
        let data = data.to_string_lossy();
        let all = [&["serve", "--data", &*data][..], words].concat();
        let mut command = far.world.command_in(&far.world.repo(), &all);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, text) = exit(&["--remote", "shop=https://ann:s3cret@shop.example.org/shop.git"]);
    assert!(code == Some(1) && text.contains("[remote-address-refused]") && !text.contains("s3cret"), "{text}");
    let local = format!("shop={}", far.origin().display());
    assert!(exit(&["--remote", &local]).1.contains("[remote-address-refused]"));
    for words in [["--remote", "shop"], ["--remote", "../x=https://shop.example.org/x"], ["--fetch-every", "0"]] {
        assert_eq!(exit(&words).0, Some(2), "{words:?}");
    }
}
