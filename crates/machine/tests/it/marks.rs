//! A mark that several hold goes with the last of them, and what the dead left is told from what the living hold.

use std::fs;
use std::path::PathBuf;
use switchback_machine::mark::{Mark, is_abandoned, remove_abandoned};
use tempfile::TempDir;

const TEXT: &str = "in use\n";

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack-1.keep");
    (folder, path)
}

fn set(folder: &TempDir) -> Option<Mark> {
    Mark::set(folder.path(), "pack-1.keep", TEXT).unwrap()
}

#[test]
fn it_stands_until_the_last_takes_it_back() {
    let (folder, path) = folder();
    let (one, other) = (set(&folder).unwrap(), set(&folder).unwrap());
    assert!(path.exists() && !is_abandoned(&path, TEXT));
    one.take_back();
    drop(one);
    assert!(path.exists() && !is_abandoned(&path, TEXT), "the other still needs it");
    remove_abandoned(&path, TEXT);
    assert!(path.exists(), "what somebody holds is not abandoned");
    other.take_back();
    assert!(!path.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_the_dead_left_is_shared_or_removed() {
    let (folder, path) = folder();
    drop(set(&folder));
    assert!(path.exists() && is_abandoned(&path, TEXT));
    let next = set(&folder).unwrap();
    assert!(!is_abandoned(&path, TEXT));
    drop(next);
    remove_abandoned(&path, TEXT);
    assert!(!path.exists());
}

#[test]
fn what_a_person_put_there_is_left_alone() {
    let (folder, path) = folder();
    fs::write(&path, "mine").unwrap();
    assert!(set(&folder).is_none());
    assert!(!is_abandoned(&path, TEXT));
    remove_abandoned(&path, TEXT);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

/// Many set and take back at once: whoever holds one sees it stand.
#[test]
fn whoever_holds_it_sees_it_stand() {
    let (folder, path) = folder();
    std::thread::scope(|all| {
        for _ in 0..4 {
            all.spawn(|| {
                for _ in 0..200 {
                    let mark = set(&folder).unwrap();
                    assert!(path.exists());
                    mark.take_back();
                }
            });
        }
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
