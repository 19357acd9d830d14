//! What the ledger stores about configurations.

use switchback_core::ledger::entry::Event;
use switchback_core::records::configuration::Proposed;

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
    vec![("configured", Event::Configured(Box::new(configuration())))]
}
