//! `change record`.

use crate::failure::Said as _;
use crate::operate::{Answered, finish};
use crate::parse::{stage, user};
use switchback_api::operation::CameAlong;
use switchback_api::verbs::record::{RecordRequest, Source};
use switchback_api::{Answer, Preview};
use switchback_core::ops::record::LeftOut;
use switchback_core::words::names::ChangeKey;
use switchback_engine::desk::Desk;
use switchback_engine::record::{self, Origin, Recorded, Said};

/// Records a change or its next revision.
pub fn record(desk: &Desk<'_>, request: RecordRequest) -> Answered {
    let said = Said {
        change: ChangeKey::new(&request.change),
        title: request.title,
        project: request.project,
        release: request.release,
        owner: user(&request.owner),
        parent: request.parent.map(ChangeKey::new),
        stage: stage(&request.stage),
    };
    let origin = match request.source {
        Source::Branch(branch) => Origin::Branch(branch),
        Source::Commits(commits) => Origin::Commits(commits),
    };
    let Recorded { done, left_out } = record::record(desk, &said, &origin).said()?;
    let mut told = finish(desk, Ok(done))?;
    let (Answer::Done(operation) | Answer::Plan(Preview { operation, .. })) = &mut told;
    for result in operation.results.iter_mut().filter(|result| result.status == "recorded") {
        result.left_out = left_out.iter().map(|one| came_along(one, &result.depends_on)).collect();
    }
    Ok(told)
}

fn came_along(one: &LeftOut, depends_on: &[String]) -> CameAlong {
    let (change, stage) = (one.change.to_string(), one.stage.to_string());
    let needed = depends_on.contains(&change);
    let needs = if needed { ", and is needed" } else { "" };
    let why = format!("it came with {stage}'s branch{needs}");
    CameAlong { change, revision: one.revision.0, stage, needed, why }
}
