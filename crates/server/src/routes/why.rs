//! `why CHANGE STAGE`: the deciding facts, in order (`SPEC H5`). `why CHANGE CHANGE`: how they build on one another.

use crate::failure::Said;
use crate::page::{Order, Page};
use crate::parse::written;
use crate::views::builds;
use crate::views::reason::reason;
use switchback_api::Failure;
use switchback_api::verbs::why::{ChangeHistory, Fact, HistoryRequest, Why, WhyRequest};
use switchback_core::ledger::about::{About, about};
use switchback_core::ledger::entry::{Entry, Event};
use switchback_core::moving::candidates::keeps_back;
use switchback_core::ops::configure;
use switchback_core::records::change::Standing;
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_engine::desk::Desk;

/// Tells why a stage holds a change, or does not.
pub fn why(desk: &Desk<'_>, request: WhyRequest) -> Result<Why, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let (key, stage) = (ChangeKey::new(&request.change), StageName::new(&request.stage));
    let other = ChangeKey::new(&request.stage);
    if snapshot.stage(&stage).is_err() && snapshot.change(&other).is_ok() {
        return builds::told(desk, &snapshot, (&key, &other));
    }
    let (ix, change) = snapshot.change(&key).said()?;
    let line = snapshot.line(&stage).said()?;
    let held = line.receipts.revision(ix);
    let (word, says) = match held.map(|held| (held, change.standing(held))) {
        Some((held, Standing::Outdated)) => {
            let latest = change.latest().number;
            ("outdated", format!("{stage} holds {key} at revision {held}; revision {latest} exists"))
        }
        Some((held, Standing::Current)) => ("current", format!("{stage} holds {key} at revision {held}, the newest")),
        None => ("absent", format!("{stage} does not hold {key}")),
    };
    let reasons = keeps_back(&snapshot, &*desk.repo, ix, &stage).said()?;
    Ok(Why {
        change: key.to_string(),
        stage: stage.to_string(),
        state: word.to_owned(),
        revision: held.map(|held| held.0),
        says,
        facts: facts(desk, &key, &stage)?,
        reasons: reasons.iter().map(|one| reason(desk, one)).collect(),
        ..Why::default()
    })
}

/// Tells everything that happened to a change, newest first.
pub fn history(desk: &Desk<'_>, request: HistoryRequest) -> Result<ChangeHistory, Failure> {
    let state = desk.look().said()?;
    let key = ChangeKey::new(&request.change);
    desk.snapshot(&state).change(&key).said()?;
    let page = Page::of("change-history", request.limit, request.cursor.as_deref())?;
    let all = desk.entries_about(&key).said()?;
    // A configuration names no change; that a stage has another name is told where it matters.
    let found = all.iter().rev().filter(|entry| entry.kind != configure::KIND);
    let (found, next) = page.cut(found, Order::NewestFirst, |entry| entry.seq.0);
    let entries = found.into_iter().map(|entry| fact(desk, entry, entry.body.says.clone()));
    Ok(ChangeHistory { entries: entries.collect(), next })
}

fn facts(desk: &Desk<'_>, key: &ChangeKey, stage: &StageName) -> Result<Vec<Fact>, Failure> {
    let mut facts = Vec::new();
    // What happened before the stage had its name names it otherwise.
    let mut called = stage.clone();
    for entry in desk.entries_about(key).said()?.iter().rev() {
        for event in entry.body.events.iter().rev() {
            match event {
                Event::StageRenamed { from, to } if *to == called => called = from.clone(),
                event => {
                    let said = about(event, key, &called).map(|about| sentence(about, stage));
                    facts.extend(said.map(|says| fact(desk, entry, says)));
                }
            }
        }
    }
    facts.reverse();
    Ok(facts)
}

fn fact(desk: &Desk<'_>, entry: &Entry, says: String) -> Fact {
    Fact {
        seq: entry.seq.0,
        at: written(desk, entry.at),
        by: entry.actor.to_string(),
        operation: entry.body.operation.map(|id| id.to_string()),
        says,
        reason: entry.body.reason.clone(),
    }
}

fn sentence(fact: About<'_>, at: &StageName) -> String {
    match fact {
        About::Recorded(number, origin) => {
            let origin = origin.map(|stage| format!(", originating at {stage}")).unwrap_or_default();
            format!("revision {number} was recorded{origin}")
        }
        About::Attested(revision, kind) => format!("revision {revision} was {}", kind.as_str()),
        About::Withdrawn(revision, kinds) => {
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
            format!("that revision {revision} is {} was taken back", kinds.join(" and "))
        }
        About::Excluded(reason) => format!("it was excluded: {reason}"),
        About::Included => "it was included again".to_owned(),
        About::Ignored(reason) => format!("it was ignored at {at}: {reason}"),
        About::Noticed => format!("it is noticed at {at} again"),
        About::Applied(item) => {
            format!("revision {} was applied to {at} by commit {}", item.revision, item.commit.0.short())
        }
        About::Removed(commit) => format!("it was removed from {at} by commit {}", commit.0.short()),
        About::Found(item) => format!("it was found on the branch of {at}, commit {}", item.commit.0.short()),
        About::Promotion(record, chosen) => {
            let (stands, change) = (record.status.as_str(), chosen.status.as_str());
            format!("{} to {at} is {stands}: the change is {change}", record.id)
        }
    }
}
