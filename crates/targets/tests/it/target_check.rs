//! Check-only deployments (`SPEC P15`, `A11`): every target says what a deployment would come to, and nothing of the question
//! is left, however it ends.

use crate::target_world::{Files, Kind, Memory, World, asked, check, delta, files, leaf, put_delta, words};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use switchback_core::ports::target::{PutCheck, Target};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Mode, PathChange, RepoPath};
use switchback_targets::command::{CommandTarget, Program};

const KINDS: [Kind; 2] = [Kind::Dir, Kind::Command];

fn one() -> Files {
    files(&[(b"a", Mode::File, "one"), (b"b/c", Mode::Executable, "run"), (b"l", Mode::Symlink, "a")])
}

fn two() -> Files {
    files(&[(b"a/x", Mode::File, "in a"), (b"b", Mode::File, "was a folder"), (b"n/m", Mode::File, "new")])
}

/// Everything below a folder, Switchback's own included: kind, mode, time of the last change, content.
fn trace(folder: &Path) -> BTreeMap<String, (u32, i64, i64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let Ok(info) = path.symlink_metadata() else { continue };
        let bytes = match () {
            () if info.is_dir() => {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                Vec::new()
            }
            () if info.is_symlink() => fs::read_link(&path).unwrap().to_string_lossy().into_owned().into_bytes(),
            () => fs::read(&path).unwrap(),
        };
        found.insert(format!("{path:?}"), (info.permissions().mode(), info.mtime(), info.mtime_nsec(), bytes));
    }
    found
}

/// Asks, and holds that nothing at all is another afterwards.
fn asks(
    world: &World,
    target: &dyn Target,
    version: u32,
    (before, after): (&Files, &Files),
) -> Result<PutCheck, Fault> {
    let stood = trace(world.folder.path());
    let said = check(target, version, before, after);
    assert_eq!(trace(world.folder.path()), stood, "{:?} leaves no trace", world.kind);
    said
}

fn takes() -> PutCheck {
    PutCheck::Takes { said: Vec::new() }
}

#[test]
fn what_can_be_put_is_taken_and_nothing_is_there_of_it() {
    for kind in KINDS {
        let world = World::new(kind);
        assert_eq!(asks(&world, &*world.target(), 1, (&Files::new(), &one())), Ok(takes()), "{kind:?}");
        assert!(!world.root().exists(), "not even the folder");
        world.deploy(1, &Files::new(), &one());
        assert_eq!(asks(&world, &*world.target(), 2, (&one(), &two())), Ok(takes()), "{kind:?}");
        assert_eq!(asks(&world, &*world.target(), 2, (&one(), &one())), Ok(takes()), "nothing to put is taken");
        world.assert_holds(&one());
        world.deploy(2, &one(), &two());
        world.assert_holds(&two());
    }
}

#[test]
fn what_a_deployment_would_fail_with_is_said() {
    for kind in KINDS {
        let world = World::new(kind);
        world.deploy(1, &Files::new(), &one());
        fs::write(world.path("n"), "a file where a folder must be").unwrap();
        match (kind, asks(&world, &*world.target(), 2, (&one(), &two()))) {
            (Kind::Dir, Err(fault)) => assert_eq!(fault.code, "area-blocked"),
            (Kind::Command, Ok(PutCheck::Refuses { exit: 1, said })) => {
                assert_eq!(said, [format!("{} is no folder", world.path("n").display())]);
            }
            (kind, said) => panic!("{kind:?}: {said:?}"),
        }
        world.put(2, &one(), &two()).unwrap_err();
        fs::remove_file(world.path("n")).unwrap();
        fs::write(world.path("a"), "edited").unwrap();
        let said = asks(&world, &*world.target(), 2, (&one(), &two()));
        assert_eq!(said.unwrap_err().code, "area-changed", "{kind:?}");
        fs::write(world.path("a"), "one").unwrap();
        assert_eq!(asks(&world, &*world.target(), 2, (&one(), &two())), Ok(takes()));
    }
}

#[test]
fn a_content_that_is_not_there_is_missed() {
    for kind in KINDS {
        let world = World::new(kind);
        let mut blobs = Memory::of(&[&one()]);
        blobs.0.remove(&leaf(Mode::File, b"one").id).unwrap();
        let changes = delta(&Files::new(), &one());
        let fault = world.target().check_put(asked(1, &changes), &blobs).unwrap_err();
        assert_eq!((fault.code, world.root().exists()), ("blob-missing", false), "{kind:?}");
    }
}

#[test]
fn nothing_is_asked_between_two_versions() {
    for kind in KINDS {
        let world = World::new(kind);
        world.deploy(1, &Files::new(), &one());
        world.put(2, &one(), &two()).unwrap();
        let said = asks(&world, &*world.target(), 3, (&two(), &one()));
        assert_eq!(said.unwrap_err().code, "area-underway", "{kind:?}");
        world.undo(&one(), &two());
        assert_eq!(asks(&world, &*world.target(), 3, (&one(), &two())), Ok(takes()));
    }
}

#[test]
fn what_is_larger_than_the_disk_is_not_taken_by_a_directory() {
    let world = World::new(Kind::Dir);
    let room = switchback_machine::disk::room(world.folder.path()).unwrap();
    // The same content under so many names that the disk has no room for it.
    let content = "x".repeat(16 << 20);
    let names = room.free / content.len() as u64 + 1;
    let one = files(&[(b"large", Mode::File, &content)]);
    let change = &delta(&Files::new(), &one)[0];
    let large = |nth| PathChange { path: RepoPath::new(format!("large-{nth}")), before: None, after: change.after };
    let changes: Vec<_> = (0..names).map(large).collect();
    let said = world.target().check_put(asked(1, &changes), &Memory::of(&[&one]));
    let fault = said.unwrap_err();
    assert_eq!(fault.code, "area-io", "{}", fault.message);
    assert!(fault.message.contains("bytes are to be written"), "{}", fault.message);
}

/// A place that the example keeps, but for what is asked with `check-put`, which this line of a shell answers.
fn answering(world: &World, line: &str) -> Program {
    let example = words(&world.root()).join(" ");
    let script = format!("if [ \"$1\" = check-put ]; then {line}; else exec {example} \"$1\"; fi");
    let shell = ["sh", "-c", &script, "sh"].map(str::to_owned).to_vec();
    Program::new(shell, "/".into(), Duration::from_secs(60)).that_checks()
}

/// A world with a version, and what asking a program says that answers like this.
fn answered(line: &str) -> (World, Result<PutCheck, Fault>) {
    let world = World::new(Kind::Command);
    world.deploy(1, &Files::new(), &one());
    let target = CommandTarget::new(answering(&world, line));
    let said = asks(&world, &target, 2, (&one(), &two()));
    (world, said)
}

#[test]
fn a_program_says_why_not_with_its_exit_code_and_its_last_lines() {
    let (_, said) = answered("echo to out; echo to err >&2; exit 7");
    assert_eq!(said, Ok(PutCheck::Refuses { exit: 7, said: vec!["to out".to_owned(), "to err".to_owned()] }));
    let (_, said) = answered("seq 30");
    let Ok(PutCheck::Takes { said }) = said else { panic!("{said:?}") };
    assert_eq!((said.len(), said[0].as_str(), said[19].as_str()), (20, "11", "30"));
    let (_, said) = answered("echo at once; kill -9 $$");
    assert_eq!(said, Ok(PutCheck::Refuses { exit: 137, said: vec!["at once".to_owned()] }));
}

#[test]
fn a_program_is_given_what_a_deployment_would_give_it() {
    let (world, said) = answered("cat");
    let Ok(PutCheck::Takes { said }) = said else { panic!("{said:?}") };
    let request: serde_json::Value = serde_json::from_str(&said[0]).unwrap();
    assert_eq!((&request["version"], &request["deployment"]), (&2.into(), &"D-2".into()));
    assert_eq!(request["changes"], serde_json::to_value(delta(&one(), &two())).unwrap());
    assert!(!Path::new(request["blobs"].as_str().unwrap()).exists(), "what was handed over is gone");
    let (_, said) = answered("exec cat $(sed 's/.*\"blobs\":\"\\([^\"]*\\)\".*/\\1/')/*");
    let Ok(PutCheck::Takes { said }) = said else { panic!("{said:?}") };
    let said = said.concat();
    assert!(["in a", "was a folder", "new"].iter().all(|content| said.contains(content)), "{said}");
    assert!(world.path("a").is_file());
}

#[test]
fn a_program_that_takes_too_long_is_ended_with_what_it_started() {
    let world = World::new(Kind::Command);
    world.deploy(1, &Files::new(), &one());
    let beside = tempfile::tempdir().unwrap();
    let line = format!("echo begun; cat > {0}/asked; sleep 600 & echo $! > {0}/child; wait", beside.path().display());
    let words = [
        "sh",
        "-c",
        &format!("[ \"$1\" = check-put ] && {{ {line}; }} || exec {} \"$1\"", words(&world.root()).join(" ")),
        "sh",
    ];
    let timeout = Duration::from_secs(3);
    let program = Program::new(words.map(str::to_owned).to_vec(), "/".into(), timeout).that_checks();
    let fault = asks(&world, &CommandTarget::new(program), 2, (&one(), &two())).unwrap_err();
    assert_eq!(fault.code, "area-program-failed");
    assert!(fault.message.contains("longer than 3 s\nbegun"), "{}", fault.message);
    has_ended(beside.path());
}

#[test]
fn a_program_is_ended_once_somebody_wants_that() {
    let world = World::new(Kind::Command);
    world.deploy(1, &Files::new(), &one());
    let beside = tempfile::tempdir().unwrap();
    let line = format!(
        "cat > {0}/asked; sleep 600 & echo $! > {0}/child.new; mv {0}/child.new {0}/child; wait",
        beside.path().display()
    );
    let begun = beside.path().join("child");
    let program = answering(&world, &line).until(Arc::new(move || begun.exists()));
    let fault = asks(&world, &CommandTarget::new(program), 2, (&one(), &two())).unwrap_err();
    assert!(fault.message.contains("it was stopped"), "{}", fault.message);
    has_ended(beside.path());
}

/// What a program started is gone, and so is what was handed over to it.
fn has_ended(beside: &Path) {
    let child = fs::read_to_string(beside.join("child")).unwrap();
    assert!(!is_alive(child.trim()), "{child} lives on");
    let asked: serde_json::Value = serde_json::from_slice(&fs::read(beside.join("asked")).unwrap()).unwrap();
    assert!(!Path::new(asked["blobs"].as_str().unwrap()).exists());
}

/// Whether a process does anything still; one that nobody has buried does not.
fn is_alive(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

#[test]
fn a_program_that_is_not_said_to_check_is_not_run_for_it() {
    let world = World::new(Kind::Command);
    world.deploy(1, &Files::new(), &one());
    // One that takes whatever it does not know for a deployment.
    let shell = ["sh", "-c", "touch \"$0/ran\"", world.folder.path().to_str().unwrap()].map(str::to_owned);
    let target = CommandTarget::new(Program::new(shell.to_vec(), "/".into(), Duration::from_secs(60)));
    let said = asks(&world, &target, 2, (&one(), &two()));
    assert!(matches!(said, Ok(PutCheck::Unasked { why }) if why.contains("check-put")));
}

#[test]
fn a_program_that_puts_what_it_was_only_asked_about_is_found_out() {
    let world = World::new(Kind::Command);
    world.deploy(1, &Files::new(), &one());
    let target = CommandTarget::new(answering(&world, &format!("exec {} put", words(&world.root()).join(" "))));
    let changes = delta(&one(), &two());
    let said = target.check_put(asked(2, &changes), &Memory::of(&[&one(), &two()]));
    let fault = said.unwrap_err();
    assert_eq!((fault.code, fault.message.contains("`a`")), ("area-check-wrote", true), "{}", fault.message);
    assert_eq!(put_delta(&target, 2, (&changes, &Memory::of(&[&two()]))).unwrap_err().code, "area-changed");
}
