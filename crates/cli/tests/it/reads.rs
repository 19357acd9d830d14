//! Reading leaves no trace: not in the repository, not in the work tree, not in the areas; and where nothing can be
//! written, everything can be read.

use crate::world::{Ran, World, written};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const PAGE: &str = "web/index.html";

fn page(title: &str) -> String {
    format!("<h1>{title}</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n")
}

/// Something of everything: deployments, a demotion, a draft, a settled and an open conflict, a queued job, grants.
fn lived_in() -> World {
    let world = World::three_stages();
    world.branch("US-1", &[(PAGE, &page("Store")), ("web/style.css", "h1 { color: red }\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "SIT"]);
    world.change("US-2", &[("web/two", "two\n")]);
    world.change("US-3", &[("web/three", "three\n")]);
    world.change("US-4", &[(PAGE, &page("Market")), ("web/style.css", "h1 { color: blue }\n")]);
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    world.ok(&["promote", "US-3", "--to", "SIT", "--deploy"]);
    world.ok(&["demote", "US-3", "--from", "SIT", "--to", "DEV"]);
    world.json(3, &["promote", "US-4", "--to", "SIT"]);
    world.json(3, &["resolve", "P-3", PAGE, "--theirs"]);
    world.ok(&["promote", "US-1", "--to", "QA", "--draft"]);
    world.ok(&["deploy", "US-1", "--area", "sit-web", "--no-wait"]);
    world.ok(&["grant", "root", "administer"]);
    world
}

/// Every reading command, and previews of some that act.
fn readings(world: &World) -> Vec<Vec<String>> {
    let resolutions = world.ok(&["resolution", "list"]);
    let known = resolutions["resolutions"][0]["id"].as_str().expect("a resolution");
    let lines = format!(
        "status; status --as-of #2; where; where US-1; why US-1 SIT; why US-4 US-1; depends US-1; pending; \
         pending sit-web; behind DEV; behind SIT --from QA; ahead DEV; change list; change show US-1; promotion list; \
         promotion show P-3; conflicts P-3; conflicts --ahead; rehearse US-3 --to SIT; resolution list; \
         resolution list --forgotten; resolution show {known}; history; history --rollbackable; area list; \
         area show sit-web; area verify; jobs; jobs list; jobs show 1; log; log -n 1; diff DEV SIT; \
         diff sit-web@1 sit-web@2; verify; grants; grants root"
    );
    lines.split(';').map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

const PREVIEWS: [&str; 10] = [
    "promote US-3 --to SIT --deploy --dry-run",
    "back-promote US-1 --to DEV --dry-run",
    "demote US-2 --from SIT --to DEV --dry-run",
    "rollback D-1 --dry-run",
    "resolve P-3 web/style.css --ours --dry-run",
    "promotion cancel P-3 --dry-run",
    "jobs cancel D-4 --dry-run",
    "change edit US-1 --owner ada --dry-run",
    "verify --repair --dry-run",
    "run-due --dry-run",
];

fn run(world: &World, line: &[String]) -> Ran {
    world.run(&line.iter().map(String::as_str).collect::<Vec<_>>())
}

fn answers(ran: &Ran, line: &[String]) {
    assert!(matches!(ran.exit, Some(0 | 3)), "{line:?}: {ran:?}");
}

/// Runs every reading command, and expects no trace but the cache of `conflicts --ahead`, and what `area verify` found.
fn leaves_no_trace(world: &World) {
    let previews = PREVIEWS.iter().map(|line| line.split_whitespace().map(str::to_owned).collect());
    let lines: Vec<Vec<String>> = readings(world).into_iter().chain(previews).collect();
    let caches = ["encounters-acme", "encountered-acme"].map(|name| world.repo().join(".git/switchback").join(name));
    // A server that answers looks by itself as well.
    let looks = ["checked-acme", "checked-acme.lock"].map(|name| world.repo().join(".git/switchback").join(name));
    let mut before = world.traces();
    for line in lines {
        answers(&run(world, &line), &line);
        let after = world.traces();
        let mut found = written(&before, &after);
        found.retain(|path| !looks.contains(path));
        if line.iter().any(|word| word == "--ahead") {
            found.retain(|path| !caches.contains(path));
        }
        assert!(found.is_empty(), "{line:?} wrote {found:?}");
        before = after;
    }
}

#[test]
fn a_reading_command_leaves_no_trace() {
    let world = lived_in();
    // Folders for notes are made by who leaves one.
    for folder in ["acting", "workers", "moving"] {
        let _ = fs::remove_dir_all(world.repo().join(".git/switchback").join(folder));
    }
    leaves_no_trace(&world);
}

/// What others brought is taken in by the next operation, and not by who looks.
#[test]
fn what_others_brought_is_read_without_taking_it_in() {
    let world = lived_in();
    let there = world.twin();
    there.ok(&["resolve", "P-3", "web/style.css", "--theirs"]);
    let reference = "+refs/switchback/resolutions:refs/switchback/resolutions";
    world.git(&["fetch", "--quiet", &there.repo().display().to_string(), reference]);
    world.git(&["checkout", "--quiet", "sit"]);
    world.write("web/hot", "hot\n");
    world.commit("HOT-7 mends the shop");
    world.git(&["checkout", "--quiet", "--detach"]);
    let entries = world.entries();
    leaves_no_trace(&world);
    assert_eq!(world.entries(), entries);
    world.ok(&["promote", "US-3", "--to", "SIT"]);
    assert!(world.entries() > entries + 1, "now it is taken in");
}

/// A process that was killed left its note and its refs: whoever opens the repository next puts them right, once.
#[test]
fn putting_right_what_a_killed_process_left_is_the_only_write() {
    let world = lived_in();
    let entries = world.entries();
    let killed = world.run_until("corridor.committed", &["promote", "US-3", "--to", "SIT"]);
    assert_eq!(killed.signal, Some(9), "{killed:?}");
    let before = world.traces();
    world.run(&["where"]);
    let about_refs = |path: &PathBuf| {
        let path = path.strip_prefix(world.repo().join(".git")).expect("in the git directory").display().to_string();
        // SQLite takes what the dead left in its log into the file.
        let begins = ["refs/", "logs/", "packed-refs", "switchback/acting/", "switchback/ledger.sqlite"];
        // And git may have what the dead kept from it.
        begins.iter().any(|begin| path.starts_with(begin)) || path.ends_with(".keep")
    };
    let found = written(&before, &world.traces());
    assert!(!found.is_empty() && found.iter().all(about_refs), "{found:?}");
    assert_eq!(world.entries(), entries + 1);
    assert!(world.ok(&["where", "US-3"])["changes"][0]["stages"]["SIT"].is_object());
    leaves_no_trace(&world);
}

/// Before `init` there is nothing to read, and nothing is made by looking for it.
#[test]
fn looking_for_a_pipeline_makes_none() {
    let world = World::bare_of_pipeline();
    world.configure(crate::world::THREE_STAGES);
    let before = world.traces();
    for line in ["status", "where", "log", "jobs list", "grants", "verify", "promote US-1 --to SIT", "verify --repair"]
    {
        let words: Vec<_> = line.split(' ').collect();
        assert_eq!(world.refused(&words)["code"], "not-initialized", "{line}");
    }
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    assert!(!world.repo().join(".git/switchback").exists());
}

/// How a repository comes to be on a medium that cannot be written; `None` where that cannot be had.
type ReadOnly = fn(&World) -> Option<Command>;

/// A mount of its own for the process.
fn mounted(world: &World) -> Option<Command> {
    let mut outer = Command::new("unshare");
    let script = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
    outer.args(["-Urm", "sh", "-c", script]).arg(world.path(""));
    usable(outer, world)
}

/// Files and folders that may not be written, for a user to whom that matters.
fn guarded(world: &World) -> Option<Command> {
    let stripped = Command::new("chmod").args(["-R", "a-w"]).arg(world.path("")).status();
    assert!(stripped.expect("chmod runs").success());
    let mut outer = Command::new("setpriv");
    outer.args(["--bounding-set", "-dac_override", "--inh-caps", "-dac_override"]);
    usable(outer, world).or_else(|| usable(Command::new("env"), world))
}

fn usable(outer: Command, world: &World) -> Option<Command> {
    let mut trial = Command::new(outer.get_program());
    trial.args(outer.get_args()).args(["touch"]).arg(world.repo().join(".git/touched"));
    let said = match trial.output() {
        Ok(tried) => String::from_utf8_lossy(&tried.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    // Both ways end in `touch` saying no; anything else is no read-only medium.
    if said.starts_with("touch:") {
        return Some(outer);
    }
    println!("passed over: no read-only medium here: {said}");
    None
}

fn again(outer: &Command) -> Command {
    let mut command = Command::new(outer.get_program());
    command.args(outer.get_args());
    command
}

/// Everything is read as it was where it could be written; nobody acts, and nothing is lost.
fn is_read(world: &World, medium: ReadOnly) {
    let lines = readings(world);
    let writable: Vec<Ran> = lines.iter().map(|line| run(world, line)).collect();
    let before = world.traces();
    if let Some(outer) = medium(world) {
        for (line, expected) in lines.iter().zip(writable) {
            let words: Vec<_> = line.iter().map(String::as_str).collect();
            let ran = world.through(&mut again(&outer), &words);
            assert_eq!((ran.exit, &ran.out, &ran.err), (expected.exit, &expected.out, &expected.err), "{line:?}");
        }
        for line in ["promote US-3 --to SIT --json", "change edit US-1 --owner ada --json", "jobs run --json"] {
            let words: Vec<_> = line.split(' ').collect();
            let ran = world.through(&mut again(&outer), &words);
            let named = ran.out.contains("ledger-unwritable") || ran.out.contains("repository-unwritable");
            assert!(ran.exit == Some(1) && named, "{line}: {ran:?}");
        }
    }
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    let given = Command::new("chmod").args(["-R", "u+w"]).arg(world.path("")).status();
    assert!(given.expect("chmod runs").success());
    world.ok(&["promote", "US-3", "--to", "SIT"]);
}

#[test]
fn a_read_only_mount_is_read() {
    is_read(&lived_in(), mounted);
}

#[test]
fn what_the_user_may_not_write_is_read() {
    is_read(&lived_in(), guarded);
}

/// Copied to a medium just when a process had died: its entry is in SQLite's log, and its refs are not moved.
#[test]
fn what_a_killed_process_left_is_read_where_it_cannot_be_put_right() {
    let world = lived_in();
    let killed = world.run_until("corridor.committed", &["promote", "US-3", "--to", "SIT"]);
    assert_eq!(killed.signal, Some(9), "{killed:?}");
    assert!(fs::metadata(world.ledger().with_extension("sqlite-wal")).is_ok_and(|log| log.len() > 0));
    let Some(outer) = mounted(&world) else { return };
    let before = world.traces();
    let read = world.through(&mut again(&outer), &["where", "US-3", "--json"]);
    assert!(read.exit == Some(0) && read.out.contains("\"SIT\":{\"revision\":1"), "{read:?}");
    for line in ["status", "behind DEV", "pending", "log", "history", "jobs list"] {
        let ran = world.through(&mut again(&outer), &line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.exit, Some(0), "{line}: {ran:?}");
    }
    let preview = world.through(&mut again(&outer), &["promote", "US-3", "--from", "SIT", "--to", "QA", "--dry-run"]);
    assert_eq!(preview.exit, Some(0), "{preview:?}");
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    world.ok(&["where"]);
    assert_eq!(world.git(&["show", "sit:web/three"]), "three");
}

/// A ref that is locked by somebody else keeps it from being put right, and nobody from reading.
#[test]
fn what_cannot_be_put_right_yet_can_be_read() {
    let world = lived_in();
    let killed = world.run_until("corridor.committed", &["promote", "US-3", "--to", "SIT"]);
    assert_eq!(killed.signal, Some(9), "{killed:?}");
    let lock = world.repo().join(".git/refs/heads/sit.lock");
    fs::write(&lock, "").expect("a lock");
    assert!(world.ok(&["where", "US-3"])["changes"][0]["stages"]["SIT"].is_object());
    // The ledger decides: what is asked of other branches goes on, and what keeps this one is told.
    let said = world.ok(&["promote", "US-3", "--from", "SIT", "--to", "QA"]);
    assert_eq!(said["warnings"][0]["code"], "refs-unmoved", "{said}");
    fs::remove_file(&lock).expect("the lock goes");
    world.ok(&["status"]);
    assert_eq!(world.git(&["show", "sit:web/three"]), "three");
    world.is_sound();
}

#[test]
fn an_old_ledger_is_read_where_it_cannot_be_brought_to_the_newest_schema() {
    let archive = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/old/format-2.tar.gz");
    let world = World::unpacked(&archive, crate::world::NOW);
    world.git(&["hash-object", "-w", "../areas/qa-docs/docs/manual.md"]);
    let Some(outer) = mounted(&world) else { return };
    let before = world.traces();
    for line in ["status", "where", "behind DEV", "history", "log", "jobs list", "verify"] {
        let ran = world.through(&mut again(&outer), &line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.exit, Some(0), "{line}: {ran:?}");
    }
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
}
