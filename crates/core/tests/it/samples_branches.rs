//! Samples of what others did to a branch: a rewritten one, and one that something was taken out of.

use switchback_core::ledger::entry::Event;
use switchback_core::records::line::TakenOff;
use switchback_core::words::object::{CommitId, Oid, TreeId};

/// The facts, by the name of their golden file.
pub fn branches() -> Vec<(&'static str, Event)> {
    vec![("stage-adopted-anew", adopted_anew()), ("commits-adopted-removed", adopted_removed())]
}

fn commit(byte: u8) -> CommitId {
    CommitId(Oid([byte; 20]))
}

fn tree(byte: u8) -> TreeId {
    TreeId(Oid([byte; 20]))
}

fn adopted_anew() -> Event {
    Event::StageAdopted {
        stage: "QA".into(),
        base: commit(1),
        base_tree: tree(1),
        head: commit(2),
        tree: tree(2),
        items: Vec::new(),
        keeps: Some(commit(4)),
        was: Some(commit(3)),
    }
}

fn adopted_removed() -> Event {
    let removed = vec![TakenOff { change: "US-1".into(), commit: commit(2) }];
    let (stage, items) = ("QA".into(), Vec::new());
    Event::CommitsAdopted { stage, head: commit(2), tree: tree(2), items, keeps: None, removed }
}
