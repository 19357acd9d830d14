//! What every ledger's queue must do for who holds a job, for who calls one off, and for what has ended (`SPEC A8`,
//! `A9`).

use super::ledger_contract::{Open, Part, record};
use super::queue_contract::{deployment, end, enqueue, finish, in_group, job, lease_at, state_of};
use switchback_core::ports::ledger::Append;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::ledger::Renewal;
use switchback_core::records::job::{Held, Job, JobChange, JobState};
use switchback_core::words::names::{OperationId, OperationKind, Seq, Time};

/// The contract on leases and ends, by name.
pub const CONTRACT: &[(&str, Part)] = &[
    ("an append under a lease is fenced", an_append_under_a_lease_is_fenced),
    ("a running job is called off", a_running_job_is_called_off),
    ("a job called off is taken over as such", a_job_called_off_is_taken_over_as_such),
    ("nothing waits for what was cancelled", nothing_waits_for_what_was_cancelled),
    ("nothing waits for what failed", nothing_waits_for_what_failed),
    ("a retry comes after what it waits for", a_retry_comes_after_what_it_waits_for),
    ("what is void holds nobody up", what_is_void_holds_nobody_up),
    ("what has ended is found", what_has_ended_is_found),
    ("a number is given once", a_number_is_given_once),
    ("the intended worker of a queued job is told", the_intended_worker_of_a_queued_job_is_told),
];

fn call_off(id: u64) -> JobChange {
    JobChange::CallOff { id, outcome: "{\"by\":\"ann\"}".into() }
}

fn cancel(id: u64) -> JobChange {
    JobChange::Cancel { id, outcome: "{\"by\":\"ann\"}".into() }
}

fn retry(id: u64) -> JobChange {
    JobChange::Retry { id, run_at: Time(100) }
}

fn pause(job: &Job) -> JobChange {
    JobChange::Pause { id: job.id, token: job.token, run_at: Time(900), outcome: String::new() }
}

fn states_of<const N: usize>(ledger: &dyn Ledger, ids: &[u64]) -> [JobState; N] {
    std::array::from_fn(|at| state_of(ledger, ids[at]))
}

fn an_append_under_a_lease_is_fenced(open: &Open<'_>) {
    let ledger = open();
    enqueue(&*ledger, vec![job("web", 1)]);
    let append = |at, held| ledger.append(Seq(at), record("baseline"), &[], held).unwrap();
    let add = JobChange::Enqueue(Box::new(job("api", 2)));
    let first = lease_at(&*ledger, 100).unwrap();
    assert_eq!(first.held(), Held { id: first.id, token: first.token });
    assert!(matches!(append(0, Some(first.held())), Append::Done(_)), "the job need not end with it");
    let taken = lease_at(&*ledger, 111).unwrap();
    let fenced = ledger.append(Seq(1), record("late"), std::slice::from_ref(&add), Some(first.held())).unwrap();
    assert_eq!((fenced, ledger.head().unwrap().0), (Append::Fenced, Seq(1)), "another holds it now");
    assert_eq!(ledger.jobs(9).unwrap().len(), 1, "nothing was written");
    assert_eq!(append(1, Some(Held { id: 999, token: 1 })), Append::Fenced);
    assert_eq!(append(0, Some(taken.held())), Append::Lost(Seq(1)));
    assert!(matches!(append(1, Some(taken.held())), Append::Done(_)));
    assert!(ledger.change_jobs(&[pause(&taken)]).unwrap());
    assert_eq!(append(2, Some(taken.held())), Append::Fenced, "it does not run");
    let last = lease_at(&*ledger, 900).unwrap();
    let done = ledger.append(Seq(2), record("done"), &[finish(&last, JobState::Succeeded)], Some(last.held())).unwrap();
    assert!(matches!(done, Append::Done(_)), "the lease is looked at before the job ends with the entry");
    assert_eq!(append(3, Some(last.held())), Append::Fenced, "it has ended");
    assert!(matches!(append(3, None), Append::Done(_)), "who is no worker holds nothing");
}

fn a_running_job_is_called_off(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("web", 1)]);
    assert!(!ledger.change_jobs(&[call_off(ids[0])]).unwrap(), "a queued job is cancelled, not called off");
    let running = lease_at(&*ledger, 100).unwrap();
    assert_eq!(ledger.renew(running.held(), Time(200)).unwrap(), Renewal::Held);
    let entry = ledger.append(Seq(0), record("called off"), &[call_off(ids[0])], None).unwrap();
    assert!(matches!(entry, Append::Done(_)));
    let told = ledger.job(ids[0]).unwrap().unwrap();
    assert_eq!((told.state, told.called_off.as_str()), (JobState::Running, "{\"by\":\"ann\"}"));
    assert_eq!(ledger.renew(running.held(), Time(300)).unwrap(), Renewal::CalledOff, "the worker learns it");
    assert_eq!(ledger.job(ids[0]).unwrap().unwrap().lease_until, Time(300), "and has the time to take it back");
    assert!(!ledger.change_jobs(&[pause(&running)]).unwrap(), "it is to end, not to wait");
    let succeeded = ledger.append(Seq(1), record("made"), &[finish(&running, JobState::Succeeded)], None).unwrap();
    assert_eq!(succeeded, Append::Fenced, "nor may it succeed: whoever called it off was told that it will not");
    let ended =
        ledger.append(Seq(1), record("ended"), &[finish(&running, JobState::Cancelled)], Some(running.held())).unwrap();
    assert!(matches!(ended, Append::Done(_)));
    assert_eq!(state_of(&*ledger, ids[0]), JobState::Cancelled);
    assert_eq!(ledger.renew(running.held(), Time(400)).unwrap(), Renewal::Lost);
    assert!(!ledger.change_jobs(&[call_off(ids[0])]).unwrap(), "it has ended");
    assert!(ledger.change_jobs(&[retry(ids[0])]).unwrap());
    let again = lease_at(&*ledger, 100).unwrap();
    assert_eq!((again.id, again.called_off.as_str()), (ids[0], ""), "who asks for it again wants it");
}

fn a_job_called_off_is_taken_over_as_such(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("web", 1)]);
    let first = lease_at(&*ledger, 100).unwrap();
    assert!(ledger.change_jobs(&[call_off(ids[0])]).unwrap());
    assert_eq!(ledger.release_dead(&|_| true).unwrap(), ids);
    let second = lease_at(&*ledger, 100).unwrap();
    assert_eq!((second.id, second.called_off.as_str()), (first.id, "{\"by\":\"ann\"}"));
}

fn nothing_waits_for_what_was_cancelled(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(
        &*ledger,
        vec![in_group("a", 1, 1), in_group("b", 2, 1), in_group("c", 3, 2), in_group("d", 4, 3), job("e", 5)],
    );
    assert!(ledger.change_jobs(&[cancel(ids[0])]).unwrap());
    use JobState::{Cancelled, Queued};
    let states: [JobState; 5] = states_of(&*ledger, &ids);
    assert_eq!(states, [Cancelled, Queued, Cancelled, Cancelled, Queued], "siblings go on");
    assert_eq!(ledger.job(ids[0]).unwrap().unwrap().outcome, "{\"by\":\"ann\"}");
    let late = enqueue(&*ledger, vec![in_group("f", 6, 0), in_group("g", 7, 2)]);
    assert_eq!(states_of(&*ledger, &late), [Queued, Cancelled], "what comes later waits for it in vain too");
}

fn nothing_waits_for_what_failed(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![in_group("a", 1, 1), in_group("b", 2, 2), in_group("c", 3, 3)]);
    let running = lease_at(&*ledger, 100).unwrap();
    end(&*ledger, &running, JobState::Failed);
    assert_eq!(states_of(&*ledger, &ids), [JobState::Failed, JobState::Cancelled, JobState::Cancelled]);
    assert_eq!(ledger.open_jobs().unwrap(), vec![]);
}

fn a_retry_comes_after_what_it_waits_for(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![in_group("a", 1, 1), in_group("b", 2, 2)]);
    let running = lease_at(&*ledger, 100).unwrap();
    end(&*ledger, &running, JobState::Failed);
    use JobState::{Cancelled, Failed, Queued};
    assert!(ledger.change_jobs(&[retry(ids[1])]).unwrap());
    assert_eq!(states_of(&*ledger, &ids), [Failed, Cancelled], "it would never run");
    assert!(ledger.change_jobs(&[retry(ids[0]), retry(ids[1])]).unwrap());
    assert_eq!(states_of(&*ledger, &ids), [Queued, Queued]);
    let first = lease_at(&*ledger, 100).unwrap();
    assert_eq!((first.id, first.attempts), (ids[0], 2));
    end(&*ledger, &first, JobState::Succeeded);
    assert_eq!(lease_at(&*ledger, 100).unwrap().id, ids[1]);
}

fn what_is_void_holds_nobody_up(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![in_group("a", 1, 1), in_group("b", 2, 2)]);
    let running = lease_at(&*ledger, 100).unwrap();
    end(&*ledger, &running, JobState::Void);
    assert_eq!(state_of(&*ledger, ids[0]), JobState::Void);
    assert_eq!(lease_at(&*ledger, 100).unwrap().id, ids[1]);
    assert!(ledger.change_jobs(&[retry(ids[0])]).unwrap());
    assert_eq!(state_of(&*ledger, ids[0]), JobState::Void, "there is nothing to try again");
}

fn what_has_ended_is_found(open: &Open<'_>) {
    let ledger = open();
    let promotion = OperationId { kind: OperationKind::Promotion, number: 7 };
    let of = |area, number| Job { operation: promotion, ..job(area, number) };
    let ids = enqueue(&*ledger, vec![job("a", 1), of("b", 2), of("c", 3), of("d", 4), job("e", 5)]);
    for (at, state) in [(0, JobState::Succeeded), (2, JobState::Failed), (3, JobState::Void)] {
        let held = ledger.lease("w", Time(100), Time(110), Some(&[ids[at]])).unwrap().unwrap();
        end(&*ledger, &held, state);
    }
    assert!(ledger.change_jobs(&[cancel(ids[4])]).unwrap());
    let numbers = |jobs: Vec<Job>| -> Vec<u64> { jobs.into_iter().map(|job| job.id).collect() };
    assert_eq!(numbers(ledger.open_jobs().unwrap()), [ids[1]]);
    assert_eq!(numbers(ledger.jobs(99).unwrap()), [ids[4], ids[3], ids[2], ids[1], ids[0]]);
    assert_eq!(numbers(ledger.jobs(4).unwrap()), [ids[4], ids[3], ids[2], ids[1]], "open and ended together");
    assert_eq!(numbers(ledger.jobs_of(promotion).unwrap()), [ids[1], ids[2], ids[3]]);
    assert_eq!(numbers(ledger.jobs_of(deployment(3)).unwrap()), [ids[2]]);
    assert_eq!(numbers(ledger.jobs_of(deployment(99)).unwrap()), Vec::<u64>::new());
    let jobs = ledger.jobs(99).unwrap();
    let count = |state| jobs.iter().filter(|job| job.state == state).count();
    assert_eq!(JobState::ALL.map(count), [1, 0, 1, 1, 1, 1]);
    let failed = ledger.job(ids[2]).unwrap().unwrap();
    let expected =
        Job { id: ids[2], state: JobState::Failed, attempts: 1, token: 1, outcome: "{\"ok\":1}".into(), ..of("c", 3) };
    assert_eq!(failed, expected, "all that was known of it is");
}

fn a_number_is_given_once(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![job("a", 1), job("b", 2)]);
    for id in &ids {
        assert!(ledger.change_jobs(&[cancel(*id)]).unwrap());
    }
    assert!(enqueue(&*ledger, vec![job("c", 3)])[0] > ids[1]);
    assert!(ledger.change_jobs(&[retry(ids[1])]).unwrap());
    assert_eq!(lease_at(&*ledger, 100).unwrap().id, ids[1], "who comes back keeps its place");
}

fn the_intended_worker_of_a_queued_job_is_told(open: &Open<'_>) {
    let ledger = open();
    let ids = enqueue(&*ledger, vec![Job { worker: "gone".into(), ..job("a", 1) }]);
    assert_eq!(ledger.release_dead(&|worker| worker == "gone").unwrap(), ids);
    assert_eq!(ledger.open_jobs().unwrap()[0].worker, "gone", "it is visible whose it was");
    assert_eq!(ledger.release_dead(&|worker| worker == "gone").unwrap(), ids, "until somebody takes it up");
    assert_eq!(lease_at(&*ledger, 100).unwrap().worker, "host:1:1");
    assert_eq!(ledger.release_dead(&|worker| worker == "gone").unwrap(), Vec::<u64>::new());
}
