//! Hooks are run, told what happens, timed, and listened to (`SPEC A12`).

use std::time::Duration;
use switchback_core::words::names::{OperationId, VersionNo};
use switchback_engine::hooks::{CommandLine, Hook, HookContext, HookOutcome, HookStatus, run_hook};

fn shell(line: &str, timeout: Duration) -> HookOutcome {
    run_hook(&Hook { line: CommandLine::Shell(line.to_owned()), timeout, folder: None }, &context(), &|| false)
}

fn context() -> HookContext {
    HookContext {
        area: "qa-web".into(),
        stage: "QA".into(),
        version: VersionNo(7),
        deployment: OperationId::parse("D-4").unwrap(),
        kind: "deploy".to_owned(),
        changes: vec!["US-1".into(), "US-2".into()],
    }
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_hook_is_told_what_happens() {
    let outcome = shell(
        "echo $SWITCHBACK_AREA $SWITCHBACK_STAGE $SWITCHBACK_VERSION; echo $SWITCHBACK_DEPLOYMENT $SWITCHBACK_KIND >&2; echo $SWITCHBACK_CHANGES",
        LONG,
    );
    assert_eq!(outcome.status, HookStatus::Succeeded);
    assert_eq!(outcome.output, "qa-web QA 7\nD-4 deploy\nUS-1 US-2\n");
}

#[test]
fn exit_codes_and_signals_are_told_apart_from_success() {
    assert_eq!(shell("echo no; exit 3", LONG).status, HookStatus::Failed { code: 3 });
    assert_eq!(shell("kill -9 $$", LONG).status, HookStatus::Failed { code: 137 });
    let absent = Hook { line: CommandLine::Program(vec!["/no/such/program".into()]), timeout: LONG, folder: None };
    assert!(matches!(run_hook(&absent, &context(), &|| false).status, HookStatus::NotStarted { .. }));
    let empty = Hook { line: CommandLine::Program(Vec::new()), timeout: LONG, folder: None };
    assert!(matches!(run_hook(&empty, &context(), &|| false).status, HookStatus::NotStarted { .. }));
}

#[test]
fn a_program_gets_its_arguments_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let line = CommandLine::Program(vec!["printf".into(), "%s|".into(), "a b".into(), "$HOME".into()]);
    let outcome =
        run_hook(&Hook { line, timeout: LONG, folder: Some(folder.path().to_owned()) }, &context(), &|| false);
    assert_eq!(outcome.output, "a b|$HOME|");
}

#[test]
fn a_hook_that_hangs_is_killed_with_everything_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let line = format!("sleep 1000 & echo $! > {}; echo waiting; wait", pid.display());
    let outcome = shell(&line, Duration::from_secs(1));
    assert_eq!(outcome.status, HookStatus::TimedOut);
    assert_eq!(outcome.output, "waiting\n");
    let pid = std::fs::read_to_string(pid).unwrap();
    // A killed process that nobody has collected yet still has a directory there, but no command line.
    let line = std::fs::read(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
    assert!(line.is_empty(), "the hook's child lives on");
}

#[test]
fn a_talkative_hook_does_not_block_and_its_last_words_are_kept() {
    let outcome = shell("yes | head -c 3000000; echo; echo the end", LONG);
    assert_eq!(outcome.status, HookStatus::Succeeded);
    assert_eq!(outcome.output.len(), 64 * 1024);
    assert!(outcome.output.ends_with("the end\n"));
}

#[test]
fn a_process_left_in_the_background_does_not_hold_the_hook_up() {
    let outcome = shell("sleep 30 & echo started; echo $!", LONG);
    assert_eq!(outcome.status, HookStatus::Succeeded);
    assert!(outcome.took < Duration::from_secs(25), "it waited for the process it left behind");
    let pid = outcome.output.lines().nth(1).and_then(|pid| pid.parse().ok()).unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}
