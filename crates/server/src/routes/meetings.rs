//! `conflicts --ahead`: which changes in flight would conflict when they meet.

use crate::door::Said;
use crate::views::conflict;
use switchback_api::Failure;
use switchback_api::verbs::meetings::{Meeting, MeetingPath, Meetings, MeetingsRequest};
use switchback_core::meeting;
use switchback_core::names::ChangeKey;
use switchback_core::state::State;
use switchback_engine::session::Session;

/// Tells what lies ahead.
pub fn meetings(session: &mut Session, request: MeetingsRequest) -> Result<Meetings, Failure> {
    let state = session.look().said()?;
    for key in &request.changes {
        session.snapshot(&state).change(&ChangeKey::new(key)).said()?;
    }
    let told = session.meetings().said()?.into_iter().map(|found| meeting(&state, &found));
    let is_asked = |one: &Meeting| {
        let named = |key: &String| *key == one.change || one.other.as_ref() == Some(key);
        request.changes.is_empty() || request.changes.iter().any(named)
    };
    Ok(Meetings { meetings: told.filter(is_asked).collect() })
}

fn meeting(state: &State, found: &meeting::Meeting) -> Meeting {
    let both = [Some(found.change), found.other].into_iter().flatten();
    let mut owners: Vec<String> = both.map(|ix| state.at(ix).facts.owner.to_string()).collect();
    owners.dedup();
    let paths = found.conflicts.iter().map(|one| MeetingPath {
        path: one.path.to_string(),
        kind: conflict::kind(one.kind),
        why: one.why.clone(),
    });
    Meeting {
        stage: found.stage.to_string(),
        change: state.key(found.change).to_string(),
        other: found.other.map(|other| state.key(other).to_string()),
        owners,
        paths: paths.collect(),
    }
}
