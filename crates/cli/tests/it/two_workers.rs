//! Two workers in one job: the lease of one runs out in its hook, the other takes the job over, and then the first wakes
//! up (`SPEC A9`). Only the holder of the lease may touch the area.

use crate::process::{begin, begun, end, in_hook, signal, wait_for};
use crate::world::{LATER, THREE_STAGES, World};
use serde_json::Value;
use std::fs;

const SIT: &str = "target = { dir = \"../areas/sit-web\" }";
/// The first worker waits at the baseline, the second at the version after it; nobody else waits.
const WAIT: &str = r#"cd ..
hold() { while test -e "$1"; do sleep 0.02; done; }
case "$SWITCHBACK_DEPLOYMENT $SWITCHBACK_VERSION" in
"D-1 1") mkdir first 2>/dev/null && { echo $$ > begun-sit-web; hold first-waits; } ;;
"D-1 2") touch second-began; hold second-waits ;;
esac
true
"#;

/// What the first worker is, while the second has the job.
#[derive(Clone, Copy, PartialEq, Debug)]
enum First {
    /// It hears of the loss.
    Awake,
    /// It sleeps, and wakes up where it was.
    Asleep,
}

fn makes(world: &World, version: u32) -> usize {
    let log = world.ok(&["log"]);
    let says = format!("makes sit-web@{version}");
    let entries = log["entries"].as_array().expect("entries").iter();
    entries.filter(|entry| entry["says"].as_str().is_some_and(|said| said.ends_with(&says))).count()
}

/// Both workers in the first deployment of an area, in one of its hooks; the stage may move on meanwhile.
fn meet(hook: &str, first: First) {
    let hooked = format!("{SIT}\nhooks.{hook} = {{ run = [\"sh\", \"../wait\"], timeout_s = 600 }}");
    let mut world = World::with(&THREE_STAGES.replace(SIT, &hooked));
    fs::write(world.path("wait"), WAIT).expect("a script");
    for held in ["first-waits", "second-waits"] {
        fs::write(world.path(held), "").expect("a file");
    }
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    let child = begun(&world, "sit-web", &["promote", "US-1", "--to", "SIT", "--deploy"]);
    if first == First::Asleep {
        signal(&child, "STOP");
    }
    world.set_clock(LATER);
    let second = begin(&world, &["jobs", "run"]);
    wait_for("the second worker", || world.path("second-began").exists());
    let standing = world.files("sit-web");
    // With another head of the stage, what the first one made is outdated.
    world.ok(&["promote", "US-2", "--from", "DEV", "--to", "SIT"]);
    fs::remove_file(world.path("first-waits")).expect("it was held");
    if first == First::Asleep {
        signal(&child, "CONT");
    }
    // Whatever the first one does, it has done when it waits for the second: the hook of its own has ended.
    let hook_of_first = in_hook(&world, "sit-web");
    wait_for("the end of the first hook", || !std::path::Path::new("/proc").join(&hook_of_first).exists());
    for _ in 0..20 {
        std::thread::sleep(std::time::Duration::from_millis(10));
        assert_eq!(world.files("sit-web"), standing, "{hook} {first:?}: the area is the second worker's");
    }
    fs::remove_file(world.path("second-waits")).expect("it was held");
    let ((exit, worked), (_, said)) = (end(second), end(child));
    assert_eq!((exit, &worked["jobs"][0]["state"]), (Some(0), &"succeeded".into()), "{hook} {first:?}: {worked}");
    assert_eq!(said["deployments"][0]["status"], "succeeded", "as it stands: {said}");
    is_whole(&world);
}

fn is_whole(world: &World) {
    assert_eq!((makes(world, 1), makes(world, 2), makes(world, 3)), (1, 1, 0));
    assert!(world.files("sit-web").contains_key("web/a"));
    world.is_sound();
    let back = world.ok(&["rollback", "D-1"]);
    assert_eq!(back["deployments"][0]["version"], Value::from(3), "{back}");
    assert!(!world.files("sit-web").contains_key("web/a"));
    world.is_sound();
}

#[test]
fn a_worker_that_hears_of_its_loss_leaves_the_area_alone() {
    meet("before", First::Awake);
    meet("after", First::Awake);
}

#[test]
fn a_worker_that_slept_through_its_loss_leaves_the_area_alone() {
    meet("before", First::Asleep);
    meet("after", First::Asleep);
}
