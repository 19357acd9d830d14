//! Processes that run beside the test: begun, told to wait in their hooks, signalled, ended.

use crate::world::{Ran, THREE_STAGES, World};
use serde_json::Value;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What takes longer hangs.
const BOUND: Duration = Duration::from_secs(90);
const SIT: &str = "target = { dir = \"../areas/sit-web\" }";

/// Begins a command; its answer is JSON.
pub fn begin(world: &World, words: &[&str]) -> Child {
    started(world.command(&[words, &["--json"]].concat()))
}

/// Begins a command as it is.
pub fn started(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// Waits for the end of a command, within bounds; what it left.
pub fn ran(mut child: Child) -> Ran {
    let until = Instant::now() + BOUND;
    while child.try_wait().expect("a child to wait for").is_none() {
        if Instant::now() > until {
            let _ = child.kill();
            panic!("it does not end: {:?}", Ran::of(child.wait_with_output().expect("it was killed")));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ran::of(child.wait_with_output().expect("the program ends"))
}

/// The same, with its exit code and its answer.
pub fn end(child: Child) -> (Option<i32>, Value) {
    let ran = ran(child);
    let said = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    (ran.exit, said)
}

pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(sent.expect("kill runs").success());
}

/// Looks again and again until something has come.
pub fn wait_for(what: &str, has_come: impl Fn() -> bool) {
    let until = Instant::now() + BOUND;
    while !has_come() {
        assert!(Instant::now() < until, "{what} never came");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The three stages with two changes. The hook of `sit-web` (`before` or `after`) says `heard`, leaves its process's
/// number in `begun`, and waits while there is a file `hold`; `sit-web` has its baseline, and `US-2`.
pub fn holding(hook: &str) -> World {
    let world = World::with(&THREE_STAGES.replace(SIT, &format!("{SIT}\n{}", hold(hook))));
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    fs::remove_file(world.path("begun-sit-web")).expect("the hook has run");
    fs::write(world.path("hold"), "").expect("a file");
    world
}

/// The hook of [`holding`].
pub fn hold(hook: &str) -> String {
    let script = "echo heard; echo $$ > ../begun-$SWITCHBACK_AREA; while test -e ../hold; do sleep 0.02; done";
    format!("hooks.{hook} = {{ run = \"{script}\", timeout_s = 600 }}")
}

/// Begins a command and waits until it is in the hook of an area.
pub fn begun(world: &World, area: &str, words: &[&str]) -> Child {
    let child = begin(world, words);
    in_hook(world, area);
    child
}

/// Waits until somebody is in the hook of an area; the number of the hook's process.
pub fn in_hook(world: &World, area: &str) -> String {
    let note = world.path(&format!("begun-{area}"));
    let read = || fs::read_to_string(&note).unwrap_or_default().trim().to_owned();
    wait_for("the hook", || !read().is_empty());
    read()
}

/// Lets hooks go.
pub fn let_go(world: &World) {
    fs::remove_file(world.path("hold")).expect("it was held");
}
