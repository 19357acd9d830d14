//! The company: its pipeline, its people, its repository with a clone beside it, and a diary of what they did.

use crate::world::{Ran, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Two development stages, three above them, and a lane for hotfixes.
const PIPELINE: &str = r#"[pipeline]
name = "acme"

[[stage]]
name = "DEV1"
branch = "dev1"
next = ["INT"]
back_promote.require = []

[[stage]]
name = "DEV2"
branch = "dev2"
next = ["INT"]
back_promote.require = []

[[stage]]
name = "INT"
branch = "int"
next = ["UAT"]
back_promote.require = []

[[stage]]
name = "UAT"
branch = "uat"
next = ["PROD"]
back_promote.require = []

[[stage]]
name = "HOTFIX"
branch = "hotfix"
next = ["PROD"]
back_promote.require = []

[[stage]]
name = "PROD"
branch = "main"

[[area]]
name = "int-web"
stage = "INT"
default = true
target = { dir = "../areas/int-web" }
include = ["web/**"]

[[area]]
name = "uat-web"
stage = "UAT"
default = true
target = { dir = "../areas/uat-web" }
rollback = "lines"

[[area]]
name = "uat-lab"
stage = "UAT"
target = { dir = "../areas/uat-lab" }

[[area]]
name = "prod-web"
stage = "PROD"
default = true
target = { dir = "../areas/prod-web" }
"#;

/// Every stage with its branch.
pub const STAGES: [(&str, &str); 6] =
    [("DEV1", "dev1"), ("DEV2", "dev2"), ("INT", "int"), ("UAT", "uat"), ("HOTFIX", "hotfix"), ("PROD", "main")];
/// Every edge, lower stage first.
pub const EDGES: [(&str, &str); 5] =
    [("DEV1", "INT"), ("DEV2", "INT"), ("INT", "UAT"), ("UAT", "PROD"), ("HOTFIX", "PROD")];
/// Every area with its stage.
pub const AREAS: [(&str, &str); 4] = [("int-web", "INT"), ("uat-web", "UAT"), ("uat-lab", "UAT"), ("prod-web", "PROD")];
/// Who asks.
const PEOPLE: [&str; 3] = ["ann", "bob", "cia"];
/// Lines of the file that everybody edits.
const MENU: usize = 240;

/// What somebody did to an area beside the tool, and nobody mended yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Disturbed {
    /// These files were edited or deleted.
    Edited(BTreeSet<String>),
    /// The folder is gone, or what the tool keeps in it.
    Lost,
}

/// The company.
pub struct Company {
    pub world: World,
    pub rng: fastrand::Rng,
    /// How many changes were begun; change n is `US-n`, has a file of its own, and line n of the menu.
    pub changes: usize,
    /// Areas that somebody disturbed.
    pub disturbed: BTreeMap<String, Disturbed>,
    /// Stages whose branch somebody rewrote.
    pub rewritten: BTreeSet<String>,
    /// What revisions touch and hold, by `KEY@REVISION`: paths of their own with the blob there.
    pub revisions: BTreeMap<String, BTreeMap<String, Option<String>>>,
    /// The last command was killed.
    pub killed: bool,
    /// The commit on which everything begins.
    pub opening: String,
    seed: u64,
    tokens: usize,
    hours: u32,
    diary: Vec<String>,
}

impl Company {
    pub fn founded(seed: u64) -> Self {
        let world = World::bare_of_pipeline();
        let menu: String = (0..MENU).map(|line| format!("dish {line}\n\n\n")).collect();
        world.git(&["checkout", "--quiet", "main"]);
        world.write("web/menu.txt", &menu);
        world.commit("Print the menu");
        world.git(&["checkout", "--quiet", "--detach"]);
        for (_, branch) in STAGES.iter().filter(|(_, branch)| *branch != "main") {
            world.git(&["branch", "--force", branch, "main"]);
        }
        world.write("switchback.toml", PIPELINE);
        world.ok(&["init"]);
        let opening = world.git(&["rev-parse", "main"]);
        let company = Self {
            world,
            rng: fastrand::Rng::with_seed(seed),
            changes: 0,
            disturbed: BTreeMap::new(),
            rewritten: BTreeSet::new(),
            revisions: BTreeMap::new(),
            killed: false,
            opening,
            seed,
            tokens: 0,
            hours: 0,
            diary: Vec::new(),
        };
        let (repo, clone) = (company.world.repo(), company.clone());
        company.world.git(&["config", "receive.denyCurrentBranch", "ignore"]);
        company.world.git(&["clone", "--quiet", &repo.to_string_lossy(), &clone.to_string_lossy()]);
        company
    }

    /// A colleague's clone, in which people work beside the tool.
    pub fn clone(&self) -> PathBuf {
        self.world.path("clone")
    }

    /// Git in the clone; whether it did it.
    pub fn beside(&self, words: &[&str]) -> bool {
        let clone = self.clone().to_string_lossy().into_owned();
        self.world.run_git(&[&["-C", &clone], words].concat())
    }

    /// Git in the clone; what it said.
    pub fn ask_beside(&self, words: &[&str]) -> String {
        let clone = self.clone().to_string_lossy().into_owned();
        self.world.git(&[&["-C", &clone], words].concat())
    }

    /// An hour passes.
    pub fn next_step(&mut self, step: usize) {
        self.hours += 1;
        let (day, hour) = (2 + self.hours / 12, 8 + self.hours % 12);
        self.world.set_clock(&format!("2026-03-{day:02}T{hour:02}:00:00Z"));
        self.diary.push(format!("{step}."));
    }

    /// Writes into the diary.
    pub fn note(&mut self, said: &str) {
        self.diary.push(format!("   {said}"));
    }

    /// A text that never was before.
    pub fn token(&mut self) -> String {
        self.tokens += 1;
        format!("token {}", self.tokens)
    }

    /// One of several.
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> Option<&'a T> {
        (!of.is_empty()).then(|| of[self.rng.usize(..of.len())])
    }

    /// Whether something happens that happens this often in a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(..100) < percent
    }

    /// The program, asked by somebody. Never a fault, and never a panic.
    pub fn run(&mut self, words: &[&str]) -> (Ran, Value) {
        let who = PEOPLE[self.rng.usize(..PEOPLE.len())];
        self.note(&format!("{who}: switchback {}", words.join(" ")));
        let ran = self.world.run(&[words, &["--json"]].concat());
        let answer = self.read(&ran, words);
        if ran.exit != Some(0) {
            let code = &answer["refused"]["code"];
            self.note(&format!("   exit {:?} {code}", ran.exit));
        }
        (ran, answer)
    }

    /// The same in another folder.
    pub fn run_in(&mut self, folder: &Path, words: &[&str]) -> (Ran, Value) {
        self.note(&format!("in {}: switchback {}", folder.display(), words.join(" ")));
        let mut command = self.world.command_in(folder, &[words, &["--json"]].concat());
        let ran = Ran::of(command.output().expect("the program runs"));
        let answer = self.read(&ran, words);
        (ran, answer)
    }

    /// The same, killed at a point that it may pass or not.
    pub fn run_until(&mut self, point: &str, words: &[&str]) {
        self.note(&format!("killed at {point}: switchback {}", words.join(" ")));
        let ran = self.world.run_until(point, &[words, &["--json"]].concat());
        self.killed = ran.signal.is_some();
        if !self.killed {
            self.read(&ran, words);
        }
    }

    fn read(&self, ran: &Ran, words: &[&str]) -> Value {
        let fine = matches!(ran.exit, Some(0 | 3)) && !ran.err.contains("panicked");
        assert!(fine, "{}", self.complaint(&format!("{words:?} ended with {ran:?}")));
        serde_json::from_str(&ran.out).unwrap_or_default()
    }

    /// A reading command's answer.
    pub fn ask(&self, words: &[&str]) -> Value {
        let ran = self.world.run(&[words, &["--json"]].concat());
        self.read(&ran, words)
    }

    /// What went wrong, with everything that led to it.
    pub fn complaint(&self, what: &str) -> String {
        let diary = self.diary.join("\n");
        format!("seed {}\n{diary}\n\n{what}\n", self.seed)
    }

    /// Mends everything, and takes the fortnight's deployments back in the order they are listed in.
    pub fn close_the_books(mut self) {
        for (stage, _) in STAGES {
            if self.rewritten.contains(stage) {
                self.run(&["stage", "adopt", stage]);
            }
        }
        self.rewritten.clear();
        for (area, _) in AREAS {
            if self.disturbed.contains_key(area) {
                self.run(&["area", "repair", area]);
            }
        }
        self.disturbed.clear();
        self.run(&["jobs", "run"]);
        let listed = self.ask(&["history", "--rollbackable"]);
        let rows = listed["entries"].as_array().cloned().unwrap_or_default();
        self.note(&format!("{} deployments can be rolled back", rows.len()));
        for row in rows {
            let deployment = row["deployment"].as_str().expect("a deployment").to_owned();
            let (ran, answer) = self.run(&["rollback", &deployment]);
            assert!(ran.exit == Some(0), "{}", self.complaint(&format!("{row} is listed, and {answer}")));
        }
        super::judge::judge(&mut self);
        super::judge::verify(&self);
        println!("{}", self.complaint("all was told as it is"));
    }
}
