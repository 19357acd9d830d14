//! What people and machines get wrong: each is named, with the next step, and nothing is written.

use crate::world::{THREE_STAGES, World};
use serde_json::Value;
use std::fs;

/// Refs and the ledger's bytes: whatever an operation writes shows there.
fn written(world: &World) -> (String, Vec<u8>) {
    (world.refs(), world.ledger_bytes())
}

/// Asserts how a run ends, what it says, and that it left no trace.
fn says(world: &World, words: &[&str], expected: (i32, &str, &[&str])) -> Value {
    let (exit, code, said) = expected;
    let before = written(world);
    let answer = world.json(exit, words);
    let (_, failure) = answer.as_object().expect("an object").iter().next().expect("a failure");
    assert_eq!(failure["code"], code, "{words:?}: {answer}");
    let text = format!("{} | {}", failure["message"].as_str().unwrap(), failure["hint"].as_str().unwrap());
    for word in said {
        assert!(text.contains(word), "{words:?} does not say `{word}`: {text}");
    }
    assert!(written(world) == before, "{words:?} wrote something");
    failure.clone()
}

fn area_after(text: &str) -> String {
    format!("{THREE_STAGES}\n{text}")
}

/// The pipeline with one thing wrong in its configuration, and what is said about it: a place, and words.
fn wrong_configurations() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    let edit = |from: &str, to: &str| {
        assert!(THREE_STAGES.contains(from));
        THREE_STAGES.replacen(from, to, 1).into_bytes()
    };
    vec![
        (
            "an unknown key",
            edit("branch = \"sit\"", "branhc = \"sit\""),
            &[":12:1:", "branhc", "did you mean `branch`"],
        ),
        ("a cycle", edit("branch = \"main\"", "branch = \"main\"\nnext = [\"DEV\"]"), &[":7:8:", "circle", "DEV"]),
        (
            "a stage twice",
            area_after(
                "[[stage]]
name = \"DEV\"
branch = \"x\"
",
            )
            .into(),
            &[":33:8:", "DEV"],
        ),
        ("a branch twice", edit("branch = \"sit\"", "branch = \"dev\""), &[":12:10:", "dev"]),
        ("an unknown stage", edit("next = [\"QA\"]", "next = [\"QS\"]"), &[":13:9:", "QS", "did you mean `QA`"]),
        (
            "two areas on one target",
            edit("../areas/qa-web", "../areas/../areas/sit-web"),
            &[":30:", "sit-web", "qa-web"],
        ),
        ("no text", [b"[pipeline]\nname = \"".as_slice(), b"\xff\xfe\"\n"].concat(), &[":2:9:", "UTF-8"]),
        ("no TOML", b"[pipeline\nname = 1\n".to_vec(), &[":1:"]),
        (
            "an area of no stage",
            area_after("[[area]]\nname = \"x\"\nstage = \"DVE\"\ntarget.dir = \"../x\"\n").into(),
            &[":34:9:", "DVE", "did you mean `DEV`"],
        ),
    ]
}

#[test]
fn a_wrong_configuration_is_told_with_its_place_and_is_not_put_in_force() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    for (what, text, said) in wrong_configurations() {
        fs::write(world.repo().join("switchback.toml"), text).expect("a configuration is written");
        for words in [&["configure"][..], &["configure", "--dry-run"], &["init"]] {
            says(&world, words, (2, "configuration", said));
        }
        // People see the line itself.
        let ran = world.run(&["configure"]);
        assert!(ran.out.is_empty() && ran.err.contains("switchback.toml:"), "{what}: {ran:?}");
        // What is in force goes on.
        assert_eq!(world.ok(&["status"])["warnings"][0]["code"], "configuration-differs", "{what}");
    }
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    world.write("switchback.toml", THREE_STAGES);
    assert_eq!(world.ok(&["status"]).get("warnings"), None);
}

#[test]
fn a_configuration_that_cannot_be_read_or_begun_with_is_named() {
    let world = World::bare_of_pipeline();
    fs::create_dir(world.repo().join("switchback.toml")).expect("a folder in its place");
    says(&world, &["status"], (2, "configuration", &["switchback.toml"]));
    fs::remove_dir(world.repo().join("switchback.toml")).expect("the folder goes");
    world.configure(&THREE_STAGES.replacen("branch = \"sit\"", "branch = \"sti\"", 1));
    // The ledger's file is made empty before the branches are looked for.
    world.run(&["init"]);
    says(&world, &["init"], (2, "configuration", &[":12:10:", "sti", "git branch sti"]));
    assert_eq!(world.refs().lines().count(), 3);
}

#[test]
fn what_is_not_begun_cannot_be_asked() {
    let world = World::bare_of_pipeline();
    world.configure(THREE_STAGES);
    let words: [&[&str]; 3] = [&["status"], &["promote", "US-1", "--to", "QA"], &["verify"]];
    world.run(&["status"]);
    for words in words {
        says(&world, words, (3, "not-initialized", &["acme", "switchback init"]));
    }
    world.ok(&["init"]);
    says(&world, &["init"], (3, "already-initialized", &["acme", "switchback status"]));
    let nowhere = world.path("nowhere");
    fs::create_dir(&nowhere).expect("a folder");
    let mut outside = std::process::Command::new(env!("CARGO_BIN_EXE_switchback"));
    let outside = outside.args(["status", "--json", "-C"]).arg(&nowhere).env("GIT_CEILING_DIRECTORIES", "/");
    let outside = outside.output().expect("the program runs");
    let said = String::from_utf8_lossy(&outside.stdout).into_owned();
    assert_eq!(outside.status.code(), Some(1), "{said}");
    assert!(said.contains("no-repository") && said.contains("git init"), "{said}");
}

#[test]
fn unknown_names_are_refused_with_the_nearest_known_one() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    let cases: &[(&[&str], &str, &[&str])] = &[
        (&["promote", "US-9", "--to", "SIT"], "unknown-change", &["US-9", "did you mean `US-1`"]),
        (&["demote", "US-9", "--to", "DEV"], "unknown-change", &["US-9", "did you mean `US-1`"]),
        (&["why", "US-9", "QA"], "unknown-change", &["did you mean `US-1`"]),
        (&["change", "exclude", "US-9", "--reason", "x"], "unknown-change", &["did you mean `US-1`"]),
        (&["promote", "US-1", "--to", "SITT"], "unknown-stage", &["SITT", "did you mean `SIT`"]),
        (&["back-promote", "US-1", "--to", "DVE"], "unknown-stage", &["did you mean `DEV`"]),
        (&["behind", "DVE"], "unknown-stage", &["did you mean `DEV`"]),
        (&["stage", "adopt", "Q"], "unknown-stage", &["`Q`"]),
        (&["deploy", "US-1", "--area", "sit-wbe"], "unknown-area", &["did you mean `sit-web`"]),
        (&["promote", "US-1", "--to", "QA", "--area", "qa-wbe"], "unknown-area", &["did you mean `qa-web`"]),
        (&["area", "repair", "sit-wbe"], "unknown-area", &["did you mean `sit-web`"]),
        (&["area", "verify", "sit-wbe"], "unknown-area", &["did you mean `sit-web`"]),
        (&["rollback", "D-9"], "unknown-deployment", &["D-9", "did you mean `D-1`"]),
        (&["rollback", "sit-web@9"], "unknown-version", &["sit-web@9", "switchback history"]),
        (&["rollback", "sit-wbe@2"], "unknown-area", &["did you mean `sit-web`"]),
        (&["promotion", "show", "P-9"], "unknown-promotion", &["did you mean `P-1`"]),
        (&["promotion", "run", "P-9"], "unknown-promotion", &["did you mean `P-1`"]),
        (&["conflicts", "P-9"], "unknown-promotion", &["did you mean `P-1`"]),
        (&["resolve", "P-9", "web/a", "--ours"], "unknown-promotion", &["did you mean `P-1`"]),
        (&["jobs", "retry", "99"], "unknown-job", &["99", "switchback jobs list"]),
        (&["jobs", "cancel", "D-99"], "unknown-job", &["D-99", "switchback jobs list"]),
        (&["change", "task", "US-1", "--done", "4", "--area", "sit-web"], "unknown-task", &["4"]),
        (&["status", "--as-of", "#99"], "unknown-moment", &["switchback log"]),
        (
            &["change", "record", "US-2", "--branch", "feature/US-2"],
            "nothing-to-record",
            &["did you mean `feature/US-1`"],
        ),
        (&["revoke", "bob", "deploy"], "unknown-grant", &["switchback grants"]),
        (&["rollback", "sit-web@1"], "baseline-stays", &["sit-web"]),
        (&["promote", "US-1", "--to", "SIT"], "already-there", &["US-1", "already", "switchback where"]),
    ];
    for (words, code, said) in cases {
        says(&world, words, (3, code, said));
    }
}

#[test]
fn words_that_cannot_be_understood_are_a_usage_failure() {
    let world = World::three_stages();
    let cases: &[(&[&str], &[&str])] = &[
        (&["promote"], &["CHANGE"]),
        (&["promote", "US-1", "--all"], &["cannot be used with"]),
        (&["stauts"], &["stauts", "status"]),
        (&["grant", "bob", "fly"], &["fly", "deploy"]),
        (&["init", "--stage", "DEV"], &["LEFT=RIGHT"]),
        (&["resolve", "P-1", "a"], &["--ours"]),
    ];
    for (words, said) in cases {
        says(&world, words, (2, "usage", said));
    }
    says(
        &world,
        &["promote", "--all", "--to", "SIT", "--at", "soon"],
        (2, "time-unreadable", &["soon", "2026-12-01T22:00"]),
    );
}

#[test]
fn a_plan_that_changed_meanwhile_is_not_carried_out() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let words = ["promote", "--all", "--from", "DEV", "--to", "SIT"];
    let shown = world.ok(&[&words[..], &["--dry-run"]].concat())["plan"].clone();
    let hash = shown["hash"].as_str().expect("a hash").to_owned();
    world.change("US-2", &[("web/b", "b\n")]);
    let approved = [&words[..], &["--plan", &hash]].concat();
    says(&world, &approved, (4, "plan-outdated", &[&hash, "--dry-run"]));
    let shown = world.ok(&[&words[..], &["--dry-run"]].concat())["plan"].clone();
    let hash = shown["hash"].as_str().expect("a hash");
    world.ok(&[&words[..], &["--plan", hash]].concat());
    assert_eq!(shown["stages"][0]["tree"], world.tree("sit"), "it did what it had shown");
}

#[test]
fn a_dry_run_of_any_operation_writes_nothing() {
    let world = World::three_stages();
    for key in ["US-1", "US-2", "US-3"] {
        world.change(key, &[(&format!("web/{key}"), key)]);
    }
    world.branch("US-4", &[("web/four", "4\n")]);
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT", "--deploy"]);
    world.ok(&["promote", "US-1", "--to", "QA", "--deploy"]);
    world.ok(&["promote", "US-2", "--to", "QA", "--draft"]);
    world.ok(&["grant", "root", "administer"]);
    let before = world.picture();
    let cases: &[&[&str]] = &[
        &["change", "record", "US-4", "--branch", "feature/US-4", "--stage", "DEV"],
        &["change", "attest", "US-1", "tested"],
        &["change", "exclude", "US-3", "--reason", "no"],
        &["change", "ignore", "US-3", "--stage", "QA", "--reason", "no"],
        &["change", "task", "US-3", "--add", "x"],
        &["change", "edit", "US-3", "--title", "x"],
        &["promote", "US-3", "--to", "SIT", "--deploy"],
        &["promote", "US-3", "--to", "SIT", "--draft"],
        &["promote", "US-3", "--to", "SIT", "--at", "2027-01-01"],
        &["promotion", "run", "P-3"],
        &["promotion", "edit", "P-3", "--project", "x"],
        &["promotion", "cancel", "P-3"],
        &["demote", "US-1", "--from", "QA", "--to", "DEV"],
        &["deploy", "--all", "--stage", "SIT"],
        &["rollback", "sit-web@2"],
        &["area", "repair", "sit-web"],
        &["grant", "bob", "deploy"],
        &["revoke", "root", "administer"],
        &["stage", "adopt", "SIT"],
        &["back-promote", "--mass", "--from", "QA"],
    ];
    let bytes = written(&world);
    for words in cases {
        let ran = world.run(&[words, &["--dry-run", "--json"][..]].concat());
        assert!(matches!(ran.exit, Some(0 | 3)), "{words:?}: {ran:?}");
        assert!(written(&world) == bytes, "{words:?} --dry-run wrote something: {ran:?}");
    }
    world.picture().is(&before, "after dry runs");
}
