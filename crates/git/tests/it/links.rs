//! Who reaches whom, judged by git; and how often commits are read for it.

use crate::git_histories::Dice;
use crate::git_program::Scratch;
use std::collections::BTreeSet;
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::object::CommitId;
use switchback_git::GitRepo;

/// Commits on the way of the long branch.
const LONG: usize = 700;

/// A history of so many commits, each following one or two of those before it, and made so many seconds after the last.
fn random(commits: usize, seed: u64, seconds: usize) -> Scratch {
    let (scratch, dice) = (Scratch::new(), &mut Dice::new(seed));
    let mut stream = String::new();
    for nth in 0..commits {
        let time = 1_700_000_000 + seconds * nth;
        let said = format!("commit refs/heads/c{nth}\nmark :{}\ncommitter A <a@b> {time} +0000\ndata 1\nc", nth + 1);
        stream.push_str(&said);
        if nth > 0 {
            let (one, two) = (dice.below(nth.min(6)), dice.below(nth.min(20)));
            stream.push_str(&format!("\nfrom :{}", nth - one));
            if one != two {
                stream.push_str(&format!("\nmerge :{}", nth - two));
            }
        }
        stream.push_str("\n\n");
    }
    assert!(scratch.fed(&["fast-import", "--quiet"], stream.as_bytes()).status.success());
    scratch
}

/// A branch that left `main` at its first commit and is long, and a feature of one commit on `main`.
fn long() -> Scratch {
    let scratch = Scratch::new();
    let mut stream = "commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 1\nm\n\n".to_owned();
    stream.push_str("reset refs/heads/dev\nfrom refs/heads/main\n\n");
    for _ in 0..LONG {
        stream.push_str("commit refs/heads/dev\ncommitter A <a@b> 1700000000 +0000\ndata 1\nd\n\n");
    }
    stream.push_str("reset refs/heads/feature\nfrom refs/heads/main\n\n");
    stream.push_str("commit refs/heads/feature\ncommitter A <a@b> 1700000001 +0000\ndata 1\nf\n\n");
    assert!(scratch.fed(&["fast-import", "--quiet"], stream.as_bytes()).status.success());
    std::fs::create_dir_all(scratch.path().join(".git/switchback")).unwrap();
    scratch
}

#[test]
fn reaching_and_lacking_are_as_git_has_them() {
    // Whole branches are made within a second.
    for (seed, seconds) in (0..4).map(|seed| (seed, 60)).chain((4..10).map(|seed| (seed, 0))) {
        let scratch = random(40, seed, seconds);
        let repo = GitRepo::open(&scratch.path()).unwrap();
        let commits: Vec<CommitId> = (0..40).map(|nth| scratch.commit_of(&format!("c{nth}"))).collect();
        for (nth, tip) in commits.iter().enumerate().step_by(6) {
            for base in commits.iter().skip(nth % 5).step_by(5) {
                let listed = scratch.git(&["rev-list", &format!("{base}..{tip}")]);
                let wanted: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
                let found: Vec<String> =
                    repo.range(*base, *tip).unwrap().iter().map(|info| info.id.to_string()).collect();
                assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), wanted, "seed {seed}: {base}..{tip}");
                assert_eq!(found.len(), wanted.len(), "none is told twice");
                assert_eq!(repo.lacked(*base, *tip).unwrap().len(), wanted.len());
                let shared = repo.merge_base(*base, *tip).unwrap().map(|id| id.to_string());
                let best = scratch.git(&["merge-base", "--all", &base.to_string(), &tip.to_string()]);
                assert!(best.lines().any(|id| Some(id) == shared.as_deref()), "seed {seed}: {base} and {tip}");
                assert_eq!(repo.reaches(*base, *tip).unwrap(), wanted.is_empty(), "seed {seed}: {base} to {tip}");
            }
        }
    }
}

#[test]
fn a_long_way_is_read_once_and_known_from_then_on() {
    let scratch = long();
    let (dev, feature) = (scratch.commit_of("dev"), scratch.commit_of("feature"));
    let asked = || {
        let repo = GitRepo::open(&scratch.path()).unwrap();
        assert_eq!(repo.range(dev, feature).unwrap().len(), 1);
        assert!(!repo.reaches(dev, feature).unwrap());
        assert_eq!(repo.merge_base(dev, feature).unwrap(), Some(scratch.commit_of("main")));
        let mut way = vec![dev];
        while let Some(next) = way.last().and_then(|last| repo.parents(*last).unwrap().first().copied()) {
            way.push(next);
        }
        assert_eq!(way.len(), LONG + 1);
        repo.objects_read()
    };
    let (first, next) = (asked(), asked());
    assert!(first as usize >= LONG, "{first} objects were read");
    assert!(next < 300, "{next} objects were read again, of a way of {LONG} commits");
    let file = scratch.path().join(".git/switchback/links");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(asked(), first, "what is damaged is read again");
    assert!(asked() < 300, "and kept again");
}
