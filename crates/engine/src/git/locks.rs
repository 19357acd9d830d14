//! Locks of refs that a killed process left. Git lets such a lock stand until a person removes it; here whoever locks
//! refs announces it first, so that the locks of the dead can be told from those of the living (`SPEC L7`).

use crate::ports::RefMove;
use crate::worker;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// No git process holds a ref's lock for as long; what is older and was announced by the dead is theirs.
const HELD_AT_MOST: Duration = Duration::from_secs(1);
/// Locks that go with those of any ref.
const BESIDES: [&str; 2] = ["HEAD", "packed-refs"];

/// Says which refs this process is about to lock; taken back when dropped.
pub(super) struct Announced {
    path: PathBuf,
}

impl Announced {
    /// Announces some moves. Where nothing can be written, the moves themselves will say so.
    pub(super) fn moves(common_dir: &Path, moves: &[RefMove]) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let path = folder(common_dir).join(format!("{}-{}", worker::name(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let names: Vec<&str> = moves.iter().map(|wanted| wanted.name.as_str()).collect();
        let _ = fs::create_dir_all(folder(common_dir)).and_then(|()| fs::write(&path, names.join("\n")));
        Self { path }
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes the locks of processes that died while they moved refs.
pub(super) fn break_dead(common_dir: &Path) {
    let Ok(entries) = fs::read_dir(folder(common_dir)) else { return };
    let notes: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let (dead, living): (Vec<_>, Vec<_>) = notes.into_iter().partition(|note| is_dead(note));
    let held: BTreeSet<String> = living.iter().flat_map(|note| names(note)).collect();
    for note in dead {
        let theirs = names(&note).into_iter().filter(|name| !held.contains(name));
        for name in theirs.chain(BESIDES.map(str::to_owned)) {
            break_lock(&common_dir.join(format!("{name}.lock")));
        }
        let _ = fs::remove_file(note);
    }
}

/// A git process that nobody announced may hold the same lock this moment: it is given the time to let go.
fn break_lock(lock: &Path) {
    let Some(since) = taken(lock) else { return };
    let age = SystemTime::now().duration_since(since).unwrap_or_default();
    sleep(HELD_AT_MOST.saturating_sub(age));
    if taken(lock) == Some(since) {
        let _ = fs::remove_file(lock);
    }
}

fn taken(lock: &Path) -> Option<SystemTime> {
    fs::metadata(lock).ok()?.modified().ok()
}

fn folder(common_dir: &Path) -> PathBuf {
    common_dir.join("switchback").join("moving")
}

fn names(note: &Path) -> Vec<String> {
    fs::read_to_string(note).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn is_dead(note: &Path) -> bool {
    let name = note.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.rsplit_once('-').is_none_or(|(worker, _)| worker::is_dead(worker))
}
