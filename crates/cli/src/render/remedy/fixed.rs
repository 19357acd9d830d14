//! Next steps that are the same sentence every time.

use switchback_api::remedy::{Addition, Place};

pub(super) fn look(at: Place) -> &'static str {
    match at {
        Place::Areas => "list them with `switchback area list`",
        Place::Changes => "list them with `switchback change list`, or record it with `switchback change record`",
        Place::History => "list them with `switchback history`",
        Place::Deviations => "Run `switchback area verify` to see what deviates.",
        Place::Grants => "list grants with `switchback grants`",
        Place::Jobs => "list them with `switchback jobs list`",
        Place::OpenJobs => "only queued and running jobs can be cancelled; see `switchback jobs list`",
        Place::Promotions => "list them with `switchback promotion list`",
        Place::Resolutions => "list them with `switchback resolution list`",
        Place::Stages => "list them with `switchback status`",
        Place::Change => "look with `switchback change show`",
        Place::Pending => "see what is where with `switchback pending`",
        Place::Pipeline => "look at the pipeline with `switchback status`",
        Place::Status => "see where it stands with `switchback status`",
        Place::Entries => "see its entries with `switchback log`",
    }
}

pub(super) fn ask_again(with: Addition) -> &'static str {
    match with {
        Addition::Reason => "say why with `--reason TEXT`",
        Addition::Areas => "name areas with `--area`",
        Addition::StageOrChange => "say which with `--stage STAGE` or `--change CHANGE`",
        Addition::Commits => "name commits: `--commits X..Y` or a list",
        Addition::TrialStage => "name the stage to try them on with `--to STAGE`",
        Addition::Dependencies => "add what it needs with `--with-dependencies`",
        Addition::Counterpart => "take it along with `--with-dependencies`",
        Addition::Anyway => "mend it, or take it as it is with `--anyway`",
        Addition::NoStage => "record it without `--stage` for now, and name the stage when the window is over",
        Addition::NewPlan => "look at it again with `--dry-run`, then name the new hash",
        Addition::OneChange => "demote one change at a time, or all as one with `--all-or-nothing`",
    }
}
