//! `fetch`.

use crate::failure::Said;
use crate::parse::written;
use crate::views::reason::warnings;
use switchback_api::verbs::fetch::{FetchRequest, Fetched, RemoteStatus};
use switchback_api::{Answer, Failure};
use switchback_core::ports::branches::Contact;
use switchback_engine::desk::Desk;
use switchback_engine::visit::Depth;

/// Takes in what others did. Whoever comes to act has looked at the remote already.
pub fn fetch(desk: &Desk<'_>, _request: FetchRequest) -> Result<Answer<Fetched>, Failure> {
    let before = desk.look().said()?.seq;
    desk.look_and_reconcile().said()?;
    let recorded = match desk.visit.depth {
        Depth::Act => desk.house.record_pushed().said()?,
        Depth::Plan => Vec::new(),
    };
    let after = desk.look().said()?.seq;
    let heard = desk.heard();
    let told = Fetched {
        remote: remote(desk),
        recorded: recorded.iter().map(ToString::to_string).collect(),
        taken_in: after.0.saturating_sub(before.0),
        seq: after.0,
        warnings: warnings(heard.iter().chain(&desk.about_remote()).chain(&desk.about_pushed())),
    };
    Ok(match desk.visit.depth {
        Depth::Act => Answer::Done(told),
        Depth::Plan => Answer::Plan(told),
    })
}

/// How it stands with the remote; `None` where there is none.
pub fn remote(desk: &Desk<'_>) -> Option<RemoteStatus> {
    let Contact { remote, fetched, away, default_branch, .. } = desk.house.contact()?;
    Some(RemoteStatus {
        address: remote,
        fetched: fetched.map(|at| written(desk, at)),
        away_since: away.as_ref().map(|(since, _)| written(desk, *since)),
        problem: away.map(|(_, fault)| fault.message),
        default_branch,
    })
}
