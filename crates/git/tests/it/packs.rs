//! The packs of many operations are brought together, and nothing is lost by it, whoever reads, writes or dies meanwhile.

use crate::git_program::Scratch;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use switchback_core::content::Content as _;
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::object::BlobId;
use switchback_git::GitRepo;

/// Where the child below stores; without it, it is no test.
const CHILD: &str = "SWITCHBACK_TEST_PACKS";

fn open(folder: &Path) -> GitRepo {
    GitRepo::open(folder).unwrap()
}

fn begun() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("readme", "one\n");
    scratch.commit_all("base");
    scratch
}

fn packs(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder.join(".git/objects/pack")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "pack")).collect()
}

/// Stores an object by itself, as an operation would.
fn stored(repo: &GitRepo, text: &str) -> BlobId {
    let blob = repo.blob(text.as_bytes()).unwrap();
    repo.store().unwrap();
    repo.let_go();
    blob
}

/// Every object is there, for us and for git, though no ref leads to any.
fn all_there(scratch: &Scratch, blobs: &[(BlobId, String)]) {
    let repo = open(&scratch.path());
    for (blob, text) in blobs {
        assert_eq!(repo.read(*blob).unwrap(), text.as_bytes());
    }
    scratch.git(&["fsck", "--full", "--strict"]);
    let (first, text) = &blobs[0];
    assert_eq!(scratch.git(&["cat-file", "blob", &first.to_string()]), *text);
}

#[test]
fn few_packs_stay_and_every_reader_goes_on() {
    let scratch = begun();
    let writer = open(&scratch.path());
    let mut blobs: Vec<(BlobId, String)> = Vec::new();
    let mut readers: Vec<(GitRepo, usize)> = Vec::new();
    for number in 0..240 {
        let text = format!("object {number}");
        blobs.push((stored(&writer, &text), text));
        if number % 20 == 10 {
            let reader = open(&scratch.path());
            // It looks through all indexes, and opens one pack: the others may be gone when it comes to them.
            assert!(reader.read(blobs[0].0).is_ok());
            readers.push((reader, number));
        }
    }
    assert!(packs(&scratch.path()).len() <= 26, "{} packs", packs(&scratch.path()).len());
    for (reader, known) in &readers {
        for (blob, text) in blobs[..=*known].iter().rev().chain(&blobs) {
            assert_eq!(reader.read(*blob).unwrap(), text.as_bytes(), "a reader from {known} on");
        }
    }
    for (blob, text) in &blobs {
        assert_eq!(writer.read(*blob).unwrap(), text.as_bytes());
    }
    all_there(&scratch, &blobs);
}

#[test]
fn packs_of_others_and_those_that_are_kept_stay() {
    let scratch = begun();
    scratch.git(&["repack", "-q", "-a", "-d"]);
    let repo = open(&scratch.path());
    let mut blobs = Vec::new();
    for number in 0..6 {
        let text = format!("early {number}");
        blobs.push((stored(&repo, &text), text));
        if number == 2 {
            scratch.git(&["multi-pack-index", "write"]);
        }
    }
    let early: Vec<PathBuf> = packs(&scratch.path()).into_iter().collect();
    let names = String::from_utf8_lossy(&fs::read(scratch.path().join(".git/objects/pack/multi-pack-index")).unwrap())
        .into_owned();
    let in_index = |path: &PathBuf| names.contains(path.file_stem().unwrap().to_str().unwrap());
    let (bound, free): (Vec<PathBuf>, Vec<PathBuf>) = early.into_iter().partition(in_index);
    assert_eq!((bound.len(), free.len()), (4, 3), "git's own, three of the index, and three more");
    fs::write(free[0].with_extension("keep"), "").unwrap();
    fs::write(free[1].with_extension("promisor"), "").unwrap();
    for number in 0..60 {
        let text = format!("late {number}");
        blobs.push((stored(&repo, &text), text));
    }
    assert!(packs(&scratch.path()).len() < 30, "they were brought together");
    let stays = bound.iter().chain(&free[..2]);
    assert!(stays.clone().all(|path| path.exists() && path.with_extension("idx").exists()));
    assert!(!free[2].exists());
    all_there(&scratch, &blobs);
    scratch.git(&["multi-pack-index", "verify"]);
    // Git takes all that a ref leads to into one pack of its own; what it removed is not missed.
    scratch.git(&["repack", "-q", "-a", "-d", "-k"]);
    for number in 0..60 {
        stored(&repo, &format!("later {number}"));
    }
    all_there(&scratch, &blobs);
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    let scratch = begun();
    let folder = scratch.path();
    let all: Vec<(BlobId, String)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|writer| {
                let folder = folder.clone();
                scope.spawn(move || {
                    let repo = open(&folder);
                    // Some objects are made by all of them.
                    let text = |number: usize| match number % 3 {
                        0 => format!("shared {number}"),
                        _ => format!("of {writer}: {number}"),
                    };
                    (0..90).map(|number| (stored(&repo, &text(number)), text(number))).collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    all_there(&scratch, &all);
}

/// Run by the test below in a process of its own: it stores until it is killed.
#[test]
fn child_process_stores() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let repo = open(Path::new(&folder));
    for number in 0..120 {
        let blob = stored(&repo, &format!("object {number}"));
        println!("stored {blob} {number}");
    }
}

#[test]
fn whoever_dies_bringing_packs_together_leaves_a_sound_repository() {
    let points = ["packs.together:1", "packs.removing:1", "packs.removing:2", "packs.removing:3", "packs.removing:60"];
    for point in points {
        let scratch = begun();
        let ran = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "packs::child_process_stores", "--nocapture", "--test-threads=1"])
            .env(CHILD, scratch.path())
            .env(switchback_machine::failpoint::VARIABLE, point)
            .output()
            .unwrap();
        assert!(!ran.status.success(), "{point} was not passed");
        let said = String::from_utf8(ran.stdout).unwrap();
        let blob = |line: &str| {
            let (_, told) = line.split_once("stored ")?;
            let (id, number) = told.split_once(' ')?;
            let id = switchback_core::words::object::Oid::from_hex(id)?;
            Some((BlobId(id), format!("object {number}")))
        };
        let blobs: Vec<_> = said.lines().filter_map(blob).collect();
        assert_eq!(blobs.len(), 24, "{point}: the operation that died is the one that found too many");
        all_there(&scratch, &blobs);
        let repo = open(&scratch.path());
        for number in 0..80 {
            stored(&repo, &format!("after {number}"));
        }
        all_there(&scratch, &blobs);
        assert!(packs(&scratch.path()).len() <= 26, "{point}: {} packs", packs(&scratch.path()).len());
    }
}

#[test]
fn what_was_forgotten_is_stored_when_it_is_made_again() {
    let scratch = begun();
    let repo = open(&scratch.path());
    let make = || {
        let leaf = switchback_core::words::object::Leaf {
            mode: switchback_core::words::object::Mode::File,
            id: repo.blob(b"made\n").unwrap(),
        };
        let tree = repo
            .edit(scratch.tree_of("main"), &[(switchback_core::words::object::RepoPath::new("a/b"), Some(leaf))])
            .unwrap();
        // Reading it keeps it where trees are kept.
        assert_eq!(repo.leaves(tree).unwrap().len(), 2);
        tree
    };
    let tree = make();
    repo.forget_unstored();
    assert_eq!(repo.leaves(tree).unwrap_err().code, "object-missing");
    repo.store().unwrap();
    assert!(packs(&scratch.path()).is_empty(), "nothing of it was stored");
    assert_eq!(make(), tree);
    repo.store().unwrap();
    repo.forget_unstored();
    assert_eq!(open(&scratch.path()).leaves(tree).unwrap().len(), 2);
    assert_eq!(repo.leaves(tree).unwrap().len(), 2);
}

fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(".git/objects/pack")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "keep")).collect()
}

#[test]
fn what_is_stored_is_kept_from_git_until_it_is_let_go() {
    let scratch = begun();
    let tidy_up = || {
        scratch.git(&["repack", "-a", "-d", "-q"]);
        scratch.git(&["gc", "-q", "--prune=now"]);
    };
    // It lies there loose, and nothing refers to it.
    let loose = scratch.path().join("loose");
    fs::write(&loose, "made by hand before").unwrap();
    scratch.git(&["hash-object", "-w", "loose"]);
    let repo = open(&scratch.path());
    let blobs = ["made by hand before", "new"].map(|text| repo.blob(text.as_bytes()).unwrap());
    repo.store().unwrap();
    tidy_up();
    assert!(repo.abandoned().is_empty(), "its process lives");
    blobs.iter().for_each(|blob| drop(open(&scratch.path()).read(*blob).unwrap()));
    repo.let_go();
    assert!(kept(&scratch.path()).is_empty());
    tidy_up();
    assert!(blobs.iter().all(|blob| open(&scratch.path()).read(*blob).is_err()), "nothing ever referred to them");
    // Whoever dies leaves it kept; whoever comes next decides.
    let blob = repo.blob(b"new").unwrap();
    repo.store().unwrap();
    drop(repo);
    tidy_up();
    let next = open(&scratch.path());
    assert_eq!(next.read(blob).unwrap(), b"new");
    assert_eq!(next.abandoned(), kept(&scratch.path()));
    next.let_go_of(&next.abandoned());
    assert!(kept(&scratch.path()).is_empty());
}

#[test]
fn packs_that_hold_the_same_come_together_and_hold_it_once() {
    let scratch = begun();
    let repo = open(&scratch.path());
    let base = scratch.tree_of("main");
    let mut trees = Vec::new();
    for number in 0..70 {
        let name = |name: String| switchback_core::words::object::RepoPath::new(name);
        let leaf = |text: String| {
            let mode = switchback_core::words::object::Mode::File;
            Some(switchback_core::words::object::Leaf { mode, id: repo.blob(text.as_bytes()).unwrap() })
        };
        // A tree that is made again and again, and one that is a delta of it.
        let many: Vec<_> = (0..40).map(|file| (name(format!("many/{file}")), leaf(file.to_string()))).collect();
        let same = repo.edit(base, &many).unwrap();
        trees.push(repo.edit(same, &[(name(format!("many/{number}")), leaf(format!("of {number}")))]).unwrap());
        repo.store().unwrap();
        repo.let_go();
    }
    assert!(packs(&scratch.path()).len() < 30, "{} packs", packs(&scratch.path()).len());
    scratch.git(&["fsck", "--full", "--strict"]);
    let reader = open(&scratch.path());
    for (number, tree) in trees.iter().enumerate() {
        let expected = if number < 40 { 41 } else { 42 };
        assert_eq!(reader.leaves(*tree).unwrap().len(), expected, "{number}");
    }
}
