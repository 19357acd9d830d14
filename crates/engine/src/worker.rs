//! Workers: jobs run in a loop of their own, one at a time in an area, each under a lease (`SPEC A8`, `A9`). What a
//! worker does it does in its own name, for whoever asked.

use crate::again::{Again, passes};
use crate::awaited;
use crate::desk::Desk;
use crate::elsewhere::is_elsewhere;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::make_version::{Attempt, End, attempt, is_paused};
use crate::run::Passed;
use crate::visit::Visit;
use crate::watch::{Stopped, Watch};
use crate::witnessed::{of_job, of_status};
use serde_json::json;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};
use switchback_core::ops::jobs::{self, Ending, Queue};
use switchback_core::ports::ledger::Renewal;
use switchback_core::ports::witness::{Came, Work};
use switchback_core::records::deployment::DeploymentStatus;
use switchback_core::records::job::{Job, JobChange, JobState, PAUSED};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, Time};
use switchback_machine::worker::Workers;

/// How often a lease is renewed.
const RENEW: Duration = Duration::from_secs(15);

/// How often a running job is asked about, in case somebody called it off.
const LOOK: Duration = Duration::from_millis(250);

/// How long to wait before looking again while another process works in our areas.
const PAUSE: Duration = Duration::from_millis(50);

/// How often drift is judged anew because somebody keeps editing the target.
const CHANGED: u32 = 5;

/// How many areas are deployed to at once.
const WORKERS: usize = 4;

/// How long a worker works.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until<'a> {
    /// Until nothing may run any more.
    Idle,
    /// Until an operation's jobs have ended, or wait for somebody.
    Ended(OperationId),
    /// Until these jobs have ended, or wait for something else; runs no others.
    These(&'a [u64]),
}

impl House {
    /// Works in this thread, and side by side in others while several areas may be worked in.
    ///
    /// # Errors
    /// A fault of the ledger or the repository. What fails in a job is the job's outcome, not an error here.
    pub fn work(&self, until: Until<'_>) -> Result<(), EngineFailure> {
        let visit = Visit::worker();
        // What cannot be kept where the branches are waits in the queue until they can be reached again.
        while !self.interrupt.is_raised() && !self.is_away() {
            // Looked at before and after the turn: what somebody ran or took in between is seen in one of them.
            let goes_on = self.is_awaited(until)?;
            if self.turn(&visit, until)? == 0 {
                match goes_on || self.is_awaited(until)? {
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
        let moving = awaited::moving(&open);
        let ours = |job: &&Job| match until {
            Until::Idle => false,
            Until::Ended(id) => job.operation == id || job.deployment == id,
            Until::These(ids) => ids.contains(&job.id),
        };
        Ok(open.iter().filter(ours).any(|job| moving.contains(&job.id)))
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
        ran += self.carry_on()? + self.move_deployed()?;
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

    /// Runs one leased job to its end.
    fn run_one(&self, visit: &Visit, job: &Job) -> Result<(), EngineFailure> {
        self.witnessed(Work::Job(job), || self.run_leased(visit, job), of_job).map(drop)
    }

    /// The same, keeping the lease alive meanwhile.
    fn run_leased(&self, visit: &Visit, job: &Job) -> Result<Came, EngineFailure> {
        let desk = self.receive(visit)?;
        let watch = Watch::new(self.interrupt.clone());
        if !job.called_off.is_empty() {
            watch.call_off();
        }
        let (done, ended) = channel::<()>();
        let watching = &watch;
        thread::scope(|scope| {
            scope.spawn(move || keep_lease(self, job, (&ended, watching)));
            let result = run(&desk, job, &watch);
            drop(done);
            result
        })
    }
}

/// Tries until the job has ended; what came of it.
fn run(desk: &Desk<'_>, job: &Job, watch: &Watch) -> Result<Came, EngineFailure> {
    let (mut changed, mut again) = (0, Again::begin());
    loop {
        let Attempt { end: ended, said } = attempt(desk, job, watch);
        let ended = match ended {
            Err(failure) if passes(&failure) => {
                if again.pause(watch) {
                    continue;
                }
                match watch.stopped() {
                    Some(stopped @ (Stopped::Interrupted | Stopped::TakenOver)) => Ok(End::Stopped(stopped)),
                    _ => Err(again.given_up(failure)),
                }
            }
            ended => ended,
        };
        let status = match ended {
            Ok(End::Again) => continue,
            Ok(End::Changed(_)) if changed < CHANGED => {
                changed += 1;
                continue;
            }
            Ok(End::Changed(failure)) => failed(failure, said.clone()),
            Ok(End::Made) => return Ok(Came::to(JobState::Succeeded.as_str())),
            Ok(End::TakenOver | End::Stopped(Stopped::TakenOver)) => return Ok(Came::to("overtaken")),
            Ok(End::Unchanged) => DeploymentStatus::Unchanged,
            Ok(End::Void(message)) => DeploymentStatus::Void { message },
            Ok(End::Stopped(Stopped::CalledOff)) => called_off(),
            Ok(End::Stopped(Stopped::Interrupted)) => {
                return put_back(desk, job, (desk.clock.now(), String::new())).map(|()| Came::to("put-back"));
            }
            Err(failure) if is_paused(&failure) => {
                return pause(desk, job, &failure).map(|()| Came::not("paused", failure.said().0));
            }
            // The remote went away meanwhile: nobody need be asked for that to pass.
            Err(EngineFailure::Fault(fault)) if is_elsewhere(&fault) && desk.house.is_away() => {
                let back = put_back(desk, job, (desk.clock.now(), String::new()));
                return back.map(|()| Came::not("put-back", fault.code));
            }
            Err(failure) => failed(failure.about(&job.area), said.clone()),
        };
        return conclude((desk, watch), job, Ending { status: &status, said: &said }).map(|()| of_status(&status));
    }
}

fn called_off() -> DeploymentStatus {
    let message = "it was called off while it ran, and the area is as it was".to_owned();
    DeploymentStatus::Cancelled { message }
}

/// Records how a job ended, again and again while a fault stands in the way that passes.
fn conclude((desk, watch): (&Desk<'_>, &Watch), job: &Job, ending: Ending<'_>) -> Result<(), EngineFailure> {
    let mut again = Again::begin();
    loop {
        match end(desk, job, ending) {
            Err(failure) if passes(&failure) && again.pause(watch) => {}
            ended => return ended,
        }
    }
}

/// Records that a job ended without a version, with everything that follows (`SPEC A8`).
fn end(desk: &Desk<'_>, job: &Job, ending: Ending<'_>) -> Result<(), EngineFailure> {
    let asked = json!({ "job": job.id });
    let passed = desk.carry_out_under(job.held(), &asked, |snapshot, _| {
        let open = desk.ledger.open_jobs()?;
        Ok(jobs::end(snapshot, Queue { chosen: std::slice::from_ref(job), open: &open }, ending))
    })?;
    match passed {
        Passed::Done(_) => Ok(()),
        Passed::TakenOver => end_as_called_off(desk, job, ending),
    }
}

/// A job that ends well, or goes back into the queue, is fenced when somebody called it off in the same moment.
fn end_as_called_off(desk: &Desk<'_>, job: &Job, ending: Ending<'_>) -> Result<(), EngineFailure> {
    let cancelled = called_off();
    match desk.house.renew(job)? {
        Renewal::CalledOff if *ending.status != cancelled => {
            end(desk, job, Ending { status: &cancelled, said: ending.said })
        }
        // It is another worker's.
        Renewal::CalledOff | Renewal::Held | Renewal::Lost => Ok(()),
    }
}

/// Puts a job aside until somebody has done a manual task (`SPEC A12`).
fn pause(desk: &Desk<'_>, job: &Job, failure: &EngineFailure) -> Result<(), EngineFailure> {
    let EngineFailure::Refused(refusal) = failure else { return Ok(()) };
    let (code, message, remedy) = (refusal.code.as_str(), &refusal.message, &refusal.remedy);
    let outcome = json!({ "status": "paused", "code": code, "message": message, "remedy": remedy });
    put_back(desk, job, (PAUSED, outcome.to_string()))
}

/// Puts a job back into the queue.
fn put_back(desk: &Desk<'_>, job: &Job, what: (Time, String)) -> Result<(), EngineFailure> {
    let (run_at, outcome) = what;
    let pause = JobChange::Pause { id: job.id, token: job.token, run_at, outcome };
    match desk.ledger.change_jobs(&[pause])? {
        true => Ok(()),
        false => end_as_called_off(desk, job, Ending { status: &DeploymentStatus::Queued, said: &[] }),
    }
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
fn keep_lease(house: &House, job: &Job, heard: (&Receiver<()>, &Watch)) {
    let (ended, watch) = heard;
    let mut renewed = Instant::now();
    while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(LOOK) {
        if renewed.elapsed() >= RENEW {
            renewed = Instant::now();
            // A lease that could not be renewed runs out; its fencing token keeps the job from ending twice.
            match house.renew(job) {
                Ok(Renewal::CalledOff) => watch.call_off(),
                Ok(Renewal::Lost) => watch.lose(),
                Ok(Renewal::Held) | Err(_) => {}
            }
            continue;
        }
        match house.ledger.job(job.id) {
            Ok(Some(now)) if now.token != job.token || now.state != JobState::Running => watch.lose(),
            Ok(Some(now)) if !now.called_off.is_empty() => watch.call_off(),
            _ => {}
        }
    }
}
