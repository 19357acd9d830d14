//! What cannot be a name is refused before anything is written, wherever it comes from; and what older programs took for
//! one keeps working (`SPEC C1a`).

use crate::world::{THREE_STAGES, World};
use serde_json::json;
use std::path::PathBuf;

/// Refs, and the ledger's bytes.
fn written(world: &World) -> (String, Vec<u8>) {
    (world.refs(), world.ledger_bytes())
}

#[test]
fn a_key_that_is_none_is_refused_and_nothing_is_written() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/a", "a\n")]);
    let long = "x".repeat(300);
    let bad = [
        "US 5",
        "",
        "US-1: login",
        "a..b",
        "x.lock",
        "US-1/",
        "T/1",
        &long,
        "\u{1b}[31mRED",
        "\u{202e}abc",
        "\u{200b}",
        "x^",
        "--",
        "-x",
        ".x",
    ];
    for key in bad {
        let before = written(&world);
        let words = ["change", "record", "--branch", "feature/US-1", "--stage", "DEV", "--json", "--", key];
        let ran = world.run(&words);
        assert_eq!(ran.exit, Some(3), "{key:?}: {ran:?}");
        assert!(ran.out.contains(r#""code":"invalid-key""#), "{ran:?}");
        assert!(!ran.said().contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{ran:?}");
        assert!(written(&world) == before, "{key:?} wrote something");
    }
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    assert_eq!(
        world.refused(&["change", "record", "us-1", "--branch", "feature/US-1"])["hint"],
        "did you mean `US-1`?"
    );
    world.is_sound();
}

#[test]
fn people_projects_and_releases_have_names() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let refused = |words: &[&str]| assert_eq!(world.refused(words)["code"], "invalid-name", "{words:?}");
    refused(&["change", "edit", "US-1", "--owner", "@ops"]);
    refused(&["change", "edit", "US-1", "--project", " "]);
    refused(&["change", "edit", "US-1", "--release", ""]);
    refused(&["promote", "US-1", "--to", "SIT", "--project", "", "--draft"]);
    // Who acts is told apart by the name, so it must be one that can be read.
    refused(&["promote", "US-1", "--to", "SIT", "--as", "\u{200b}"]);
    refused(&["promote", "US-1", "--to", "SIT", "--as", "bob\u{1b}[2J"]);
    refused(&["grant", "@\u{202e}qa", "record"]);
    world.is_sound();
}

/// A title is a sentence, and is kept as it was written; a terminal is shown it and not moved by it.
#[test]
fn what_cannot_be_shown_is_written_out() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/\u{202e}a", "a\n")]);
    let title = "T\u{1b}]0;x\u{7}\u{202e}";
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV", "--title", title]);
    world.ok(&["change", "edit", "US-1", "--owner", title, "--project", title, "--release", title]);
    assert_eq!(world.ok(&["change", "show", "US-1"])["change"]["title"], title);
    for words in [&["change", "list"][..], &["change", "show", "US-1"], &["where"], &["promote", "US-1", "--dry-run"]] {
        // Colours are asked for, as on a terminal: what is stripped elsewhere must not get there.
        let ran = world.command(words).env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").output().expect("it runs");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(said.contains("\u{1b}[") || words[0] == "where", "{words:?} has no colours: {said}");
        assert!(!said.contains("\u{1b}]") && !said.contains(['\u{7}', '\u{202e}']), "{words:?}: {said:?}");
    }
}

#[test]
fn a_pattern_that_finds_what_is_no_key_is_a_defect_with_its_line() {
    let world = World::bare_of_pipeline();
    for pattern in [r"CR \d+", r"US:\d+", ".+", r"\[[A-Z]+-\d+\]", r"[a-z]+\.[a-z]+"] {
        world.configure(&THREE_STAGES.replacen(
            "\n[[stage]]",
            &format!("\n[changes]\nkey = '{pattern}'\n\n[[stage]]"),
            1,
        ));
        let said = world.json(2, &["init"]);
        assert_eq!((&said["usage"]["code"], &said["usage"]["line"]), (&json!("configuration"), &json!(5)), "{said}");
    }
    world.configure(&THREE_STAGES.replacen("\n[[stage]]", "\n[changes]\nkey = '\\w+-\\d+'\n\n[[stage]]", 1));
    world.ok(&["init"]);
    // What the pattern finds may be no key all the same: then it names nothing, and neither does a trailer.
    let found = format!("{}-1", "A".repeat(101));
    for (path, message) in [("web/a", format!("{found}: Add a")), ("web/b", "Add b\n\nChange: US 5".to_owned())] {
        world.git(&["checkout", "--quiet", "dev"]);
        world.write(path, "text\n");
        world.commit(&message);
        world.git(&["checkout", "--quiet", "--detach", "main"]);
    }
    world.change("US-1", &[("web/c", "c\n")]);
    let changes = world.ok(&["change", "list"])["changes"].clone();
    let keys: Vec<_> = changes.as_array().expect("changes").iter().map(|one| one["key"].clone()).collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
    assert_eq!(keys.iter().filter(|key| key.as_str().is_some_and(|key| key.starts_with("commit-"))).count(), 2);
    world.is_sound();
}

#[test]
fn a_pipeline_is_not_called_as_a_bare_repository_is() {
    let world = World::bare_of_pipeline();
    world.configure(&THREE_STAGES.replacen("acme", "b.git", 1));
    let said = world.json(2, &["init"])["usage"]["message"].clone();
    assert!(said.as_str().is_some_and(|said| said.contains(".git")), "{said}");
}

/// A branch that stands for another one is nobody's own: what moved it would move the other stage.
#[test]
fn a_stage_whose_branch_stands_for_another_is_told_apart() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.git(&["symbolic-ref", "refs/heads/sit", "refs/heads/main"]);
    let (before, said) = (world.refs(), world.json(1, &["promote", "US-1", "--to", "SIT"])["fault"].clone());
    assert_eq!(said["code"], "branch-symbolic");
    assert_eq!(world.refs(), before);
    world.run(&["status"]);
    // The hint works as it stands.
    world.git(&["symbolic-ref", "--delete", "refs/heads/sit"]);
    world.git(&["branch", "sit", "main"]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.is_sound();
}

fn odd_keys() -> World {
    let archive = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/old/odd-keys.tar.gz");
    World::unpacked(&archive, "2026-03-16T10:00:00Z")
}

/// `tests/old/odd_keys.py`: an earlier program took keys that no ref can be made of.
#[test]
fn a_ledger_with_keys_that_are_none_opens_and_is_mended() {
    let world = odd_keys();
    world.ok(&["status"]);
    let left = world.repo().join(".git/switchback/acting").read_dir().expect("a folder").count();
    assert_eq!(left, 0, "notes are left of what can be finished");
    let refs = world.refs();
    for name in
        ["changes/US-1/1", "changes/T/1", "aside/US%205/1", "aside/a%2E%2Eb/1", "aside/T%2F1/1", "aside/T%2F1%2F1/1"]
    {
        assert!(refs.contains(&format!("refs/switchback/{name} ")), "{name} is missing:\n{refs}");
    }
    let heads = "refs/switchback/heads/";
    let kept = refs.lines().filter(|line| line.starts_with("refs/switchback/") && !line.starts_with(heads));
    assert_eq!(kept.count(), 10, "{refs}");
    world.is_sound();
    // Nothing that the ledger names is pruned, though no branch holds it.
    for number in 0..9 {
        world.git(&["branch", "--quiet", "-D", &format!("feature/odd-{number}")]);
    }
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["gc", "--quiet", "--prune=now"]);
    world.ok(&["promote", "T", "T/1", "x.lock", "\u{202e}evil", &"n".repeat(300), "--to", "QA"]);
    world.ok(&["demote", "US 5", "--to", "DEV"]);
    world.ok(&["change", "exclude", "US 5", "--reason", "a slip"]);
    world.is_sound();
    assert_eq!(world.refused(&["change", "record", "US 5", "--branch", "main"])["code"], "invalid-key");
}

/// `SPEC L11`: what stands aside is kept, and found again. A name that was too long to be written out says nothing.
#[test]
fn keys_that_are_none_are_found_again_when_the_ledger_is_lost() {
    let world = odd_keys();
    world.ok(&["status"]);
    world.ok(&["promote", "T", "T/1", "--to", "QA"]);
    let held = |key: &str| {
        let told = world.ok(&["where"])["changes"].as_array().cloned().unwrap_or_default();
        told.into_iter().find(|change| change["key"] == key).map(|change| change["stages"].clone())
    };
    let keys = ["US-1", "US 5", "a..b", "x.lock", "T", "T/1"];
    let before = keys.map(held);
    assert!(before.iter().all(Option::is_some), "{before:?}");
    std::fs::remove_dir_all(world.repo().join(".git/switchback")).expect("the ledger goes");
    world.ok(&["init", "--rebuild"]);
    assert_eq!(keys.map(held), before);
    world.is_sound();
}
