//! Work trees that have a moved branch checked out follow it, when they were clean (`SPEC L9`). Files are
//! the `git` program's to write: it knows every filter and line ending its user asked for.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use switchback_core::ports::repository::WorkTree;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;

/// Variables that would make git look at another repository than the one it is sent to.
const FOREIGN: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

/// Brings every clean work tree on a branch from one commit to another.
pub(super) fn follow(
    repository: &gix::Repository,
    branch: &str,
    (from, to): (CommitId, CommitId),
) -> Result<Vec<WorkTree>, Fault> {
    let head = format!("refs/heads/{branch}");
    checked_out(repository, &head)
        .into_iter()
        .map(|path| {
            Ok(
                if is_clean(&path, from)? && git(&path, &["read-tree", "-m", "-u", &from.to_string(), &to.to_string()])?
                {
                    WorkTree::Forwarded(path)
                } else {
                    WorkTree::LeftAlone(path)
                },
            )
        })
        .collect()
}

/// The work trees whose HEAD is a branch.
fn checked_out(repository: &gix::Repository, head: &str) -> Vec<PathBuf> {
    let is_main = repository.git_dir() == repository.common_dir();
    let main = if is_main { Some(repository.clone()) } else { repository.main_repo().ok() };
    let main_path = main.as_ref().and_then(|main| main.workdir().map(Path::to_owned));
    let main_head = repository.common_dir().join("HEAD");
    let linked = repository.worktrees().unwrap_or_default();
    let linked = linked.iter().filter_map(|proxy| Some((proxy.base().ok()?, proxy.git_dir().join("HEAD"))));
    let is_on = |file: &Path| {
        std::fs::read_to_string(file).is_ok_and(|text| text.strip_prefix("ref:").map(str::trim) == Some(head))
    };
    main_path
        .map(|path| (path, main_head))
        .into_iter()
        .chain(linked)
        .filter(|(path, file)| path.is_dir() && is_on(file))
        .map(|(path, _)| path)
        .collect()
}

/// Whether index and files are those of a commit.
fn is_clean(path: &Path, commit: CommitId) -> Result<bool, Fault> {
    // A refresh that finds changed files says so by failing; the comparisons below are what counts.
    git(path, &["update-index", "-q", "--refresh"])?;
    Ok(git(path, &["diff-index", "--cached", "--quiet", &commit.to_string(), "--"])?
        && git(path, &["diff-files", "--quiet"])?)
}

/// Runs git in a work tree; whether it said yes.
fn git(path: &Path, arguments: &[&str]) -> Result<bool, Fault> {
    let mut command = Command::new("git");
    for name in FOREIGN {
        command.env_remove(name);
    }
    let status = command
        .arg("-C")
        .arg(path)
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.map(|status| status.success()).map_err(|error| {
        Fault::new(
            "git-unavailable",
            format!("the `git` program cannot be run: {error}"),
            "install git, or add it to the PATH",
        )
    })
}
