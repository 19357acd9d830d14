//! What stands in the way of a file: told in full, so that nothing gives way unnamed.

use crate::git_histories::{Dice, Wildness};
use crate::git_merge::{random, trees_of};
use std::collections::BTreeSet;
use switchback_core::content::entry::Taken;
use switchback_core::content::folders::is_in;
use switchback_core::content::{Content as _, Merge, PathSet};
use switchback_core::records::resolution::{Resolution, Settler};
use switchback_core::words::object::RepoPath;
use switchback_git::GitRepo;

const SEEDS: std::ops::Range<u64> = 40_000..40_600;

/// Some paths of a tree, folders above them, and what is below and beside them.
fn around(leaves: &[RepoPath], dice: &mut Dice) -> PathSet {
    let mut paths = PathSet::new();
    for leaf in leaves {
        if dice.below(4) > 0 {
            continue;
        }
        let text = leaf.to_string();
        let above = text.rsplit_once('/').map_or("none", |(above, _)| above);
        let near = [text.clone(), above.to_owned(), format!("{text}/x"), format!("{above}-x"), format!("{above}/0")];
        paths.insert(RepoPath::new(&near[dice.below(near.len())]));
    }
    paths
}

#[test]
fn it_is_what_lies_above_or_below() {
    let (scratch, commits) = random(Wildness::Everything, SEEDS);
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let mut found_any = 0;
    for (seed, tree) in SEEDS.zip(trees_of(&scratch, &commits).into_iter().step_by(3)) {
        let leaves: Vec<_> = repo.leaves(tree).unwrap().into_iter().map(|(path, _)| path).collect();
        let paths = around(&leaves, &mut Dice::new(seed));
        let meets = |one: &&RepoPath| paths.iter().any(|path| is_in(one, path) || is_in(path, one));
        let wanted: BTreeSet<_> = leaves.iter().filter(|one| !paths.contains(*one)).filter(meets).cloned().collect();
        let found = repo.in_the_way(tree, &paths).unwrap();
        found_any += found.len();
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted, "seed {seed}, {paths:?}");
    }
    assert!(found_any > 0);
}

/// Whichever side is taken, only what the conflict names is changed by it.
#[test]
fn settling_a_conflict_takes_nothing_away_that_it_does_not_name() {
    let (scratch, commits) = random(Wildness::Everything, SEEDS);
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let trees = trees_of(&scratch, &commits);
    let mut gave_way = 0;
    for (seed, ids) in SEEDS.zip(trees.chunks(3)) {
        let merged = repo.merge(Merge { base: ids[0], ours: ids[1], theirs: ids[2], scope: None }).unwrap();
        for conflict in &merged.conflicts {
            for taken in [Taken::Base, Taken::Ours, Taken::Theirs] {
                let entry = conflict.dispute().entry(taken);
                let settled = Resolution::of((&conflict.path, conflict.sides), entry, Settler::Person);
                let after = repo.edit(merged.tree, &settled.edits()).unwrap();
                let named: BTreeSet<_> = settled.paths().collect();
                let changed = repo.changes(merged.tree, after).unwrap();
                let unnamed: Vec<_> = changed.iter().filter(|one| !named.contains(&one.path)).collect();
                assert!(unnamed.is_empty(), "seed {seed}: {taken:?} of {conflict:?} takes {unnamed:?} away");
                gave_way += settled.left.len();
            }
        }
    }
    assert!(gave_way > 0);
}
