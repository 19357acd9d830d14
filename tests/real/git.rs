//! The `git` program, closed off from the machine's and the person's configuration. It is the judge here: what it says
//! a tree is, a tree is. Every failure stops the run with git's own words.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// One repository, as seen through one index file.
#[derive(Clone)]
pub struct Git {
    directory: PathBuf,
    index: Option<PathBuf>,
}

impl Git {
    /// The repository whose git directory or work tree is `directory`.
    pub fn at(directory: &Path) -> Self {
        Self { directory: directory.to_path_buf(), index: None }
    }

    /// An empty repository with the git directory `directory` and no work tree.
    pub fn create_bare(directory: &Path) -> Self {
        let path = directory.to_str().expect("a path that is UTF-8");
        Self::at(Path::new(".")).line(&["init", "-q", "--bare", "--initial-branch=main", path]);
        Self::at(directory)
    }

    /// The same repository with an index of its own.
    pub fn with_index(&self, name: &str) -> Self {
        Self { directory: self.directory.clone(), index: Some(self.git_dir().join(format!("index-{name}"))) }
    }

    /// Where the repository keeps its objects and branches.
    pub fn git_dir(&self) -> PathBuf {
        let inside = self.directory.join(".git");
        std::path::absolute(if inside.is_dir() { inside } else { self.directory.clone() }).expect("a current folder")
    }

    /// A command that nothing outside the repository can influence.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.directory).args(["-c", "core.autocrlf=false", "-c", "gc.auto=0"]).args(arguments);
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_AUTHOR_DATE"] {
            command.env_remove(variable);
        }
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("LC_ALL", "C");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Queue").env(format!("GIT_{role}_EMAIL"), "queue@example.invalid");
        }
        command.env("GIT_COMMITTER_DATE", "1623110400 +0000");
        if let Some(index) = &self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command
    }

    /// Runs git and hands over whatever it answered.
    pub fn ask(&self, arguments: &[&str], input: &[u8]) -> Output {
        feed(&mut self.command(arguments), input)
    }

    /// Runs git, which must succeed, and gives its first line of output.
    pub fn line(&self, arguments: &[&str]) -> String {
        self.line_from(arguments, b"")
    }

    /// Like [`Git::line`], with something to read.
    pub fn line_from(&self, arguments: &[&str], input: &[u8]) -> String {
        let output = self.ask(arguments, input);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned()
    }

    /// The tree that a commit, a branch or a tree names.
    pub fn tree(&self, name: &str) -> String {
        self.line(&["rev-parse", "--verify", &format!("{name}^{{tree}}")])
    }

    /// The tree of a folder's files as git would record them, without what `except` names.
    pub fn tree_of_folder(&self, folder: &Path, except: &[&str]) -> String {
        let git_dir = self.git_dir();
        let here = Self { directory: folder.to_path_buf(), index: self.index.clone() };
        let mut add = vec![
            format!("--git-dir={}", git_dir.display()),
            "--work-tree=.".to_owned(),
            "add".to_owned(),
            "-Af".to_owned(),
            ".".to_owned(),
        ];
        add.extend(except.iter().map(|name| format!(":(exclude,top){name}")));
        let output = feed(&mut here.command(&add), b"");
        assert!(output.status.success(), "git add {folder:?}: {}", String::from_utf8_lossy(&output.stderr));
        self.line(&["write-tree"])
    }

    /// The tree of a three-way merge of trees, or nothing where git finds a conflict. The trees are dressed as commits,
    /// because a git older than 2.45 merges nothing else.
    pub fn merge(&self, base: &str, ours: &str, theirs: &str) -> Option<String> {
        let base = self.line_from(&["commit-tree", base], b"base\n");
        let theirs = self.line_from(&["commit-tree", theirs, "-p", &base], b"theirs\n");
        self.merge_commits(&base, ours, &theirs)
    }

    /// The same, where the base is a commit and theirs one that descends from it.
    pub fn merge_commits(&self, base: &str, ours: &str, theirs: &str) -> Option<String> {
        let ours = self.line_from(&["commit-tree", ours, "-p", base], b"ours\n");
        let output = self.ask(&["merge-tree", "--write-tree", "--no-messages", &ours, theirs], b"");
        match output.status.code() {
            Some(0) => Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
            Some(1) => None,
            _ => panic!("git merge-tree: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }
}

/// Runs a command with something to read on its standard input.
pub fn feed(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|fault| panic!("{command:?}: {fault}"));
    let mut pipe = child.stdin.take().expect("the pipe asked for above");
    std::thread::scope(|scope| {
        // A child that stops reading early has its own words for it; a broken pipe here adds nothing.
        scope.spawn(move || pipe.write_all(input).ok());
        child.wait_with_output().unwrap_or_else(|fault| panic!("{command:?}: {fault}"))
    })
}
