//! A worker's right to a job, for a time: taken, prolonged, and asked about (`SPEC A9`).

use crate::acting;
use crate::failure::EngineFailure;
use crate::house::House;
use switchback_core::ports::ledger::Renewal;
use switchback_core::records::job::{Job, JobState, PAUSED};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

/// How long a lease lasts unless renewed, in milliseconds.
const LASTS: i64 = 60_000;

impl House {
    /// Takes the next job that may run, of these or of all.
    pub(crate) fn lease(&self, only: Option<&[u64]>) -> Result<Option<Job>, EngineFailure> {
        let (worker, now) = (acting::worker(&self.git_dir)?, self.clock.now());
        if let Some(job) = self.ledger.lease(worker, now, self.lease_end(), only)? {
            return Ok(Some(job));
        }
        // Jobs are queued to run at once: one whose time lies ahead was queued while a clock was wrong.
        let open = self.ledger.open_jobs()?;
        let is_ahead = |job: &&Job| job.state == JobState::Queued && job.run_at > now && job.run_at != PAUSED;
        let wanted = |job: &&Job| only.is_none_or(|ids| ids.contains(&job.id));
        let ahead: Vec<&Job> = open.iter().filter(is_ahead).filter(wanted).collect();
        let Some(latest) = ahead.iter().map(|job| job.run_at).max() else { return Ok(None) };
        let ids: Vec<u64> = ahead.iter().map(|job| job.id).collect();
        Ok(self.ledger.lease(worker, latest, Time(latest.0.saturating_add(LASTS)), Some(&ids))?)
    }

    /// Prolongs a job's lease, and tells whether the job is still wanted.
    pub(crate) fn renew(&self, job: &Job) -> Result<Renewal, Fault> {
        self.ledger.renew(job.held(), self.lease_end())
    }

    fn lease_end(&self) -> Time {
        Time(self.clock.now().0 + LASTS)
    }
}
