//! Whether what a validation said of a promotion still holds (`SPEC P15`). It is worked out from what the validation
//! depends on whenever somebody looks, and never stored.

use crate::ledger::snapshot::Snapshot;
use crate::records::change::Change;
use crate::records::promotion::{Promotion, PromotionStatus};
use crate::records::receipt::ChangeIx;
use crate::records::validation::{About, Ground, Validation};
use crate::words::names::{AreaName, ChangeKey, StageName};
use std::collections::BTreeSet;

/// The word for a draft that was validated, would go, and on which nothing that counts has changed since (`SPEC P4`).
const VALIDATED: &str = "validated";

/// A validation beside what has changed since.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing<'a> {
    /// What was said.
    pub validation: &'a Validation,
    /// What has changed since, in the order of what it depends on; nothing while it holds.
    pub moved: Vec<About>,
}

/// The word for where a promotion stands.
pub fn status(snapshot: &Snapshot<'_>, promotion: &Promotion) -> &'static str {
    let holds = |standing: Standing<'_>| standing.moved.is_empty() && standing.validation.goes();
    match promotion.status {
        PromotionStatus::Draft if standing(snapshot, promotion).is_some_and(holds) => VALIDATED,
        status => status.as_str(),
    }
}

/// How the validation of a promotion stands; `None` where there is none, or the promotion has come to its end.
pub fn standing<'a>(snapshot: &Snapshot<'_>, promotion: &'a Promotion) -> Option<Standing<'a>> {
    let validation = promotion.validation.as_deref().filter(|_| promotion.can_run())?;
    let stood = |ground: &&Ground| stands(snapshot, promotion, &ground.about) != ground.stood;
    let moved = validation.grounds.iter().filter(stood).map(|ground| ground.about.clone()).collect();
    Some(Standing { validation, moved })
}

/// What the run of a promotion meets beside its own record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Met {
    /// The stages of its way, and its source.
    pub stages: BTreeSet<StageName>,
    /// The changes that it carries, or would take along.
    pub changes: BTreeSet<ChangeKey>,
    /// The areas that it deploys to.
    pub areas: BTreeSet<AreaName>,
}

/// What a promotion that meets all that depends on, as it stands now.
pub fn grounds(snapshot: &Snapshot<'_>, promotion: &Promotion, met: &Met) -> Vec<Ground> {
    // What a stage has not passed on shows in what the next ones hold.
    let above = met.stages.iter().filter_map(|name| snapshot.pipeline.stage(name)).flat_map(|stage| &stage.next);
    let stages: BTreeSet<&StageName> = met.stages.iter().chain(above).collect();
    let about = [About::Configuration]
        .into_iter()
        .chain(stages.into_iter().cloned().map(About::Stage))
        .chain(met.changes.iter().cloned().map(About::Change))
        .chain(met.areas.iter().cloned().map(About::Area))
        .chain([About::OtherPromotions, About::Resolutions]);
    about.map(|about| Ground { stood: stands(snapshot, promotion, &about), about }).collect()
}

/// How something stands now, in words that are equal as long as nothing about it that counts has changed.
fn stands(snapshot: &Snapshot<'_>, promotion: &Promotion, about: &About) -> String {
    let state = snapshot.state;
    match about {
        About::Configuration => state.configuration.as_ref().map(|known| known.hash.clone()).unwrap_or_default(),
        About::Stage(name) => stage_stands(snapshot, name),
        About::Change(key) => state.change(key).map(|found| change_stands(snapshot, found)).unwrap_or_default(),
        About::Area(name) => area_stands(snapshot, name),
        About::OtherPromotions => others(snapshot, promotion),
        About::Resolutions => state.resolutions.head.map(|head| head.to_string()).unwrap_or_default(),
    }
}

fn stage_stands(snapshot: &Snapshot<'_>, name: &StageName) -> String {
    let head = snapshot.state.lines.get(name).map(|line| line.head.to_string()).unwrap_or_default();
    let frozen = snapshot.pipeline.stage(name).and_then(|stage| stage.frozen_at(snapshot.now));
    match frozen {
        Some(window) => format!("{head} frozen {} {}", window.from.0, window.to.0),
        None => head,
    }
}

fn area_stands(snapshot: &Snapshot<'_>, name: &AreaName) -> String {
    let line = snapshot.state.area(name);
    let number = line.current().map(|version| version.number.to_string()).unwrap_or_default();
    let hold = |ix: &ChangeIx| format!(" holds back {}", snapshot.state.key(*ix));
    number + &line.on_hold.iter().map(hold).collect::<String>()
}

fn change_stands(snapshot: &Snapshot<'_>, (ix, change): (ChangeIx, &Change)) -> String {
    let revision = change.latest();
    let mut says = vec![format!("revision {}", revision.number)];
    says.extend(revision.depends_on.iter().map(|key| format!("on {key}")));
    says.extend(revision.attested.iter().map(|one| format!("{} by {}", one.kind.as_str(), one.by)));
    says.extend(snapshot.held_at(ix).map(|(stage, held)| format!("{} at {}", held, stage.name)));
    says.extend(change.excluded.is_some().then(|| "excluded".to_owned()));
    says.extend(change.ignored.iter().map(|(stage, _)| format!("ignored at {stage}")));
    says.extend(change.tasks.iter().map(|task| format!("task {} done {}", task.number, task.done.len())));
    let facts = &change.facts;
    let project = facts.project.as_deref().unwrap_or_default();
    let parent = facts.parent.as_ref().map(ToString::to_string).unwrap_or_default();
    let children = snapshot.state.descendants(&change.key).len();
    says.push(format!("called {} of {project} part of {parent} with {children}", facts.title));
    says.join("\n")
}

/// Promotions that wait to move something of this one's changes.
fn others(snapshot: &Snapshot<'_>, promotion: &Promotion) -> String {
    let carries = |key: &ChangeKey| promotion.carried().any(|mine| mine.change == *key);
    let shares = |other: &&Promotion| other.carried().any(|one| carries(&one.change));
    let waits = |other: &&Promotion| other.id != promotion.id && other.status.is_open();
    let open = snapshot.state.open_promotions().filter(waits).filter(shares);
    let told: Vec<_> = open.map(|other| format!("{} {}", other.id, other.status.as_str())).collect();
    told.join(" ")
}
