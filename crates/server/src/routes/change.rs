//! `change list|show|edit|exclude|include|ignore|task`.

use crate::failure::Said;
use crate::operate::{Answered, finish};
use crate::page::{Order, Page};
use crate::parse::{keys, user, written};
use crate::tags::Record;
use crate::views::attested::{attested, kind};
use crate::views::standing::standings;
use crate::views::{deployment, waiting};
use crate::wait;
use switchback_api::verbs::change::{
    Change, Changes, DecideRequest, Decision as Decided, Edit, IgnoredAt, InArea, ListRequest, Listed, Remark,
    Revision, ShowRequest, Shown, Task, TaskDone,
};
use switchback_api::{Answer, Failure, Operation};
use switchback_core::ledger::state::State;
use switchback_core::ops::change::{Decision, Request, plan};
use switchback_core::records::change;
use switchback_core::records::job::PAUSED;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::{AreaName, ChangeKey, OperationId, StageName};
use switchback_engine::desk::Desk;

/// Lists changes.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Changes, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let line = match &request.stage {
        Some(name) => Some(snapshot.line(&StageName::new(name)).said()?),
        None => None,
    };
    let is = |wanted: &Option<String>, value: Option<&str>| wanted.is_none() || wanted.as_deref() == value;
    let page = Page::of("changes", request.limit, request.cursor.as_deref())?;
    let numbered = state.changes.iter().enumerate();
    let wanted = numbered.filter(|(at, change)| {
        let facts = &change.facts;
        line.is_none_or(|line| line.receipts.holds(ChangeIx(*at as u32)))
            && is(&request.project, facts.project.as_deref())
            && is(&request.release, facts.release.as_deref())
            && is(&request.owner, Some(facts.owner.as_str()))
    });
    let (found, next) = page.cut(wanted, Order::ByKey, |(at, _)| *at);
    Ok(Changes { changes: found.into_iter().map(|(_, change)| listed(change)).collect(), next })
}

fn listed(change: &change::Change) -> Listed {
    let facts = &change.facts;
    Listed {
        key: change.key.to_string(),
        title: facts.title.clone(),
        project: facts.project.clone(),
        release: facts.release.clone(),
        owner: facts.owner.to_string(),
        parent: facts.parent.as_ref().map(ToString::to_string),
        revision: change.latest().number.0,
        attested: change.latest().attested.iter().map(|attested| kind(attested.kind)).collect(),
        excluded: change.excluded.is_some(),
    }
}

/// Shows one change, whole.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    whole(desk, &*desk.look().said()?, &ChangeKey::new(&request.change))
}

/// The change that somebody decides about, as [`show`] shows it.
pub fn record(desk: &Desk<'_>, state: &State, asked: &DecideRequest) -> Result<Record, Failure> {
    match asked.changes.as_slice() {
        [one] => Record::of(one, &whole(desk, state, &ChangeKey::new(one))?),
        _ => Err(Failure::invalid("`If-Match` names one change, and this is about several")),
    }
}

fn whole(desk: &Desk<'_>, state: &State, key: &ChangeKey) -> Result<Shown, Failure> {
    let (ix, known) = desk.snapshot(state).change(key).said()?;
    let facts = listed(known);
    let change = Change {
        key: facts.key,
        title: facts.title,
        project: facts.project,
        release: facts.release,
        owner: facts.owner,
        parent: facts.parent,
        children: state.children(key).map(ToString::to_string).collect(),
        origin: known.origin.as_ref().map(ToString::to_string),
        recorded_at: written(desk, known.recorded_at),
        revisions: known.revisions.iter().map(|one| revision(desk, one)).collect(),
        excluded: known.excluded.as_ref().map(|said| remark(desk, said)),
        ignored: known.ignored.iter().map(|(stage, said)| ignored(desk, stage, said)).collect(),
        tasks: known.tasks.iter().map(|one| task(desk, one)).collect(),
        stages: standings(&desk.snapshot(state), ix),
        areas: areas(state, ix),
    };
    Ok(Shown { change })
}

fn revision(desk: &Desk<'_>, revision: &change::Revision) -> Revision {
    Revision {
        number: revision.number.0,
        base: revision.base.to_string(),
        tip: revision.tip.to_string(),
        author: format!("{} <{}>", revision.author.name, revision.author.email),
        subject: revision.subject.clone(),
        depends_on: revision.depends_on.iter().map(ToString::to_string).collect(),
        attested: revision.attested.iter().map(|one| attested(desk, one)).collect(),
        recorded_at: written(desk, revision.recorded_at),
    }
}

fn remark(desk: &Desk<'_>, remark: &change::Remark) -> Remark {
    Remark { by: remark.by.to_string(), at: written(desk, remark.at), reason: remark.reason.clone() }
}

fn ignored(desk: &Desk<'_>, stage: &StageName, said: &change::Remark) -> IgnoredAt {
    let Remark { by, at, reason } = remark(desk, said);
    IgnoredAt { stage: stage.to_string(), by, at, reason }
}

fn task(desk: &Desk<'_>, task: &change::Task) -> Task {
    let done = |done: &change::TaskDone| TaskDone {
        area: done.area.to_string(),
        revision: done.revision.0,
        by: done.by.to_string(),
        at: written(desk, done.at),
    };
    Task {
        number: task.number,
        text: task.text.clone(),
        area: task.area.as_ref().map(ToString::to_string),
        done: task.done.iter().map(done).collect(),
    }
}

/// The areas that hold a change.
pub fn areas(state: &State, ix: ChangeIx) -> Vec<InArea> {
    let holding = state.areas.iter().filter_map(|(name, area)| Some((name, area.holding(ix)?)));
    let told = holding.map(|(name, holding)| InArea {
        area: name.to_string(),
        revision: holding.revision.0,
        since: holding.since.0,
    });
    told.collect()
}

/// Records a decision about changes. A task that is done wakes what waited for it.
pub fn decide(desk: &Desk<'_>, request: DecideRequest) -> Answered {
    let decision = match request.decision {
        Decided::Edit(Edit { title, project, release, owner, parent }) => {
            let (owner, parent) = (user(&owner), parent.map(ChangeKey::new));
            Decision::Edit { title, project, release, owner, parent }
        }
        Decided::Exclude => Decision::Exclude,
        Decided::Include => Decision::Include,
        Decided::Ignore(stage) => Decision::Ignore(StageName::new(stage)),
        Decided::Notice(stage) => Decision::Notice(StageName::new(stage)),
        Decided::AddTask { text, area } => Decision::AddTask { text, area: area.map(AreaName::new) },
        Decided::DoTask { number, area } => Decision::DoTask { number, area: AreaName::new(area) },
    };
    let request = Request { changes: keys(&request.changes), decision };
    let woken = match request.decision {
        Decision::DoTask { .. } => waiting_jobs(desk)?,
        _ => Vec::new(),
    };
    let done = desk.carry_out(&request, |snapshot, _| plan(snapshot, &request));
    if done.is_ok() && !woken.is_empty() {
        wait::until_idle(desk)?;
    }
    let mut answer = finish(desk, done)?;
    if let Answer::Done(told) = &mut answer {
        told_of_woken(desk, &woken, told)?;
    }
    Ok(answer)
}

/// The deployments that wait for a person.
fn waiting_jobs(desk: &Desk<'_>) -> Result<Vec<OperationId>, Failure> {
    let open = desk.ledger.open_jobs().said()?;
    Ok(open.iter().filter(|job| job.run_at == PAUSED).map(|job| job.deployment).collect())
}

/// What became of deployments that waited: those that still do have nothing to do with the task.
fn told_of_woken(desk: &Desk<'_>, woken: &[OperationId], told: &mut Operation) -> Result<(), Failure> {
    let still = waiting_jobs(desk)?;
    let went_on: Vec<OperationId> = woken.iter().copied().filter(|id| !still.contains(id)).collect();
    let state = desk.look().said()?;
    told.deployments.extend(deployment::by_id(&state, &went_on));
    waiting::tell(desk, told)
}
