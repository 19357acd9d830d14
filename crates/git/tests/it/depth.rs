//! Folders in folders: as deep as is promised, everything works on the stack of a thread; deeper is named as what it is.

use crate::git_program::Scratch;
use switchback_core::content::{Content as _, Merge};
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::object::{Leaf, Mode, RepoPath, TreeId};
use switchback_git::GitRepo;

const DEEPEST: usize = 256;

/// The one file below this many folders.
fn path(depth: usize) -> RepoPath {
    RepoPath::new("d/".repeat(depth) + "f")
}

fn leaf(repo: &GitRepo, content: &str) -> Option<Leaf> {
    Some(Leaf { mode: Mode::File, id: repo.blob(content.as_bytes()).unwrap() })
}

#[test]
fn folders_as_deep_as_is_promised_are_merged_and_compared() {
    let scratch = Scratch::new();
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let tree = |text| repo.edit(TreeId::EMPTY, &[(path(DEEPEST), leaf(&repo, text))]).unwrap();
    let [base, ours, theirs] = ["1\n2\n3\n", "0\n2\n3\n", "1\n2\n4\n"].map(tree);
    let merged = repo.merge(Merge { base, ours, theirs, scope: None }).unwrap();
    assert_eq!(merged.tree, tree("0\n2\n4\n"));
    assert_eq!(repo.delta(base, theirs).unwrap().changes.len(), 1);
    assert_eq!(repo.leaves(ours).unwrap().len(), 1);
}

#[test]
fn deeper_folders_are_named_and_exhaust_nothing() {
    let scratch = Scratch::new();
    for depth in [DEEPEST + 1, 3000] {
        let [one, two] = [scratch.deep_tree(depth), scratch.deep_tree(depth + 1)];
        let repo = GitRepo::open(&scratch.path()).unwrap();
        let shallow = repo.edit(TreeId::EMPTY, &[(path(1), leaf(&repo, "1\n"))]).unwrap();
        let faults = [
            repo.leaves(one).map(drop),
            repo.delta(shallow, one).map(drop),
            repo.delta(one, TreeId::EMPTY).map(drop),
            repo.merge(Merge { base: one, ours: shallow, theirs: two, scope: None }).map(drop),
            repo.edit(one, &[(path(depth), None)]).map(drop),
            repo.edit(shallow, &[(path(depth), leaf(&repo, "1\n"))]).map(drop),
        ];
        let codes = faults.map(|fault| fault.err().map(|fault| fault.code));
        assert_eq!(codes, [Some("too-deep"); 6]);
        assert!(repo.lacking(&[one]).unwrap().is_empty());
    }
}
