//! `why CHANGE STAGE`: the deciding facts, in order (`SPEC H5`). `why CHANGE CHANGE`: how they build on one another.

use crate::failure::Said;
use crate::parse::written;
use crate::views::builds;
use crate::views::reason::reason;
use switchback_api::Failure;
use switchback_api::verbs::why::{Fact, Why, WhyRequest};
use switchback_core::ledger::entry::{Entry, Event};
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::moving::verdict::{FreezeRule, Judge, Route};
use switchback_core::records::promotion::Direction;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::{ChangeKey, Seq, StageName};
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
    let latest = change.latest().number;
    let (word, says) = match held {
        Some(held) if held < latest => {
            ("outdated", format!("{stage} holds {key} at revision {held}; revision {latest} exists"))
        }
        Some(held) => ("current", format!("{stage} holds {key} at revision {held}, the newest")),
        None => ("absent", format!("{stage} does not hold {key}")),
    };
    let reasons = match held {
        Some(held) if held == latest => Vec::new(),
        _ => keeps_back(desk, &snapshot, (ix, &stage))?,
    };
    Ok(Why {
        change: key.to_string(),
        stage: stage.to_string(),
        state: word.to_owned(),
        revision: held.map(|held| held.0),
        says,
        facts: facts(desk, &key, &stage)?,
        reasons,
        ..Why::default()
    })
}

/// What keeps a change from arriving from a stage next to this one that holds it.
fn keeps_back(
    desk: &Desk<'_>,
    snapshot: &Snapshot<'_>,
    what: (ChangeIx, &StageName),
) -> Result<Vec<switchback_api::Reason>, Failure> {
    let (ix, destination) = what;
    let holds = |name: &StageName| snapshot.state.lines.get(name).is_some_and(|line| line.receipts.holds(ix));
    let below = snapshot.pipeline.below(destination).into_iter().map(|stage| (&stage.name, Direction::Forward));
    let stages = snapshot.pipeline.stages().iter().map(|stage| &stage.name);
    let above = stages.filter(|name| snapshot.pipeline.higher(name, destination)).map(|name| (name, Direction::Back));
    let Some((source, direction)) = below.chain(above).find(|(name, _)| holds(name)) else {
        let message = format!("no stage below or above {destination} holds it");
        return Ok(vec![switchback_api::Reason { code: "not-in-source".to_owned(), message, blocks: true }]);
    };
    let freeze = FreezeRule::Holds;
    let route = Route { direction, source, destination, along: &[], asking: None, freeze };
    let Some(mut judge) = Judge::new(*snapshot, &*desk.repo, route) else { return Ok(Vec::new()) };
    let verdict = judge.judge(ix).said()?;
    Ok(verdict.reasons.iter().map(reason).collect())
}

fn facts(desk: &Desk<'_>, key: &ChangeKey, stage: &StageName) -> Result<Vec<Fact>, Failure> {
    let mut facts = Vec::new();
    for entry in desk.entries(Seq(0), usize::MAX).said()? {
        let said = entry.body.events.iter().filter_map(|event| sentence(event, key, stage));
        let said: Vec<_> = said.collect();
        facts.extend(said.into_iter().map(|says| fact(desk, &entry, says)));
    }
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

/// What an event says about a change at a stage; `None` when it does not concern them.
fn sentence(event: &Event, key: &ChangeKey, at: &StageName) -> Option<String> {
    match event {
        Event::Recorded { change, revision, origin, .. } if change == key => {
            let origin = origin.as_ref().map(|stage| format!(", originating at {stage}")).unwrap_or_default();
            Some(format!("revision {} was recorded{origin}", revision.number))
        }
        Event::Attested { change, revision, kind } if change == key => {
            Some(format!("revision {revision} was {}", kind.as_str()))
        }
        Event::Excluded { change, reason } if change == key => Some(format!("it was excluded: {reason}")),
        Event::Included { change } if change == key => Some("it was included again".to_owned()),
        Event::Ignored { change, stage, reason } if change == key && stage == at => {
            Some(format!("it was ignored at {stage}: {reason}"))
        }
        Event::Noticed { change, stage } if change == key && stage == at => {
            Some(format!("it is noticed at {stage} again"))
        }
        Event::Applied { stage, item, .. } if item.change == *key && stage == at => {
            Some(format!("revision {} was applied to {stage} by commit {}", item.revision, item.commit.0.short()))
        }
        Event::Removed { stage, change, commit, .. } if change == key && stage == at => {
            Some(format!("it was removed from {stage} by commit {}", commit.0.short()))
        }
        Event::StageAdopted { stage, items, .. } | Event::CommitsAdopted { stage, items, .. } if stage == at => {
            let mine = items.iter().find(|item| item.change == *key)?;
            Some(format!("it was found on the branch of {stage}, commit {}", mine.commit.0.short()))
        }
        Event::Promotion(promotion) if promotion.destination == *at => {
            let chosen = promotion.changes.iter().find(|chosen| chosen.change == *key)?;
            Some(format!(
                "{} to {at} is {}: the change is {}",
                promotion.id,
                promotion.status.as_str(),
                chosen.status.as_str()
            ))
        }
        _ => None,
    }
}
