//! A machine dies for ever in the middle of an operation: another one, with a folder of its own, goes on from the ledger and
//! the remote, or from the remote alone (`SPEC L7`, `L11`).

use crate::remote_world::Far;
use serde_json::Value;
use std::fs;

const WORDS: [&str; 4] = ["promote", "US-1", "--to", "QA"];

/// What can be seen of a world from outside.
#[derive(PartialEq, Debug)]
struct Seen {
    refs: String,
    stages: Value,
    kinds: Vec<Value>,
}

impl Seen {
    fn of(far: &Far) -> Self {
        let log = far.here(&["log"]);
        let kinds = log["entries"].as_array().expect("entries").iter().map(|entry| entry["kind"].clone()).collect();
        Self { refs: far.refs(), stages: far.here(&["status"])["stages"].clone(), kinds }
    }
}

/// The machine is gone; another one makes a copy of its own.
fn elsewhere(far: &Far) {
    fs::rename(far.world.path("data"), far.world.path("dead")).expect("the machine dies");
    drop(far.serving(&[]));
}

/// The ledger is brought there, and nothing else that the dead knew.
fn bring_the_ledger(far: &Far) {
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
        let from = far.world.path("dead/repositories/shop.git/switchback").join(name);
        if from.exists() {
            fs::copy(from, far.copy().join("switchback").join(name)).expect("it is brought");
        }
    }
}

#[test]
fn from_the_ledger_and_the_remote_it_comes_to_what_an_undisturbed_twin_did() {
    let far = Far::begun();
    let undisturbed = far.twin();
    undisturbed.here(&WORDS);
    let twin = Seen::of(&undisturbed);
    assert!(!twin.refs.contains("refs/switchback/operations/"), "{}", twin.refs);
    let entries = Seen::of(&far).kinds.len();
    let points = ["corridor.stored", "corridor.secured", "corridor.committed", "remote.pushed"];
    for point in points.into_iter().chain(["corridor.moved", "corridor.kept", "corridor.released"]) {
        let far = far.twin();
        let died = far.run_until(&format!("{point}:1"), &WORDS);
        assert_eq!(died.signal, Some(9), "{point}: {died:?}");
        elsewhere(&far);
        bring_the_ledger(&far);
        let log = far.here(&["log"]);
        if log["entries"].as_array().expect("entries").len() == entries {
            far.here(&WORDS);
        }
        far.here(&["verify"]);
        assert_eq!(Seen::of(&far), twin, "{point}");
    }
}

#[test]
fn from_the_remote_alone_nothing_begins_by_accident_and_what_was_moved_is_there() {
    let far = Far::begun();
    for (point, arrived) in [("corridor.secured", false), ("corridor.committed", false), ("corridor.moved", true)] {
        let far = far.twin();
        let died = far.run_until(&format!("{point}:1"), &WORDS);
        assert_eq!(died.signal, Some(9), "{point}: {died:?}");
        elsewhere(&far);
        let refs = far.refs();
        let no = far.json(3, &["init"]);
        assert_eq!(no["refused"]["code"], "pipeline-begun-elsewhere", "{point}: {no}");
        assert_eq!(far.refs(), refs, "{point}: whoever is refused changes nothing");
        far.here(&["init", "--rebuild"]);
        let held = far.here(&["where", "US-1"])["changes"][0]["stages"]["QA"]["state"].clone();
        assert_eq!(held == "current", arrived, "{point}: {held}");
        if !arrived {
            far.here(&WORDS);
        }
        far.here(&["verify"]);
        assert!(!far.refs().contains("refs/switchback/operations/"), "{point}: {}", far.refs());
    }
}
