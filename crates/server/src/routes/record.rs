//! `change record`.

use crate::operate::{Answered, finish};
use crate::parse::{stage, user};
use switchback_api::verbs::record::{RecordRequest, Source};
use switchback_core::words::names::ChangeKey;
use switchback_engine::desk::Desk;
use switchback_engine::record::{self, Origin, Said};

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
    finish(desk, record::record(desk, &said, &origin))
}
