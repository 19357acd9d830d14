//! What commonly goes wrong is said by `doctor`, each with the next step, and nothing is said where all is well.

use crate::remote_world::Far;
use crate::world::{LATER, Ran, THREE_STAGES, World};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, SystemTime};

const CHECKS: [&str; 18] = [
    "disk",
    "repository",
    "git",
    "trust",
    "secrets",
    "clock",
    "ledger",
    "configuration",
    "branches",
    "refs",
    "objects",
    "notes",
    "jobs",
    "schedules",
    "outbox",
    "areas",
    "remote",
    "unpushed",
];

/// `US-1` stands on SIT and in `sit-web`.
fn deployed(configuration: &str) -> World {
    let world = World::with(configuration);
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    world
}

/// Whatever is not good.
fn wrong(said: &Value) -> Vec<(&str, &str, &str)> {
    let all = said["checks"].as_array().expect("checks").iter();
    all.filter(|check| check["state"] != "good")
        .map(|check| {
            let of = |name: &str| check[name].as_str().expect("a text");
            assert!(!of("hint").is_empty(), "no next step: {check}");
            (of("check"), of("state"), of("message"))
        })
        .collect()
}

/// It finds just this.
fn finds(world: &World, check: &str, state: &str, message: &str) {
    let said = world.json(3, &["doctor"]);
    let found = wrong(&said);
    assert_eq!(found.len(), 1, "{said}");
    assert_eq!((found[0].0, found[0].1), (check, state), "{said}");
    assert!(found[0].2.contains(message), "{said}");
    let names: Vec<_> = said["checks"].as_array().expect("checks").iter().map(|one| &one["check"]).collect();
    assert_eq!(names, CHECKS, "every other check is made all the same");
    let shown = world.run(&["doctor"]);
    let mark = if state == "fault" { "✗" } else { "!" };
    assert!(shown.exit == Some(3) && shown.out.starts_with(mark) && shown.out.contains("hint: "), "{shown:?}");
}

#[test]
fn where_all_is_well_every_check_says_so() {
    let world = deployed(THREE_STAGES);
    let said = world.json(0, &["doctor"]);
    assert_eq!(wrong(&said), [], "{said}");
    let names: Vec<_> = said["checks"].as_array().expect("checks").iter().map(|one| &one["check"]).collect();
    assert_eq!(names, CHECKS);
    let shown = world.run(&["doctor"]);
    assert!(shown.exit == Some(0) && shown.out.ends_with("✓ nothing is wrong with acme\n"), "{shown:?}");
}

#[test]
fn it_is_for_who_administers_the_pipeline() {
    let world = deployed(THREE_STAGES);
    world.ok(&["grant", "bob", "promote-next", "--stage", "SIT"]);
    assert_eq!(world.json(3, &["doctor", "--as", "bob"])["refused"]["code"], "not-permitted");
}

#[test]
fn a_clock_behind_the_last_entry_is_noticed() {
    let mut world = deployed(THREE_STAGES);
    world.set_clock("2026-03-02T09:58:00Z");
    finds(&world, "clock", "warning", "and the clock says 2026-03-02T09:58:00");
}

#[test]
fn branches_that_are_elsewhere_are_noticed() {
    let world = deployed(THREE_STAGES);
    let other = world.git(&["commit-tree", "-p", "sit", "-m", "By hand", "sit^{tree}"]);
    world.git(&["branch", "--force", "sit", other.trim()]);
    finds(&world, "branches", "warning", "1 commit on sit not taken in yet");
    let orphan = world.git(&["commit-tree", "-m", "x", "sit^{tree}"]);
    world.git(&["branch", "--force", "sit", orphan.trim()]);
    finds(&world, "branches", "warning", "sit");
}

#[test]
fn a_lost_ref_is_noticed_and_comes_back_by_the_next_step() {
    let world = deployed(THREE_STAGES);
    let refs = world.refs();
    let mut lost = refs.lines().filter_map(|line| line.split(' ').next());
    let lost = lost.rfind(|name| name.starts_with("refs/switchback/changes/")).expect("a ref");
    world.git(&["update-ref", "-d", lost]);
    finds(&world, "refs", "fault", &format!("{lost} is gone"));
    world.ok(&["verify", "--repair"]);
    assert_eq!(wrong(&world.json(0, &["doctor"])), []);
}

#[test]
fn a_configuration_at_hand_that_does_not_count_is_noticed() {
    let world = deployed(THREE_STAGES);
    world.write("switchback.toml", &THREE_STAGES.replace("[pipeline]", "# mine\n[pipeline]"));
    finds(&world, "configuration", "warning", "differs from the configuration in force");
}

#[test]
fn a_place_that_is_lost_is_noticed() {
    let world = deployed(THREE_STAGES);
    fs::remove_dir_all(world.area("sit-web")).expect("it was there");
    finds(&world, "areas", "fault", "area sit-web: ");
}

#[test]
fn a_deployment_that_failed_is_noticed_until_it_is_settled() {
    let place = "target = { dir = \"../areas/sit-web\" }";
    let world = World::with(&THREE_STAGES.replace(place, &format!("{place}\nhooks.before = \"test ! -e ../stop\"")));
    fs::write(world.path("stop"), "").expect("a file");
    world.change("US-1", &[("web/a", "a\n")]);
    world.json(3, &["promote", "US-1", "--to", "SIT", "--deploy"]);
    finds(&world, "jobs", "warning", "D-1");
    fs::remove_file(world.path("stop")).expect("it was there");
    world.ok(&["jobs", "retry", "D-1"]);
    assert_eq!(wrong(&world.json(0, &["doctor"])), []);
}

#[test]
fn a_job_whose_worker_died_is_noticed() {
    let mut world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let killed = world.run_until("area.prepared", &["promote", "US-1", "--to", "SIT", "--deploy"]);
    assert_eq!(killed.signal, Some(9), "{killed:?}");
    world.set_clock(LATER);
    finds(&world, "jobs", "warning", "was begun, and its worker is gone");
    world.ok(&["jobs", "run"]);
    assert_eq!(wrong(&world.json(0, &["doctor"])), []);
}

#[test]
fn a_recurring_run_that_did_not_do_all_is_noticed() {
    let climb = "[[schedule]]\ncron = \"0 2 * * *\"\nmove = \"promote\"\nfrom = \"DEV\"\n";
    let mut world = World::with(&format!("{THREE_STAGES}\n{climb}"));
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["grant", "bob", "promote-next", "--stage", "QA"]);
    world.set_clock("2026-03-03T03:00:00Z");
    world.json(3, &["run-due", "--as", "bob"]);
    finds(&world, "schedules", "warning", "did not do all it was to do");
}

#[test]
fn an_entry_that_does_not_follow_is_noticed() {
    let world = deployed(THREE_STAGES);
    world.tamper(
        "c.executescript(\"DROP TRIGGER entry_is_never_changed; UPDATE entry SET prev_hash = 'x' \
         WHERE seq = (SELECT max(seq) FROM entry)\")",
    );
    finds(&world, "ledger", "fault", "does not follow from the one before it");
}

#[test]
fn what_people_were_not_told_is_noticed() {
    let world = deployed(THREE_STAGES);
    world.tamper(
        "n = c.execute(\"INSERT INTO outbox (pipeline, name, seq, at, kind, body) \
         VALUES ('acme', 'n', 1, 0, 'promotion', '{}')\").lastrowid\n\
         c.execute(\"INSERT INTO delivery (pipeline, notice, channel, recipient, state, since, run_at, error) \
         VALUES ('acme', ?, 'mail', 'ann', 'dead', 0, 0, 'no such box')\", (n,))",
    );
    finds(&world, "outbox", "warning", "to ann was given up: no such box");
}

#[test]
fn a_remote_that_is_away_is_noticed() {
    let far = Far::begun();
    assert_eq!(wrong(&far.json(0, &["doctor"])), []);
    far.goes_away();
    far.json(1, &["fetch"]);
    let said = far.json(3, &["doctor"]);
    let found = wrong(&said);
    assert!(found.len() == 1 && found[0].0 == "remote" && found[0].2.contains("is away since"), "{said}");
}

#[test]
fn a_git_that_is_too_old_is_noticed() {
    let world = deployed(THREE_STAGES);
    let old = world.path("old/git");
    fs::create_dir_all(old.parent().expect("a folder")).expect("a folder");
    fs::write(&old, "#!/bin/sh\necho git version 2.20.1\n").expect("a program");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).expect("it can be run");
    let mut command = world.command_in(&world.repo(), &["doctor", "--json"]);
    let path = format!("{}:{}", world.path("old").display(), std::env::var("PATH").expect("a path"));
    let ran = Ran::of(command.env("PATH", path).output().expect("it runs"));
    let said: Value = serde_json::from_str(&ran.out).expect("an object");
    let found = wrong(&said);
    assert!(found.len() == 1 && found[0].0 == "git" && found[0].2.contains("git 2.20 is installed"), "{said}");
    let nowhere = world.path("nowhere");
    let mut command = world.command_in(&world.repo(), &["doctor", "--json"]);
    let ran = Ran::of(command.env("PATH", nowhere).output().expect("it runs"));
    assert!(ran.out.contains("the `git` program cannot be run"), "{ran:?}");
}

#[test]
fn what_everybody_may_write_and_what_is_anothers_is_noticed() {
    let world = deployed(THREE_STAGES);
    let own = world.repo().join(".git/switchback");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o777)).expect("its owner may");
    finds(&world, "trust", "warning", "everybody on this machine may write");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).expect("its owner may");
    let given = Command::new("chown").arg("1234:1234").arg(world.repo().join(".git/refs")).status();
    if given.is_ok_and(|status| status.success()) {
        // Only root gives files away.
        finds(&world, "trust", "warning", "belongs to the user 1234");
    }
}

#[test]
fn history_that_is_cut_off_and_objects_that_are_gone_are_noticed() {
    let world = deployed(THREE_STAGES);
    let git = world.repo().join(".git");
    fs::write(git.join("shallow"), world.git(&["rev-list", "--max-parents=0", "main"]) + "\n").expect("a file");
    finds(&world, "objects", "warning", "history is cut off");
    fs::remove_file(git.join("shallow")).expect("it was there");
    fs::create_dir_all(git.join("objects/info")).expect("a folder");
    fs::write(git.join("objects/info/alternates"), "/nowhere/at/all/objects\n").expect("a file");
    finds(&world, "objects", "fault", "borrowed from /nowhere/at/all/objects");
    fs::remove_file(git.join("objects/info/alternates")).expect("it was there");
    let script = "mkdir ../lost && mv .git/objects/pack/* ../lost && for pack in ../lost/*.pack; do git unpack-objects -q < $pack; done";
    let unpacked = Command::new("sh").arg("-c").arg(script).current_dir(world.repo()).status();
    assert!(unpacked.expect("a shell runs").success());
    let blob = world.git(&["rev-parse", "sit:web/a"]);
    fs::remove_file(git.join(format!("objects/{}/{}", &blob[..2], &blob[2..]))).expect("a loose object");
    let said = world.json(3, &["doctor"]);
    let found = wrong(&said);
    assert!(found.iter().all(|one| (one.0, one.1) == ("objects", "fault")), "{said}");
    assert!(found.iter().any(|one| one.2.contains(&format!("object {blob} (`web/a`) of"))), "{said}");
}

#[test]
fn locks_that_nobody_holds_are_noticed() {
    let world = deployed(THREE_STAGES);
    let lock = world.repo().join(".git/refs/heads/sit.lock");
    fs::write(&lock, "").expect("a lock");
    assert_eq!(wrong(&world.json(0, &["doctor"])), [], "somebody may hold it this moment");
    let long_ago = SystemTime::now() - Duration::from_secs(3600);
    fs::File::options().write(true).open(&lock).and_then(|file| file.set_modified(long_ago)).expect("an old lock");
    finds(&world, "notes", "warning", "refs/heads/sit.lock stands for more than ten minutes");
}

#[test]
fn a_branch_that_is_here_alone_is_noticed() {
    let world = deployed(THREE_STAGES);
    let origin = world.path("origin.git");
    world.git(&["clone", "--quiet", "--bare", ".", &origin.to_string_lossy()]);
    world.git(&["remote", "add", "origin", &origin.to_string_lossy()]);
    world.git(&["fetch", "--quiet", "origin"]);
    assert_eq!(wrong(&world.json(0, &["doctor"])), []);
    world.change("US-2", &[("web/b", "b\n")]);
    world.git(&["push", "--quiet", "origin", "dev"]);
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    finds(&world, "unpushed", "warning", "branch sit holds what origin did not");
}

#[test]
fn a_remote_is_asked_only_where_somebody_says_so() {
    let far = Far::begun();
    let of = |said: &Value, name: &str| {
        let all = said["checks"].as_array().expect("checks").iter();
        let mut found =
            all.filter(|check| check["check"] == name).map(|check| check["message"].as_str().expect("a text"));
        found.next().map(str::to_owned)
    };
    let said = far.json(0, &["doctor"]);
    assert_eq!(of(&said, "online-remote"), None, "{said}");
    let said = far.json(0, &["doctor", "--online"]);
    assert!(of(&said, "online-remote").expect("a check").contains("lets this program in to push, in "), "{said}");
    let refs = far.refs();
    far.goes_away();
    assert_eq!(wrong(&far.json(0, &["doctor"])), [], "nobody was asked");
    let said = far.json(3, &["doctor", "--online"]);
    assert!(of(&said, "online-remote").expect("a check").contains("has no repository there"), "{said}");
    assert_eq!(wrong(&far.json(0, &["doctor"])), [], "that it was asked is not kept");
    far.comes_back();
    assert_eq!(far.refs(), refs);
    // Refs that wait, and a secret that others may read.
    let own = far.copy().join("switchback");
    fs::write(own.join("unpushed"), "refs/switchback/heads/SIT\n").expect("a file");
    let secret = far.world.path("secret");
    fs::write(&secret, "s3cret\n").expect("a file");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).expect("its owner may");
    let settings = fs::read_to_string(own.join("remote")).expect("what it is a copy of");
    fs::write(own.join("remote"), settings.replace("env:SHOP_TOKEN", &format!("file:{}", secret.display())))
        .expect("a file");
    far.goes_away();
    let said = far.json(3, &["doctor"]);
    let found: Vec<_> = wrong(&said).into_iter().map(|one| (one.0, one.2.to_owned())).collect();
    assert!(found[0].0 == "secrets" && found[0].1.ends_with("read or write it (644)"), "{said}");
    assert!(found.iter().any(|one| one.0 == "unpushed" && one.1.starts_with("1 ref has yet to go")), "{said}");
}
