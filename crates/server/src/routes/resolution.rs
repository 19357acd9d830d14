//! `resolution list|show|forget`.

use crate::failure::Said;
use crate::operate::{Answered, finish};
use crate::parse::written;
use crate::views::conflict::{Written, bytes};
use crate::views::decision;
use std::collections::BTreeMap;
use switchback_api::Failure;
use switchback_api::verbs::resolution::{
    ForgetRequest, Forgotten, ListRequest, Resolution, Resolutions, ShowRequest, Shown,
};
use switchback_core::foresee::reuse::{self, Use};
use switchback_core::ops::resolution::{Request, plan};
use switchback_core::records::resolution::{Remembered, ResolutionId};
use switchback_core::words::object::RepoPath;
use switchback_engine::desk::Desk;

/// Lists what is remembered, newest first.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Resolutions, Failure> {
    let state = desk.look_at_resolutions().said()?;
    let uses = reuse::uses(&state);
    let path = request.path.as_ref().map(|path| RepoPath::parse(path));
    let wanted = |known: &Remembered| {
        path.as_ref().is_none_or(|path| known.path == *path) && (request.forgotten || known.forgotten.is_none())
    };
    let mut known: Vec<_> = state.resolutions.iter().filter(|(_, known)| wanted(known)).collect();
    known.sort_by_key(|(id, known)| (std::cmp::Reverse(known.at), *id));
    let resolutions = known.into_iter().map(|one| told(desk, one, &uses)).collect();
    Ok(Resolutions { resolutions })
}

/// Shows one, with its contents and where it was used.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    let state = desk.look_at_resolutions().said()?;
    let id = state.resolution(&request.resolution).said()?;
    let uses = reuse::uses(&state);
    let Some(known) = state.resolutions.get(id) else { return Err(Failure::bug(format!("{id} is gone"))) };
    let leaves = [known.sides.base, known.sides.ours, known.sides.theirs, known.result];
    let mut contents = Vec::new();
    for leaf in leaves {
        contents.push(bytes(desk, leaf)?);
    }
    let Written { texts, encoding } = Written::of(contents);
    let [base, ours, theirs, result] = texts.try_into().unwrap_or_default();
    let used = uses.get(&id).into_iter().flatten().map(decision::used).collect();
    Ok(Shown { resolution: told(desk, (id, known), &uses), base, ours, theirs, result, encoding, used })
}

/// Has one forgotten, and names what used it.
pub fn forget(desk: &Desk<'_>, asked: ForgetRequest) -> Answered {
    let request = Request { resolution: asked.resolution };
    finish(desk, desk.carry_out(&request, |snapshot, _| plan(snapshot, &request)))
}

fn told(desk: &Desk<'_>, one: (ResolutionId, &Remembered), uses: &BTreeMap<ResolutionId, Vec<Use>>) -> Resolution {
    let (id, known) = one;
    Resolution {
        id: id.to_string(),
        path: known.path.to_string(),
        by: known.by.to_string(),
        at: written(desk, known.at),
        operation: known.operation.map(|operation| operation.to_string()),
        reused: uses.get(&id).map_or(0, |uses| reuse::standing(uses)) as u32,
        forgotten: known.forgotten.as_ref().map(|remark| Forgotten {
            by: remark.by.to_string(),
            at: written(desk, remark.at),
            reason: remark.reason.clone(),
        }),
    }
}
