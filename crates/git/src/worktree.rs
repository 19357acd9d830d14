//! Work trees that have a moved branch checked out follow it, when they were clean (`SPEC L9`). Files are
//! the `git` program's to write: it knows every filter and line ending its user asked for.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use switchback_core::ports::repository::WorkTree;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;
use switchback_core::words::remedy::Hindrance;

/// Variables that would make git look at another repository than the one it is sent to.
pub(super) const FOREIGN: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

const NO_GIT: &str = "git-unavailable";

/// What git leaves in a work tree's own folder while something is under way there.
const UNDER_WAY: [(&str, &str); 6] = [
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("sequencer", "sequence of picks"),
];

/// A work tree, with the folder in which git keeps its HEAD and its index.
struct Tree {
    path: PathBuf,
    own: PathBuf,
}

/// Brings every clean work tree on a branch from one commit to another.
pub(super) fn follow(
    repository: &gix::Repository,
    branch: &str,
    (from, to): (CommitId, CommitId),
) -> Result<Vec<WorkTree>, Fault> {
    let trees = checked_out(repository, &format!("refs/heads/{branch}"));
    trees.into_iter().map(|tree| follow_unless_left(tree, (from, to))).collect()
}

/// Without the `git` program nothing follows; the branch has moved all the same, and what else is to be done is done.
fn follow_unless_left(tree: Tree, ends: (CommitId, CommitId)) -> Result<WorkTree, Fault> {
    let path = tree.path.clone();
    match follow_one(tree, ends) {
        Err(fault) if fault.code == NO_GIT => Ok(WorkTree::LeftAlone(path, Hindrance::NoGit)),
        followed => followed,
    }
}

fn follow_one(tree: Tree, (from, to): (CommitId, CommitId)) -> Result<WorkTree, Fault> {
    let path = tree.path;
    // An index that is the new commit's already, whatever was edited since, has nothing to follow.
    if git(&path, &["diff-index", "--cached", "--quiet", &to.to_string(), "--"])? {
        return Ok(WorkTree::Forwarded(path));
    }
    let left = |why| Ok(WorkTree::LeftAlone(path.clone(), why));
    let lock = tree.own.join("index.lock");
    let locked = || Hindrance::Locked { lock: lock.display().to_string() };
    if lock.exists() {
        return left(locked());
    }
    if let Some((_, name)) = UNDER_WAY.iter().find(|(file, _)| tree.own.join(file).exists()) {
        return left(Hindrance::UnderWay { what: (*name).to_owned() });
    }
    if !is_clean(&path, from)? {
        return left(Hindrance::Edited);
    }
    if let Some(file) = in_the_way(&path, (from, to))? {
        return left(Hindrance::InTheWay { file });
    }
    match git(&path, &["read-tree", "-m", "-u", &from.to_string(), &to.to_string()])? {
        true => Ok(WorkTree::Forwarded(path)),
        false => left(if lock.exists() { locked() } else { Hindrance::Edited }),
    }
}

/// The first file that stands where the new commit adds one: git would take one that it ignores for worth nothing.
fn in_the_way(path: &Path, (from, to): (CommitId, CommitId)) -> Result<Option<String>, Fault> {
    let (from, to) = (from.to_string(), to.to_string());
    let added = said(path, &["diff-tree", "-r", "--name-only", "--no-renames", "--diff-filter=A", "-z", &from, &to])?;
    for name in added.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let place = path.join(OsStr::from_bytes(name));
        let Ok(found) = std::fs::symlink_metadata(&place) else { continue };
        let stands = match found.is_dir() {
            // What git keeps in a folder goes with it.
            true => !said(path, &["ls-files", "--others", "-z", "--", &String::from_utf8_lossy(name)])?.is_empty(),
            false => true,
        };
        if stands {
            return Ok(Some(String::from_utf8_lossy(name).into_owned()));
        }
    }
    Ok(None)
}

/// The work trees whose HEAD is a branch.
fn checked_out(repository: &gix::Repository, head: &str) -> Vec<Tree> {
    let is_main = repository.git_dir() == repository.common_dir();
    let main = if is_main { Some(repository.clone()) } else { repository.main_repo().ok() };
    let main = main.as_ref().and_then(|main| main.workdir().map(Path::to_owned));
    let main = main.map(|path| Tree { path, own: repository.common_dir().to_owned() });
    let linked = repository.worktrees().unwrap_or_default();
    let linked =
        linked.iter().filter_map(|proxy| Some(Tree { path: proxy.base().ok()?, own: proxy.git_dir().to_owned() }));
    let is_on = |tree: &Tree| {
        let text = std::fs::read_to_string(tree.own.join("HEAD"));
        text.is_ok_and(|text| text.strip_prefix("ref:").map(str::trim) == Some(head))
    };
    main.into_iter().chain(linked).filter(|tree| tree.path.is_dir() && is_on(tree)).collect()
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
    Ok(run(path, arguments)?.status.success())
}

/// What git says in a work tree; nothing where it fails.
fn said(path: &Path, arguments: &[&str]) -> Result<Vec<u8>, Fault> {
    Ok(run(path, arguments)?.stdout)
}

fn run(path: &Path, arguments: &[&str]) -> Result<Output, Fault> {
    let mut command = Command::new("git");
    for name in FOREIGN {
        command.env_remove(name);
    }
    let output = command
        .arg("-C")
        .arg(path)
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    output.map_err(|error| {
        Fault::new(NO_GIT, format!("the `git` program cannot be run: {error}"), "install git, or add it to the PATH")
    })
}
