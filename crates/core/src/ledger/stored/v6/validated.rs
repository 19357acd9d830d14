//! Format 6: what came of trying a promotion.

use crate::ledger::stored::form::{Form, forms};
use crate::ledger::stored::v6::settled::MoveConflict;
use crate::records::validation;
use crate::words::names::{AreaName, ChangeKey, Seq, StageName, Time, UserName, VersionNo};
use crate::words::remedy::Remedy;

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

    struct AreaCheck = validation::AreaCheck { area: AreaName, said: AreaSaid, }

    enum AreaSaid = validation::AreaSaid {
        Takes { version: VersionNo, unchecked: String, },
        Unchanged,
        Fails { code: String, message: String, remedy: Remedy, },
    }

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
