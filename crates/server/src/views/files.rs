//! Files that differ between two trees.

use crate::failure::Said;
use switchback_api::Failure;
use switchback_api::operation::FileChange;
use switchback_core::words::object::{PathChange, TreeId};
use switchback_engine::desk::Desk;

/// Every file that differs, going from one tree to the other.
pub fn between(desk: &Desk<'_>, before: TreeId, after: TreeId) -> Result<Vec<FileChange>, Failure> {
    let delta = desk.repo.delta(before, after).said()?;
    Ok(delta.changes.iter().map(file).collect())
}

/// One file.
pub fn file(change: &PathChange) -> FileChange {
    let word = match (change.before, change.after) {
        (None, _) => "added",
        (_, None) => "deleted",
        (Some(before), Some(after)) if before.id == after.id => "mode",
        _ => "modified",
    };
    FileChange { path: change.path.to_string(), change: word.to_owned() }
}
