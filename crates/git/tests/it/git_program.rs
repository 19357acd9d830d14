//! A scratch repository, driven by the `git` program without anybody's configuration.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use switchback_core::words::object::{CommitId, Oid, TreeId};

/// A repository in a folder of its own, gone with the value.
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// A new repository with a work tree.
    pub fn new() -> Self {
        let scratch = Self { folder: tempfile::tempdir().unwrap() };
        scratch.git(&["init", "-q", "-b", "main", "."]);
        scratch
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Runs git in the work tree; it must succeed.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.fed(arguments, b"");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Runs git with some input.
    pub fn fed(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = git(&self.path(), arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feed = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        // A program that ends early has read enough.
        let _ = feed.join().unwrap();
        output
    }

    pub fn commit_of(&self, rev: &str) -> CommitId {
        CommitId(Oid::from_hex(&self.git(&["rev-parse", &format!("{rev}^{{commit}}")])).unwrap())
    }

    pub fn tree_of(&self, rev: &str) -> TreeId {
        TreeId(Oid::from_hex(&self.git(&["rev-parse", &format!("{rev}^{{tree}}")])).unwrap())
    }

    /// Writes a file of the work tree.
    pub fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// A tree with one file below this many folders, more than any file system takes.
    pub fn deep_tree(&self, depth: usize) -> TreeId {
        let head = "commit refs/heads/deep\ncommitter Ann <ann@example.com> 1700000000 +0000\ndata 4\ndeep\n";
        let file = format!("deleteall\nM 100644 inline {}f\ndata 2\n1\n\n", "d/".repeat(depth));
        assert!(self.fed(&["fast-import", "--quiet", "--force"], format!("{head}{file}").as_bytes()).status.success());
        self.tree_of("refs/heads/deep")
    }

    /// Commits everything in the work tree.
    pub fn commit_all(&self, message: &str) -> CommitId {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.commit_of("HEAD")
    }
}

/// The git program, closed to everything but the repository.
pub fn git(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_NAME", "Ann")
        .env("GIT_AUTHOR_EMAIL", "ann@example.com")
        .env("GIT_COMMITTER_NAME", "Ann")
        .env("GIT_COMMITTER_EMAIL", "ann@example.com")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}
