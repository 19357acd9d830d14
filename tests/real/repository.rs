//! Makes a repository of a patch queue: one branch `feature/KEY` per patch, the pipeline's four branches on the package
//! as upstream wrote it, and a work tree that nobody uses.

use std::path::{Path, PathBuf};

use crate::git::{Git, feed};
use crate::needs::{self, Places, Trials};
use crate::queue::{self, Patch};

/// The stages from the lowest to the highest, each with its branch.
pub const STAGES: [(&str, &str); 4] = [("DEV", "dev"), ("SIT", "sit"), ("QA", "qa"), ("LIVE", "main")];

/// The queue as a repository, and the repository with every object that was needed to find that out.
pub struct Source {
    /// Holds the judge's objects; Switchback never sees it.
    pub scratch: Git,
    /// The package before any patch.
    pub base: String,
    /// The queue, in order.
    pub patches: Vec<Patch>,
    /// Each patch's branch, in order.
    pub branches: Vec<Branch>,
    /// What each patch needs for `git apply` to take it.
    pub applied: Vec<Places>,
    /// What each patch's branch lies on.
    pub stacked: Vec<Places>,
}

/// One feature branch: its own commit, and the one below.
pub struct Branch {
    /// The tip of the branch that this one lies on, or the package's commit.
    pub base: String,
    /// The commit of the patch.
    pub tip: String,
}

/// Reads the package that `tests/real/fetch` unpacked into `cache`, and builds the branches in a repository at `scratch`.
pub fn prepare(cache: &Path, scratch: &Path) -> Source {
    let git = Git::create_bare(scratch);
    let patches = queue::read(&cache.join("plain"), &git);
    let base = git.with_index("plain").tree_of_folder(&cache.join("plain"), &[]);
    let mut trials = Trials::new(&git, &base, &patches);
    let found = needs::find(&mut trials);
    let stacked = needs::stack(&found.merged);
    let root = git.line_from(&["commit-tree", &base], b"Import the package as upstream released it\n");
    let mut branches: Vec<Branch> = Vec::new();
    let mut references = String::new();
    for (place, patch) in patches.iter().enumerate() {
        let parent = stacked[place].last().map_or(&root, |below| &branches[*below].tip).clone();
        let tip = commit(&git, patch, &trials.tree(&needs::with(&stacked[place], place)), &parent);
        references.push_str(&format!("create refs/heads/feature/{} {tip}\n", patch.key));
        branches.push(Branch { base: parent, tip });
    }
    for (_, branch) in STAGES {
        references.push_str(&format!("create refs/heads/{branch} {root}\n"));
    }
    git.line_from(&["update-ref", "--stdin"], references.as_bytes());
    Source { scratch: git, base, patches, branches, applied: found.applied, stacked }
}

fn commit(git: &Git, patch: &Patch, tree: &str, parent: &str) -> String {
    let mut command = git.command(&["commit-tree", tree, "-p", parent]);
    if let Some((name, address)) = patch.author.as_deref().and_then(|author| author.split_once('<')) {
        command.env("GIT_AUTHOR_NAME", name.trim().trim_matches('"'));
        command.env("GIT_AUTHOR_EMAIL", address.trim_end_matches(['>', ' ']));
    }
    command.env("GIT_AUTHOR_DATE", patch.date.as_deref().unwrap_or("1623110400 +0000"));
    let message = format!("{}\n\nFrom {} of the package's queue.\n", patch.title, patch.name);
    let mut output = feed(&mut command, message.as_bytes());
    if !output.status.success() {
        // A header's date need not be one.
        output = feed(command.env("GIT_AUTHOR_DATE", "1623110400 +0000"), message.as_bytes());
    }
    assert!(output.status.success(), "{}: {}", patch.name, String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Copies the branches alone, without the judge's objects, into a new repository with an empty, clean work tree.
pub fn publish(scratch: &Git, place: &Path) -> Git {
    let path = place.to_str().expect("a path that is UTF-8");
    let from = scratch.git_dir();
    Git::at(Path::new(".")).line(&["init", "-q", "--initial-branch=workshop", path]);
    let git = Git::at(place);
    let empty = git.line(&["mktree"]);
    let start = git.line_from(&["commit-tree", &empty], b"Start the workshop\n");
    git.line(&["update-ref", "refs/heads/workshop", &start]);
    git.line(&["fetch", "-q", "--no-tags", &format!("{}", from.display()), "refs/heads/*:refs/heads/*"]);
    git.line(&["pack-refs", "--all"]);
    git
}

/// Where `tests/real/fetch` leaves the package, when it has run.
pub fn package() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(default, PathBuf::from);
    let cache = target.join("real/grub2");
    (cache.join("plain").is_dir() && cache.join("patched").is_dir()).then_some(cache)
}
