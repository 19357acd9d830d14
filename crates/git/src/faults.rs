//! What is said when the repository does not give what it should hold.

use std::path::Path;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::Oid;

/// The fault of an object that is there and cannot be read.
pub(super) fn unreadable(id: Oid, error: &dyn std::fmt::Display) -> Fault {
    Fault::new("object-unreadable", format!("object {id} cannot be read: {error}"), "run `git fsck` in the repository")
}

/// The fault of a folder below too many others.
pub(super) fn too_deep(path: &[u8]) -> Fault {
    let depth = path.iter().filter(|byte| **byte == b'/').count();
    let head: String = String::from_utf8_lossy(path).chars().take(60).collect();
    Fault::new(
        "too-deep",
        format!("the folder `{head}…` lies in {depth} others, one in another, and not more than that are entered"),
        "keep such folders out of what a change brings, or move them up",
    )
}

/// The fault of an object that is not there; says whether the clone is a shallow one.
pub(super) fn missing(id: Oid, common_dir: &Path) -> Fault {
    let (state, hint) = if common_dir.join("shallow").exists() {
        ("the clone is shallow", "run `git fetch --unshallow` in the repository")
    } else if is_partial(common_dir) {
        ("the clone is partial and not shallow", "run `git fetch --refetch --no-filter` in the repository")
    } else {
        ("the clone is not shallow", "run `git fsck` in the repository and fetch what is missing")
    };
    Fault::new("object-missing", format!("object {id} is not in the repository; {state}"), hint)
}

/// Whether the clone left objects out on purpose.
fn is_partial(common_dir: &Path) -> bool {
    std::fs::read_to_string(common_dir.join("config"))
        .is_ok_and(|config| config.to_ascii_lowercase().lines().any(|line| line.trim().starts_with("promisor")))
}

/// The fault of a walk or look-up that failed; names the missing object where there is one.
pub(super) fn failed(git: &gix::Repository, what: &str, error: &gix::Error) -> Fault {
    // gix names a missing object in its message alone.
    let named = error.is_not_found().then(|| error.iter_errors().find_map(|error| named_id(&error.to_string())));
    match named.flatten() {
        Some(id) => missing(id, git.common_dir()),
        None => {
            Fault::new("repository-unreadable", format!("{what} failed: {error}"), "run `git fsck` in the repository")
        }
    }
}

fn named_id(message: &str) -> Option<Oid> {
    message.split(|char: char| !char.is_ascii_hexdigit()).find_map(Oid::from_hex)
}
