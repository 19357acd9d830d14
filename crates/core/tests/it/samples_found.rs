//! One of every fact about what was found in a repository.

use switchback_core::ledger::entry::Event;
use switchback_core::records::area_line::EarlierVersion;
use switchback_core::words::names::{OperationId, OperationKind, RevisionNo, Time, VersionNo};
use switchback_core::words::object::{CommitId, Oid};

/// Each with the name of its file.
pub fn found() -> Vec<(&'static str, Event)> {
    let last = [(OperationKind::Promotion, 12), (OperationKind::Deployment, 3)];
    let last = last.map(|(kind, number)| OperationId { kind, number }).to_vec();
    let (number, commit) = (VersionNo(7), CommitId(Oid([4; 20])));
    let areas = vec![EarlierVersion { area: "qa-web".into(), number, commit }];
    let (stage, change, revision, at) = ("QA".into(), "US-1".into(), RevisionNo(2), Time(4000));
    vec![
        ("numbers-taken", Event::NumbersTaken { last: last.clone() }),
        ("rebuilt", Event::Rebuilt { last, areas }),
        ("taken-out-before", Event::TakenOutBefore { stage, change, revision, commit, by: "ann".into(), at }),
    ]
}
