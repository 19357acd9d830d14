//! What merges by element came to, and what was found sound, is known from then on; damage costs time alone.

use crate::deltas::damages;
use crate::git_program::Scratch;
use std::path::PathBuf;
use switchback_core::content::filetype::{Format, Keys};
use switchback_core::content::{Content as _, Soundness, Weave};
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::object::BlobId;
use switchback_git::GitRepo;

/// Three versions of many files: some merge, some do not.
struct Files {
    scratch: Scratch,
    versions: Vec<[BlobId; 3]>,
    file: PathBuf,
}

const COUNT: usize = 200;

fn files() -> Files {
    let scratch = Scratch::new();
    let git_dir = scratch.path().join(".git");
    std::fs::create_dir_all(git_dir.join("switchback")).unwrap();
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let text =
        |at: usize, one: usize, two: usize| format!("{{\n  \"n{at}\": 0,\n  \"a\": {one},\n  \"b\": {two}\n}}\n");
    let blob = |text: String| repo.blob(text.as_bytes()).unwrap();
    let versions = (0..COUNT)
        .map(|at| {
            let theirs = if at % 4 == 3 { text(at, 3, 1) } else { text(at, 1, 3) };
            [text(at, 1, 1), text(at, 2, 1), theirs].map(blob)
        })
        .collect();
    repo.store().unwrap();
    Files { scratch, versions, file: git_dir.join("switchback/outcomes") }
}

/// What each came to: its bytes, or why there are none.
type Outcome = Result<Vec<u8>, String>;

/// What a new session makes of all of them, whether that is sound, and how many objects were read for it.
fn asked(files: &Files) -> (Vec<(Outcome, Soundness)>, u64) {
    let repo = GitRepo::open(&files.scratch.path()).unwrap();
    let keys = Keys::default();
    let outcome = |versions: &[BlobId; 3]| {
        let woven = repo.weave(versions.map(Some), Weave::Structural(Format::Json, &keys)).unwrap();
        let made = *woven.as_ref().unwrap_or(&versions[1]);
        let sound = repo.soundness(made, versions, (Format::Json, &keys)).unwrap();
        (woven.map(|made| repo.read(made).unwrap()), sound)
    };
    (files.versions.iter().map(outcome).collect(), repo.objects_read())
}

#[test]
fn what_was_found_out_is_known_from_then_on() {
    let files = files();
    let (found, first) = asked(&files);
    let merged = found.iter().filter(|(outcome, _)| outcome.is_ok()).count();
    assert_eq!(merged, COUNT / 4 * 3);
    let text = String::from_utf8(found[0].0.clone().unwrap()).unwrap();
    assert_eq!(text, "{\n  \"n0\": 0,\n  \"a\": 2,\n  \"b\": 3\n}\n");
    let (known, next) = asked(&files);
    assert_eq!(known, found);
    // Only ours is read, but for the last few: they are added to the file with those that come after them.
    assert!(next * 2 < first, "{next} objects were read again, of {first}");
}

#[test]
fn damage_costs_time_alone() {
    let files = files();
    let (found, first) = asked(&files);
    let whole = std::fs::read(&files.file).unwrap();
    for damaged in damages(&whole) {
        std::fs::write(&files.file, &damaged).unwrap();
        assert_eq!(asked(&files).0, found, "{} bytes of {}", damaged.len(), whole.len());
    }
    std::fs::write(&files.file, "no block").unwrap();
    assert_eq!(asked(&files), (found, first));
    assert!(asked(&files).1 * 2 < first, "and it is kept again");
}

/// What is sound under one set of keys need not be under another.
#[test]
fn other_keys_are_another_question() {
    let files = files();
    let (two, one) = ("<a><i><k>1</k><x>1</x></i><i><k>1</k><x>2</x></i></a>\n", "<a><i><k>1</k></i></a>\n");
    let by =
        |member: &str| Keys { by_item: [("i".to_owned(), vec![vec![member.to_owned()]])].into(), ..Keys::default() };
    let (by_k, by_x) = (by("k"), by("x"));
    for keys in [&by_x, &by_k, &by_x, &by_k] {
        let repo = GitRepo::open(&files.scratch.path()).unwrap();
        let [made, version] = [two, one].map(|text| repo.blob(text.as_bytes()).unwrap());
        let found = repo.soundness(made, &[version], (Format::Xml, keys)).unwrap();
        assert_eq!(found == Soundness::Sound, keys == &by_x, "{found:?}");
        for versions in &files.versions {
            repo.soundness(versions[0], versions, (Format::Json, keys)).unwrap();
        }
    }
}

#[test]
fn the_file_stays_small() {
    let files = files();
    let (found, _) = asked(&files);
    let whole = std::fs::read(&files.file).unwrap();
    std::fs::write(&files.file, whole.repeat((4 << 20) / whole.len() + 1)).unwrap();
    let repo = GitRepo::open(&files.scratch.path()).unwrap();
    for at in 0..100 {
        let text = repo.blob(format!("{{\"x\": {at}}}\n").as_bytes()).unwrap();
        assert_eq!(repo.soundness(text, &[], (Format::Json, &Keys::default())).unwrap(), Soundness::Sound);
    }
    assert!(std::fs::metadata(&files.file).unwrap().len() < 1 << 16, "it was not begun again");
    assert_eq!(asked(&files).0, found);
}
