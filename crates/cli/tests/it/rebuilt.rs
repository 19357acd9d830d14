//! A pipeline whose ledger is lost, or in another clone, is told from one that never began, and can be rebuilt from
//! branches and refs (`SPEC L11`).

use crate::world::{Ran, THREE_STAGES, World};
use serde_json::{Value, json};
use std::fs;

/// Two revisions, a stacked change, promotions, a demotion, deployments.
fn lived_in() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/one", "one\n")]);
    world.branch("US-1", &[("web/one", "one\n"), ("web/more", "more\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    world.change("US-2", &[("web/two", "two\n")]);
    world.change("US-3", &[("web/three", "three\n")]);
    world.git(&["checkout", "--quiet", "-b", "feature/US-4", "feature/US-3"]);
    world.write("web/three", "three\nand four\n");
    world.commit("US-4 goes on");
    world.git(&["checkout", "--quiet", "--detach", "main"]);
    world.ok(&["change", "record", "US-4", "--branch", "feature/US-4", "--stage", "DEV"]);
    world.ok(&["promote", "US-1", "US-2", "US-3", "--to", "SIT", "--deploy"]);
    world.ok(&["demote", "US-2", "--from", "SIT", "--to", "DEV"]);
    world
}

fn lose_ledger(world: &World) {
    fs::remove_dir_all(world.repo().join(".git/switchback")).expect("the ledger goes");
}

/// The program in another clone.
fn switchback(folder: &str, words: &[&str], world: &World) -> (Option<i32>, Value) {
    let mut command = world.command(&[words, &["--json"]].concat());
    command.current_dir(world.path(folder));
    let place = world.path(folder).display().to_string();
    let ran = Ran::of(command.args(["-C", &place]).output().expect("the program runs"));
    (ran.exit, serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

fn cloned(world: &World) {
    world.git(&["add", "switchback.toml"]);
    world.git(&["commit", "--quiet", "--message", "Keep the configuration"]);
    world.git(&["branch", "--force", "tools"]);
    let (from, to) = (world.repo().display().to_string(), world.path("clone").display().to_string());
    world.git(&["clone", "--quiet", "--branch", "tools", &from, &to]);
}

fn every_command_says_so(world: &World, hint: &str) {
    for line in ["status", "where", "log -n 3", "promote US-4 --to SIT", "change list", "verify", "init"] {
        let refused = world.refused(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(refused["code"], "pipeline-begun-elsewhere", "{line}: {refused}");
        assert_eq!(refused["details"]["last"], json!(["P-1", "M-1", "D-2"]), "{line}");
        assert_eq!(refused["hint"].as_str().unwrap_or_default(), hint, "{line}");
    }
}

#[test]
fn a_lost_ledger_is_told_by_every_command_and_nothing_begins_anew() {
    let world = lived_in();
    let before = world.refs();
    lose_ledger(&world);
    every_command_says_so(
        &world,
        "work where its ledger is, bring it here (`switchback/ledger.sqlite` in the git directory), \
         or build a new one from branches and refs with `switchback init --rebuild`",
    );
    assert_eq!(world.refs(), before);
    assert!(!world.ledger().exists(), "a refusal leaves no ledger behind");
}

#[test]
fn what_was_only_recorded_tells_of_a_lost_ledger_too() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/one", "one\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1"]);
    lose_ledger(&world);
    let refused = world.refused(&["init"]);
    assert_eq!(refused["code"], "pipeline-begun-elsewhere");
    let message = refused["message"].as_str().unwrap_or_default();
    assert!(message.ends_with("4 refs below `refs/switchback/` tell of it"), "{message}");
}

#[test]
fn a_clone_is_not_where_a_pipeline_begins_a_second_time() {
    let world = lived_in();
    cloned(&world);
    for words in [&["status"][..], &["init"]] {
        let (exit, said) = switchback("clone", words, &world);
        assert_eq!((exit, &said["refused"]["code"]), (Some(3), &json!("pipeline-begun-elsewhere")), "{said}");
        let hint = said["refused"]["hint"].as_str().unwrap_or_default();
        let fetch = "`git fetch origin 'refs/switchback/*:refs/switchback/*' && switchback init --rebuild`";
        assert!(hint.ends_with(fetch), "{hint}");
    }
    // The branches of the stages are made as the hint says, and then it can be rebuilt.
    let (exit, said) = switchback("clone", &["init", "--rebuild"], &world);
    let hint = said["usage"]["hint"].as_str().unwrap_or_default();
    let commands = "git branch dev origin/dev && git branch sit origin/sit && git branch main origin/main";
    assert_eq!((exit, hint), (Some(2), &*format!("this is a clone; make them here with `{commands}`")), "{said}");
}

/// What a change is made of, and where it began.
fn revisions(world: &World, key: &str) -> Value {
    let change = world.ok(&["change", "show", key])["change"].clone();
    let of = |one: &Value| ["number", "base", "tip", "subject", "depends_on"].map(|member| one[member].clone());
    let told: Vec<_> = change["revisions"].as_array().expect("revisions").iter().map(of).collect();
    json!({ "title": change["title"], "origin": change["origin"], "revisions": told })
}

/// Where no configuration is at hand, `init` would begin with a guess at the stages.
#[test]
fn a_clone_without_a_configuration_is_none_either() {
    let world = lived_in();
    let (from, to) = (world.repo().display().to_string(), world.path("clone").display().to_string());
    world.git(&["clone", "--quiet", "--branch", "main", &from, &to]);
    for words in [&["init"][..], &["init", "--stage", "LIVE=main"]] {
        let (exit, said) = switchback("clone", words, &world);
        assert_eq!((exit, &said["refused"]["code"]), (Some(3), &json!("pipeline-begun-elsewhere")), "{said}");
    }
    assert!(!world.path("clone/switchback.toml").exists(), "a refusal leaves no configuration behind");
}

#[test]
fn what_is_rebuilt_is_what_was() {
    let world = lived_in();
    let (before, refs) = (world.ok(&["where"]), world.refs());
    let changes = ["US-1", "US-2", "US-3", "US-4"].map(|key| revisions(&world, key));
    lose_ledger(&world);
    let planned = world.ok(&["init", "--rebuild", "--dry-run"]);
    assert!(!world.ledger().exists() && planned["plan"]["kind"] == "rebuild", "{planned}");
    let told = world.ok(&["init", "--rebuild"]);
    assert_eq!(told["warnings"][0]["code"], "not-rebuilt");
    assert_eq!(world.ok(&["where"])["changes"], before["changes"]);
    assert_eq!(["US-1", "US-2", "US-3", "US-4"].map(|key| revisions(&world, key)), changes);
    assert_eq!(world.refs(), refs);
    world.is_sound();
    let first = world.ok(&["log"])["entries"][0].clone();
    assert_eq!(first["kind"], "rebuild");
    let says = "the record is rebuilt from branches and refs: 4 changes found; operations go on after P-1, M-1, D-2";
    assert_eq!(first["says"], says);
    // The stacked change still depends on the one below it, and what was recorded at DEV originated there.
    assert_eq!(world.ok(&["depends", "US-4", "--stage", "DEV"])["edges"][0]["on"], "US-3");
    assert_eq!(world.refused(&["init"])["code"], "already-initialized");
    assert_eq!(world.refused(&["init", "--rebuild"])["code"], "already-initialized");
}

/// What was demoted stays demoted: by whom, when and by which commit stands on the branch.
#[test]
fn what_was_taken_out_is_not_offered_again_to_everybody() {
    let world = lived_in();
    lose_ledger(&world);
    world.ok(&["init", "--rebuild"]);
    let told = world.ok(&["behind", "SIT", "--from", "DEV"]);
    let of = |key: &str| -> Vec<Value> {
        let all = told["candidates"].as_array().into_iter().flatten().filter(|one| one["change"] == key);
        all.flat_map(|one| one["reasons"].as_array().cloned().unwrap_or_default()).collect()
    };
    let reason = of("US-2").into_iter().next().unwrap_or_else(|| panic!("nothing speaks against it: {told}"));
    let commit = world.git(&["log", "-1", "--format=%h", "--abbrev=8", "--grep=Action: remove", "sit"]);
    let message = reason["message"].as_str().unwrap_or_default();
    assert_eq!(reason["code"], "demoted", "{reason}");
    assert!(message.ends_with(&format!("commit {commit} took it out")), "{message}");
    let when = world.git(&["log", "-1", "--format=%cI", "--grep=Action: remove", "sit"]);
    assert_eq!(reason["at"].as_str().map(|at| &at[..19]), Some(&when[..19]), "{reason}");
    assert!(of("US-4").iter().all(|reason| reason["blocks"] == false), "{told}");
    let moved = world.ok(&["promote", "--all", "--from", "DEV", "--to", "SIT"]);
    let keys: Vec<_> = moved["results"].as_array().into_iter().flatten().map(|one| one["change"].clone()).collect();
    assert_eq!(keys, ["US-4"], "{moved}");
    world.ok(&["promote", "US-2", "--to", "SIT"]);
    world.is_sound();
}

/// `SPEC L10`: a revert that `init` finds on a branch counts like one that is pushed.
#[test]
fn what_was_reverted_before_init_is_demoted_too() {
    let world = World::bare_of_pipeline();
    world.configure(THREE_STAGES);
    for branch in ["dev", "sit"] {
        world.git(&["checkout", "--quiet", branch]);
        world.write("web/one", "one\n");
        world.commit("US-1: begin");
    }
    world.git(&["revert", "--no-edit", "HEAD"]);
    world.git(&["checkout", "--quiet", "--detach"]);
    world.ok(&["init"]);
    assert_eq!(world.ok(&["where", "US-1"])["changes"][0]["stages"].as_object().map(|held| held.len()), Some(1));
    assert_eq!(world.refused(&["promote", "--all", "--from", "DEV", "--to", "SIT"])["code"], "nothing-to-move");
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.is_sound();
}

#[test]
fn numbers_go_on_and_what_refs_kept_stays_reachable() {
    let world = lived_in();
    let old = world.git(&["for-each-ref", "--format=%(refname) %(objectname)", "refs/switchback"]);
    lose_ledger(&world);
    world.ok(&["init", "--rebuild"]);
    let done = world.ok(&["promote", "US-4", "--to", "SIT"]);
    assert_eq!(done["operation"], "P-2");
    assert_eq!(world.ok(&["demote", "US-4", "--from", "SIT", "--to", "DEV"])["operation"], "M-2");
    assert_eq!(world.ok(&["promotion", "show", "P-2"])["promotion"]["id"], "P-2");
    assert_eq!(world.refused(&["promotion", "show", "P-1"])["code"], "unknown-promotion");
    world.is_sound();
    for line in old.lines() {
        let (name, was) = line.split_once(' ').expect("a ref");
        assert!(world.run_git(&["merge-base", "--is-ancestor", was, name]), "{name} leads to {was} no more");
    }
}

#[test]
fn where_nothing_ever_began_nothing_is_rebuilt() {
    let world = World::bare_of_pipeline();
    world.configure(THREE_STAGES);
    let refused = world.refused(&["init", "--rebuild"]);
    assert_eq!(
        (&refused["code"], &refused["hint"]),
        (&json!("nothing-to-rebuild"), &json!("begin one with `switchback init`"))
    );
    world.ok(&["init"]);
}

/// A repository may have several pipelines, with one ledger: what the other left is not taken for this one's.
#[test]
fn another_pipeline_of_the_repository_is_no_trace() {
    let world = lived_in();
    let other = "[pipeline]\nname = \"docs\"\n\n[[stage]]\nname = \"LIVE\"\nbranch = \"main\"\n";
    world.write("switchback.docs.toml", other);
    world.ok(&["--pipeline", "docs", "init"]);
}

/// What an area holds is not known: nothing is deployed on a guess, and the way that is named works.
#[test]
fn an_area_of_a_rebuilt_pipeline_is_adopted_before_anything_is_deployed_to_it() {
    let world = lived_in();
    let (before, refs) = (world.files("sit-web"), world.refs());
    let newest = world.ok(&["area", "show", "sit-web"])["area"]["version"].as_u64().expect("a version");
    lose_ledger(&world);
    let told = world.ok(&["init", "--rebuild"]);
    let message = format!(
        "what sit-web holds is not known; its last version was sit-web@{newest}: \
         take what stands there as a new version with `switchback area adopt sit-web`"
    );
    assert_eq!(told["warnings"][1]["message"], message, "{told}");
    let done = world.json(3, &["promote", "US-4", "--to", "SIT", "--deploy"]);
    assert_eq!(done["deployments"][0]["status"], "failed", "{done}");
    assert_eq!(
        (world.files("sit-web"), world.refs() == refs),
        (before, false),
        "the stage moved, and the area did not"
    );
    world.ok(&["area", "adopt", "sit-web"]);
    assert_eq!(world.ok(&["area", "show", "sit-web"])["area"]["version"], newest + 1);
    world.ok(&["deploy", "--all", "--area", "sit-web"]);
    let files = world.files("sit-web");
    assert_eq!(files.get("web/three").map(String::as_str), Some("three\nand four\n"), "{files:?}");
    assert!(files.contains_key("web/more") && !files.contains_key("web/two"), "{files:?}");
    world.is_sound();
}
