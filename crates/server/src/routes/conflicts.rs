//! `conflicts P-N`: what a promotion waits for (`SPEC X1`).

use crate::failure::Said;
use crate::parse;
use crate::views::conflict;
use switchback_api::Failure;
use switchback_api::verbs::conflicts::{Conflicts, ConflictsRequest};
use switchback_core::ops::resolve::{self, Which};
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_core::words::object::RepoPath;
use switchback_engine::desk::Desk;

/// Tells the open conflicts of a promotion.
pub fn conflicts(desk: &Desk<'_>, request: ConflictsRequest) -> Result<Conflicts, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let promotion = parse::promotion(&request.promotion)?;
    let open = match request.to_settle {
        false => snapshot.promotion(promotion).said()?.conflicts.clone(),
        true => {
            let which = Which {
                promotion,
                path: request.path.as_deref().map(RepoPath::parse),
                change: request.change.map(ChangeKey::new),
                stage: request.stage.map(StageName::new),
            };
            resolve::open(&snapshot, &which).said()?.into_iter().cloned().collect()
        }
    };
    Ok(Conflicts { promotion: promotion.to_string(), conflicts: conflict::conflicts(desk, &open)? })
}
