//! How two changes build on one another, down to the lines.

use crate::failure::Said;
use std::collections::BTreeSet;
use switchback_api::Failure;
use switchback_api::verbs::why::{Builds, Lines, Meeting, Why, Without};
use switchback_core::compose::Composition;
use switchback_core::compose::meeting;
use switchback_core::depend::closure;
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::ChangeKey;
use switchback_engine::desk::Desk;

/// Tells how a change builds on another, and the other way round.
pub fn told(desk: &Desk<'_>, snapshot: &Snapshot<'_>, keys: (&ChangeKey, &ChangeKey)) -> Result<Why, Failure> {
    let (key, other) = keys;
    let (one, _) = snapshot.change(key).said()?;
    let (two, _) = snapshot.change(other).said()?;
    let builds = vec![builds(desk, snapshot, (one, two))?, builds(desk, snapshot, (two, one))?];
    let (state, says) = match (does(&builds[0]), does(&builds[1])) {
        (true, _) => ("builds-on", format!("{key} builds on {other}{}", how(&builds[0]))),
        (false, true) => ("built-on-by", format!("{other} builds on {key}{}", how(&builds[1]))),
        (false, false) => ("apart", format!("neither of {key} and {other} builds on the other")),
    };
    let (change, other) = (key.to_string(), Some(other.to_string()));
    Ok(Why { change, other, state: state.to_owned(), says, builds, ..Why::default() })
}

fn does(builds: &Builds) -> bool {
    builds.declared || builds.without.iter().any(|without| !without.goes)
}

fn how(builds: &Builds) -> &'static str {
    let content = builds.without.iter().any(|without| !without.goes);
    match (builds.declared, content) {
        (true, true) => ": its branch lies on the other's, and it conflicts without it",
        (true, false) if builds.without.is_empty() => ": its branch lies on the other's",
        (true, false) => ": its branch lies on the other's, but it goes without it",
        (false, _) => ": it conflicts without it",
    }
}

fn builds(desk: &Desk<'_>, snapshot: &Snapshot<'_>, (upper, lower): (ChangeIx, ChangeIx)) -> Result<Builds, Failure> {
    let (change, on) = (snapshot.state.at(upper), snapshot.state.at(lower));
    let meets = meeting::meetings(&*desk.repo, change.latest(), on.latest()).said()?;
    let mut without = Vec::new();
    for (stage, line) in &snapshot.state.lines {
        if line.receipts.holds(upper) && line.receipts.holds(lower) {
            let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
            let gone = BTreeSet::from([lower]);
            let closure = closure::plain_closure(snapshot.composer(&*desk.repo), whole, &gone).said()?;
            let conflicts = closure.dependents.into_iter().find(|(ix, _)| *ix == upper).map(|(_, conflicts)| conflicts);
            let files = conflicts.iter().flatten().map(|conflict| conflict.path.to_string()).collect();
            without.push(Without { stage: stage.to_string(), goes: conflicts.is_none(), files });
        }
    }
    Ok(Builds {
        change: change.key.to_string(),
        on: on.key.to_string(),
        declared: closure::dependencies(snapshot, &change.key).contains(&on.key),
        meets: meets.into_iter().map(meeting).collect(),
        without,
    })
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
