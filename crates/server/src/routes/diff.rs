//! `diff A B`: what differs between two stages or areas, at any moment (`SPEC H2`).

use crate::failure::Said;
use crate::parse::moment;
use crate::views::files;
use std::collections::BTreeMap;
use switchback_api::Failure;
use switchback_api::verbs::diff::{ChangeDiff, Diff, DiffRequest, Side};
use switchback_core::ledger::state::State;
use switchback_core::words::names::{AreaName, ChangeKey, RevisionNo, StageName, VersionNo};
use switchback_core::words::object::TreeId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_engine::desk::Desk;

struct Named {
    tree: TreeId,
    changes: BTreeMap<ChangeKey, RevisionNo>,
}

/// Tells what differs.
pub fn diff(desk: &Desk<'_>, request: DiffRequest) -> Result<Diff, Failure> {
    let (a, b) = (named(desk, &request.a)?, named(desk, &request.b)?);
    let keys: std::collections::BTreeSet<&ChangeKey> = a.changes.keys().chain(b.changes.keys()).collect();
    let held = |side: &Named, key: &ChangeKey| side.changes.get(key).map(|revision| revision.0);
    let differing = keys.into_iter().filter(|key| held(&a, key) != held(&b, key));
    let changes = differing.map(|key| ChangeDiff { change: key.to_string(), a: held(&a, key), b: held(&b, key) });
    Ok(Diff {
        changes: changes.collect(),
        files: files::between(desk, a.tree, b.tree)?,
        a: Side { name: request.a, tree: a.tree.to_string() },
        b: Side { name: request.b, tree: b.tree.to_string() },
    })
}

/// `QA`, `QA@2026-12-01`, `QA@#12`, `qa-web`, `qa-web@7`.
fn named(desk: &Desk<'_>, text: &str) -> Result<Named, Failure> {
    let (name, at) = match text.split_once('@') {
        Some((name, at)) => (name, Some(at)),
        None => (text, None),
    };
    match desk.pipeline().area(&AreaName::new(name)) {
        Some(area) => area_at(desk, &area.name, at),
        None => stage_at(desk, &StageName::new(name), at),
    }
}

fn stage_at(desk: &Desk<'_>, name: &StageName, at: Option<&str>) -> Result<Named, Failure> {
    let state = match at {
        Some(at) => desk.look_back(moment(desk, at)?).said()?,
        None => State::clone(&*desk.look().said()?),
    };
    let line = desk.snapshot(&state).line(name).said()?;
    let held = line.receipts.iter().filter_map(|ix| Some((state.key(ix).clone(), line.receipts.revision(ix)?)));
    Ok(Named { tree: line.tree, changes: held.collect() })
}

fn area_at(desk: &Desk<'_>, name: &AreaName, at: Option<&str>) -> Result<Named, Failure> {
    let state = desk.look().said()?;
    let line = state.area(name);
    let number = match at {
        Some(at) => at.parse().map(VersionNo).ok(),
        None => line.current().map(|version| version.number),
    };
    let version = number.and_then(|number| line.version(number));
    let Some(version) = version else {
        let wanted = at.map_or_else(|| name.to_string(), |at| format!("{name}@{at}"));
        return Err(Refusal::unknown(Code::UnknownVersion, &wanted, &[])).said();
    };
    let held = line.held_at(version.number).into_iter();
    let changes = held.map(|(ix, revision)| (state.key(ix).clone(), revision)).collect();
    Ok(Named { tree: version.tree, changes })
}
