//! The repositories that changes are moved on, with what git says about every state in between.

use std::path::{Path, PathBuf};

use crate::generate::{Ground, Stream};
use crate::git::Git;
use crate::program::Program;
use crate::repository::{self, STAGES};
use crate::{judge, plan};

/// How many files the generated repository has.
pub const FILES: usize = 50_000;
/// How many changes stand on a stage that one is demoted from.
pub const HOLDING: usize = 200;
/// How many changes one promotion moves.
pub const MOVING: usize = 100;

/// A change with its commits.
pub struct Change {
    /// The change's key; its branch is `feature/KEY`.
    pub key: String,
    /// The commit below.
    pub base: String,
    /// The tip of its branch.
    pub tip: String,
}

/// A repository with feature branches, and a second one in which git works things out.
pub struct Corpus {
    /// What the tables call it.
    pub name: String,
    /// Everything of this corpus lies below.
    pub folder: PathBuf,
    /// The repository that the sides start from. Nobody changes it.
    pub home: PathBuf,
    /// Sees the home's objects and keeps its own apart.
    pub judge: Git,
    /// The changes, in the order in which they are recorded.
    pub changes: Vec<Change>,
    /// The change that is demoted, one of the first [`HOLDING`].
    pub leaving: usize,
}

/// The real repository where its package was fetched, and the generated one.
pub fn all(bench: &Path) -> Vec<Corpus> {
    let real = repository::package().map(|package| real(&package, &bench.join("grub2")));
    if real.is_none() {
        eprintln!("figures: tests/real/fetch has not run, so the real repository is left out");
    }
    real.into_iter().chain([generated(&bench.join("generated"))]).collect()
}

fn real(package: &Path, folder: &Path) -> Corpus {
    std::fs::create_dir_all(folder).expect("a writable target folder");
    let source = repository::prepare(package, &folder.join("scratch"));
    let home = folder.join("home");
    repository::publish(&source.scratch, &home);
    let keys: Vec<String> = source.patches.iter().map(|patch| patch.key.clone()).collect();
    let leaving = judge::loners(&source).into_iter().find(|place| *place < HOLDING).expect("a patch that stands alone");
    Corpus::new("grub2", folder, &keys[..HOLDING], leaving)
}

fn generated(folder: &Path) -> Corpus {
    let mut ground = Ground::new(FILES);
    let edits: Vec<_> = (1..=HOLDING).map(|number| ground.change(format!("US-{number:04}"))).collect();
    let git = start_repository(&folder.join("home"));
    let mut stream = Stream::start(&git);
    start_stages(&mut stream, FILES);
    edits.iter().for_each(|edit| stream.feature(edit, "main"));
    stream.finish();
    git.line(&["pack-refs", "--all"]);
    let keys: Vec<String> = edits.into_iter().map(|edit| edit.key).collect();
    Corpus::new("generated", folder, &keys, MOVING)
}

/// An empty repository whose work tree stays empty and clean.
pub fn start_repository(home: &Path) -> Git {
    std::fs::create_dir_all(home).expect("a writable target folder");
    let git = Git::at(home);
    git.line(&["init", "-q", "--initial-branch=workshop", "."]);
    let empty = git.line(&["mktree"]);
    let start = git.line_from(&["commit-tree", &empty], b"Start the workshop\n");
    git.line(&["update-ref", "refs/heads/workshop", &start]);
    git
}

/// The pipeline's branches, all on one first commit.
pub fn start_stages(stream: &mut Stream, files: usize) {
    let (lower, top) = STAGES.split_at(STAGES.len() - 1);
    stream.root(top[0].1, files);
    lower.iter().for_each(|(_, branch)| stream.branch(branch, top[0].1));
}

/// Sets up the pipeline in a repository that has the branches.
pub fn set_up(place: &Path) -> Program {
    let program = Program::at(place);
    let stages: Vec<String> = STAGES.iter().map(|(stage, branch)| format!("{stage}={branch}")).collect();
    let edges: Vec<String> = STAGES.windows(2).map(|pair| format!("{}={}", pair[0].0, pair[1].0)).collect();
    let mut arguments = vec!["init"];
    stages.iter().for_each(|stage| arguments.extend(["--stage", stage]));
    edges.iter().for_each(|edge| arguments.extend(["--next", edge]));
    program.done(&arguments);
    program
}

/// Records changes on DEV.
pub fn record<'a>(program: &Program, keys: impl IntoIterator<Item = &'a str>) {
    for key in keys {
        program.done(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
    }
}

/// A bare repository that sees another's objects and keeps its own apart.
pub fn beside(home: &Path, place: &Path) -> Git {
    let git = Git::create_bare(place);
    borrow(&git, &Git::at(home));
    git
}

/// Lets a repository see another's objects.
pub fn borrow(git: &Git, from: &Git) {
    let objects = from.git_dir().canonicalize().expect("a repository").join("objects");
    std::fs::write(git.git_dir().join("objects/info/alternates"), format!("{}\n", objects.display()))
        .expect("a writable repository");
}

impl Corpus {
    fn new(name: &str, folder: &Path, keys: &[String], leaving: usize) -> Self {
        let home = folder.join("home");
        let git = Git::at(&home);
        let commit = |name: String| git.line(&["rev-parse", "--verify", &name]);
        let change = |key: &String| Change {
            key: key.clone(),
            base: commit(format!("refs/heads/feature/{key}~")),
            tip: commit(format!("refs/heads/feature/{key}")),
        };
        let changes = keys.iter().map(change).collect();
        let judge = beside(&home, &folder.join("judge"));
        Self { name: name.to_owned(), folder: folder.to_path_buf(), home, judge, changes, leaving }
    }

    /// The tree that everything starts from.
    pub fn root(&self) -> String {
        self.judge_commit("main")
    }

    /// The commit of a branch of the home.
    pub fn judge_commit(&self, branch: &str) -> String {
        Git::at(&self.home).line(&["rev-parse", "--verify", &format!("refs/heads/{branch}")])
    }

    /// The tree after each of these changes, one on the other.
    pub fn trees<'a>(&self, changes: impl IntoIterator<Item = &'a Change>) -> Vec<String> {
        let mut trees = vec![self.judge.tree(&self.root())];
        for change in changes {
            let before = trees.last().expect("the first tree");
            let after = self.judge.merge_commits(&change.base, before, &change.tip);
            trees.push(after.unwrap_or_else(|| panic!("{} conflicts", change.key)));
        }
        trees
    }

    /// What one `git merge-tree --stdin` reads to compute those trees, and the last of them.
    pub fn merge_list<'a>(
        &self,
        name: &str,
        changes: impl IntoIterator<Item = &'a Change> + Clone,
    ) -> (PathBuf, String) {
        let trees = self.trees(changes.clone());
        let lines =
            changes.into_iter().zip(&trees).map(|(change, ours)| format!("{} -- {ours} {}\n", change.base, change.tip));
        let file = self.folder.join(name);
        std::fs::write(&file, lines.collect::<String>()).expect("a writable target folder");
        (file, trees.last().cloned().unwrap_or_default())
    }

    /// A fresh copy of the home, or of another prepared repository, for one run.
    pub fn fresh(&self, from: &Path, name: &str) -> PathBuf {
        let place = self.folder.join(name);
        plan::copy(from, &place);
        place
    }
}
