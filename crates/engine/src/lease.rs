//! A worker's right to a job, for a time: taken, prolonged, and asked about (`SPEC A9`).

use crate::acting;
use crate::failure::EngineFailure;
use crate::house::House;
use switchback_core::ports::ledger::Renewal;
use switchback_core::records::job::Job;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

/// How long a lease lasts unless renewed, in milliseconds.
const LASTS: i64 = 60_000;

impl House {
    /// Takes the next job that may run, of these or of all.
    pub(crate) fn lease(&self, only: Option<&[u64]>) -> Result<Option<Job>, EngineFailure> {
        let worker = acting::worker(&self.git_dir)?;
        Ok(self.ledger.lease(worker, self.clock.now(), self.lease_end(), only)?)
    }

    /// Prolongs a job's lease, and tells whether the job is still wanted.
    pub(crate) fn renew(&self, job: &Job) -> Result<Renewal, Fault> {
        self.ledger.renew(job.held(), self.lease_end())
    }

    fn lease_end(&self) -> Time {
        Time(self.clock.now().0 + LASTS)
    }
}
