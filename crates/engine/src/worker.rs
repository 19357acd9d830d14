//! Workers: jobs run in a loop of their own, one at a time in an area, each under a lease (`SPEC A8`, `A9`). What a
//! worker does it does in its own name, for whoever asked.

use crate::acting;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::make_version::{End, attempt, is_paused};
use crate::run::Passed;
use crate::visit::Visit;
use crate::watch::{Stopped, Watch};
use serde_json::json;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};
use switchback_core::ops::jobs::{self, Queue};
use switchback_core::ports::ledger::{Ledger, Renewal};
use switchback_core::records::deployment::DeploymentStatus;
use switchback_core::records::job::{Job, JobChange, JobState, PAUSED};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, Time};
use switchback_machine::worker::Workers;

/// How long a lease lasts unless renewed.
const LEASE_MS: i64 = 60_000;

/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(15);

/// How often a running job is asked about, in case somebody called it off.
const LOOK: Duration = Duration::from_millis(250);

/// How long to wait before looking again while another process works in our areas.
const PAUSE: Duration = Duration::from_millis(50);

/// How many areas are deployed to at once.
const WORKERS: usize = 4;

/// How long a worker works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until<'a> {
    /// Until nothing may run any more.
    Idle,
    /// Until an operation's jobs have ended, or wait for somebody.
    Ended(OperationId),
    /// Until these jobs have ended; runs no others.
    These(&'a [u64]),
}

impl House {
    /// Works in this thread, and side by side in others while several areas may be worked in.
    ///
    /// # Errors
    /// A fault of the ledger or the repository. What fails in a job is the job's outcome, not an error here.
    pub fn work(&self, until: Until<'_>) -> Result<(), EngineFailure> {
        let visit = Visit::worker();
        while !self.interrupt.is_raised() {
            let ran = self.turn(&visit, until)?;
            if ran == 0 {
                match self.is_awaited(until)? {
                    true => thread::sleep(PAUSE),
                    false => break,
                }
            }
        }
        Ok(())
    }

    /// Whether something of what is waited for goes on in another process.
    fn is_awaited(&self, until: Until<'_>) -> Result<bool, EngineFailure> {
        let open = self.ledger.open_jobs()?;
        // Where nothing runs and nothing could be leased, nothing will change by waiting.
        let somebody_works = open.iter().any(|job| job.state == JobState::Running);
        let ours = |job: &Job| match until {
            Until::Idle => false,
            Until::Ended(id) => job.operation == id || job.deployment == id,
            Until::These(ids) => ids.contains(&job.id),
        };
        Ok(somebody_works && open.iter().any(|job| ours(job) && job.run_at != PAUSED))
    }

    /// Does once what there is to do; says how much that was.
    fn turn(&self, visit: &Visit, until: Until<'_>) -> Result<usize, EngineFailure> {
        self.release_dead()?;
        let only = match until {
            Until::These(ids) => Some(ids),
            Until::Idle | Until::Ended(_) => None,
        };
        let mut ran = 0;
        let mut leased = Vec::new();
        while leased.len() < WORKERS {
            match self.lease(only)? {
                Some(job) => leased.push(job),
                None => break,
            }
        }
        match leased.as_slice() {
            [] => {}
            [job] => self.run_one(visit, job)?,
            several => self.run_side_by_side(visit, several)?,
        }
        ran += leased.len();
        if only.is_none() {
            ran += self.carry_on()?;
        }
        Ok(ran)
    }

    /// Areas of one sequence number run side by side, each in a thread with a desk of its own (`SPEC A8`).
    fn run_side_by_side(&self, visit: &Visit, leased: &[Job]) -> Result<(), EngineFailure> {
        thread::scope(|scope| {
            let threads: Vec<_> = leased.iter().map(|job| scope.spawn(move || self.run_one(visit, job))).collect();
            let mut ended = threads.into_iter();
            ended.try_for_each(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    /// What dead workers held may be leased at once.
    fn release_dead(&self) -> Result<(), EngineFailure> {
        let workers = Workers::of(&self.git_dir);
        self.ledger.release_dead(&|worker| workers.is_dead(worker))?;
        let named = || Ok::<_, Fault>(self.ledger.open_jobs()?.into_iter().map(|job| job.worker).collect());
        workers.forget_dead(named)?;
        Ok(())
    }

    fn lease(&self, only: Option<&[u64]>) -> Result<Option<Job>, EngineFailure> {
        let now = self.clock.now();
        let worker = acting::worker(&self.git_dir)?;
        Ok(self.ledger.lease(worker, now, Time(now.0 + LEASE_MS), only)?)
    }

    /// Runs one leased job to its end, keeping the lease alive meanwhile.
    fn run_one(&self, visit: &Visit, job: &Job) -> Result<(), EngineFailure> {
        let desk = self.receive(visit)?;
        let watch = Watch::new(self.interrupt.clone());
        if !job.called_off.is_empty() {
            watch.call_off();
        }
        let (done, ended) = channel::<()>();
        let (ledger, watching) = (&*self.ledger, &watch);
        thread::scope(|scope| {
            scope.spawn(move || keep_lease(ledger, job, (&ended, watching)));
            let result = run(&desk, job, &watch);
            drop(done);
            result
        })
    }
}

/// Tries until the job has ended.
fn run(desk: &Desk<'_>, job: &Job, watch: &Watch) -> Result<(), EngineFailure> {
    loop {
        let attempt = attempt(desk, job, watch);
        let status = match attempt.end {
            Ok(End::Again) => continue,
            Ok(End::Made | End::TakenOver | End::Stopped(Stopped::TakenOver)) => return Ok(()),
            Ok(End::Unchanged) => DeploymentStatus::Unchanged,
            Ok(End::Void(message)) => DeploymentStatus::Void { message },
            Ok(End::Stopped(Stopped::CalledOff)) => {
                let message = "it was called off while it ran, and the area is as it was".to_owned();
                DeploymentStatus::Cancelled { message }
            }
            Ok(End::Stopped(Stopped::Interrupted)) => return put_back(desk, job, (desk.clock.now(), String::new())),
            Err(failure) if is_paused(&failure) => return pause(desk, job, &failure),
            Err(failure) => failed(failure, attempt.said),
        };
        return end(desk, job, &status);
    }
}

/// Records that a job ended without a version, with everything that follows (`SPEC A8`).
fn end(desk: &Desk<'_>, job: &Job, status: &DeploymentStatus) -> Result<(), EngineFailure> {
    let asked = json!({ "job": job.id });
    let passed = desk.carry_out_under(job.held(), &asked, |snapshot, _| {
        let open = desk.ledger.open_jobs()?;
        Ok(jobs::end(snapshot, Queue { chosen: std::slice::from_ref(job), open: &open }, status))
    })?;
    match passed {
        Passed::Done(_) | Passed::TakenOver => Ok(()),
    }
}

/// Puts a job aside until somebody has done a manual task (`SPEC A12`).
fn pause(desk: &Desk<'_>, job: &Job, failure: &EngineFailure) -> Result<(), EngineFailure> {
    let EngineFailure::Refused(refusal) = failure else { return Ok(()) };
    let outcome = json!({ "status": "paused", "code": refusal.code.as_str(), "message": refusal.message });
    put_back(desk, job, (PAUSED, outcome.to_string()))
}

/// Puts a job back into the queue.
fn put_back(desk: &Desk<'_>, job: &Job, what: (Time, String)) -> Result<(), EngineFailure> {
    let (run_at, outcome) = what;
    let pause = JobChange::Pause { id: job.id, token: job.token, run_at, outcome };
    // Fenced, it was called off or taken over meanwhile, and whoever leases it next ends it.
    desk.ledger.change_jobs(&[pause])?;
    Ok(())
}

fn failed(failure: EngineFailure, output: Vec<String>) -> DeploymentStatus {
    let (code, message, remedy) = match failure {
        EngineFailure::Refused(refusal) => (refusal.code.as_str().to_owned(), refusal.message, refusal.remedy),
        EngineFailure::Fault(fault) => (fault.code.to_owned(), fault.message, fault.remedy),
        EngineFailure::Defect(defect) => ("configuration".to_owned(), defect.message, *defect.remedy),
    };
    DeploymentStatus::Failed { code, message, remedy, output }
}

/// Renews a lease until the job has ended, and hears when somebody called it off.
fn keep_lease(ledger: &dyn Ledger, job: &Job, heard: (&Receiver<()>, &Watch)) {
    let (ended, watch) = heard;
    let clock = crate::clock::Clock::System;
    let mut renewed = Instant::now();
    while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(LOOK) {
        if renewed.elapsed() >= RENEW {
            renewed = Instant::now();
            // A lease that could not be renewed runs out; its fencing token keeps the job from ending twice.
            match ledger.renew(job.held(), Time(clock.now().0 + LEASE_MS)) {
                Ok(Renewal::CalledOff) => watch.call_off(),
                Ok(Renewal::Lost) => watch.lose(),
                Ok(Renewal::Held) | Err(_) => {}
            }
            continue;
        }
        match ledger.job(job.id) {
            Ok(Some(now)) if now.token != job.token || now.state != JobState::Running => watch.lose(),
            Ok(Some(now)) if !now.called_off.is_empty() => watch.call_off(),
            _ => {}
        }
    }
}
