//! Locks of refs that a killed process left. Git lets such a lock stand until a person removes it; here whoever locks
//! refs announces it first, so that the locks of the dead can be told from those of the living (`SPEC L7`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};
use switchback_core::ports::repository::RefMove;
use switchback_machine::notes::{self, Left, Note};

/// No git process holds a ref's lock for as long; what is older and was announced by the dead is theirs.
const HELD_AT_MOST: Duration = Duration::from_secs(1);
/// Locks that go with those of any ref.
const BESIDES: [&str; 2] = ["HEAD", "packed-refs"];

/// Says which refs this process is about to lock; taken back when dropped.
pub(super) struct Announced(Option<Note>);

impl Announced {
    /// Announces some moves. Where nothing can be written, the moves themselves will say so.
    pub(super) fn moves(common_dir: &Path, moves: &[RefMove]) -> Self {
        let names: Vec<&str> = moves.iter().map(|wanted| wanted.name.as_str()).collect();
        Self(Note::leave(&folder(common_dir), &names.join("\n")).ok())
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        if let Some(note) = &self.0 {
            note.take_back();
        }
    }
}

/// Removes the locks of processes that died while they moved refs.
pub(super) fn break_dead(common_dir: &Path) {
    let (dead, living): (Vec<Left>, Vec<Left>) = notes::left(&folder(common_dir)).into_iter().partition(Left::is_dead);
    let held: BTreeSet<&str> = living.iter().flat_map(|note| note.text.lines()).collect();
    for note in dead {
        let theirs = note.text.lines().filter(|name| !held.contains(name));
        for name in theirs.chain(BESIDES) {
            break_lock(&common_dir.join(format!("{name}.lock")));
        }
        note.remove();
    }
}

/// The oldest lock that stands in the way of some moves, and its age.
pub(super) fn held(common_dir: &Path, moves: &[RefMove]) -> Option<(PathBuf, Duration)> {
    let names = moves.iter().map(|wanted| wanted.name.as_str()).chain(BESIDES);
    let locks = names.map(|name| common_dir.join(format!("{name}.lock")));
    let held = locks.filter_map(|lock| {
        let age = SystemTime::now().duration_since(taken(&lock)?).unwrap_or_default();
        Some((lock, age))
    });
    held.max_by_key(|(_, age)| *age)
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

pub(crate) fn folder(common_dir: &Path) -> PathBuf {
    common_dir.join("switchback").join("moving")
}
