//! `jobs cancel|retry|wait`: what people do with the queue (`SPEC A9`).

use crate::awaited;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::run::Done;
use crate::visit::{Depth, Jobs};
use crate::worker::Until;
use serde_json::json;
use switchback_core::ops::jobs::{self, Queue};
use switchback_core::records::job::Job;
use switchback_core::words::fault::Fault;
use switchback_core::words::refusal::{Code, Refusal};

impl Desk<'_> {
    /// One job by number.
    ///
    /// # Errors
    /// `unknown-job`.
    pub fn job(&self, id: u64) -> Result<Job, EngineFailure> {
        Ok(self.jobs_by_number(&[id])?.remove(0))
    }

    /// Cancels jobs and what waits for them, all or none. One that runs is called off: its worker takes back what it did,
    /// and where that worker is dead, this does.
    ///
    /// # Errors
    /// `unknown-job`, `not-open`, `not-permitted`, `plan-outdated`, or a fault.
    pub fn cancel_jobs(&self, ids: &[u64]) -> Result<Done, EngineFailure> {
        let asked = json!({ "cancel": ids });
        let done = self.carry_out_as_it_stands(&asked, |snapshot, _| {
            let (chosen, open) = (self.chosen(ids)?, self.ledger.open_jobs()?);
            jobs::cancel(snapshot, Queue { chosen: &chosen, open: &open })
        })?;
        if done.depth == Depth::Act && self.visit.jobs == Jobs::Wait {
            self.house.work(Until::These(ids))?;
        }
        Ok(done)
    }

    /// Runs some jobs and what they wait for, and no others.
    ///
    /// # Errors
    /// A fault of the ledger or the repository.
    pub fn run_jobs(&self, ids: &[u64]) -> Result<(), EngineFailure> {
        let open = self.ledger.open_jobs()?;
        self.house.work(Until::These(&awaited::with_what_comes_first(&open, ids)))
    }

    /// Queues failed or cancelled jobs again, all or none.
    ///
    /// # Errors
    /// `unknown-job`, `not-retryable`, `not-permitted`, `plan-outdated`, or a fault.
    pub fn retry_jobs(&self, ids: &[u64]) -> Result<Done, EngineFailure> {
        let asked = json!({ "retry": ids });
        self.carry_out_as_it_stands(&asked, |snapshot, _| {
            let chosen = self.chosen(ids)?;
            let mut siblings = Vec::new();
            for job in &chosen {
                siblings.extend(self.ledger.jobs_of(job.operation)?);
            }
            jobs::retry(snapshot, &chosen, &siblings)
        })
    }

    fn chosen(&self, ids: &[u64]) -> Result<Vec<Job>, switchback_core::ledger::plan::Stop> {
        let mut jobs = Vec::new();
        for id in ids {
            jobs.push(self.ledger.job(*id)?.ok_or_else(|| unknown(*id))?);
        }
        Ok(jobs)
    }

    fn jobs_by_number(&self, ids: &[u64]) -> Result<Vec<Job>, EngineFailure> {
        let found = |id: &u64| -> Result<Option<Job>, Fault> { self.ledger.job(*id) };
        ids.iter().map(|id| found(id)?.ok_or_else(|| unknown(*id).into())).collect()
    }
}

fn unknown(id: u64) -> Refusal {
    Refusal::unknown(Code::UnknownJob, &id.to_string(), &[])
}
