//! `resolve P-N PATH`: one conflict is settled (`SPEC X4`).

use crate::failure::Said as _;
use crate::operate::{Answered, finish};
use crate::parse;
use switchback_api::verbs::resolve::{ResolveRequest, With as Said};
use switchback_core::ops::resolve::{Broken, Request, With, plan};
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_core::words::object::RepoPath;
use switchback_engine::desk::Desk;

/// Settles a conflict.
pub fn resolve(desk: &Desk<'_>, asked: ResolveRequest) -> Answered {
    let request = Request {
        promotion: parse::promotion(&asked.promotion)?,
        path: RepoPath::parse(&asked.path),
        change: asked.change.map(ChangeKey::new),
        stage: asked.stage.map(StageName::new),
        with: match asked.with {
            Said::Ours => With::Ours,
            Said::Theirs => With::Theirs,
            Said::Base => With::Base,
            Said::Proposed => With::Proposed,
            Said::Reuse(resolution) => With::Reuse(resolution),
            Said::Content(bytes) => With::Content(desk.repo.blob(&bytes.0).said()?),
        },
        broken: if asked.anyway { Broken::Take } else { Broken::Refuse },
    };
    finish(desk, desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request)))
}
