//! A repository with a pipeline of three stages, and a house for it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use switchback_core::ledger::snapshot::Actor;
use switchback_core::ports::progress::Silent;
use switchback_core::ports::witness::Unwatched;
use switchback_core::words::names::UserName;
use switchback_engine::config::AtHand;
use switchback_engine::house::{House, Medium, Parts};
use switchback_engine::init::{self, Start};
use switchback_engine::interrupt::Interrupt;
use switchback_engine::visit::{Depth, Visit};
use switchback_git::{GitRepo, GitRepositories, LocalBranches};
use switchback_ledger::SqliteLedger;
use switchback_targets::TargetsOf;
use tempfile::TempDir;

const PIPELINE: &str = r#"[pipeline]
name = "acme"

[[stage]]
name = "DEV"
branch = "dev"
next = ["SIT"]

[[stage]]
name = "SIT"
branch = "sit"
next = ["PROD"]

[[stage]]
name = "PROD"
branch = "main"
"#;

/// How many files there are.
const FILES: usize = 40;

/// A repository in a folder of its own, gone with the value.
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// A line of so many changes, each of one line of a file: DEV holds all, SIT the first three quarters and PROD the first
    /// half of them. A branch was cut from each, `low`, `middle` and `top`, with one commit of its own.
    pub fn with(changes: usize) -> Self {
        let home = Self { folder: TempDir::new().unwrap() };
        home.git(&["init", "-q", "-b", "main", "."], "");
        let (mut stream, mut mark) = (String::new(), 0);
        let mut texts = vec![[0; 8]; FILES + 1];
        let mut commit = |branch: &str, (file, line): (usize, usize), said: &str, from: Option<usize>| {
            texts[file][line] += 1;
            let text: String = texts[file].iter().map(|line| format!("{line}\n\n\n")).collect();
            let from = from.map(|mark| format!("from :{mark}\n")).unwrap_or_default();
            mark += 1;
            let by = "committer A <a@example.org> 1700000000 +0000";
            write!(stream, "commit refs/heads/{branch}\nmark :{mark}\n{by}\n").unwrap();
            write!(stream, "data {}\n{said}\n{from}M 644 inline f{file}.txt\n", said.len()).unwrap();
            write!(stream, "data {}\n{text}\n", text.len()).unwrap();
            mark
        };
        let begin = (0..=FILES).map(|file| commit("dev", (file, 7), "Begin", None)).max().unwrap();
        for nth in 0..changes {
            commit("dev", (nth % FILES, nth / FILES % 7), &format!("US-{nth}: edit"), None);
        }
        for (branch, held) in [("low", changes), ("middle", changes * 3 / 4), ("top", changes / 2)] {
            commit(branch, (FILES, 0), &format!("NEW-{branch}: add"), Some(begin + held));
        }
        home.git(&["fast-import", "--quiet"], &stream);
        home.git(&["branch", "-f", "sit", "middle~1"], "");
        home.git(&["branch", "-f", "main", "top~1"], "");
        std::fs::write(home.path().join("switchback.toml"), PIPELINE).unwrap();
        let (house, visit) = (home.house(), home.visit(Depth::Act));
        init::begin(&house.receive(&visit).unwrap(), Start::Anew).unwrap();
        home
    }

    /// The repository.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, arguments: &[&str], input: &str) {
        let mut git = Command::new("git");
        git.current_dir(self.path())
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        let mut child = git.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "git {arguments:?}");
    }

    /// A house that was just opened, as by a program that has just started.
    pub fn house(&self) -> House {
        let repo = GitRepo::open(self.path()).unwrap();
        let git_dir = self.path().join(".git");
        let ledger = SqliteLedger::open_or_begin(&git_dir.join("switchback/ledger.sqlite"), "acme").unwrap();
        let parts = Parts {
            name: "acme".to_owned(),
            at_hand: Some(AtHand::there(self.path().join("switchback.toml"))),
            folder: self.path().to_owned(),
            git_dir,
            ledger: Box::new(ledger),
            medium: Medium::Writable,
            targets: Box::new(TargetsOf { folder: self.path().to_owned(), repository: Vec::new() }),
            repositories: Box::new(GitRepositories::beginning_with(repo)),
            branches: Box::new(LocalBranches),
            people: Box::new(person),
            writers: Box::new(|author| UserName::new(&author.name)),
            progress: Arc::new(Silent),
            witness: Arc::new(Unwatched),
            interrupt: Interrupt::default(),
        };
        House::open(parts).unwrap()
    }

    /// Somebody who comes to it.
    pub fn visit(&self, depth: Depth) -> Visit {
        Visit { depth, ..Visit::of(person(&UserName::new("ann"))) }
    }
}

fn person(user: &UserName) -> Actor {
    Actor::new(user.clone(), user.to_string(), format!("{user}@example.org"))
}
