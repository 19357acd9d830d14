//! `rollback D-N | AREA@VERSION`.

use crate::failure::Said;
use crate::operate::{Answered, finish};
use crate::parse;
use switchback_api::Failure;
use switchback_api::verbs::rollback::RollbackRequest;
use switchback_core::ops::rollback::{Demoted, Named, Request, plan};
use switchback_core::words::names::{AreaName, VersionNo};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_engine::desk::Desk;

/// Rolls one deployment back.
pub fn rollback(desk: &Desk<'_>, asked: RollbackRequest) -> Answered {
    let demoted = if asked.anyway { Demoted::MayComeBack } else { Demoted::StaysAway };
    let request = Request { what: named(&asked.what)?, demoted };
    finish(desk, desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request)))
}

fn named(text: &str) -> Result<Named, Failure> {
    match text.rsplit_once('@') {
        None => parse::deployment(text).map(Named::Deployment),
        Some((area, version)) => {
            let number = version.parse().map_err(|_| Refusal::unknown(Code::UnknownVersion, text, &[])).said()?;
            Ok(Named::Version(AreaName::new(area), VersionNo(number)))
        }
    }
}
