//! Jobs: one at a time in an area, in order of sequence, each under a lease (`SPEC A8`, `A9`).

use crate::commit::{Commit, Context};
use crate::failure::EngineFailure;
use crate::make_version;
use crate::session::{Options, Session};
use serde_json::json;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::moving::deploy_on_arrival;
use switchback_core::pipeline::area::AreaClass;
use switchback_core::pipeline::stage::OnFailure;
use switchback_core::ports::ledger::Ledger;
use switchback_core::records::deployment::{Deployment, DeploymentKind, DeploymentStatus, Occasion};
use switchback_core::records::job::Job;
use switchback_core::records::job::JobChange;
use switchback_core::records::job::JobState;
use switchback_core::words::names::{OperationId, Time};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_machine::worker;

/// How long a lease lasts unless renewed.
const LEASE_MS: i64 = 60_000;

/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(15);

/// How long to wait before looking again while another process works in our areas.
const PAUSE: Duration = Duration::from_millis(50);

/// How many areas are deployed to at once.
const WORKERS: usize = 4;

/// A job that waits for a person's task is not looked at before this.
const PAUSED: Time = Time(i64::MAX);

impl Session {
    /// Runs everything that may run, until nothing of some operation is left.
    ///
    /// # Errors
    /// A fault of the ledger or the repository. What fails in a job is the job's outcome, not an error here.
    pub fn run_jobs(&self, operation: Option<OperationId>) -> Result<(), EngineFailure> {
        loop {
            let ran = self.drain()?;
            let mine = |job: &Job| operation.is_some_and(|id| job.operation == id || job.deployment == id);
            let waiting = self.unfinished()?.into_iter().any(|job| mine(&job));
            match (ran, waiting) {
                (_, false) => return Ok(()),
                (0, true) => thread::sleep(PAUSE),
                (_, true) => {}
            }
        }
    }

    /// Runs what dead workers left, and nothing else.
    pub(crate) fn run_left(&self, ids: &[u64]) -> Result<(), EngineFailure> {
        while !ids.is_empty() {
            match self.lease(Some(ids))? {
                Some(job) => self.run_one(&job)?,
                None => break,
            }
        }
        Ok(())
    }

    /// Jobs that may run now or later without anybody doing anything.
    fn unfinished(&self) -> Result<Vec<Job>, EngineFailure> {
        let now = self.clock.now();
        let open = |job: &Job| match job.state {
            JobState::Queued => job.run_at <= now,
            JobState::Running => true,
            _ => false,
        };
        Ok(self.ledger.jobs(usize::MAX)?.into_iter().filter(open).collect())
    }

    /// Runs jobs until none can be leased; says how many ran.
    fn drain(&self) -> Result<usize, EngineFailure> {
        let mut ran = 0;
        loop {
            let ready = self.unfinished()?.len();
            let round = match ready {
                0 => 0,
                1 => self.run_next()?,
                several => self.run_side_by_side(several.min(WORKERS))?,
            };
            if round == 0 {
                return Ok(ran);
            }
            ran += round;
        }
    }

    fn run_next(&self) -> Result<usize, EngineFailure> {
        match self.lease(None)? {
            None => Ok(0),
            Some(job) => self.run_one(&job).map(|()| 1),
        }
    }

    /// Areas of one sequence number run side by side, each in a thread with a session of its own (`SPEC A8`).
    fn run_side_by_side(&self, workers: usize) -> Result<usize, EngineFailure> {
        let mut leased = Vec::new();
        while leased.len() < workers {
            match self.lease(None)? {
                Some(job) => leased.push(job),
                None => break,
            }
        }
        if let [job] = leased.as_slice() {
            return self.run_one(job).map(|()| 1);
        }
        let options: &Options = &self.options;
        let results: Vec<Result<(), EngineFailure>> = thread::scope(|scope| {
            let threads: Vec<_> = leased
                .iter()
                .map(|job| scope.spawn(move || Session::again(options).and_then(|session| session.run_one(job))))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        results.into_iter().collect::<Result<Vec<()>, _>>().map(|ran| ran.len())
    }

    fn lease(&self, only: Option<&[u64]>) -> Result<Option<Job>, EngineFailure> {
        let now = self.clock.now();
        Ok(self.ledger.lease(&worker::name(), now, Time(now.0 + LEASE_MS), only)?)
    }

    /// Runs one leased job to its end, keeping the lease alive meanwhile.
    fn run_one(&self, job: &Job) -> Result<(), EngineFailure> {
        let (done, ended) = mpsc::channel::<()>();
        let ledger = &self.ledger;
        thread::scope(|scope| {
            scope.spawn(move || keep_lease(ledger, job, &ended));
            let result = make_version::run(self, job);
            drop(done);
            result
        })
    }

    /// Records that a job ended without a version, with everything that follows (`SPEC A8`).
    pub(crate) fn end_job(&self, job: &Job, status: DeploymentStatus) -> Result<(), EngineFailure> {
        let failed = matches!(status, DeploymentStatus::Failed { .. });
        loop {
            let state = self.look()?;
            let mut plan = Plan::new(state.seq, "deployment-ended");
            plan.operation = Some(job.operation);
            plan.says = format!("{} in {} {}", job.deployment, job.area, status.as_str());
            plan.events.push(Event::DeploymentEnded { deployment: job.deployment, status: status.clone() });
            let outcome = json!({ "status": status.as_str() }).to_string();
            let ended = if failed { JobState::Failed } else { JobState::Succeeded };
            let mut jobs = vec![JobChange::Finish { id: job.id, token: job.token, state: ended, outcome }];
            if failed {
                self.stop_the_rest(&state, job, (&mut plan, &mut jobs))?;
            }
            let asked = json!({ "job": job.id });
            match self.commit(plan, Context { asked, jobs: &jobs })? {
                Commit::Done(committed) => committed.settle(),
                // Either others appended, or the lease is gone and somebody else settles the job.
                Commit::Lost if self.is_still_mine(job)? => continue,
                Commit::Lost => {}
            }
            self.look()?;
            return Ok(());
        }
    }

    pub(crate) fn is_still_mine(&self, job: &Job) -> Result<bool, EngineFailure> {
        let now = self.ledger.job(job.id)?;
        Ok(now.is_some_and(|now| now.token == job.token && now.state == JobState::Running))
    }

    /// A failure stops later sequence numbers; `undo-all` also rolls back what its siblings did.
    fn stop_the_rest(
        &self,
        state: &State,
        job: &Job,
        into: (&mut Plan, &mut Vec<JobChange>),
    ) -> Result<(), EngineFailure> {
        let (plan, jobs) = into;
        let why = json!({ "status": "cancelled", "because_of": job.deployment }).to_string();
        jobs.push(JobChange::CancelAbove { group: job.group.clone(), sequence: job.sequence, outcome: why });
        let later =
            |other: &Job| other.group == job.group && other.sequence > job.sequence && other.state == JobState::Queued;
        for other in self.ledger.jobs(usize::MAX)?.into_iter().filter(later) {
            let message = format!("{} in {} failed first", job.deployment, job.area);
            let status = DeploymentStatus::Cancelled { message };
            plan.events.push(Event::DeploymentEnded { deployment: other.deployment, status });
        }
        plan.events.extend(self.undo_siblings(state, job));
        Ok(())
    }

    fn undo_siblings(&self, state: &State, job: &Job) -> Vec<Event> {
        let Some(area) = self.pipeline.area(&job.area) else { return Vec::new() };
        let undo = self.pipeline.stage(&area.stage).is_some_and(|stage| stage.on_failure == OnFailure::UndoAll);
        if !undo {
            return Vec::new();
        }
        let snapshot = self.snapshot(state);
        let same_group = |other: &&Deployment| {
            let stage = self.pipeline.area(&other.area).map(|area| &area.stage);
            other.operation == job.operation && stage == Some(&area.stage) && other.kind == DeploymentKind::Deploy
        };
        let mut events = Vec::new();
        for sibling in state.deployments.iter().filter(same_group) {
            let (DeploymentStatus::Succeeded { version }, Some(area)) =
                (&sibling.status, self.pipeline.area(&sibling.area))
            else {
                continue;
            };
            let undo = Deployment {
                id: deploy_on_arrival::nth_id(&snapshot, events.len()),
                kind: DeploymentKind::Rollback { version: *version },
                occasion: Occasion::Automatic,
                sequence: 0,
                reason: Some(format!("{} in {} failed", job.deployment, job.area)),
                status: DeploymentStatus::Queued,
                area: area.name.clone(),
                ..sibling.clone()
            };
            events.push(Event::DeploymentAsked(Box::new(undo)));
        }
        events
    }

    /// Puts a job aside until somebody has done a manual task (`SPEC A12`).
    pub(crate) fn pause_job(&self, job: &Job, refusal: &Refusal) -> Result<(), EngineFailure> {
        let outcome = json!({ "status": "paused", "code": refusal.code.as_str(), "message": refusal.message });
        let pause = JobChange::Pause { id: job.id, token: job.token, run_at: PAUSED, outcome: outcome.to_string() };
        self.ledger.change_jobs(&[pause])?;
        Ok(())
    }

    /// Jobs that wait for a task in some area are looked at again.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn wake_paused(&self) -> Result<(), EngineFailure> {
        let now = self.clock.now();
        let paused = self.ledger.jobs(usize::MAX)?.into_iter();
        let wake: Vec<_> = paused
            .filter(|job| job.state == JobState::Queued && job.run_at == PAUSED)
            .map(|job| JobChange::Retry { id: job.id, run_at: now })
            .collect();
        if !wake.is_empty() {
            self.ledger.change_jobs(&wake)?;
        }
        Ok(())
    }

    /// One job by number.
    ///
    /// # Errors
    /// `unknown-job`.
    pub fn job(&self, id: u64) -> Result<Job, EngineFailure> {
        let found = self.ledger.job(id)?;
        found.ok_or_else(|| Refusal::unknown(Code::UnknownJob, &id.to_string(), &[]).into())
    }

    /// Cancels a queued job (`SPEC A9`); its deployment is cancelled with it.
    ///
    /// # Errors
    /// `unknown-job`; `not-open` when it is not queued any more.
    pub fn cancel_job(&self, id: u64) -> Result<Job, EngineFailure> {
        loop {
            let job = self.job(id)?;
            if job.state != JobState::Queued {
                let message = format!("job {id} is {} already", job.state.as_str());
                let hint = "only queued jobs can be cancelled; see `switchback jobs list`";
                return Err(Refusal::new(Code::NotOpen, message, hint).into());
            }
            let state = self.look()?;
            self.may_handle(&state, &job)?;
            let mut plan = Plan::new(state.seq, "job-cancelled");
            plan.operation = Some(job.operation);
            plan.says = format!("{} in {} is cancelled", job.deployment, job.area);
            let message = format!("{} cancelled it", self.actor.user);
            let status = DeploymentStatus::Cancelled { message: message.clone() };
            plan.events.push(Event::DeploymentEnded { deployment: job.deployment, status });
            let cancel =
                JobChange::Cancel { id, outcome: json!({ "status": "cancelled", "message": message }).to_string() };
            match self.commit(plan, Context { asked: json!({ "cancel": id }), jobs: &[cancel] })? {
                Commit::Done(committed) => {
                    committed.settle();
                    return self.job(id);
                }
                Commit::Lost => continue,
            }
        }
    }

    /// Queues a failed or cancelled job again.
    ///
    /// # Errors
    /// `unknown-job`; `not-retryable` when it has not ended, or succeeded.
    pub fn retry_job(&self, id: u64) -> Result<Job, EngineFailure> {
        loop {
            let job = self.job(id)?;
            if !matches!(job.state, JobState::Failed | JobState::Cancelled) {
                let message = format!("job {id} is {}", job.state.as_str());
                return Err(
                    Refusal::new(Code::NotRetryable, message, "only failed and cancelled jobs can be retried").into()
                );
            }
            let state = self.look()?;
            self.may_handle(&state, &job)?;
            let mut plan = Plan::new(state.seq, "job-retried");
            plan.operation = Some(job.operation);
            plan.says = format!("{} in {} is tried again", job.deployment, job.area);
            let status = DeploymentStatus::Queued;
            plan.events.push(Event::DeploymentEnded { deployment: job.deployment, status });
            let retry = JobChange::Retry { id, run_at: self.clock.now() };
            match self.commit(plan, Context { asked: json!({ "retry": id }), jobs: &[retry] })? {
                Commit::Done(committed) => {
                    committed.settle();
                    return self.job(id);
                }
                Commit::Lost => continue,
            }
        }
    }

    /// Handling a job asks what its deployment asked: nothing more on default areas than having moved there.
    fn may_handle(&self, state: &State, job: &Job) -> Result<(), EngineFailure> {
        use switchback_core::records::grant::{Privilege, Scope};
        let snapshot = self.snapshot(state);
        let deployment = snapshot.deployment(job.deployment)?;
        let own = deployment.by == self.actor.user;
        let area = snapshot.area(&job.area)?;
        if own && (area.default || area.class == AreaClass::Development) {
            return Ok(());
        }
        let privilege = match deployment.kind {
            DeploymentKind::Rollback { .. } | DeploymentKind::Remove | DeploymentKind::Rewrite => Privilege::Rollback,
            _ => Privilege::Deploy,
        };
        switchback_core::ledger::rights::require(&snapshot, privilege, Scope::Area(job.area.clone()))?;
        Ok(())
    }
}

/// Renews a lease until the job has ended.
fn keep_lease(ledger: &impl Ledger, job: &Job, ended: &mpsc::Receiver<()>) {
    let clock = crate::clock::Clock::System;
    while let Err(mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(RENEW) {
        // A lease that could not be renewed runs out; its fencing token keeps the job from ending twice.
        let _ = ledger.renew(job.id, job.token, Time(clock.now().0 + LEASE_MS));
    }
}
