//! Points at which a test ends the process, as a power cut would: nothing is flushed, no destructor runs.
//!
//! Always compiled, so that what is tested is what is shipped; a point costs one atomic load until
//! `SWITCHBACK_FAILPOINT=name` (or `name:3`, the third time it is passed) arms it. `name:3:stop` stops the process there
//! instead, until somebody lets it go on (SIGCONT): for what others do meanwhile.

use rustix::process::Signal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names the point to die at.
pub const VARIABLE: &str = "SWITCHBACK_FAILPOINT";

/// Every point there is, so that a test can visit them all.
pub const POINTS: &[&str] = &[
    "packs.together",
    "packs.removing",
    "refs.together",
    "refs.removing",
    "corridor.stored",
    "corridor.secured",
    "corridor.committed",
    "remote.pushed",
    "corridor.branch-moved",
    "corridor.moved",
    "corridor.kept",
    "corridor.made-ready",
    "corridor.let-go",
    "corridor.released",
    "area.prepared",
    "area.put",
    "area.confirmed",
    "area.aside.stored",
    "area.aside.told",
    "dir.put.surveyed",
    "dir.put.journalled",
    "dir.put.staging",
    "dir.put.staged",
    "dir.put.publishing",
    "dir.put.exchanged",
    "dir.put.published",
    "dir.put.taken",
    "dir.put.removing",
    "dir.put.removed",
    "dir.put.synced",
    "dir.put.recorded",
    "dir.confirm.forgotten",
    "dir.confirm.compacted",
    "dir.undo.withdrawing",
    "dir.undo.withdrawn",
    "dir.undo.laid-out",
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
    signal: Signal,
}

/// Ends the process with SIGKILL when this point is armed, or stops it.
pub fn hit(name: &'static str) {
    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
    debug_assert!(POINTS.contains(&name), "`{name}` is missing from the list of points");
    match ARMED.get_or_init(armed) {
        Some(armed) if armed.name == name && armed.left.fetch_sub(1, Ordering::Relaxed) == 1 => act(armed.signal),
        _ => {}
    }
}

fn armed() -> Option<Armed> {
    let text = std::env::var(VARIABLE).ok()?;
    let mut parts = text.split(':');
    let name = parts.next()?.to_owned();
    let nth = parts.next().map_or(Some(1), |nth| nth.parse().ok())?;
    let signal = if parts.next() == Some("stop") { Signal::STOP } else { Signal::KILL };
    Some(Armed { name, left: AtomicU64::new(nth), signal })
}

fn act(signal: Signal) {
    let sent = rustix::process::kill_process(rustix::process::getpid(), signal);
    if signal == Signal::KILL || sent.is_err() {
        // A kill that fails leaves nothing better to do than to abort.
        std::process::abort();
    }
    // Another thread may be the one that hears of it: this one must not run on until all stand still.
    std::thread::sleep(std::time::Duration::from_millis(50));
}
