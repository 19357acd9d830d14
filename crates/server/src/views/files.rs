//! Files that differ between two trees.

use crate::door::Said;
use switchback_api::Failure;
use switchback_api::operation::FileChange;
use switchback_core::content::Content;
use switchback_core::words::object::{PathChange, TreeId};
use switchback_engine::session::Session;

/// Every file that differs, going from one tree to the other.
pub fn between(session: &Session, before: TreeId, after: TreeId) -> Result<Vec<FileChange>, Failure> {
    let delta = session.repo.delta(before, after).said()?;
    Ok(delta.changes.iter().map(file).collect())
}

fn file(change: &PathChange) -> FileChange {
    let word = match (change.before, change.after) {
        (None, _) => "added",
        (_, None) => "deleted",
        (Some(before), Some(after)) if before.id == after.id => "mode",
        _ => "modified",
    };
    FileChange { path: change.path.to_string(), change: word.to_owned() }
}
