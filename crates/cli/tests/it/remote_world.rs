//! A pipeline whose branches are on a remote: the remote, somebody's clone of it, and a server that keeps a copy.

use crate::process;
use crate::somebody::made;
use crate::world::{Ran, World};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use switchback_core::ports::people::groups::{ADMINISTRATORS, Groups as _};
use switchback_core::words::names::UserName;
use switchback_ledger::SqlitePeople;

/// DEV → SIT → QA without areas.
const CONFIGURATION: &str = r#"[pipeline]
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
"#;

/// What must stand nowhere.
pub const SECRET: &str = "s3cret-of-the-remote";

/// A remote with a pipeline's branches, and whoever works on it.
pub struct Far {
    /// Somebody's clone.
    pub world: World,
    /// What programs here find in their surroundings.
    pub surroundings: Vec<(String, String)>,
}

/// A server that serves it.
pub struct Serving {
    pub process: Child,
    pub address: String,
    token: String,
}

impl Far {
    /// Nothing has begun there.
    pub fn new() -> Self {
        let far = Self { world: World::bare_of_pipeline(), surroundings: Vec::new() };
        far.world.write("switchback.toml", CONFIGURATION);
        far.world.git(&["checkout", "--quiet", "main"]);
        far.world.git(&["add", "--all"]);
        far.world.git(&["commit", "--quiet", "--message", "Propose a pipeline"]);
        for branch in ["dev", "sit"] {
            far.world.git(&["branch", "--force", branch, "main"]);
        }
        far.world.git(&["checkout", "--quiet", "--detach"]);
        let origin = far.origin();
        far.world.git(&["clone", "--quiet", "--bare", ".", &origin.to_string_lossy()]);
        far.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
        far.world.git(&["remote", "add", "origin", &origin.to_string_lossy()]);
        far
    }

    /// It has begun, and `US-1` is recorded at DEV; no server runs.
    pub fn begun() -> Self {
        let far = Self::new();
        let serving = far.serving(&[]);
        drop(serving);
        far.here(&["init"]);
        far.change("US-1");
        far.here(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
        far
    }

    pub fn origin(&self) -> PathBuf {
        self.world.path("origin.git")
    }

    pub fn copy(&self) -> PathBuf {
        self.world.path("data/repositories/shop.git")
    }

    /// A branch of a change, pushed.
    pub fn change(&self, key: &str) {
        self.world.branch(key, &[(&format!("web/{key}"), "new\n")]);
        self.world.git(&["push", "--quiet", "origin", &format!("feature/{key}")]);
    }

    /// Somebody commits on a branch of the remote with git alone; the commit.
    pub fn pushed(&self, branch: &str, path: &str) -> String {
        self.world.git(&["fetch", "--quiet", "origin"]);
        self.world.git(&["checkout", "--quiet", "--detach", &format!("origin/{branch}")]);
        self.world.write(path, "by hand\n");
        self.world.commit(&format!("By hand: {path}"));
        self.world.git(&["push", "--quiet", "origin", &format!("HEAD:{branch}")]);
        self.world.git(&["rev-parse", "HEAD"])
    }

    /// git in the remote.
    pub fn git(&self, words: &[&str]) -> String {
        let origin = self.origin().to_string_lossy().into_owned();
        self.world.git(&[&["--git-dir", &*origin], words].concat())
    }

    /// Every ref of the remote.
    pub fn refs(&self) -> String {
        self.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
    }

    pub fn tip(&self, branch: &str) -> String {
        self.git(&["rev-parse", branch])
    }

    /// What the remote asks before it takes a ref (`$1`).
    pub fn hook(&self, script: &str) {
        let path = self.origin().join("hooks/update");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a hook");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a hook that can be run");
    }

    pub fn goes_away(&self) {
        fs::rename(self.origin(), self.world.path("away.git")).expect("it goes away");
    }

    pub fn comes_back(&self) {
        fs::rename(self.world.path("away.git"), self.origin()).expect("it comes back");
    }

    /// A copy of all that goes its own way, with a remote of its own.
    pub fn twin(&self) -> Self {
        let twin = Self { world: self.world.twin(), surroundings: Vec::new() };
        let settings = twin.copy().join("switchback/remote");
        let text = fs::read_to_string(&settings).expect("what it is a copy of");
        let (from, to) = (self.origin(), twin.origin());
        fs::write(&settings, text.replace(&*from.to_string_lossy(), &to.to_string_lossy())).expect("its own remote");
        twin
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.world.command_in(&self.copy(), words);
        command.env("SHOP_TOKEN", SECRET).envs(self.surroundings.clone());
        command
    }

    /// The program in the server's copy itself, as whoever sits at that machine runs it.
    pub fn run(&self, words: &[&str]) -> Ran {
        let words = [words, &["--json"]].concat();
        Ran::of(self.command(&words).output().expect("the program runs"))
    }

    /// The same, killed at a point.
    pub fn run_until(&self, point: &str, words: &[&str]) -> Ran {
        let mut command = self.command(words);
        Ran::of(command.env("SWITCHBACK_FAILPOINT", point).output().expect("the program runs"))
    }

    /// The same, with its exit code.
    pub fn json(&self, exit: i32, words: &[&str]) -> Value {
        let ran = self.run(words);
        assert_eq!(ran.exit, Some(exit), "{words:?}: {ran:?}");
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    pub fn here(&self, words: &[&str]) -> Value {
        self.json(0, words)
    }

    /// A server that looks at the remote every second, once it has a copy.
    pub fn serving(&self, more: &[&str]) -> Serving {
        let named = self.named();
        self.served_by(&[&named.each_ref().map(String::as_str)[..], more].concat(), "1")
    }

    /// The words that name the remote, and what it is shown.
    pub fn named(&self) -> [String; 4] {
        let remote = format!("shop={}", self.origin().display());
        ["--remote".to_owned(), remote, "--remote-credential".to_owned(), "shop=env:SHOP_TOKEN".to_owned()]
    }

    /// A server that looks every so many seconds, once it has a copy.
    pub fn served_by<S: AsRef<str>>(&self, more: &[S], every: &str) -> Serving {
        let serving = self.begun_by(more, every);
        process::wait_for("the copy", || self.copy().exists());
        serving
    }

    /// The same whether it comes to have one or not.
    pub fn begun_by<S: AsRef<str>>(&self, more: &[S], every: &str) -> Serving {
        let words = ["serve", "--json", "--listen", "127.0.0.1:0", "--allow-local-remotes", "--fetch-every", every];
        let more: Vec<&str> = more.iter().map(AsRef::as_ref).collect();
        let mut command = self.world.command_in(&self.world.path("data"), &[&words[..], &more].concat());
        fs::create_dir_all(self.world.path("data")).expect("a folder");
        let log = fs::File::options().create(true).append(true).open(self.world.path("log")).expect("a log");
        command.arg("--data").arg(self.world.path("data"));
        command.env("SHOP_TOKEN", SECRET).envs(self.surroundings.clone());
        command.stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("its output")).read_line(&mut line).expect("where it is");
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}{}", self.log()));
        let people = SqlitePeople::open(&self.world.path("data/people.sqlite")).expect("its people");
        let name = format!("root{}", process.id());
        let token = made(&people, &name);
        people.add_member(ADMINISTRATORS, &UserName::new(&name)).expect("an administrator");
        Serving { process, address: said["address"].as_str().expect("an address").to_owned(), token }
    }

    /// What servers said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.world.path("log")).unwrap_or_default()
    }

    /// Asks a server.
    pub fn ask(&self, serving: &Serving, exit: i32, words: &[&str]) -> Value {
        let words = [words, &["--json"]].concat();
        let mut command = self.world.command_in(&self.world.repo(), &words);
        command.env("SWITCHBACK_SERVER", &serving.address).env("SWITCHBACK_TOKEN", &serving.token);
        let ran = Ran::of(command.output().expect("the program runs"));
        assert_eq!(ran.exit, Some(exit), "{words:?}: {ran:?}\n{}", self.log());
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    /// A server's pipeline begins, and a change goes up; what is then on the remote.
    pub fn goes_up(&self, serving: &Serving) -> String {
        self.ask(serving, 0, &["init"]);
        self.change("US-1");
        self.ask(serving, 0, &["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
        let sit = self.tip("sit");
        self.ask(serving, 0, &["promote", "US-1", "--to", "SIT"]);
        assert_ne!(self.tip("sit"), sit);
        self.refs()
    }

    /// Whether the secret stands in a file of the server or in its log.
    pub fn holds_the_secret(&self) -> bool {
        let (data, log) = (self.world.path("data"), self.world.path("log"));
        Command::new("grep").args(["-r", "-q", SECRET]).args([data, log]).status().expect("grep runs").success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The codes of an answer's warnings.
pub fn warned(said: &Value) -> Vec<&str> {
    let warnings = said["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
    warnings.iter().filter_map(|warning| warning["code"].as_str()).collect()
}
