//! The jobs that carry a plan's deployments out.

use crate::desk::Desk;
use switchback_core::ledger::plan::Plan;
use switchback_core::records::deployment::{Deployment, DeploymentKind};
use switchback_core::records::job::{Job, JobChange, JobState};
use switchback_core::words::names::Time;

impl Desk<'_> {
    /// The jobs that carry a plan's deployments out. Deployments of one move wait for each other by sequence
    /// (`SPEC A8`); rollbacks for a demoted change are each on their own (`SPEC D7`).
    pub(crate) fn enqueued(&self, plan: &Plan, now: Time) -> Vec<JobChange> {
        let mut asked: Vec<&Deployment> = plan.deployments().collect();
        // The queue wants a group in ascending order, or two groups could wait for each other.
        asked.sort_by_key(|asked| asked.sequence);
        // An operation that is run again asks anew, and does not wait for what failed the first time.
        let first = asked.iter().map(|asked| asked.id).min();
        let first = first.map(|id| id.to_string()).unwrap_or_default();
        asked.into_iter().map(|asked| JobChange::Enqueue(Box::new(self.job_for(asked, &first, now)))).collect()
    }

    fn job_for(&self, asked: &Deployment, first: &str, now: Time) -> Job {
        let pipeline = self.pipeline();
        let stage = pipeline.area(&asked.area).map_or("", |area| area.stage.as_str());
        let group = match asked.kind {
            DeploymentKind::Remove | DeploymentKind::Rewrite => asked.id.to_string(),
            _ => format!("{}/{stage}/{first}", asked.operation),
        };
        Job {
            id: 0,
            area: asked.area.clone(),
            deployment: asked.id,
            operation: asked.operation,
            group,
            sequence: asked.sequence,
            body: String::new(),
            state: JobState::Queued,
            run_at: now,
            attempts: 0,
            token: 0,
            worker: String::new(),
            lease_until: Time(0),
            outcome: String::new(),
            called_off: String::new(),
        }
    }
}
