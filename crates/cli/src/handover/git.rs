//! The `git` program, for what only it knows: the person's editor and merge tool.

use super::faults::fault;
use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use switchback_api::Failure;

/// What would lead git to another repository than the one in its working directory.
const LEADS_AWAY: [&str; 5] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"];

/// A command of git in a folder.
pub fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(words).current_dir(folder);
    for name in LEADS_AWAY {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, words: &[&str]) -> Result<Output, Failure> {
    command(folder, words).stdin(Stdio::null()).output().map_err(|why| unavailable(&why))
}

/// What git prints; `None` when it says no.
///
/// # Errors
/// `git-unavailable`.
pub fn asked(folder: &Path, words: &[&str]) -> Result<Option<String>, Failure> {
    let output = run(folder, words)?;
    let text = String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned();
    Ok(output.status.success().then_some(text))
}

/// The same where a "no" is a fault.
///
/// # Errors
/// `git-unavailable`, `git-failed`.
pub fn told(folder: &Path, words: &[&str]) -> Result<String, Failure> {
    let output = run(folder, words)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned()),
        false => Err(failed(words, &output)),
    }
}

/// Runs git with some input.
///
/// # Errors
/// `git-unavailable`, `git-failed`.
pub fn fed(folder: &Path, words: &[&str], input: &str) -> Result<(), Failure> {
    let mut command = command(folder, words);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|why| unavailable(&why))?;
    // A git that ends before it has read everything says why itself.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(|why| unavailable(&why))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(failed(words, &output)),
    }
}

/// What `git merge-file` prints: it ends with the number of conflicts.
///
/// # Errors
/// `git-unavailable`, `git-failed`.
pub fn merged(folder: &Path, words: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = run(folder, words)?;
    match output.status.code() {
        Some(code) if code < 128 => Ok(output.stdout),
        _ => Err(failed(words, &output)),
    }
}

/// Runs a program that talks to the person. Standard output is kept for the answer, so it writes where errors go.
///
/// # Errors
/// What the system says when it cannot be run.
pub fn shown(command: &mut Command) -> std::io::Result<bool> {
    let errors = std::io::stderr().as_fd().try_clone_to_owned()?;
    Ok(command.stdout(Stdio::from(errors)).status()?.success())
}

/// git cannot be run.
pub fn unavailable(why: &std::io::Error) -> Failure {
    let hint = "install git, or add it to the PATH";
    fault("git-unavailable", format!("the git program cannot be run: {why}"), hint)
}

fn failed(words: &[&str], output: &Output) -> Failure {
    let said = String::from_utf8_lossy(&output.stderr);
    let message = format!("git {} failed: {}", words.first().unwrap_or(&""), said.trim());
    fault("git-failed", message, "mend what it says, and try again")
}
