//! A merge of some paths is what a whole merge with the change reduced to these paths is, conflicts included; and it looks
//! at no more than it must.

use crate::git_histories::{Dice, Wildness};
use crate::git_merge::{random, trees_of};
use crate::git_program::Scratch;
use switchback_core::content::{ConflictKind, Content as _, Merge, PathSet};
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::object::RepoPath;
use switchback_git::GitRepo;

fn compare(wildness: Wildness, seeds: std::ops::Range<u64>) {
    let (scratch, commits) = random(wildness, seeds.clone());
    let trees = trees_of(&scratch, &commits);
    for (seed, ids) in seeds.zip(trees.chunks(3)) {
        // Two repositories, so that neither remembers what the other found.
        let (repo, whole) = (GitRepo::open(&scratch.path()).unwrap(), GitRepo::open(&scratch.path()).unwrap());
        let delta = whole.delta(ids[0], ids[2]).unwrap();
        let dice = &mut Dice::new(seed);
        let some: PathSet =
            delta.changes.iter().filter(|_| dice.below(3) > 0).map(|change| change.path.clone()).collect();
        let paths = delta.with_other_ends(some.clone());
        let within = delta.changes.iter().filter(|change| paths.contains(&change.path));
        let edits: Vec<_> = within.map(|change| (change.path.clone(), change.after)).collect();
        let theirs = whole.edit(ids[0], &edits).unwrap();
        let wanted = whole.merge(Merge { base: ids[0], ours: ids[1], theirs, scope: None }).unwrap();
        let found = repo.merge(Merge { base: ids[0], ours: ids[1], theirs: ids[2], scope: Some(&some) }).unwrap();
        assert_eq!(found, wanted, "seed {seed}, scope {some:?}");
    }
}

#[test]
fn edits_in_a_scope_merge_as_whole_merges_do() {
    compare(Wildness::Edits, 0..600);
}

#[test]
fn renames_in_a_scope_merge_as_whole_merges_do() {
    compare(Wildness::Renames, 10_000..10_600);
}

#[test]
fn folders_in_a_scope_merge_as_whole_merges_do() {
    compare(Wildness::Everything, 20_000..20_600);
}

#[test]
fn a_merge_of_one_path_looks_at_no_folder_beside_it() {
    let scratch = Scratch::new();
    let path = |folder: usize, file: usize| format!("part{folder:03}/file{file}");
    for (folder, file) in (0..300).flat_map(|folder| [(folder, 0), (folder, 1)]) {
        scratch.write(&path(folder, file), &format!("{folder}\n{file}\n"));
    }
    scratch.commit_all("base");
    let base = scratch.tree_of("main");
    scratch.write(&path(7, 0), "7\nzero\n");
    scratch.commit_all("theirs");
    let theirs = scratch.tree_of("main");
    // Our side moves every other folder.
    scratch.git(&["checkout", "-q", "main~"]);
    (0..300).filter(|folder| folder % 2 == 0).for_each(|folder| {
        scratch.git(&["mv", &format!("part{folder:03}"), &format!("moved{folder:03}")]);
    });
    scratch.commit_all("ours");
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let (ours, scope) = (scratch.tree_of("HEAD"), PathSet::from([RepoPath::new(path(7, 0))]));
    let merged = repo.merge(Merge { base, ours, theirs, scope: Some(&scope) }).unwrap();
    assert!(merged.conflicts.is_empty());
    assert!(repo.leaf(merged.tree, &RepoPath::new(path(7, 0))).unwrap().is_some());
    assert!(repo.objects_read() < 12, "{} objects were read", repo.objects_read());
}

#[test]
fn what_is_nowhere_is_concluded_at_once_and_renames_are_left_to_the_whole_merge() {
    let scratch = Scratch::new();
    let text = |last: &str| format!("1\n2\n3\n4\n5\n6\n7\n{last}\n");
    let (edited, kept) = (RepoPath::new("a/edited"), RepoPath::new("a/kept"));
    scratch.write("a/edited", &text("old"));
    scratch.write("a/kept", "k\n");
    scratch.commit_all("base");
    let base = scratch.tree_of("main");
    scratch.write("a/edited", &text("new"));
    scratch.write("a/kept", "kept\n");
    scratch.commit_all("theirs");
    let theirs = scratch.tree_of("main");
    scratch.git(&["checkout", "-q", "main~"]);
    scratch.git(&["mv", "a/edited", "elsewhere"]);
    scratch.commit_all("ours");
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let ours = scratch.tree_of("HEAD");
    let apart = |scope: &RepoPath, nowhere: &[&RepoPath]| {
        let scope = PathSet::from([scope.clone()]);
        let nowhere = nowhere.iter().copied().cloned().collect();
        repo.merge_apart(Merge { base, ours, theirs, scope: Some(&scope) }, &nowhere).unwrap()
    };
    let merged = apart(&kept, &[]).unwrap();
    assert_eq!(repo.leaf(merged.tree, &kept).unwrap(), repo.leaf(theirs, &kept).unwrap());
    assert_eq!(apart(&edited, &[]), None, "it may have gone elsewhere");
    let merged = apart(&edited, &[&edited]).unwrap();
    let found: Vec<_> = merged.conflicts.iter().map(|conflict| (conflict.path.clone(), conflict.kind)).collect();
    assert_eq!((merged.tree, found), (ours, vec![(edited, ConflictKind::EditDelete)]));
}
