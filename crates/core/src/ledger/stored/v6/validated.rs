//! Format 6: what came of trying a promotion.

use crate::ledger::stored::form::{Form, forms};
use crate::ledger::stored::v6::settled::MoveConflict;
use crate::records::validation;
use crate::words::names::{AreaName, ChangeKey, Seq, StageName, Time, UserName, VersionNo};
use crate::words::remedy::Remedy;

/// Before targets were asked, `unchecked` said so.
fn unasked() -> TargetSaid {
    TargetSaid::Unasked { why: String::new() }
}

forms! {
    struct Validation = validation::Validation {
        by: UserName,
        at: Time,
        seq: Seq,
        outcome: Outcome,
        areas: Vec<AreaCheck>,
        grounds: Vec<Ground>,
    }

    enum Outcome = validation::Outcome {
        Goes { plan: String, },
        Conflicts { plan: String, conflicts: Vec<MoveConflict>, },
        Refused { code: String, message: String, remedy: Remedy, },
    }

    struct AreaCheck = validation::AreaCheck {
        area: AreaName,
        said: AreaSaid,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tasks: Vec<TaskAhead>,
    }

    struct TaskAhead = validation::TaskAhead { change: ChangeKey, number: u32, text: String, }

    enum AreaSaid = validation::AreaSaid {
        Takes {
            version: VersionNo,
            #[serde(default = "unasked")]
            target: TargetSaid,
            unchecked: String,
        },
        Unchanged,
        Fails {
            code: String,
            message: String,
            remedy: Remedy,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            exit: Option<i32>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            said: Vec<String>,
        },
    }

    enum TargetSaid = validation::TargetSaid { Passed { said: Vec<String>, }, Unasked { why: String, }, }

    struct Ground = validation::Ground { about: About, stood: String, }

    enum About = validation::About {
        Configuration,
        Stage(name: StageName),
        Change(key: ChangeKey),
        Area(name: AreaName),
        OtherPromotions,
        Resolutions,
    }
}
