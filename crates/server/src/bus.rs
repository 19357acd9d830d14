//! What is new in a pipeline, told to everybody who listens. The ledger and its queue are looked at once for all of them,
//! so that what other processes write is heard as well.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use switchback_core::records::job::{Job, JobState};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Seq;
use switchback_engine::house::House;
use tokio::sync::watch;

/// How a pipeline stands: the position of its ledger, and the jobs that are open.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Standing {
    /// The newest entry.
    pub seq: Seq,
    /// The open jobs, oldest first.
    pub jobs: Arc<Vec<OpenJob>>,
}

/// As much of an open job as changes while it is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenJob {
    /// Its number.
    pub id: u64,
    /// The deployment that it makes.
    pub deployment: String,
    /// Where.
    pub area: String,
    /// Whether it waits or runs.
    pub state: JobState,
    /// How often it was begun.
    pub attempts: u32,
    /// Whether somebody called it off.
    pub is_called_off: bool,
}

/// Everybody who listens, by pipeline.
#[derive(Default)]
pub struct Bus(Mutex<HashMap<String, watch::Sender<Standing>>>);

impl Bus {
    /// Listens to a pipeline.
    pub fn listen(&self, pipeline: &str) -> watch::Receiver<Standing> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(pipeline.to_owned()).or_default().subscribe()
    }

    /// Tells everybody who listens that nothing more comes.
    pub fn hang_up(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Looks at a pipeline, and tells what is new.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn look(&self, house: &House) -> Result<(), Fault> {
        let standing =
            Standing { seq: house.position()?, jobs: Arc::new(house.open_jobs()?.iter().map(open).collect()) };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(house.name().to_owned()).or_default().send_if_modified(|known| {
            let is_new = *known != standing;
            *known = standing;
            is_new
        });
        Ok(())
    }
}

fn open(job: &Job) -> OpenJob {
    OpenJob {
        id: job.id,
        deployment: job.deployment.to_string(),
        area: job.area.to_string(),
        state: job.state,
        attempts: job.attempts,
        is_called_off: !job.called_off.is_empty(),
    }
}
