//! A throw-away repository with a pipeline, and the program run in it. Nothing of the machine's own git
//! configuration gets in, and the clock stands still, so that two runs of one scene give the same ids.

pub use crate::traces::{Traces, written};

pub use crate::picture::Picture;

use crate::served::{Asked, Served};

use crate::traces::trace;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The moment at which everything happens.
pub const NOW: &str = "2026-03-02T10:00:00Z";
/// A minute and more later, when leases have run out.
pub const LATER: &str = "2026-03-02T10:05:00Z";

/// DEV → SIT → QA, with default areas on SIT and QA: the pipeline of `SPEC D10`.
pub const THREE_STAGES: &str = r#"[pipeline]
name = "acme"

[[stage]]
name = "DEV"
branch = "dev"
next = ["SIT"]
back_promote.require = []

[[stage]]
name = "SIT"
branch = "sit"
next = ["QA"]
back_promote.require = []

[[stage]]
name = "QA"
branch = "main"

[[area]]
name = "sit-web"
stage = "SIT"
default = true
target = { dir = "../areas/sit-web" }

[[area]]
name = "qa-web"
stage = "QA"
default = true
target = { dir = "../areas/qa-web" }
"#;

/// A repository, the areas beside it, and what time it is there.
pub struct World {
    folder: TempDir,
    now: String,
    /// Where commands go when the suite runs through a server.
    server: Served,
}

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    pub exit: Option<i32>,
    pub signal: Option<i32>,
    pub out: String,
    pub err: String,
}

impl World {
    /// Branches `dev`, `sit` and `main` on one commit; no pipeline yet.
    pub fn bare_of_pipeline() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let world = Self { folder, now: NOW.to_owned(), server: Served::default() };
        fs::create_dir_all(world.repo()).expect("a folder for the repository");
        world.git(&["init", "--quiet", "--initial-branch=main"]);
        world.write("web/index.html", "<h1>Shop</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n");
        world.write("web/style.css", "h1 { color: black }\n");
        world.write("README", "The shop\n");
        world.commit("Begin");
        for branch in ["dev", "sit"] {
            world.git(&["branch", branch]);
        }
        // Nothing shows a stage's branch, unless a test wants to.
        world.git(&["checkout", "--quiet", "--detach"]);
        world
    }

    /// Begins three stages where `main` stands by now.
    pub fn begin_three_stages(&self) {
        self.begin(THREE_STAGES);
    }

    /// The same with this configuration of them.
    pub fn begin(&self, configuration: &str) {
        for branch in ["dev", "sit"] {
            self.git(&["branch", "--force", branch, "main"]);
        }
        self.git(&["checkout", "--quiet", "--detach"]);
        self.configure(configuration);
        self.ok(&["init"]);
    }

    /// The same with this configuration, begun.
    pub fn with(configuration: &str) -> Self {
        let world = Self::bare_of_pipeline();
        world.configure(configuration);
        world.ok(&["init"]);
        world
    }

    /// The pipeline of `SPEC D10`.
    pub fn three_stages() -> Self {
        Self::with(THREE_STAGES)
    }

    /// A repository with its ledger and its areas, as an earlier program left them (`tests/old`).
    pub fn unpacked(archive: &Path, now: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let tar = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(folder.path()).status().expect("tar runs");
        assert!(tar.success(), "{} could not be unpacked", archive.display());
        Self { folder, now: now.to_owned(), server: Served::default() }
    }

    /// A copy that goes its own way from here.
    pub fn twin(&self) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let from = format!("{}/.", self.folder.path().display());
        let copied = Command::new("cp").arg("-a").arg(from).arg(folder.path()).status().expect("cp runs");
        assert!(copied.success(), "the world could not be copied");
        Self { folder, now: self.now.clone(), server: Served::default() }
    }

    pub fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    pub fn area(&self, name: &str) -> PathBuf {
        self.folder.path().join("areas").join(name)
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn set_clock(&mut self, now: &str) {
        // A server's clock stands still as well.
        self.server = Served::default();
        self.now = now.to_owned();
    }

    /// Writes the configuration, and puts it in force where the pipeline has begun.
    pub fn configure(&self, text: &str) {
        self.write("switchback.toml", text);
        if self.ledger().exists() {
            self.ok(&["configure"]);
        }
    }

    pub fn write(&self, path: &str, text: &str) {
        let place = self.repo().join(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder is made");
        fs::write(place, text).expect("a file is written");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.repo().join(path)).expect("a file to read")
    }

    /// Commits everything in the work tree but the configuration.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all", "--", ".", ":!switchback.toml"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// Git, closed to the machine's configuration; what it said.
    pub fn git(&self, words: &[&str]) -> String {
        let output = closed(Command::new("git").arg("-C").arg(self.repo()).args(words)).output().expect("git runs");
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert!(output.status.success(), "git {words:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// Whether git does something.
    pub fn run_git(&self, words: &[&str]) -> bool {
        closed(Command::new("git").arg("-C").arg(self.repo()).args(words)).output().expect("git runs").status.success()
    }

    /// A branch `feature/KEY` off `main` with these files, which nothing has checked out afterwards.
    pub fn branch(&self, key: &str, files: &[(&str, &str)]) {
        let branch = format!("feature/{key}");
        let start = self.git(&["rev-list", "--max-parents=0", "main"]);
        self.git(&["checkout", "--quiet", "-B", &branch, &start]);
        for (path, text) in files {
            self.write(path, text);
        }
        self.commit(&format!("{key} changes {}", files.len()));
        self.git(&["checkout", "--quiet", "--detach", &start]);
    }

    /// A change recorded at DEV.
    pub fn change(&self, key: &str, files: &[(&str, &str)]) {
        self.branch(key, files);
        self.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
    }

    /// The program with some words, ready to run; through a server, when the suite runs through one.
    pub fn command(&self, words: &[&str]) -> Command {
        match self.server.takes(self, words) {
            Some(asked) => self.command_asking(&asked),
            None => self.command_in(&self.repo(), words),
        }
    }

    /// A server of this world, whichever way the suite runs: its address, and a token of somebody's.
    pub fn server(&self, who: &str) -> (String, String) {
        self.server.of(self, who)
    }

    fn command_asking(&self, asked: &Asked) -> Command {
        let words: Vec<&str> = asked.words.iter().map(String::as_str).collect();
        let mut command = self.command_in(&self.repo(), &words);
        command.env("SWITCHBACK_SERVER", &asked.server).env("SWITCHBACK_TOKEN", &asked.token);
        command
    }

    /// The same in another folder, as in somebody's clone.
    pub fn command_in(&self, folder: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchback"));
        command.arg("-C").arg(folder).args(words).env("SWITCHBACK_NOW", &self.now);
        command.env_remove("SWITCHBACK_SERVER").env_remove("SWITCHBACK_TOKEN").env_remove("SWITCHBACK_DATA");
        command.env_remove("SWITCHBACK_FAILPOINT").env("LOGNAME", "root").env("NO_COLOR", "1");
        closed(&mut command).stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &[&str]) -> Ran {
        Ran::of(self.command(words).output().expect("the program runs"))
    }

    /// The same, killed at a point.
    pub fn run_until(&self, point: &str, words: &[&str]) -> Ran {
        // It is this process that dies.
        let mut command = self.command_in(&self.repo(), words);
        Ran::of(command.env("SWITCHBACK_FAILPOINT", point).output().expect("the program runs"))
    }

    /// The program with some words, as the last words of another command.
    pub fn through(&self, outer: &mut Command, words: &[&str]) -> Ran {
        let program = self.command(words);
        outer.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        }
        Ran::of(outer.stdin(Stdio::null()).output().expect("the outer command runs"))
    }

    /// Runs with `--json`, expects an exit code, and reads the answer.
    pub fn json(&self, exit: i32, words: &[&str]) -> Value {
        let ran = self.run(&[words, &["--json"]].concat());
        assert_eq!(ran.exit, Some(exit), "{words:?}: {ran:?}");
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{words:?}: {error} in {ran:?}"))
    }

    pub fn ok(&self, words: &[&str]) -> Value {
        self.json(0, words)
    }

    /// Runs something that is refused; the refusal.
    pub fn refused(&self, words: &[&str]) -> Value {
        self.json(3, words)["refused"].clone()
    }

    /// Asserts that `verify` finds nothing.
    pub fn is_sound(&self) {
        let said = self.ok(&["verify"]);
        let checks = said["checks"].as_array().expect("checks");
        assert!(!checks.is_empty() && checks.iter().all(|check| check["ok"] == true), "{said}");
    }

    pub fn refs(&self) -> String {
        self.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
    }

    /// How many entries the ledger has.
    pub fn entries(&self) -> usize {
        self.ok(&["log"])["entries"].as_array().expect("entries").len()
    }

    /// The ledger's own bytes, with the log beside it.
    pub fn ledger_bytes(&self) -> Vec<u8> {
        let file = self.ledger();
        let mut bytes = fs::read(&file).unwrap_or_default();
        bytes.extend(fs::read(file.with_extension("sqlite-wal")).unwrap_or_default());
        bytes
    }

    pub fn ledger(&self) -> PathBuf {
        self.repo().join(".git/switchback/ledger.sqlite")
    }

    /// Every file of the repository, its work tree and the areas, with its content and when it was written.
    pub fn traces(&self) -> Traces {
        let mut found = Traces::new();
        trace(self.folder.path(), &mut found);
        found
    }

    /// Runs Python on the ledger's file.
    pub fn tamper(&self, script: &str) {
        let begin = "import hashlib, json, sqlite3, struct, sys\nc = sqlite3.connect(sys.argv[1])\n";
        let script = format!("{begin}{script}\nc.commit()\n");
        let done = Command::new("python3").args(["-c", &script]).arg(self.ledger()).status();
        assert!(done.expect("python3 runs").success(), "{script}");
    }

    /// What lies in an area, without what the target keeps for itself.
    pub fn files(&self, area: &str) -> BTreeMap<String, String> {
        let top = self.area(area);
        let mut found = BTreeMap::new();
        gather(&top, &top, &mut found);
        found
    }

    /// The tree of a branch.
    pub fn tree(&self, branch: &str) -> String {
        self.git(&["rev-parse", &format!("{branch}^{{tree}}")])
    }

    /// Everything that counts: refs, what is where, what happened, and what lies in the areas.
    pub fn picture(&self) -> Picture {
        let areas = fs::read_dir(self.path("areas")).into_iter().flatten();
        let names = areas.map(|entry| entry.expect("an area").file_name().to_string_lossy().into_owned());
        Picture {
            refs: self.refs().lines().map(str::to_owned).collect(),
            standing: self.ok(&["where"]),
            history: self.ok(&["history"]),
            promotions: self.ok(&["promotion", "list"]),
            areas: names.map(|name| (name.clone(), self.files(&name))).collect(),
        }
    }
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            exit: output.status.code(),
            signal: output.status.signal(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Everything that was printed.
    pub fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

fn gather(top: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(top).expect("below the top").to_string_lossy().into_owned();
        if name == ".switchback" {
            continue;
        }
        match path.is_dir() && !path.is_symlink() {
            true => gather(top, &path, found),
            false => {
                let text = fs::read(&path).unwrap_or_default();
                found.insert(name, String::from_utf8_lossy(&text).into_owned());
            }
        }
    }
}

/// Closes a command to the machine's configuration, and gives it a person.
fn closed(command: &mut Command) -> &mut Command {
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@example.org")
        .env("GIT_AUTHOR_DATE", NOW)
        .env("GIT_COMMITTER_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "ada@example.org")
        .env("GIT_COMMITTER_DATE", NOW)
        .env("HOME", "/nonexistent")
}
