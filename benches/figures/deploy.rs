//! Deploy 50 changed files into an area of 50,000, and fill an empty area, beside rsync and git doing the same.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::contest::{Contest, Side};
use crate::corpus::{self, FILES};
use crate::generate::{Ground, Stream};
use crate::git::Git;
use crate::meter::Step;
use crate::plan::{self, Wanted};
use crate::program::Program;
use crate::report::Report;

/// How many files one deployment changes.
const CHANGED: usize = 50;
/// The area's name, on QA.
const AREA: &str = "qa-host";

/// A repository in which change `DEP-n` rewrites 50 files that no other touches, one change for every round.
struct Ready {
    folder: PathBuf,
    home: PathBuf,
    /// The tree before the first deployment and after each.
    trees: Vec<String>,
    /// Computes the trees, and serves the work trees.
    judge: Git,
}

/// Takes both figures.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    let rsync = Command::new("rsync").arg("--version").stdout(Stdio::null()).status();
    assert!(rsync.is_ok(), "rsync is not here, which deploying is measured beside: `apt-get install rsync`");
    let ready = Ready::new(&bench.join("deploying"), wanted.rounds + 1);
    if wanted.includes("populate") {
        report.add(populate(&ready, wanted));
    }
    if wanted.includes("deploy") {
        report.add(deploy_50(&ready, wanted));
    }
}

fn key(round: usize) -> String {
    format!("DEP-{:03}", round + 1)
}

impl Ready {
    fn new(folder: &Path, rounds: usize) -> Self {
        let home = folder.join("home");
        let mut ground = Ground::new(FILES);
        let git = corpus::start_repository(&home);
        let mut stream = Stream::start(&git);
        corpus::start_stages(&mut stream, FILES);
        (0..rounds).for_each(|round| stream.feature(&ground.change_apart(key(round), CHANGED), "main"));
        stream.finish();
        let judge = corpus::beside(&home, &folder.join("judge"));
        let mut trees = vec![git.tree("refs/heads/main")];
        for round in 0..rounds {
            let tip = git.line(&["rev-parse", &format!("refs/heads/feature/{}", key(round))]);
            let after = judge.merge_commits(&format!("{tip}~"), &trees[round], &tip);
            trees.push(after.expect("changes that touch different files"));
        }
        Self { folder: folder.to_path_buf(), home, trees, judge }
    }

    /// A folder with the first tree's files, and the index that git keeps of them.
    fn check_out(&self, name: &'static str) -> CheckOut<'_> {
        let place = self.folder.join(name);
        std::fs::create_dir_all(&place).expect("a writable target folder");
        let check_out = CheckOut { place, name, judge: &self.judge };
        check_out.run(&check_out.line(&["read-tree", "-m", "-u", &self.trees[0]]));
        check_out
    }

    /// A copy of the repository with the pipeline and an area on QA.
    fn with_area(&self, name: &str) -> (PathBuf, PathBuf) {
        let (place, area) = (self.folder.join(name), self.folder.join(format!("{name}-area")));
        plan::copy(&self.home, &place);
        let program = corpus::set_up(&place);
        std::fs::create_dir_all(&area).expect("a folder for the area");
        let configuration = place.join("switchback.toml");
        let mut text = std::fs::read_to_string(&configuration).expect("the configuration that init wrote");
        text.push_str(&format!(
            "\n[[area]]\nname = \"{AREA}\"\nstage = \"QA\"\ndefault = true\ntarget = {{ dir = {area:?} }}\n"
        ));
        std::fs::write(configuration, text).expect("a writable configuration");
        program.done(&["configure"]);
        (place, area)
    }
}

/// Files that git wrote into a folder, with the index beside the judge's.
struct CheckOut<'a> {
    place: PathBuf,
    name: &'static str,
    judge: &'a Git,
}

impl CheckOut<'_> {
    fn line(&self, arguments: &[&str]) -> Step {
        let git_dir = format!("--git-dir={}", self.judge.git_dir().display());
        let index = format!("GIT_INDEX_FILE={}", self.judge.git_dir().join(self.name).display());
        let start = ["env", &index, "git", &git_dir, "--work-tree=.", "-c", "core.bare=false"];
        Step::new(&self.place, &[&start, arguments].concat())
    }

    fn run(&self, step: &Step) {
        step.measure_end();
    }
}

fn rsync(folder: &Path, to: &Path) -> Step {
    let to = format!("{}/", to.display());
    Step::new(folder, &["rsync", "-a", "--delete", "./", &to])
}

fn deploy_50(ready: &Ready, wanted: &Wanted) -> crate::contest::Outcome {
    let mut sides = Vec::new();
    if wanted.measures_switchback() {
        sides.push(switchback_deploys(ready, wanted.rounds + 1));
    }
    let source = ready.check_out("source");
    let synced = ready.folder.join("synced");
    source.run(&rsync(&source.place, &synced));
    sides.push(Side::new("rsync -a --delete from a checkout", move |round| {
        source.run(&source.line(&["read-tree", "-m", "-u", &ready.trees[round], &ready.trees[round + 1]]));
        vec![rsync(&source.place, &synced)]
    }));
    let work = ready.check_out("work");
    sides.push(Side::new("git read-tree -m -u in a work tree", move |round| {
        vec![work.line(&["read-tree", "-m", "-u", &ready.trees[round], &ready.trees[round + 1]])]
    }));
    let wanted_ratios = vec![("rsync -a --delete from a checkout", 10.0), ("git read-tree -m -u in a work tree", 2.0)];
    let repository = "generated".to_owned();
    Contest { name: "deploy 50 files of 50,000", repository, sides, wanted: wanted_ratios }.run(wanted)
}

fn switchback_deploys(ready: &Ready, rounds: usize) -> Side<'_> {
    let (place, area) = ready.with_area("deployed");
    let program = Program::at(&place);
    let keys: Vec<String> = (0..rounds).map(key).collect();
    corpus::record(&program, keys.iter().map(String::as_str));
    program.done(&["area", "populate", AREA]);
    program.done(&["promote", "--all", "--from", "DEV", "--to", "SIT"]);
    program.done(&["promote", "--all", "--from", "SIT", "--to", "QA"]);
    let ready_to_run = move |round: usize| vec![Step::switchback(&place, &["deploy", &keys[round], "--area", AREA])];
    Side::new("switchback deploy", ready_to_run).checked(move |round| expect_tree(ready, &area, round + 1))
}

/// The area's files are exactly the tree's.
fn expect_tree(ready: &Ready, area: &Path, at: usize) {
    let seen = ready.judge.with_index("area").tree_of_folder(area, &[".switchback"]);
    assert_eq!(seen, ready.trees[at], "what the area holds");
}

/// Every round fills a folder of its own, and none is removed before the end: ext4 is slow to hand out inodes for minutes
/// after as many were freed, and would charge that to whoever comes next.
fn populate(ready: &Ready, wanted: &Wanted) -> crate::contest::Outcome {
    let mut sides = Vec::new();
    if wanted.measures_switchback() {
        sides.push(switchback_populates(ready));
    }
    let source = ready.check_out("full");
    sides.push(Side::new("rsync -a into an empty folder", move |round| {
        let filled = ready.folder.join(format!("filled-{round}"));
        std::fs::create_dir_all(&filled).expect("a writable target folder");
        vec![rsync(&source.place, &filled)]
    }));
    let wanted_ratios = vec![("rsync -a into an empty folder", 1.3)];
    let repository = "generated".to_owned();
    Contest { name: "first deployment of 50,000 files", repository, sides, wanted: wanted_ratios }.run(wanted)
}

fn switchback_populates(ready: &Ready) -> Side<'_> {
    let name = |round: usize| format!("populated-{round}");
    let ready_to_run = move |round| {
        let (place, _) = ready.with_area(&name(round));
        vec![Step::switchback(&place, &["area", "populate", AREA])]
    };
    let look = move |round| expect_tree(ready, &ready.folder.join(format!("{}-area", name(round))), 0);
    Side::new("switchback area populate", ready_to_run).checked(look)
}
