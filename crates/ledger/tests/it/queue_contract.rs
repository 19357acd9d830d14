//! What every ledger's queue must do (`SPEC A8`, `A9`), whichever database it lives in.

use super::ledger_contract::{Open, Part, record};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;
use switchback_core::ports::ledger::Append;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::ledger::Renewal;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::records::job::Job;
use switchback_core::records::job::JobChange;
use switchback_core::records::job::JobState;
use switchback_core::words::names::{AreaName, OperationId, OperationKind, Seq, Time};

/// The contract on the queue, by name.
pub const CONTRACT: &[(&str, Part)] = &[
    ("an entry and its jobs stand together", an_entry_and_its_jobs_stand_together),
    ("workers share jobs", workers_share_jobs),
    ("an area runs one job at a time in order", an_area_runs_one_job_at_a_time_in_order),
    ("a job waits for its time", a_job_waits_for_its_time),
    ("sequence numbers wait for each other", sequence_numbers_wait_for_each_other),
    ("a failed sequence holds nobody else up", a_failed_sequence_holds_nobody_else_up),
    ("an older job of another sequence is not overtaken", an_older_waiting_job_is_not_overtaken),
    ("cancel and retry", cancel_and_retry),
    ("an ended lease is taken over and fenced", an_ended_lease_is_taken_over_and_fenced),
    ("a renewed lease is not taken over", a_renewed_lease_is_not_taken_over),
    ("an interrupted job goes before a retried one", an_interrupted_job_goes_before_a_retried_one),
    ("jobs go along with their area", jobs_go_along_with_their_area),
    ("dead workers are released", dead_workers_are_released),
    ("a worker may ask for some jobs only", a_worker_may_ask_for_some_jobs_only),
];

pub fn deployment(number: u32) -> OperationId {
    OperationId { kind: OperationKind::Deployment, number }
}

pub fn job(area: &str, number: u32) -> Job {
    Job {
        id: 0,
        area: AreaName::new(area),
        deployment: deployment(number),
        operation: OperationId { kind: OperationKind::Demotion, number: 2 },
        group: format!("group-{number}"),
        sequence: 1,
        body: format!("{{\"number\":{number}}}"),
        state: JobState::Queued,
        run_at: Time(100),
        attempts: 0,
        token: 0,
        worker: String::new(),
        lease_until: Time(0),
        outcome: String::new(),
        called_off: String::new(),
    }
}

pub fn in_group(area: &str, number: u32, sequence: u32) -> Job {
    Job { group: "M-2".into(), sequence, ..job(area, number) }
}

/// Queues jobs, oldest first; their numbers.
pub fn enqueue(ledger: &dyn Ledger, jobs: Vec<Job>) -> Vec<u64> {
    let count = jobs.len();
    let changes: Vec<_> = jobs.into_iter().map(|job| JobChange::Enqueue(Box::new(job))).collect();
    assert!(ledger.change_jobs(&changes).unwrap());
    let mut ids: Vec<u64> = ledger.jobs(count).unwrap().iter().map(|job| job.id).collect();
    ids.reverse();
    ids
}

pub fn lease_at(ledger: &dyn Ledger, now: i64) -> Option<Job> {
    ledger.lease("host:1:1", Time(now), Time(now + 10), None).unwrap()
}

pub fn finish(job: &Job, state: JobState) -> JobChange {
    JobChange::Finish { id: job.id, token: job.token, state, outcome: "{\"ok\":1}".into() }
}

pub fn end(ledger: &dyn Ledger, job: &Job, state: JobState) {
    assert!(ledger.change_jobs(&[finish(job, state)]).unwrap(), "job {} was fenced", job.id);
}

pub fn state_of(ledger: &dyn Ledger, id: u64) -> JobState {
    ledger.job(id).unwrap().unwrap().state
}

fn an_entry_and_its_jobs_stand_together(open: &Open<'_>) {
    let ledger = open();
    let add = |number| JobChange::Enqueue(Box::new(job("qa-web", number)));
    let lost = ledger.append(Seq(4), record("lost"), &[add(1)], None).unwrap();
    assert_eq!((lost, ledger.jobs(9).unwrap().len()), (Append::Lost(Seq(0)), 0));
    assert!(matches!(ledger.append(Seq(0), record("one"), &[add(1)], None).unwrap(), Append::Done(_)));
    let queued = &ledger.jobs(9).unwrap()[0];
    let expected = Job { id: queued.id, ..job("qa-web", 1) };
    assert_eq!(*queued, expected, "a new job is stored as it was given");
    let running = lease_at(&*ledger, 100).unwrap();
    let stale = JobChange::Finish {
        id: running.id,
        token: running.token + 1,
        state: JobState::Succeeded,
        outcome: String::new(),
    };
    assert_eq!(ledger.append(Seq(1), record("fenced"), &[add(2), stale], None).unwrap(), Append::Fenced);
    assert_eq!((ledger.head().unwrap().0, ledger.jobs(9).unwrap().len()), (Seq(1), 1), "nothing was written");
    let done = ledger.append(Seq(1), record("done"), &[finish(&running, JobState::Succeeded)], None).unwrap();
    assert!(matches!(done, Append::Done(StoredEntry { seq: Seq(2), .. })));
    let ended = ledger.job(running.id).unwrap().unwrap();
    assert_eq!((ended.state, ended.outcome.as_str(), ended.worker.as_str()), (JobState::Succeeded, "{\"ok\":1}", ""));
    let twice = ledger.append(Seq(2), record("twice"), &[finish(&running, JobState::Failed)], None).unwrap();
    assert_eq!(twice, Append::Fenced, "a job ends once");
}

/// What the workers of a test have seen.
#[derive(Default)]
struct Seen {
    busy: BTreeSet<AreaName>,
    done: Vec<(AreaName, u64)>,
}

/// Works until all jobs are done. A job that is not ready waits for one that another worker holds, so it asks again.
/// A failed assertion poisons the lock, which stops the others too.
fn work(ledger: &dyn Ledger, name: &str, seen: &Mutex<Seen>) {
    while seen.lock().unwrap().done.len() < 500 {
        let Some(job) = ledger.lease(name, Time(100), Time(1000), None).unwrap() else { continue };
        {
            let mut seen = seen.lock().unwrap();
            assert!(seen.busy.insert(job.area.clone()), "two jobs at once in {}", job.area);
            assert_eq!((job.worker.as_str(), job.attempts), (name, 1));
        }
        thread::yield_now();
        let mut seen = seen.lock().unwrap();
        seen.busy.remove(&job.area);
        end(ledger, &job, JobState::Succeeded);
        seen.done.push((job.area, job.id));
    }
}

fn workers_share_jobs(open: &Open<'_>) {
    let ledger = open();
    enqueue(&*ledger, (0..500).map(|number| job(&format!("area-{}", number % 50), number + 1)).collect());
    let seen = Mutex::new(Seen::default());
    thread::scope(|scope| {
        for worker in 0..4 {
            let seen = &seen;
            scope.spawn(move || work(&*open(), &format!("host:{worker}:1"), seen));
        }
    });
    let done = seen.into_inner().unwrap().done;
    let ids: BTreeSet<_> = done.iter().map(|(_, id)| *id).collect();
    assert_eq!((done.len(), ids.len()), (500, 500), "each exactly once");
    for area in 0..50 {
        let name = AreaName::new(format!("area-{area}"));
        let order: Vec<_> = done.iter().filter(|(area, _)| *area == name).map(|(_, id)| *id).collect();
        assert!(order.is_sorted(), "{name} ran its jobs in the order {order:?}");
    }
    assert!(ledger.jobs(600).unwrap().iter().all(|job| job.state == JobState::Succeeded));
}

fn an_area_runs_one_job_at_a_time_in_order(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("web", 1), job("web", 2), job("api", 3)]);
    let web = lease_at(&*ledger, 100).unwrap();
    let api = lease_at(&*ledger, 100).unwrap();
    assert_eq!((web.id, api.id), (ids[0], ids[2]), "the second job of the area waits for the first");
    assert_eq!((web.state, web.attempts, web.lease_until), (JobState::Running, 1, Time(110)));
    assert_eq!(lease_at(&*ledger, 100), None);
    end(&*ledger, &web, JobState::Failed);
    assert_eq!(lease_at(&*ledger, 100).unwrap().id, ids[1], "a failed job frees its area");
}

fn a_job_waits_for_its_time(open: &Open<'_>) {
    let ledger = open();
    let later = Job { run_at: Time(500), ..job("web", 1) };
    let ids = enqueue(&*ledger, vec![later, job("web", 2)]);
    assert_eq!(lease_at(&*ledger, 99), None);
    let now = lease_at(&*ledger, 100).unwrap();
    assert_eq!(now.id, ids[1], "a job planned for later does not hold its area up");
    end(&*ledger, &now, JobState::Succeeded);
    assert_eq!(lease_at(&*ledger, 499), None);
    assert_eq!(lease_at(&*ledger, 500).unwrap().id, ids[0]);
}

fn sequence_numbers_wait_for_each_other(open: &Open<'_>) {
    let ledger = open();
    let ids =
        enqueue(&*ledger, vec![in_group("a", 1, 1), in_group("b", 2, 1), in_group("c", 3, 2), in_group("d", 4, 3)]);
    let (a, b) = (lease_at(&*ledger, 100).unwrap(), lease_at(&*ledger, 100).unwrap());
    assert_eq!((a.id, b.id), (ids[0], ids[1]), "the same number runs side by side");
    assert_eq!(lease_at(&*ledger, 100), None);
    end(&*ledger, &a, JobState::Succeeded);
    assert_eq!(lease_at(&*ledger, 100), None, "all of the smaller number must have succeeded");
    end(&*ledger, &b, JobState::Succeeded);
    let c = lease_at(&*ledger, 100).unwrap();
    assert_eq!(c.id, ids[2]);
    let above = JobChange::CancelAbove { group: "M-2".into(), sequence: 2, outcome: "{\"why\":3}".into() };
    assert!(ledger.change_jobs(&[finish(&c, JobState::Failed), above]).unwrap());
    let d = ledger.job(ids[3]).unwrap().unwrap();
    assert_eq!((d.state, d.outcome.as_str()), (JobState::Cancelled, "{\"why\":3}"));
    assert_eq!(state_of(&*ledger, ids[2]), JobState::Failed, "the number itself is not above");
    assert_eq!(lease_at(&*ledger, 100), None);
}

fn a_failed_sequence_holds_nobody_else_up(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![in_group("a", 1, 1), in_group("b", 2, 2), job("b", 3)]);
    let first = lease_at(&*ledger, 100).unwrap();
    end(&*ledger, &first, JobState::Failed);
    assert_eq!(lease_at(&*ledger, 100).unwrap().id, ids[2], "a job whose group failed will not run");
    assert_eq!(state_of(&*ledger, ids[1]), JobState::Cancelled);
}

fn an_older_waiting_job_is_not_overtaken(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![in_group("a", 1, 1), in_group("b", 2, 2), job("b", 3)]);
    let first = lease_at(&*ledger, 100).unwrap();
    assert_eq!(lease_at(&*ledger, 100), None, "the younger job would overtake one that waits for its group");
    end(&*ledger, &first, JobState::Succeeded);
    assert_eq!(lease_at(&*ledger, 100).unwrap().id, ids[1]);
}

fn cancel_and_retry(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("web", 1), job("web", 2)]);
    let running = lease_at(&*ledger, 100).unwrap();
    let cancel = |id| JobChange::Cancel { id, outcome: "{\"by\":\"ann\"}".into() };
    let retry = |id| JobChange::Retry { id, run_at: Time(200) };
    for taken in [ids[0], 999] {
        assert!(!ledger.change_jobs(&[cancel(ids[1]), cancel(taken)]).unwrap(), "only a queued job is cancelled");
        assert_eq!(state_of(&*ledger, ids[1]), JobState::Queued, "nothing was written");
    }
    assert!(ledger.change_jobs(&[cancel(ids[1]), retry(ids[0]), retry(999)]).unwrap());
    assert_eq!(state_of(&*ledger, ids[0]), JobState::Running, "a running job is not retried");
    assert_eq!(state_of(&*ledger, ids[1]), JobState::Cancelled);
    end(&*ledger, &running, JobState::Failed);
    assert_eq!(lease_at(&*ledger, 100), None);
    assert!(ledger.change_jobs(&[retry(ids[0]), retry(ids[1])]).unwrap());
    assert_eq!(lease_at(&*ledger, 199), None, "a retry waits for its time");
    let again = lease_at(&*ledger, 200).unwrap();
    assert_eq!((again.id, again.attempts, again.outcome.as_str()), (ids[0], 2, ""));
    assert!(again.token > running.token);
    assert!(!ledger.change_jobs(&[finish(&running, JobState::Succeeded)]).unwrap(), "the first lease is over");
    end(&*ledger, &again, JobState::Succeeded);
    assert!(ledger.change_jobs(&[retry(ids[0])]).unwrap());
    assert_eq!(state_of(&*ledger, ids[0]), JobState::Succeeded, "what succeeded is not retried");
}

fn an_ended_lease_is_taken_over_and_fenced(open: &Open<'_>) {
    let (one, two) = (open(), open());
    let ids = enqueue(&*one, vec![job("web", 1), job("web", 2)]);
    let first = one.lease("host:1:1", Time(100), Time(150), None).unwrap().unwrap();
    assert_eq!(two.lease("host:2:1", Time(150), Time(200), None).unwrap(), None, "the lease still holds");
    let second = two.lease("host:2:1", Time(151), Time(200), None).unwrap().unwrap();
    assert_eq!((second.id, second.attempts, second.worker.as_str()), (ids[0], 2, "host:2:1"));
    assert!(second.token > first.token);
    assert!(one.renew(first.held(), Time(900)).unwrap() == Renewal::Lost);
    let late = one.append(Seq(0), record("late"), &[finish(&first, JobState::Succeeded)], None).unwrap();
    assert_eq!((late, one.head().unwrap().0), (Append::Fenced, Seq(0)));
    end(&*two, &second, JobState::Succeeded);
    assert_eq!(lease_at(&*one, 160).unwrap().id, ids[1]);
}

fn a_renewed_lease_is_not_taken_over(open: &Open<'_>) {
    let ledger = open();
    enqueue(&*ledger, vec![job("web", 1)]);
    let held = lease_at(&*ledger, 100).unwrap();
    assert!(ledger.renew(held.held(), Time(500)).unwrap() == Renewal::Held);
    assert_eq!(lease_at(&*ledger, 400), None);
    end(&*ledger, &held, JobState::Cancelled);
    assert!(ledger.renew(held.held(), Time(900)).unwrap() == Renewal::Lost, "nothing is left to prolong");
}

fn an_interrupted_job_goes_before_a_retried_one(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("web", 1), job("web", 2)]);
    let first = lease_at(&*ledger, 100).unwrap();
    end(&*ledger, &first, JobState::Failed);
    let second = lease_at(&*ledger, 100).unwrap();
    assert!(ledger.change_jobs(&[JobChange::Retry { id: first.id, run_at: Time(100) }]).unwrap());
    let resumed = lease_at(&*ledger, 200).unwrap();
    assert_eq!((resumed.id, second.id), (ids[1], ids[1]), "what was left half done is settled first");
    assert_eq!(lease_at(&*ledger, 200), None);
}

fn jobs_go_along_with_their_area(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("web", 1), job("api", 2)]);
    let first = lease_at(&*ledger, 100).unwrap();
    end(&*ledger, &first, JobState::Failed);
    let rename = |from: &str, to: &str| JobChange::Rename { from: from.into(), to: to.into() };
    assert!(ledger.change_jobs(&[rename("web", "web~"), rename("api", "web"), rename("web~", "api")]).unwrap());
    let areas: Vec<_> = ids.iter().map(|id| ledger.job(*id).unwrap().unwrap().area.to_string()).collect();
    assert_eq!(areas, ["api", "web"], "ended ones too");
}

fn dead_workers_are_released(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("web", 1), job("api", 2), job("web", 3)]);
    let dead = ledger.lease("host:1:1", Time(100), Time(9000), None).unwrap().unwrap();
    let alive = ledger.lease("host:2:1", Time(100), Time(9000), None).unwrap().unwrap();
    assert_eq!(ledger.release_dead(&|worker| worker == "host:1:1").unwrap(), vec![ids[0]]);
    assert_eq!(ledger.release_dead(&|_| false).unwrap(), vec![ids[0]], "it stays left until somebody takes it up");
    assert!(ledger.renew(dead.held(), Time(9999)).unwrap() == Renewal::Lost, "it was thought dead, so it is fenced");
    assert!(!ledger.change_jobs(&[finish(&dead, JobState::Succeeded)]).unwrap());
    let taken = lease_at(&*ledger, 100).unwrap();
    assert_eq!((taken.id, taken.attempts), (ids[0], 2));
    assert_eq!(lease_at(&*ledger, 100), None);
    end(&*ledger, &alive, JobState::Succeeded);
    end(&*ledger, &taken, JobState::Succeeded);
    let meant = Job { worker: "host:1:1".to_owned(), ..job("docs", 4) };
    let ids = enqueue(&*ledger, vec![meant, job("blog", 5)]);
    let left = ledger.release_dead(&|worker| worker == "host:1:1").unwrap();
    assert_eq!(left, vec![ids[0]], "what the dead one queued is left, what nobody means to run waits");
}

fn a_worker_may_ask_for_some_jobs_only(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("web", 1), job("api", 2), job("web", 3)]);
    let ask = |only: &[u64]| ledger.lease("host:1:1", Time(100), Time(110), Some(only)).unwrap();
    assert_eq!(ask(&[]), None);
    assert_eq!(ask(&[ids[2], 999]), None, "asking for it does not let it overtake");
    assert_eq!(ask(&[ids[1], ids[2]]).unwrap().id, ids[1]);
    assert_eq!(ask(&[ids[0]]).unwrap().id, ids[0]);
}
