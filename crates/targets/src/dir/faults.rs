//! What can go wrong in a local directory, in words.

use std::io;
use std::path::Path;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::RepoPath;
use switchback_core::words::remedy::{Damage, Place, Remedy};

/// The code for a list of managed files that cannot be read.
pub(super) const MANIFEST_DAMAGED: &str = "area-manifest-damaged";

/// The system refused something it usually grants.
pub(super) fn io(doing: &str, path: &[u8], error: impl Into<io::Error>) -> Fault {
    let error = error.into();
    let path = RepoPath::new(path);
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Free some space, then run it again.",
        io::ErrorKind::PermissionDenied => "Give the account Switchback runs as the right to write there.",
        _ => "Mend the cause and run it again; the area is as it was.",
    };
    Fault::new("area-io", format!("Cannot {doing} `{path}` in the area: {error}."), hint)
}

/// The same, for a place that is not inside the area.
pub(super) fn place(doing: &str, path: &Path, error: impl Into<io::Error>) -> Fault {
    let message = format!("Cannot {doing} `{}`: {}.", path.display(), error.into());
    Fault::new(
        "area-unwritable",
        message,
        "Create it, or give the account Switchback runs as the right to write there.",
    )
}

/// More is to be written than there is room for, both in bytes.
pub(super) fn no_room(root: &Path, (needed, free): (u64, u64)) -> Fault {
    let message =
        format!("{needed} bytes are to be written in the area `{}`, and its disk has room for {free}.", root.display());
    Fault::new("area-io", message, "Free some space, then run it again.")
}

pub(super) fn unsafe_path(path: &RepoPath) -> Fault {
    let message = format!("`{path}` is no path that may be written in an area.");
    Fault::new("area-path-unsafe", message, "Leave it out with the area's `exclude`, or take it out of the change.")
}

pub(super) fn blocked(path: &[u8]) -> Fault {
    let message = format!("Something Switchback does not manage stands at `{}` in the area.", RepoPath::new(path));
    Fault::new("area-blocked", message, "Move it away, or leave the path out with the area's `exclude`.")
}

pub(super) fn escapes(path: &[u8]) -> Fault {
    let message = format!("`{}` in the area is a symbolic link that leads out of it.", RepoPath::new(path));
    Fault::new(
        "area-escapes",
        message,
        "Replace the link by a folder, or leave its paths out with the area's `exclude`.",
    )
}

pub(super) fn changed(path: &RepoPath) -> Fault {
    let message = format!("`{path}` changed in the area while the deployment was being prepared.");
    Fault::new("area-changed", message, "Run it again; drift is judged anew.")
}

pub(super) fn missing(path: &RepoPath) -> Fault {
    let message = format!("Nothing that can be read stands at `{path}` in the area.");
    Fault::new("area-file-missing", message, Place::Deviations)
}

pub(super) fn underway() -> Fault {
    let message = "Another deployment of this area was not ended.";
    Fault::new("area-underway", message, "It is undone or confirmed when the area's next job starts; run it again.")
}

pub(super) fn busy(root: &Path) -> Fault {
    let message = format!("Another process is working in the area `{}`.", root.display());
    Fault::new("area-busy", message, "Wait until it is done, then run it again.")
}

pub(super) fn half() -> Fault {
    let message = "The deployment under way in this area was not finished, so it cannot be confirmed.";
    Fault::new("area-half-put", message, "Undo it and deploy again.")
}

pub(super) fn undo_failed(cause: &Fault, undo: &Fault) -> Fault {
    let message = format!("{} Reinstating the version before it failed as well: {}", cause.message, undo.message);
    Fault::new("area-undo-failed", message, "Mend the cause; the area is reinstated when its next job starts.")
}

pub(super) fn manifest_lost() -> Fault {
    let message = "The area has lost its list of the files Switchback manages (`.switchback/managed`).";
    Fault::new("area-manifest-lost", message, Remedy::RepairArea { area: None, after: Damage::ListLost })
}

pub(super) fn manifest_damaged() -> Fault {
    let message = "The area's list of the files Switchback manages (`.switchback/managed`) is damaged.";
    Fault::new(MANIFEST_DAMAGED, message, Remedy::RepairArea { area: None, after: Damage::ListLost })
}

pub(super) fn journal_damaged() -> Fault {
    let message = "The area's journal (`.switchback/journal`) is damaged, so what was under way cannot be undone.";
    Fault::new("area-journal-damaged", message, Remedy::RepairArea { area: None, after: Damage::JournalDamaged })
}
