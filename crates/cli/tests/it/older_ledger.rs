//! A copy of the ledger that is older than the branches: what they carry is told for what it is, and not taken for commits
//! of somebody else (`SPEC L7`, `L8`).

use crate::world::{Ran, World};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

/// The files of the ledger.
fn files(world: &World) -> Vec<PathBuf> {
    ["sqlite", "sqlite-wal", "sqlite-shm"].map(|ending| world.ledger().with_extension(ending)).to_vec()
}

/// A world whose ledger is put back to where it was before the last operations.
fn restored(later: impl Fn(&World)) -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/one", "one\n")]);
    world.change("US-2", &[("web/two", "two\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    let copies: Vec<_> = files(&world).into_iter().map(|file| (fs::read(&file).ok(), file)).collect();
    later(&world);
    for (bytes, file) in copies {
        match bytes {
            Some(bytes) => fs::write(file, bytes).expect("the copy is put back"),
            None => drop(fs::remove_file(file)),
        }
    }
    world
}

#[test]
fn what_a_newer_ledger_did_is_told_and_nothing_goes_on_beside_it() {
    let world = restored(|world| drop(world.ok(&["promote", "US-2", "--to", "SIT"])));
    let message =
        "branch sit of SIT carries operations up to P-2, which this ledger does not know: it is an older copy";
    let hint = "put a newer copy of the ledger back; if there is none, \
                take in what the branch says with `switchback stage adopt SIT`";
    for line in ["where", "status", "ahead DEV", "history", "log"] {
        let said = world.ok(&line.split_whitespace().collect::<Vec<_>>());
        let expected = json!([{ "code": "ledger-behind", "message": format!("{message}; {hint}"),
            "remedy": { "step": "newer-ledger", "stage": "SIT" } }]);
        assert_eq!(said["warnings"], expected, "{line}");
    }
    assert_eq!(world.ok(&["status"])["stages"][1]["standing"], json!({ "branch": "newer" }));
    let (entries, refs) = (world.entries(), world.refs());
    for line in ["promote US-2 --to SIT", "promote US-1 --from SIT --to QA", "change attest US-1 tested"] {
        let refused = world.refused(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!((&refused["code"], &refused["message"]), (&json!("ledger-behind"), &json!(message)), "{line}");
        assert_eq!((&refused["hint"], &refused["details"]["last"]), (&json!(hint), &json!(["P-2"])), "{line}");
    }
    assert_eq!((world.entries(), world.refs()), (entries, refs));
    let said = world.json(3, &["verify"]);
    let wrong: Vec<_> = said["checks"].as_array().expect("checks").iter().filter(|one| one["ok"] == false).collect();
    assert_eq!(wrong.len(), 1, "{said}");
    assert_eq!(wrong[0]["problems"][0]["message"], message);
}

#[test]
fn where_no_newer_copy_is_left_the_branch_is_taken_in_by_what_it_says() {
    let world = restored(|world| {
        world.ok(&["promote", "US-2", "--to", "SIT"]);
        world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    });
    world.ok(&["stage", "adopt", "SIT"]);
    let where_is = world.ok(&["where"]);
    assert_eq!(where_is["warnings"], json!(null));
    let held = |at: usize| where_is["changes"][at]["stages"]["SIT"]["revision"].clone();
    assert_eq!((held(0), held(1)), (json!(null), json!(1)), "{where_is}");
    world.is_sound();
    // `P-2` and `M-1` stand in commits: no other operation gets these names.
    assert_eq!(world.ok(&["promote", "US-1", "--to", "SIT"])["operation"], "P-3");
    assert_eq!(world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"])["operation"], "M-2");
    assert_eq!(world.ok(&["promotion", "show", "P-1"])["promotion"]["id"], "P-1");
    assert_eq!(world.refused(&["promotion", "show", "P-2"])["code"], "unknown-promotion");
    world.is_sound();
}

/// Operations at the same time are no older copy.
#[test]
fn who_acts_meanwhile_is_not_taken_for_a_newer_ledger() {
    let world = World::three_stages();
    for number in 0..4 {
        world.change(&format!("US-{number}"), &[(&format!("web/{number}"), "x\n")]);
    }
    let acting = (0..4).map(|number| {
        let mut command = world.command(&["promote", &format!("US-{number}"), "--to", "SIT", "--json"]);
        command.stdout(Stdio::piped()).spawn().expect("it runs")
    });
    for one in acting.collect::<Vec<_>>() {
        let said = Ran::of(one.wait_with_output().expect("it ends")).out;
        assert!(!said.contains("ledger-behind"), "{said}");
    }
    world.is_sound();
}
