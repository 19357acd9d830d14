//! How runs end: exit codes, and what goes to which stream (SPEC 11).

use crate::fake::{run, words};
use crate::world::World;
use serde_json::{Value, json};
use std::process::Command;
use switchback_cli::program;

fn refusal(code: &str) -> Value {
    json!({"refused": {"code": code, "message": "US-9 is unknown", "hint": "did you mean `US-1`?", "details": {"name": "US-9"}}})
}

#[test]
fn a_refusal_is_told_to_people_on_standard_error_with_what_to_do_next() {
    let ran = run("why US-9 QA", 404, &refusal("unknown-change"));
    assert_eq!((ran.exit, ran.out.as_str()), (3, ""));
    assert_eq!(ran.err, "refused [unknown-change]: US-9 is unknown\nhint: did you mean `US-1`?\n");
}

#[test]
fn with_json_a_refusal_is_one_object_on_standard_output() {
    let ran = run("--json why US-9 QA", 404, &refusal("unknown-change"));
    assert_eq!((ran.exit, ran.err.as_str()), (3, ""));
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap(), refusal("unknown-change"));
}

#[test]
fn an_outdated_plan_has_an_exit_code_of_its_own() {
    assert_eq!(run("promote US-1 --plan a1", 409, &refusal("plan-outdated")).exit, 4);
}

#[test]
fn a_fault_and_a_bad_configuration_are_told_apart() {
    let said = json!({"code": "ledger-corrupt", "message": "entry 7 does not match", "hint": "restore a copy"});
    let fault = run("status", 503, &json!({"fault": said}));
    assert_eq!((fault.exit, fault.err.lines().next()), (1, Some("fault [ledger-corrupt]: entry 7 does not match")));
    let said = json!({"code": "configuration", "message": "switchback.toml:3:1: unknown key `stagee`", "hint": ""});
    let usage = run("status", 422, &json!({"usage": said}));
    let expected = "error [configuration]: switchback.toml:3:1: unknown key `stagee`\n";
    assert_eq!((usage.exit, usage.err.as_str()), (2, expected));
}

#[test]
fn words_that_are_not_understood_reach_nobody() {
    let ran = run("why US-1", 200, &Value::Null);
    assert_eq!((ran.exit, ran.asked.len(), ran.out.as_str()), (2, 0, ""));
    assert!(
        ran.err.starts_with("error: the following required arguments were not provided:\n  <STAGE|CHANGE>"),
        "{}",
        ran.err
    );
    let json = run("why US-1 --json", 200, &Value::Null);
    let said: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.exit, json.err.as_str(), &said["usage"]["code"]), (2, "", &json!("usage")));
    assert!(said["usage"]["message"].as_str().unwrap().contains("<STAGE|CHANGE>"));
    assert!(run("rollbck D-4", 200, &Value::Null).err.contains("tip: a similar subcommand exists: 'rollback'"));
}

#[test]
fn help_and_version_are_answers() {
    let help = run("demote --help", 200, &Value::Null);
    assert_eq!((help.exit, help.err.as_str()), (0, ""));
    let about = "Take changes out of a stage and every bypassed stage, and roll them back where they were deployed";
    assert!(help.out.starts_with(about), "{}", help.out);
    assert_eq!(run("--version", 200, &Value::Null).out, concat!("switchback ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_panic_is_called_a_bug() {
    for (line, json) in [("status", false), ("status --json", true)] {
        let output = program::run(words(line), &|_| panic!("a rule lost its way"));
        let said = if json { output.out } else { output.err };
        assert_eq!(output.exit.code(), 1);
        assert!(said.contains("this is a bug in Switchback: a rule lost its way"), "{said}");
        assert_eq!(json, serde_json::from_str::<Value>(&said).is_ok_and(|said| said["bug"]["message"].is_string()));
    }
}

#[test]
fn an_answer_that_is_none_is_called_a_bug() {
    let ran = run("status", 200, &json!({"pipe": "line"}));
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("the answer to GET /status is not readable: missing field"), "{}", ran.err);
}

#[test]
fn no_colour_reaches_a_pipe_unless_somebody_insists() {
    let of = |insist: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_switchback"));
        program.args(["demote", "--help"]).env_remove("NO_COLOR").env("CLICOLOR_FORCE", insist);
        let output = program.output().unwrap();
        assert!(output.status.success());
        output.stdout.contains(&0x1b)
    };
    assert_eq!((of(""), of("1")), (false, true));
}

#[test]
fn completions_need_no_repository() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&format!("completions {shell}"), 500, &Value::Null);
        assert_eq!((ran.exit, ran.asked.len()), (0, 0));
        assert!(ran.out.contains("back-promote"), "{shell}");
    }
}

/// An answer that does not get out is no success (`SPEC 11`).
#[test]
fn an_answer_that_cannot_be_written_is_a_fault() {
    let world = World::three_stages();
    for words in [&["where", "--json"][..], &["status"], &["log"], &["--help"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
        let ran = world.command(words).stdout(full).output().expect("it runs");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(1), "{words:?}: {said}");
        assert!(said.contains("output-unwritable"), "{words:?}: {said}");
    }
}

#[test]
fn who_types_nothing_sees_what_there_is_to_type() {
    for (words, start) in [(&[][..], "Moves changes both ways"), (&["promotion"], "Look at promotion records")] {
        let ran = Command::new(env!("CARGO_BIN_EXE_switchback")).args(words).output().expect("it runs");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert_eq!(ran.status.code(), Some(2));
        assert!(said.starts_with(start) && ran.stderr.is_empty(), "{said}");
    }
}

#[test]
fn sentences_are_whole_where_there_is_no_next_stage_and_a_day_counts_whole() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    assert!(world.run(&["ahead", "QA"]).out.starts_with("QA is ahead of no stage, for none is next to it: nothing"));
    assert!(world.run(&["behind", "QA"]).out.starts_with("QA is behind no stage, for none is next to it: nothing"));
    let refused = world.refused(&["promote", "US-1", "--to", "DEV"]);
    assert_eq!(refused["message"], "there is no stage that this move could start from");
    let day = world.ok(&["history", "--since", "2026-03-02", "--until", "2026-03-02"]);
    assert_eq!(day["entries"].as_array().map(Vec::len), Some(1), "{day}");
    assert_eq!(world.ok(&["history", "--until", "2026-03-01"])["entries"], serde_json::json!([]));
}
