//! Files that a program makes again, with real programs.

use crate::git_program::Scratch;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};
use switchback_core::content::Content as _;
use switchback_core::content::remake::{Program, Remake};
use switchback_core::words::object::RepoPath;
use switchback_git::GitRepo;

fn program(line: &str, timeout_s: u64) -> Program {
    Program { words: ["sh", "-c", line].map(str::to_owned).to_vec(), timeout_s }
}

/// What a shell line makes of `web/lock`, beside `web/manifest`, a script, a link and what lies above.
fn made(line: &str) -> Result<String, String> {
    let scratch = Scratch::new();
    scratch.write("web/manifest", "b\na\n");
    scratch.write("web/lock", "old\n");
    scratch.write("web/tool", "#!/bin/sh\nsort manifest\n");
    scratch.write("top", "top\n");
    fs::set_permissions(scratch.path().join("web/tool"), fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink("manifest", scratch.path().join("web/link")).unwrap();
    scratch.commit_all("base");
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let (path, by) = (RepoPath::new("web/lock"), program(line, 60));
    let remake = Remake { path: &path, tree: scratch.tree_of("HEAD"), by: &by };
    let made = repo.remake(remake).unwrap()?;
    Ok(String::from_utf8(repo.read(made).unwrap()).unwrap())
}

#[test]
fn a_program_finds_every_file_and_leaves_one() {
    assert_eq!(made("./tool > lock").unwrap(), "a\nb\n");
    assert_eq!(made("cat link ../top lock > new; mv new lock").unwrap(), "b\na\ntop\nold\n");
    assert_eq!(made("true").unwrap(), "old\n", "a program may find it right as it is");
}

#[test]
fn it_is_told_why_nothing_was_made() {
    let why = made("echo one; echo two >&2; exit 3").unwrap_err();
    assert!(why.ends_with("failed (exit status: 3): one / two"), "{why}");
    let why = made("rm lock").unwrap_err();
    assert!(why.contains("left no file at web/lock"), "{why}");
    let why = made("ln -sf /etc/hostname lock").unwrap_err();
    assert!(why.contains("it is no plain file"), "{why}");
}

#[test]
fn a_program_that_is_missing_or_does_not_end_is_told() {
    let scratch = Scratch::new();
    scratch.write("lock", "old\n");
    scratch.commit_all("base");
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let (path, tree) = (RepoPath::new("lock"), scratch.tree_of("HEAD"));
    let missing = Program { words: vec!["no-such-program".to_owned()], timeout_s: 60 };
    let why = repo.remake(Remake { path: &path, tree, by: &missing }).unwrap().unwrap_err();
    assert!(why.starts_with("`no-such-program` cannot be run"), "{why}");
    let endless = program("sleep 600", 1);
    let begun = Instant::now();
    let why = repo.remake(Remake { path: &path, tree, by: &endless }).unwrap().unwrap_err();
    assert!(why.contains("was not done after 1 seconds"), "{why}");
    assert!(begun.elapsed() < Duration::from_secs(300), "it was killed, not waited for");
}

#[test]
fn one_question_runs_one_program() {
    let scratch = Scratch::new();
    scratch.write("lock", "old\n");
    scratch.commit_all("base");
    let runs = tempfile::tempdir().unwrap();
    let count = runs.path().join("count");
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let by = program(&format!("echo run >> '{}'", count.display()), 60);
    let (path, tree) = (RepoPath::new("lock"), scratch.tree_of("HEAD"));
    let ask = |tree| repo.remake(Remake { path: &path, tree, by: &by }).unwrap().unwrap();
    assert_eq!(ask(tree), ask(tree));
    assert_eq!(fs::read_to_string(&count).unwrap().lines().count(), 1);
    scratch.write("other", "new\n");
    scratch.commit_all("more");
    ask(scratch.tree_of("HEAD"));
    assert_eq!(fs::read_to_string(&count).unwrap().lines().count(), 2, "another tree is another question");
}

#[test]
fn the_repository_and_its_variables_stay_out_of_it() {
    let scratch = Scratch::new();
    scratch.write("lock", "old\n");
    scratch.commit_all("base");
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let by = program("git rev-parse --git-dir > lock 2>&1 || pwd > lock", 60);
    let (path, tree) = (RepoPath::new("lock"), scratch.tree_of("HEAD"));
    let made = repo.remake(Remake { path: &path, tree, by: &by }).unwrap().unwrap();
    let place = String::from_utf8(repo.read(made).unwrap()).unwrap();
    assert!(!place.contains(scratch.path().to_str().unwrap()), "{place}");
    let folder = std::path::Path::new(place.lines().last().unwrap()).to_owned();
    assert!(!folder.exists(), "{place} is gone afterwards");
    assert_eq!(scratch.git(&["status", "--porcelain"]), "");
}
