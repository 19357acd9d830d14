//! What the ledger stores about configurations.

use switchback_core::ledger::entry::Event;
use switchback_core::records::configuration::Proposed;
use switchback_core::words::object::{CommitId, Oid};

/// Not one that could be read: the core does not read configurations.
pub fn configuration() -> Proposed {
    Proposed {
        text: "[pipeline]\nname = \"acme\"\n".into(),
        hash: "00ff".into(),
        schedules: vec!["0 2 * * * QA ".into()],
    }
}

/// Every form, by the name of its file.
pub fn events() -> Vec<(&'static str, Event)> {
    let head = Some(CommitId(Oid([9; 20])));
    vec![
        ("configured", Event::Configured(Box::new(configuration()))),
        ("stage-renamed", Event::StageRenamed { from: "SIT".into(), to: "INT".into() }),
        ("area-renamed", Event::AreaRenamed { from: "sit-web".into(), to: "int-web".into(), head }),
    ]
}
