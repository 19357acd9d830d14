//! Hooks before, after and on the failure of a deployment (`SPEC A12`). What a hook does is an outcome, a value;
//! what follows from it is decided elsewhere.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use switchback_core::words::names::{AreaName, ChangeKey, OperationId, StageName, VersionNo};
use switchback_machine::child::{self, Capture, Ending, Run};

/// What is run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CommandLine {
    /// A program and its arguments, run as they are. Never empty when it comes from the configuration.
    Program(Vec<String>),
    /// A line for `sh -c`.
    Shell(String),
}

/// A hook as it is configured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hook {
    /// What is run.
    pub line: CommandLine,
    /// After this time the hook and everything it started is ended: asked first, killed five seconds later.
    pub timeout: Duration,
    /// Where it is run; `None` leaves it where Switchback runs.
    pub folder: Option<PathBuf>,
}

/// What a hook is told, in its environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HookContext {
    /// `SWITCHBACK_AREA`.
    pub area: AreaName,
    /// `SWITCHBACK_STAGE`.
    pub stage: StageName,
    /// `SWITCHBACK_VERSION`.
    pub version: VersionNo,
    /// `SWITCHBACK_DEPLOYMENT`, `D-4`.
    pub deployment: OperationId,
    /// `SWITCHBACK_KIND`: `baseline`, `deploy`, `rollback` or `repair`.
    pub kind: String,
    /// `SWITCHBACK_CHANGES`, separated by spaces.
    pub changes: Vec<ChangeKey>,
}

/// How a hook ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HookStatus {
    /// With exit code 0.
    Succeeded,
    /// With another exit code; a signal counts as 128 and its number, as in a shell.
    Failed {
        /// The exit code.
        code: i32,
    },
    /// Its time was up, and it was killed.
    TimedOut,
    /// Somebody wanted the job to stop, and it was killed.
    Stopped,
    /// It could not be started.
    NotStarted {
        /// Why.
        reason: String,
    },
}

/// What became of a hook.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HookOutcome {
    /// How it ended.
    pub status: HookStatus,
    /// The last 64 KiB of what it printed, both streams in the order they came; bytes that are no text are replaced.
    pub output: String,
    /// How long it ran.
    pub took: Duration,
}

/// Runs a hook to its end, or until somebody wants it to stop. A process that it left behind in the background lives on,
/// unless the time was up.
pub fn run_hook(hook: &Hook, context: &HookContext, stop: &dyn Fn() -> bool) -> HookOutcome {
    let Some(mut command) = command(&hook.line) else {
        return not_started("its command line is empty".to_owned());
    };
    command.envs(variables(context));
    if let Some(folder) = &hook.folder {
        command.current_dir(folder);
    }
    let run = Run { command, input: &[], timeout: hook.timeout, capture: Capture::Together, stop };
    match child::run(run) {
        Err(error) => not_started(error.to_string()),
        Ok(ended) => HookOutcome {
            status: match ended.status {
                ending @ Ending::Exited(_) => match ending.code().unwrap_or_default() {
                    0 => HookStatus::Succeeded,
                    code => HookStatus::Failed { code },
                },
                Ending::TimedOut => HookStatus::TimedOut,
                Ending::Stopped => HookStatus::Stopped,
            },
            output: String::from_utf8_lossy(&ended.output).into_owned(),
            took: ended.took,
        },
    }
}

fn command(line: &CommandLine) -> Option<Command> {
    match line {
        CommandLine::Shell(line) => {
            let mut command = Command::new("sh");
            command.args(["-c", line]);
            Some(command)
        }
        CommandLine::Program(words) => {
            let (program, arguments) = words.split_first()?;
            let mut command = Command::new(program);
            command.args(arguments);
            Some(command)
        }
    }
}

fn variables(context: &HookContext) -> [(&'static str, String); 6] {
    let changes: Vec<&str> = context.changes.iter().map(ChangeKey::as_str).collect();
    [
        ("SWITCHBACK_AREA", context.area.to_string()),
        ("SWITCHBACK_STAGE", context.stage.to_string()),
        ("SWITCHBACK_VERSION", context.version.to_string()),
        ("SWITCHBACK_DEPLOYMENT", context.deployment.to_string()),
        ("SWITCHBACK_KIND", context.kind.clone()),
        ("SWITCHBACK_CHANGES", changes.join(" ")),
    ]
}

fn not_started(reason: String) -> HookOutcome {
    HookOutcome { status: HookStatus::NotStarted { reason }, output: String::new(), took: Duration::ZERO }
}
