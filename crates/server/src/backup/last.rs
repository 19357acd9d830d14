//! When a server's folder was copied last, noted in the folder itself: whoever looks at it later sees whether anybody still
//! makes backups.

use std::fs;
use std::path::{Path, PathBuf};
use switchback_core::words::names::Time;

/// The last backup of a folder.
pub(crate) struct Last {
    /// When it was made.
    pub at: Time,
    /// Where it was put then.
    pub place: PathBuf,
}

/// The last one that was noted in a folder.
pub(crate) fn last_backup(data: &Path) -> Option<Last> {
    let text = fs::read_to_string(path(data)).ok()?;
    let (at, place) = text.trim_end().split_once(' ')?;
    Some(Last { at: Time(at.parse().ok()?), place: PathBuf::from(place) })
}

/// Notes one. Where that cannot be written the backup is one all the same.
pub(super) fn note(data: &Path, last: &Last) {
    let new = path(data).with_extension("new");
    let text = format!("{} {}\n", last.at.0, last.place.display());
    let _ = fs::write(&new, text).and_then(|()| fs::rename(&new, path(data)));
}

fn path(data: &Path) -> PathBuf {
    data.join("last-backup")
}
