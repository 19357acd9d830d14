//! What an entry is told as.

use crate::ledger::entry::Event;
use crate::ledger::state::State;
use crate::notices::who_works_there::who_works_there;
use crate::pipeline::Pipeline;
use crate::records::demotion::Demoted;
use crate::records::deployment::{Deployment, DeploymentKind, DeploymentStatus};
use crate::records::notice::{Notice, NoticeKind, Subject};
use crate::records::promotion::{Direction, MoveStatus, Promotion, PromotionStatus};
use crate::records::version::{VersionFact, VersionKind};
use crate::words::names::{AreaName, ChangeKey, OperationId, StageName, Time, UserName};

/// An entry that is about to be appended.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// What the configuration in force afterwards says.
    pub pipeline: &'a Pipeline,
    /// The state before it.
    pub before: &'a State,
    /// The state that it leads to.
    pub after: &'a State,
    /// Its facts.
    pub events: &'a [Event],
    /// What was decided, in one sentence.
    pub says: &'a str,
    /// Who.
    pub by: &'a UserName,
    /// When.
    pub at: Time,
}

/// What people are told of an entry, in the order of its facts; nothing of one that moves, makes and ends nothing.
pub fn of_entry(told: Told<'_>) -> Vec<Notice> {
    let mut notices: Vec<Notice> = told.events.iter().flat_map(|event| of_event(told, event)).collect();
    notices.extend(completed(told));
    notices
}

fn of_event(told: Told<'_>, event: &Event) -> Vec<Notice> {
    match event {
        Event::Promotion(promotion) => of_promotion(told, promotion),
        Event::Demoted { demotion, demoted, .. } => vec![of_demotion(told, *demotion, demoted)],
        Event::VersionMade { area, version } => of_version(told, (area, version)).into_iter().collect(),
        Event::DeploymentEnded { deployment, status: DeploymentStatus::Failed { message, .. } } => {
            told.after.deployment(*deployment).map(|known| of_failure(told, (known, message))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

impl Told<'_> {
    fn notice(&self, kind: NoticeKind, says: String, subject: Subject) -> Notice {
        Notice { kind, says, by: Some(self.by.clone()), subject, owners: Vec::new() }
    }

    fn stage_of(&self, area: &AreaName) -> Option<StageName> {
        self.pipeline.area(area).map(|area| area.stage.clone())
    }
}

/// A record is told of when it comes to another standing, not whenever it is written.
fn of_promotion(told: Told<'_>, promotion: &Promotion) -> Vec<Notice> {
    use PromotionStatus::{Conflicted, Failed};
    let was = told.before.promotion(promotion.id).map(|known| known.status);
    let now = promotion.status;
    let subject = |changes: Vec<ChangeKey>| Subject {
        operation: Some(promotion.id),
        stage: Some(promotion.destination.clone()),
        source: Some(promotion.source.clone()),
        changes,
        ..Subject::default()
    };
    let of = |status: MoveStatus| {
        let some = promotion.changes.iter().filter(move |one| one.status == status);
        some.map(|one| one.change.clone()).collect::<Vec<_>>()
    };
    let says = || told.says.to_owned();
    if now.has_moved() && !was.is_some_and(PromotionStatus::has_moved) {
        let mut all = vec![told.notice(NoticeKind::Promotion, says(), subject(of(MoveStatus::Moved)))];
        if promotion.direction == Direction::Back {
            all.push(arrived(told, promotion, subject(of(MoveStatus::Moved))));
        }
        return all;
    }
    match now {
        Conflicted if was != Some(Conflicted) => {
            vec![told.notice(NoticeKind::Conflict, says(), subject(of(MoveStatus::Conflicted)))]
        }
        Failed if was != Some(Failed) => {
            let carried = promotion.carried().map(|one| one.change.clone()).collect();
            vec![told.notice(NoticeKind::PromotionFailed, says(), subject(carried))]
        }
        _ => Vec::new(),
    }
}

fn arrived(told: Told<'_>, promotion: &Promotion, subject: Subject) -> Notice {
    let (stage, source, changes) = (&promotion.destination, &promotion.source, &subject.changes);
    let owners = who_works_there((told.pipeline, told.after), stage, (changes, told.at));
    let says = format!("{} arrived at {stage} from {source}: {}", named(changes), update());
    Notice { owners, ..told.notice(NoticeKind::Arrived, says, subject) }
}

fn update() -> &'static str {
    "bring your work up to date with it"
}

fn of_demotion(told: Told<'_>, id: OperationId, demoted: &[Demoted]) -> Notice {
    let subject = Subject {
        operation: Some(id),
        stage: demoted.first().map(|one| one.from.clone()),
        changes: demoted.iter().map(|one| one.change.clone()).collect(),
        ..Subject::default()
    };
    told.notice(NoticeKind::Demotion, told.says.to_owned(), subject)
}

/// The baseline before the first deployment is a part of that.
fn of_version(told: Told<'_>, (area, version): (&AreaName, &VersionFact)) -> Option<Notice> {
    let asked = told.after.deployment(version.deployment)?;
    if version.kind == VersionKind::Baseline && asked.kind != DeploymentKind::Populate {
        return None;
    }
    let (id, number) = (asked.id, version.number);
    let (kind, says) = match takes_back(&asked.kind) {
        true => {
            (NoticeKind::Rollback, format!("{id} rolled {} back in {area}, which is at version {number}", held(asked)))
        }
        false => (NoticeKind::Deployment, format!("{id} made version {number} of {area}{}", with(asked))),
    };
    Some(told.notice(kind, says, in_area(told, asked)))
}

fn of_failure(told: Told<'_>, (asked, message): (&Deployment, &str)) -> Notice {
    let (id, area) = (asked.id, &asked.area);
    let (kind, what) = match takes_back(&asked.kind) {
        true => (NoticeKind::RollbackFailed, "rolled nothing back in"),
        false => (NoticeKind::DeploymentFailed, "deployed nothing to"),
    };
    told.notice(kind, format!("{id} {what} {area}, which is as it was: {message}"), in_area(told, asked))
}

fn takes_back(kind: &DeploymentKind) -> bool {
    match kind {
        DeploymentKind::Rollback { .. } | DeploymentKind::Remove | DeploymentKind::Rewrite => true,
        DeploymentKind::Populate
        | DeploymentKind::Deploy
        | DeploymentKind::Repair
        | DeploymentKind::Adopt
        | DeploymentKind::Move => false,
    }
}

fn in_area(told: Told<'_>, asked: &Deployment) -> Subject {
    Subject {
        operation: Some(asked.id),
        stage: told.stage_of(&asked.area),
        area: Some(asked.area.clone()),
        changes: asked.changes.iter().map(|(change, _)| change.clone()).collect(),
        ..Subject::default()
    }
}

fn held(asked: &Deployment) -> String {
    let changes: Vec<_> = asked.changes.iter().map(|(change, _)| change.clone()).collect();
    if changes.is_empty() { "a deployment".to_owned() } else { named(&changes) }
}

fn with(asked: &Deployment) -> String {
    let changes: Vec<_> = asked.changes.iter().map(|(change, _)| change.clone()).collect();
    if changes.is_empty() { String::new() } else { format!(" with {}", named(&changes)) }
}

/// How many changes are named in a sentence.
const NAMED: usize = 8;

/// Changes by name, as far as a sentence bears it.
pub(super) fn named(changes: &[ChangeKey]) -> String {
    let names: Vec<_> = changes.iter().take(NAMED).map(ChangeKey::as_str).collect();
    match changes.len() {
        0 => "nothing".to_owned(),
        all if all > NAMED => format!("{} and {} more", names.join(", "), all - NAMED),
        _ => names.join(", "),
    }
}

/// Promotions whose last deployment ended with this entry, where somebody asked to be told (`SPEC P4`).
fn completed(told: Told<'_>) -> Vec<Notice> {
    let ended = told.events.iter().filter_map(|event| match event {
        Event::DeploymentEnded { deployment, .. } => Some(*deployment),
        Event::VersionMade { version, .. } => Some(version.deployment),
        _ => None,
    });
    let mut operations: Vec<OperationId> =
        ended.filter_map(|id| told.after.deployment(id)).map(|known| known.operation).collect();
    operations.sort_unstable();
    operations.dedup();
    let promotions = operations.into_iter().filter_map(|id| told.after.promotion(id));
    promotions.filter(|promotion| promotion.options.email_on_complete).filter_map(|one| complete(told, one)).collect()
}

fn complete(told: Told<'_>, promotion: &Promotion) -> Option<Notice> {
    let was = told.before.promotion(promotion.id).map(|known| known.status);
    let how = match promotion.status {
        PromotionStatus::Completed => "is complete",
        PromotionStatus::CompletedWithErrors => "is complete, but not everything was deployed",
        _ => return None,
    };
    if was == Some(promotion.status) {
        return None;
    }
    let subject = Subject {
        operation: Some(promotion.id),
        stage: Some(promotion.destination.clone()),
        source: Some(promotion.source.clone()),
        changes: promotion.carried().map(|one| one.change.clone()).collect(),
        ..Subject::default()
    };
    let says =
        format!("the deployment of {} to {} {how}: {}", promotion.id, promotion.destination, named(&subject.changes));
    let owners = vec![promotion.owner.clone()];
    Some(Notice { owners, ..told.notice(NoticeKind::DeploymentComplete, says, subject) })
}
