//! What trees differ in is found out once, and known from then on; damage costs time alone.

use crate::git_histories::Wildness;
use crate::git_merge::{random, trees_of};
use crate::git_program::Scratch;
use std::path::PathBuf;
use std::sync::Arc;
use switchback_core::content::{Content as _, Delta};
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::object::{Leaf, Mode, RepoPath, TreeId};
use switchback_git::GitRepo;

/// Trees in pairs that differ, with a place for the file, and where that is.
fn trees() -> (Scratch, Vec<[TreeId; 2]>, PathBuf) {
    let (scratch, commits) = random(Wildness::Everything, 60_000..60_120);
    std::fs::create_dir_all(scratch.path().join(".git/switchback")).unwrap();
    let trees = trees_of(&scratch, &commits);
    let pairs = trees.chunks(3).flat_map(|trees| [[trees[0], trees[1]], [trees[2], trees[0]]]).collect();
    let file = scratch.path().join(".git/switchback/deltas");
    (scratch, pairs, file)
}

/// What they differ in, and how many objects were read for it.
fn asked(scratch: &Scratch, pairs: &[[TreeId; 2]]) -> (Vec<Arc<Delta>>, u64) {
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let deltas = pairs.iter().map(|[before, after]| repo.delta(*before, *after).unwrap()).collect();
    (deltas, repo.objects_read())
}

#[test]
fn what_trees_differ_in_is_known_from_then_on() {
    let (scratch, pairs, _) = trees();
    let (found, first) = asked(&scratch, &pairs);
    let renames: usize = found.iter().map(|delta| delta.renames.len()).sum();
    assert!(renames > 50, "too few renames to mean anything: {renames}");
    let (known, next) = asked(&scratch, &pairs);
    assert_eq!(known, found);
    // The last few are added to the file with those that come after them.
    assert!(next * 10 < first, "{next} objects were read again, of {first}");
}

/// What may become of a file of blocks: a bit of it is another, or it is cut off.
pub(crate) fn damages(whole: &[u8]) -> Vec<Vec<u8>> {
    let places = (0..whole.len()).step_by(whole.len() / 40).chain([0, 8, 12, 16, 32, 36]);
    let flipped = |at: usize| whole.iter().enumerate().map(|(place, byte)| byte ^ u8::from(place == at)).collect();
    places.flat_map(|at| [flipped(at), whole[..at].to_vec()]).collect()
}

#[test]
fn damage_costs_time_alone() {
    let (scratch, pairs, file) = trees();
    let (found, first) = asked(&scratch, &pairs);
    let whole = std::fs::read(&file).unwrap();
    for damaged in damages(&whole) {
        std::fs::write(&file, &damaged).unwrap();
        assert_eq!(asked(&scratch, &pairs).0, found, "{} bytes of {}", damaged.len(), whole.len());
    }
    std::fs::write(&file, "no block").unwrap();
    assert_eq!(asked(&scratch, &pairs), (found, first));
    assert!(asked(&scratch, &pairs).1 * 10 < first, "and it is kept again");
}

/// What was only tried out is kept nowhere, or the file would be full of it.
#[test]
fn what_is_not_stored_is_not_kept() {
    let (scratch, pairs, file) = trees();
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let leaf = Leaf { mode: Mode::File, id: repo.blob(b"tried\n").unwrap() };
    for [before, after] in pairs {
        let tried = repo.edit(after, &[(RepoPath::new("tried"), Some(leaf))]).unwrap();
        assert!(repo.delta(before, tried).unwrap().change(&RepoPath::new("tried")).is_some());
    }
    assert!(!file.exists());
}

/// It is begun again before it is too large to be read for a question about a few.
#[test]
fn it_stays_within_bounds() {
    let (scratch, pairs, file) = trees();
    let content = [&2u32.to_le_bytes()[..], &vec![0; (16 << 20) - 100]].concat();
    let head = [&(content.len() as u64).to_le_bytes()[..], &[0; 4]].concat();
    std::fs::write(&file, [head, content].concat()).unwrap();
    let (found, _) = asked(&scratch, &pairs);
    let size = std::fs::metadata(&file).unwrap().len();
    assert!(size < 1 << 20, "{size}");
    assert_eq!(asked(&scratch, &pairs).0, found);
}
