//! `where`: which stage holds which change.

use crate::failure::Said;
use crate::page::{Order, Page};
use crate::parse::keys;
use crate::views::standing::standings;
use switchback_api::Failure;
use switchback_api::verbs::where_is::{Located, WhereRequest, Whereabouts};
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::records::receipt::ChangeIx;
use switchback_engine::desk::Desk;

/// Tells where changes are; all of them when none is named.
pub fn where_is(desk: &Desk<'_>, request: WhereRequest) -> Result<Whereabouts, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let page = Page::of("where", request.limit, request.cursor.as_deref())?;
    let changes: Vec<ChangeIx> = match request.change.is_empty() {
        true => (0..state.changes.len() as u32).map(ChangeIx).collect(),
        false => {
            let found = keys(&request.change).into_iter().map(|key| snapshot.change(&key).map(|(ix, _)| ix));
            found.collect::<Result<Vec<_>, _>>().said()?
        }
    };
    // Those that are named are told in the order in which they are: a page is so many of them.
    let (changes, next) = page.cut(changes.into_iter().enumerate(), Order::ByKey, |(at, _)| *at);
    Ok(Whereabouts {
        stages: snapshot.pipeline.stages().iter().map(|stage| stage.name.to_string()).collect(),
        changes: changes.into_iter().map(|(_, ix)| located(&snapshot, ix)).collect(),
        next,
    })
}

fn located(snapshot: &Snapshot<'_>, ix: ChangeIx) -> Located {
    let change = snapshot.state.at(ix);
    Located {
        key: change.key.to_string(),
        title: change.facts.title.clone(),
        revision: change.latest().number.0,
        excluded: change.excluded.is_some(),
        stages: standings(snapshot, ix),
    }
}
