//! Which open jobs will get on although this process has nothing to do: those that run elsewhere, and what waits for them.

use std::collections::BTreeSet;
use switchback_core::records::job::{Job, JobState, PAUSED};

/// The jobs that run, and those that wait for one of them, however far. What waits for a person, or for what does, is
/// not among them: it would be waited for without end.
pub(crate) fn moving(open: &[Job]) -> BTreeSet<u64> {
    let mut moving: BTreeSet<u64> =
        open.iter().filter(|job| job.state == JobState::Running).map(|job| job.id).collect();
    loop {
        let more: Vec<u64> = open
            .iter()
            .filter(|job| !moving.contains(&job.id) && job.run_at != PAUSED && waits_only_for(job, (open, &moving)))
            .map(|job| job.id)
            .collect();
        if more.is_empty() {
            return moving;
        }
        moving.extend(more);
    }
}

/// Some jobs, and all that they wait for.
pub(crate) fn with_what_comes_first(open: &[Job], chosen: &[u64]) -> Vec<u64> {
    let mut all: BTreeSet<u64> = chosen.iter().copied().collect();
    loop {
        let waiting = open.iter().filter(|job| all.contains(&job.id));
        let first: Vec<u64> = waiting.flat_map(|job| before(job, open)).map(|other| other.id).collect();
        let known = all.len();
        all.extend(first);
        if all.len() == known {
            return all.into_iter().collect();
        }
    }
}

/// Whether a queued job waits for some, and all of them get on.
fn waits_only_for(job: &Job, (open, moving): (&[Job], &BTreeSet<u64>)) -> bool {
    let mut waits = before(job, open).peekable();
    waits.peek().is_some() && waits.all(|other| moving.contains(&other.id))
}

/// What a job waits for: what runs in its area or was queued there earlier, and lower numbers of its group.
fn before<'a>(job: &'a Job, open: &'a [Job]) -> impl Iterator<Item = &'a Job> {
    open.iter().filter(|other| {
        let in_area = other.area == job.area
            && (other.state == JobState::Running || (other.id < job.id && other.run_at != PAUSED));
        other.id != job.id && (in_area || (other.group == job.group && other.sequence < job.sequence))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchback_core::words::names::{AreaName, OperationId, Time};

    fn job(id: u64, area: &str, sequence: u32) -> Job {
        let operation = OperationId::parse("P-1").unwrap();
        let (group, text) = ("P-1/QA".to_owned(), String::new());
        Job {
            id,
            area: AreaName::new(area),
            deployment: operation,
            operation,
            group,
            sequence,
            body: text.clone(),
            state: JobState::Queued,
            run_at: Time(1),
            attempts: 0,
            token: 0,
            worker: text.clone(),
            lease_until: Time(0),
            outcome: text.clone(),
            called_off: text,
        }
    }

    fn running(job: Job) -> Job {
        Job { state: JobState::Running, ..job }
    }

    fn paused(job: Job) -> Job {
        Job { run_at: PAUSED, ..job }
    }

    #[test]
    fn what_waits_for_a_running_job_moves_and_what_waits_for_a_person_does_not() {
        let elsewhere = |job: Job| Job { group: "D-9".to_owned(), ..job };
        let open = [
            running(job(1, "web", 1)),
            job(2, "api", 2),
            elsewhere(job(3, "api", 0)),
            paused(elsewhere(job(4, "docs", 0))),
            job(5, "wiki", 3),
        ];
        assert_eq!(moving(&open), BTreeSet::from([1, 2, 3, 5]));
        let stuck = [paused(job(1, "web", 1)), job(2, "api", 2), running(elsewhere(job(3, "wiki", 0)))];
        assert_eq!(moving(&stuck), BTreeSet::from([3]));
        assert_eq!(moving(&[job(1, "web", 1), job(2, "web", 2)]), BTreeSet::new(), "nobody works");
        assert_eq!(with_what_comes_first(&open, &[3]), [1, 2, 3]);
    }
}
