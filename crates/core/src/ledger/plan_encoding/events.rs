//! Facts, and what goes with them, as parts of a plan.

use crate::ledger::entry::Event;
use crate::ledger::plan_encoding::{Encode, encoded, text};
use crate::ledger::rights::Used;
use crate::records::configuration::Proposed;
use crate::records::job::{Job, JobChange, JobState};
use crate::words::warning::Warning;

encoded! {
    enum Event {
        Initialized { administrator },
        Rebuilt { last areas },
        NumbersTaken { last },
        Configured(proposed),
        StageRenamed { from to },
        AreaRenamed { from to; head },
        StageAdopted { stage base base_tree head tree items; keeps was },
        TakenOutBefore { stage change revision commit by at },
        CommitsAdopted { stage head tree items removed; keeps },
        Recorded { change facts revision origin voice },
        Edited { change facts },
        Attested { change revision kind voice },
        Withdrawn { change revision kind },
        Excluded { change reason },
        Included { change },
        Ignored { change stage reason },
        Noticed { change stage },
        TaskAdded { change text area },
        TaskDone { change number area revision },
        Applied { stage item tree },
        Removed { stage change tree decided; commit },
        Promotion(promotion),
        DemotionBegun { demotion asked first },
        DemotionStopped { demotion changes code message },
        Demoted { demotion target demoted rollbacks deployments },
        DeploymentAsked(deployment),
        DeploymentEnded { deployment status },
        DeploymentRetried { deployment },
        VersionMade { area version },
        EditsSetAside { area deployment files; commit },
        VersionDiscarded { area number entry },
        Granted(grant),
        Revoked(grant),
        ResolutionForgotten { resolution reason },
        ResolutionsLearned { learned forgotten },
        ResolutionsKept {; head },
        ScheduleRan { schedule due promotions failures },
    }

    // The text is what its hash says.
    struct Proposed as Proposed { hash schedules; text }

    struct Used as Used { privilege scope implicit }

    struct Warning as Warning { code message; remedy }

    // Tokens, outcomes and times are about the run, not about what is planned.
    enum JobChange {
        Enqueue(job),
        Finish { id state; token outcome },
        CancelAbove { group sequence; outcome },
        Cancel { id; outcome },
        CallOff { id; outcome },
        Wake {; run_at },
        Pause { id; token run_at outcome },
        Retry { id; run_at },
        Rename { from to },
    }

    struct Job as Job {
        area deployment operation group sequence body;
        id state run_at attempts token worker lease_until outcome called_off
    }

    enum JobState { Queued, Running, Succeeded, Failed, Cancelled, Void, }
}
