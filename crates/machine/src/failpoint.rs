//! Points at which a test ends the process, as a power cut would: nothing is flushed, no destructor runs.
//!
//! Always compiled, so that what is tested is what is shipped; a point costs one atomic load until
//! `SWITCHBACK_FAILPOINT=name` (or `name:3`, the third time it is passed) arms it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names the point to die at.
pub const VARIABLE: &str = "SWITCHBACK_FAILPOINT";

/// Every point there is, so that a test can visit them all.
pub const POINTS: &[&str] = &[
    "packs.together",
    "packs.removing",
    "corridor.stored",
    "corridor.committed",
    "corridor.moved",
    "corridor.kept",
    "area.prepared",
    "area.put",
    "area.confirmed",
    "dir.put.surveyed",
    "dir.put.journalled",
    "dir.put.staging",
    "dir.put.staged",
    "dir.put.publishing",
    "dir.put.published",
    "dir.put.removing",
    "dir.put.removed",
    "dir.put.synced",
    "dir.put.recorded",
    "dir.confirm.forgotten",
    "dir.confirm.compacted",
    "dir.undo.withdrawing",
    "dir.undo.withdrawn",
    "dir.undo.restoring",
    "dir.undo.restored",
    "dir.undo.forgotten",
    "journaled.put.journalled",
    "journaled.put.written",
    "journaled.put.recorded",
    "journaled.undo.written",
    "journaled.undo.recorded",
];

struct Armed {
    name: String,
    left: AtomicU64,
}

/// Ends the process with SIGKILL when this point is armed.
pub fn hit(name: &'static str) {
    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
    debug_assert!(POINTS.contains(&name), "`{name}` is missing from the list of points");
    match ARMED.get_or_init(armed) {
        Some(armed) if armed.name == name && armed.left.fetch_sub(1, Ordering::Relaxed) == 1 => die(),
        _ => {}
    }
}

fn armed() -> Option<Armed> {
    let text = std::env::var(VARIABLE).ok()?;
    let (name, nth) = match text.split_once(':') {
        Some((name, nth)) => (name.to_owned(), nth.parse().ok()?),
        None => (text, 1),
    };
    Some(Armed { name, left: AtomicU64::new(nth) })
}

fn die() {
    // A kill that fails leaves nothing better to do than to abort.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort();
}
