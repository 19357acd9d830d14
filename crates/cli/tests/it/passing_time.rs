//! Operations on the machine's own clock, on which time passes while they are carried out.

use crate::world::{Ran, World};

/// A snapshot is kept with this entry.
const SNAPSHOT: usize = 32;

/// So many files that storing them takes longer than the clock's smallest step.
const FILES: usize = 1500;

#[test]
fn the_state_that_is_kept_is_the_one_that_the_entries_tell() {
    let world = World::three_stages();
    let done = |words: &[&str]| {
        let ran = Ran::of(world.command(words).env_remove("SWITCHBACK_NOW").output().expect("the program runs"));
        assert_eq!(ran.exit, Some(0), "{words:?}: {} {}", ran.out, ran.err);
    };
    world.branch("US-1", &[("web/index.html", "<h1>Shop!</h1>\n")]);
    done(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    for number in world.entries()..SNAPSHOT - 1 {
        done(&["change", "edit", "US-1", "--title", &format!("Title {number}")]);
    }
    let files: Vec<_> = (0..FILES).map(|number| (format!("web/{number}/{number}"), number.to_string())).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    world.branch("US-2", &files);
    done(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    assert_eq!(world.entries(), SNAPSHOT);
    world.is_sound();
}
