//! Any program as a target (`SPEC A11`). The program is run with one more argument, the verb, a JSON object on
//! standard input, and answers on standard output; `docs/targets.md` is its contract.

use super::journaled::{Journaled, RemotePlace};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::target::{Put, PutCheck, StopWish};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, VersionNo};
use switchback_core::words::object::{Leaf, Mode, PathChange, RepoPath, TreeId};
use switchback_machine::child::{self, Capture, Ended, Ending, Run, last_lines};

/// An area that a program reads and writes.
pub type CommandTarget = Journaled<Program>;

/// The verb that asks whether a delta would be put.
const CHECK_PUT: &str = "check-put";

/// A program that knows a place.
pub struct Program {
    words: Vec<String>,
    folder: PathBuf,
    timeout: Duration,
    /// Whether it answers `check-put`.
    checks: bool,
    stop: StopWish,
}

/// How many of the last lines that a program printed are told.
const LINES: usize = 10;
/// The same of one that was only asked: it is what it was run for.
const LINES_OF_CHECK: usize = 20;

impl Program {
    /// The program with its arguments, the folder it is run in, and how long one call may take.
    pub fn new(words: Vec<String>, folder: PathBuf, timeout: Duration) -> Self {
        Self { words, folder, timeout, checks: false, stop: Arc::new(|| false) }
    }

    /// The same program, which answers `check-put`.
    #[must_use]
    pub fn that_checks(self) -> Self {
        Self { checks: true, ..self }
    }

    /// The same program, which is ended once somebody wants that.
    #[must_use]
    pub fn until(self, stop: StopWish) -> Self {
        Self { stop, ..self }
    }

    /// Runs the program with one verb and gives what it printed.
    fn call(&self, verb: &str, request: &impl Serialize) -> Result<Vec<u8>, Fault> {
        let ended = self.run(verb, request, Capture::Apart)?;
        match ended.status {
            Ending::Exited(status) if status.success() => Ok(ended.output),
            Ending::Exited(status) => Err(self.failed(verb, &format!("{status}\n{}", tail(&ended.complaint)))),
            Ending::TimedOut | Ending::Stopped => Err(self.cut_short(verb, (ended.status, &ended.complaint))),
        }
    }

    fn run(&self, verb: &str, request: &impl Serialize, capture: Capture) -> Result<Ended, Fault> {
        let input = serde_json::to_vec(request).map_err(|error| self.answer(verb, &error))?;
        let (program, arguments) = self.words.split_first().ok_or_else(|| self.failed(verb, "no program is named"))?;
        let mut command = Command::new(program);
        command.args(arguments).arg(verb).current_dir(&self.folder);
        let run = Run { command, input: &input, timeout: self.timeout, capture, stop: &*self.stop };
        child::run(run).map_err(|error| self.failed(verb, &error.to_string()))
    }

    /// It was ended from here.
    fn cut_short(&self, verb: &str, (ending, printed): (Ending, &[u8])) -> Fault {
        let why = match ending {
            Ending::Stopped => "it was stopped".to_owned(),
            Ending::TimedOut | Ending::Exited(_) => format!("it took longer than {} s", self.timeout.as_secs()),
        };
        self.failed(verb, &format!("{why}\n{}", tail(printed)))
    }

    fn ask<A: DeserializeOwned>(&self, verb: &str, request: &impl Serialize) -> Result<A, Fault> {
        serde_json::from_slice(&self.call(verb, request)?).map_err(|error| self.answer(verb, &error))
    }

    fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    fn failed(&self, verb: &str, why: &str) -> Fault {
        let message = format!("The target's program `{}` failed at `{verb}`: {}", self.name(), why.trim_end());
        Fault::new("area-program-failed", message, "Mend what it complains about and run it again.")
    }

    fn answer(&self, verb: &str, error: &serde_json::Error) -> Fault {
        let message = format!("The target's program `{}` gave no valid answer to `{verb}`: {error}.", self.name());
        Fault::new("area-program-answer", message, "Compare its answer with the protocol in `docs/targets.md`.")
    }
}

fn tail(printed: &[u8]) -> String {
    last_lines(printed, LINES).join("\n")
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Paths<'a> {
    paths: &'a [RepoPath],
}

#[derive(Serialize)]
struct OnePath<'a> {
    path: &'a RepoPath,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Document<'a> {
    name: &'a str,
    document: &'a str,
}

#[derive(Serialize)]
struct Delta<'a> {
    version: VersionNo,
    deployment: OperationId,
    tree: TreeId,
    blobs: &'a Path,
    changes: &'a [PathChange],
}

impl<'a> Delta<'a> {
    fn of(put: &Put<'a>, blobs: &'a Path) -> Self {
        let Put { version, deployment, tree, changes, .. } = *put;
        Self { version, deployment, tree, blobs, changes }
    }
}

#[derive(Deserialize)]
struct Leaves {
    leaves: Vec<Option<Leaf>>,
}

impl RemotePlace for Program {
    fn check(&self) -> Result<(), Fault> {
        self.call("check", &Nothing {}).map(|_| ())
    }

    fn read(&self, paths: &[RepoPath]) -> Result<Vec<Option<Leaf>>, Fault> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        self.ask::<Leaves>("read", &Paths { paths }).map(|answer| answer.leaves)
    }

    fn fetch(&self, path: &RepoPath) -> Result<Vec<u8>, Fault> {
        self.call("fetch", &OnePath { path })
    }

    fn write(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault> {
        if put.changes.is_empty() {
            return Ok(());
        }
        let folder = hand_over(put.changes, blobs)?;
        self.call("put", &Delta::of(&put, folder.path())).map(|_| ())
    }

    fn unasked(&self) -> Option<String> {
        (!self.checks).then(|| "its configuration does not say that its program answers `check-put`".to_owned())
    }

    fn check_write(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<PutCheck, Fault> {
        if put.changes.is_empty() {
            return Ok(PutCheck::Takes { said: Vec::new() });
        }
        let folder = hand_over(put.changes, blobs)?;
        let ended = self.run(CHECK_PUT, &Delta::of(&put, folder.path()), Capture::Together)?;
        let said = last_lines(&ended.output, LINES_OF_CHECK);
        match ended.status.code() {
            Some(0) => Ok(PutCheck::Takes { said }),
            Some(exit) => Ok(PutCheck::Refuses { exit, said }),
            None => Err(self.cut_short(CHECK_PUT, (ended.status, &ended.output))),
        }
    }

    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let document = self.call("load", &Name { name })?;
        Ok((!document.is_empty()).then_some(document))
    }

    fn save(&self, name: &str, document: &[u8]) -> Result<(), Fault> {
        let document = String::from_utf8_lossy(document);
        self.call("save", &Document { name, document: &document }).map(|_| ())
    }
}

/// A temporary folder with the contents a delta puts, each in a file named by its id.
fn hand_over(changes: &[PathChange], blobs: &dyn Blobs) -> Result<tempfile::TempDir, Fault> {
    let failed = |error: std::io::Error| {
        let message = format!("Cannot write the contents of a deployment to the temporary folder: {error}.");
        Fault::new("area-io", message, "Free some space there, or name another folder in `TMPDIR`.")
    };
    let folder = tempfile::Builder::new().prefix("switchback-put-").tempdir().map_err(failed)?;
    let contents = changes.iter().filter_map(|change| change.after);
    let ids: BTreeSet<_> = contents.filter(|leaf| leaf.mode != Mode::Submodule).map(|leaf| leaf.id).collect();
    let (mut read, mut bytes) = (blobs.reader(), Vec::new());
    for id in ids {
        read(id, &mut bytes)?;
        std::fs::write(folder.path().join(id.to_string()), &bytes).map_err(failed)?;
    }
    Ok(folder)
}
