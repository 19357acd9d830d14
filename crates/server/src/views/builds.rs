//! How two changes build on one another, down to the lines.

use crate::failure::Said;
use switchback_api::Failure;
use switchback_api::verbs::why::{Builds, Lines, Meeting, Why, Without};
use switchback_core::compose::meeting;
use switchback_core::depend::builds_on::{self, BuildsOn, builds_on};
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::words::names::ChangeKey;
use switchback_engine::desk::Desk;

/// Tells how a change builds on another, and the other way round.
pub fn told(desk: &Desk<'_>, snapshot: &Snapshot<'_>, keys: (&ChangeKey, &ChangeKey)) -> Result<Why, Failure> {
    let (key, other) = keys;
    let (one, _) = snapshot.change(key).said()?;
    let (two, _) = snapshot.change(other).said()?;
    let up = builds_on(snapshot, &*desk.repo, (one, two)).said()?;
    let down = builds_on(snapshot, &*desk.repo, (two, one)).said()?;
    let (state, says) = match (up.does(), down.does()) {
        (true, _) => ("builds-on", format!("{key} builds on {other}{}", how(&up))),
        (false, true) => ("built-on-by", format!("{other} builds on {key}{}", how(&down))),
        (false, false) => ("apart", format!("neither of {key} and {other} builds on the other")),
    };
    let (change, other) = (key.to_string(), Some(other.to_string()));
    let builds = vec![builds(up), builds(down)];
    Ok(Why { change, other, state: state.to_owned(), says, builds, ..Why::default() })
}

fn how(builds: &BuildsOn) -> &'static str {
    match (builds.declared, builds.needs_content()) {
        (true, true) => ": its branch lies on the other's, and it conflicts without it",
        (true, false) if builds.without.is_empty() => ": its branch lies on the other's",
        (true, false) => ": its branch lies on the other's, but it goes without it",
        (false, _) => ": it conflicts without it",
    }
}

fn builds(found: BuildsOn) -> Builds {
    Builds {
        change: found.change.to_string(),
        on: found.on.to_string(),
        declared: found.declared,
        meets: found.meets.into_iter().map(meeting).collect(),
        without: found.without.iter().map(without).collect(),
    }
}

fn without(found: &builds_on::Without) -> Without {
    Without {
        stage: found.stage.to_string(),
        goes: found.conflicts.is_none(),
        files: found.conflicts.iter().flatten().map(ToString::to_string).collect(),
    }
}

fn meeting(meeting: meeting::Meeting) -> Meeting {
    Meeting {
        path: meeting.path.to_string(),
        how: meeting.how.as_str().to_owned(),
        wrote: lines(meeting.wrote),
        removed: lines(meeting.removed),
        added: lines(meeting.added),
    }
}

fn lines(lines: meeting::Lines) -> Lines {
    Lines { first: lines.first as u64, text: lines.text }
}
