//! The state that is kept beside the entries, so that nobody folds all of them: a cache, of which most is read late.

use crate::world::World;

/// A title that makes an entry which nobody should read twice.
const LONG: usize = 70_000;

#[test]
fn a_kept_state_that_is_damaged_is_passed_over() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/index.html", "<h1>Shop!</h1>\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    let told = || [world.ok(&["status"]), world.ok(&["where"]), world.ok(&["change", "show", "US-1"])];
    let before = told();
    for place in ["0", "len(b) // 3", "len(b) // 2", "len(b) - 1"] {
        world.tamper(&format!(
            "for row, b in c.execute('select rowid, bytes from snapshot').fetchall():\n    \
                 b = bytearray(b); b[{place}] ^= 1\n    \
                 c.execute('update snapshot set bytes = ? where rowid = ?', (bytes(b), row))"
        ));
        assert_eq!(told(), before, "damaged at {place}");
    }
    world.is_sound();
}

#[test]
fn after_a_long_entry_a_state_is_kept_at_once() {
    let world = World::three_stages();
    world.branch("US-1", &[("web/index.html", "<h1>Shop!</h1>\n")]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    world.ok(&["change", "edit", "US-1", "--title", &"x".repeat(LONG)]);
    let last = "c.execute('select max(seq) from snapshot').fetchone()[0]";
    world.tamper(&format!("assert {last} == {}, {last}", world.entries()));
    world.is_sound();
}
