//! The refs of many operations are brought together, and none is lost by it, whoever reads, writes or dies meanwhile.

use crate::git_program::Scratch;
use std::path::Path;
use std::process::Command;
use std::thread;
use switchback_core::ports::repository::{RefMove, Repo as _};
use switchback_core::words::object::CommitId;
use switchback_git::GitRepo;

/// Where the child below makes refs; without it, it is no test.
const CHILD: &str = "SWITCHBACK_TEST_REFS";

fn begun() -> (Scratch, CommitId) {
    let scratch = Scratch::new();
    scratch.write("readme", "one\n");
    let first = scratch.commit_all("base");
    scratch.git(&["branch", "theirs"]);
    (scratch, first)
}

/// Long names: their refs are brought together the sooner.
fn name(number: usize) -> String {
    format!("refs/switchback/changes/US-{number:04}-{}/1", "x".repeat(80))
}

fn make(repo: &GitRepo, number: usize, to: CommitId) {
    assert!(repo.move_refs(&[RefMove { name: name(number), from: None, to: Some(to) }]).unwrap());
}

/// How many files and folders refs take.
fn loose(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| 1 + if entry.path().is_dir() { loose(&entry.path()) } else { 0 }).sum()
}

fn all_there(scratch: &Scratch, count: usize, to: CommitId) {
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let lacking: Vec<usize> = (0..count).filter(|number| repo.reference(&name(*number)).unwrap() != Some(to)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    let listed = scratch.git(&["for-each-ref", "--format=%(refname)", "refs/switchback/changes"]);
    assert_eq!(listed.lines().count(), count, "{listed}");
    scratch.git(&["fsck", "--full", "--strict"]);
}

#[test]
fn few_stay_loose_and_every_reader_goes_on() {
    let (scratch, first) = begun();
    let second = scratch.commit_all("second");
    let refs = scratch.path().join(".git/refs/switchback");
    let (writer, reader) = (GitRepo::open(&scratch.path()).unwrap(), GitRepo::open(&scratch.path()).unwrap());
    let mut most = 0;
    for number in 0..250 {
        make(&writer, number, first);
        most = most.max(loose(&refs));
        assert_eq!(reader.reference(&name(number / 2)).unwrap(), Some(first));
    }
    assert!(most < 160, "{most} files and folders");
    all_there(&scratch, 250, first);
    assert!(scratch.path().join(".git/refs/heads/theirs").exists(), "refs of people stay where they are");
    // What was packed moves on, and goes.
    let on = RefMove { name: name(3), from: Some(first), to: Some(second) };
    let gone = RefMove { name: name(4), from: Some(first), to: None };
    assert!(reader.move_refs(&[on, gone]).unwrap());
    (250..330).for_each(|number| make(&writer, number, first));
    assert_eq!(reader.reference(&name(3)).unwrap(), Some(second));
    assert_eq!(reader.reference(&name(4)).unwrap(), None);
    assert_eq!(scratch.git(&["rev-parse", &name(3)]).trim(), second.to_string());
}

#[test]
fn others_may_pack_refs_meanwhile() {
    let (scratch, first) = begun();
    let folder = scratch.path();
    thread::scope(|scope| {
        for writer in 0..3 {
            let folder = folder.clone();
            scope.spawn(move || {
                let repo = GitRepo::open(&folder).unwrap();
                (0..80).for_each(|number| make(&repo, writer * 80 + number, first));
            });
        }
        for _ in 0..10 {
            // It may find a lock of ours, and says so.
            let _ = Command::new("git").arg("-C").arg(&folder).args(["pack-refs", "--all"]).output();
        }
    });
    all_there(&scratch, 240, first);
}

#[test]
fn packed_refs_that_git_did_not_write_stay_as_they_are() {
    let (scratch, first) = begun();
    let packed = scratch.path().join(".git/packed-refs");
    let text = format!("{first} refs/heads/old\n");
    std::fs::write(&packed, &text).unwrap();
    let repo = GitRepo::open(&scratch.path()).unwrap();
    (0..80).for_each(|number| make(&repo, number, first));
    assert_eq!(std::fs::read_to_string(&packed).unwrap(), text);
    all_there(&scratch, 80, first);
}

/// Run by the test below in a process of its own: it makes refs until it is killed.
#[test]
fn child_process_makes_refs() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let repo = GitRepo::open(Path::new(&folder)).unwrap();
    let to = repo.reference("refs/heads/theirs").unwrap().unwrap();
    for number in 0..100 {
        make(&repo, number, to);
        println!("made {number}");
    }
}

#[test]
fn whoever_dies_bringing_refs_together_loses_none() {
    for point in ["refs.together:1", "refs.removing:1", "refs.removing:30"] {
        let (scratch, first) = begun();
        let ran = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "loose_refs::child_process_makes_refs", "--nocapture", "--test-threads=1"])
            .env(CHILD, scratch.path())
            .env(switchback_machine::failpoint::VARIABLE, point)
            .output()
            .unwrap();
        assert!(!ran.status.success(), "{point} was not passed");
        let made = String::from_utf8(ran.stdout).unwrap().matches("made ").count() + 1;
        all_there(&scratch, made, first);
        let repo = GitRepo::open(&scratch.path()).unwrap();
        (made..made + 80).for_each(|number| make(&repo, number, first));
        all_there(&scratch, made + 80, first);
        assert!(loose(&scratch.path().join(".git/refs/switchback")) < 160, "{point}");
    }
}
