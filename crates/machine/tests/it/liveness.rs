//! The living are told from the dead by what the kernel says (`SPEC L7`), also across PID namespaces.

use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File, FileTimes};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};
use switchback_machine::notes::{self, Left, Note};
use switchback_machine::process;
use switchback_machine::worker::Workers;
use tempfile::TempDir;

/// Where the child below is at work; without it, it is no test.
const CHILD: &str = "SWITCHBACK_TEST_WORKERS";

/// Run by the tests below in a process of its own: it enrols, leaves a note, tells its name, and works until its input
/// ends.
#[test]
fn child_process_works() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let folder = Path::new(&folder);
    let name = Workers::of(folder).enrol().unwrap();
    let note = Note::leave(&folder.join("acting"), "7").unwrap();
    println!("at work {name}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    drop(note);
}

struct AtWork {
    child: Child,
    name: String,
}

/// Starts a child, by way of another program where one is named; `None` where that program may not do what it should.
fn start(folder: &Path, by: &[&str]) -> Option<AtWork> {
    let this = std::env::current_exe().unwrap();
    let mut command = match by {
        [] => Command::new(&this),
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).arg(&this);
            command
        }
    };
    let mut child = command
        .args(["--exact", "liveness::child_process_works", "--nocapture", "--test-threads=1"])
        .env(CHILD, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.map_while(Result::ok).find_map(|line| Some(line.split_once("at work ")?.1.to_owned()));
    match told {
        Some(name) => Some(AtWork { child, name }),
        None => {
            child.wait().unwrap();
            None
        }
    }
}

/// What is known of a child: whether its worker is dead, and whether its note is.
fn dead(folder: &Path, name: &str) -> (bool, bool) {
    let notes = notes::left(&folder.join("acting"));
    assert_eq!(notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["7"]);
    (Workers::of(folder).is_dead(name), notes[0].is_dead())
}

fn ends_as_it_should(folder: &Path, by: &[&str]) {
    let Some(mut at_work) = start(folder, by) else {
        println!("{by:?} is not permitted here");
        return;
    };
    let name = at_work.name;
    assert_eq!(dead(folder, &name), (false, false));
    let pid = Pid::from_child(&at_work.child);
    kill_process(pid, Signal::STOP).unwrap();
    assert_eq!(dead(folder, &name), (false, false), "who is stopped lives");
    kill_process(pid, Signal::KILL).unwrap();
    at_work.child.wait().unwrap();
    // Behind a program that was killed, the child ends a moment later.
    for _ in 0..500 {
        if dead(folder, &name) == (true, true) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(dead(folder, &name), (true, true));
}

#[test]
fn a_killed_process_is_dead_and_a_stopped_one_is_not() {
    let folder = TempDir::new().unwrap();
    ends_as_it_should(folder.path(), &[]);
}

#[test]
fn a_process_of_another_pid_namespace_lives_as_long_as_it_does() {
    let folder = TempDir::new().unwrap();
    ends_as_it_should(folder.path(), &["unshare", "-Urpf", "--kill-child", "--mount-proc"]);
}

#[test]
fn only_the_dead_that_nobody_names_are_forgotten() {
    let folder = TempDir::new().unwrap();
    let workers = Workers::of(folder.path());
    let own = workers.enrol().unwrap();
    assert!(!workers.is_dead(own) && own == process::name());
    assert!(workers.who(own).unwrap().starts_with(&format!("process {} on ", std::process::id())));
    workers.forget_dead(|| -> Result<_, ()> { panic!("nobody is dead") }).unwrap();
    let place = folder.path().join("switchback/workers");
    for dead in ["dead", "beef"] {
        fs::write(place.join(dead), "process 7 on it").unwrap();
        assert!(workers.is_dead(dead));
    }
    assert!(workers.forget_dead(|| Err(())).is_err());
    workers.forget_dead(|| Ok::<_, ()>(vec!["beef".to_owned()])).unwrap();
    let names = ["dead", "beef", own].map(|name| place.join(name).exists());
    assert_eq!(names, [false, true, true]);
    for unknown in ["dead", "host:1:1", "", ".", "../workers/beef", &place.join("beef").to_string_lossy()] {
        assert!(!workers.is_dead(unknown), "nothing is known of `{unknown}`");
    }
    fs::remove_dir_all(&place).unwrap();
    workers.enrol().unwrap();
    assert!(place.join(own).exists(), "a note that somebody removed is left again");
}

#[test]
fn notes_are_seen_whole_and_locked_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("made on demand");
    let note = Note::leave(&place, "first").unwrap();
    let seen = notes::left(&place);
    assert_eq!((seen.len(), seen[0].text.as_str(), seen[0].is_dead()), (1, "first", false));
    note.take_back();
    drop(note);
    assert!(!seen[0].is_dead(), "one that was taken back is nobody's");
    assert!(notes::left(&place).is_empty());
    drop(Note::leave(&place, "second").unwrap());
    assert!(notes::left(&place).iter().all(Left::is_dead), "one that is let go of counts as left");
    // From before there were locks.
    fs::write(place.join("host:4294967294:1-0"), "third").unwrap();
    assert_eq!(notes::left(&place).iter().filter(|note| note.is_dead()).count(), 2);
    // What died before it was shown.
    let [young, old, held] = [".young", ".old", ".held"].map(|name| place.join(name));
    for path in [&young, &old, &held] {
        let file = File::create(path).unwrap();
        if path != &young {
            file.set_times(FileTimes::new().set_modified(SystemTime::now() - Duration::from_secs(100))).unwrap();
        }
    }
    let held_by_us = File::open(&held).unwrap();
    held_by_us.lock().unwrap();
    assert_eq!(notes::left(&place).len(), 2, "hidden ones are nobody's business");
    assert_eq!([young, old, held].map(|path| path.exists()), [true, false, true]);
}
