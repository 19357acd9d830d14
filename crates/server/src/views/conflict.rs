//! Conflicts, with their three contents.

use crate::door::Said;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use switchback_api::Failure;
use switchback_api::operation::Conflict;
use switchback_core::content::{ConflictKind, Content};
use switchback_core::object::{Leaf, Mode};
use switchback_core::promotion::MoveConflict;
use switchback_engine::session::Session;

/// Some conflicts.
pub fn conflicts(session: &Session, conflicts: &[MoveConflict]) -> Result<Vec<Conflict>, Failure> {
    conflicts.iter().map(|conflict| self::conflict(session, conflict)).collect()
}

fn conflict(session: &Session, conflict: &MoveConflict) -> Result<Conflict, Failure> {
    let bytes = |leaf: Option<Leaf>| match leaf {
        None => Ok(None),
        Some(Leaf { mode: Mode::Submodule, id }) => Ok(Some(id.to_string().into_bytes())),
        Some(leaf) => session.repo.read(leaf.id).map(Some).said(),
    };
    let sides = [bytes(conflict.sides.base)?, bytes(conflict.sides.ours)?, bytes(conflict.sides.theirs)?];
    let is_text = sides.iter().flatten().all(|bytes| std::str::from_utf8(bytes).is_ok());
    let written = |bytes: Vec<u8>| match is_text {
        true => String::from_utf8_lossy(&bytes).into_owned(),
        false => STANDARD.encode(bytes),
    };
    let [base, ours, theirs] = sides.map(|side| side.map(written));
    Ok(Conflict {
        change: conflict.change.to_string(),
        path: conflict.path.to_string(),
        kind: kind(conflict.kind),
        stage: conflict.stage.to_string(),
        base,
        ours,
        theirs,
        encoding: if is_text { "utf-8" } else { "base64" }.to_owned(),
        other_side: conflict.other_side.as_ref().map(ToString::to_string),
        why: conflict.why.clone(),
    })
}

/// Why a path could not be merged, in a word.
pub fn kind(kind: ConflictKind) -> String {
    let word = serde_json::to_value(kind).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}
