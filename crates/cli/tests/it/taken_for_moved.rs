//! Files that a merge takes for moved because one change took a file away and another brought its likeness: what was settled
//! about them goes with whoever leaves, and comes back with whoever comes again (`SPEC L3`, `L5`).

use crate::newer_revisions::{BEGUN, TWO_LANES, brings, does};
use crate::settled_entries::{begun, tree};

/// A change, where it comes from, and how whatever is asked about it is answered.
type Does = (&'static str, &'static str, &'static str);

const CASES: [[Does; 3]; 4] = [
    // Nobody's change says that the one became the other.
    [("git rm -q a", "OTHER", "--theirs"), ("cp ../theirs v", "OTHER", "--ours"), ("ln -sfn x a", "DEV", "--theirs")],
    [
        ("mkdir w; git mv z/p w/q", "OTHER", "--theirs"),
        ("mv c t; mv z/p c; mv t z/p; git rm -qf --cached c; rm c", "DEV", "--theirs"),
        ("ln -sfn x c", "OTHER", "--theirs"),
    ],
    // It moves onto a file that another moved there.
    [
        ("mkdir w; git mv c w/q; git mv z/p v", "DEV", "--ours"),
        ("sed -i s/^line.5$/more/ a", "DEV", "--ours"),
        ("cp ../theirs v; echo own >> v; sed -i s/^line.2$/more/ c; git rm -q a", "OTHER", "--ours"),
    ],
    // The source has it elsewhere.
    [
        ("git rm -q z/q", "DEV", "--ours"),
        ("cp ../ours z/n; echo own >> z/n", "OTHER", "--ours"),
        ("git mv -f a z/q", "OTHER", "--theirs"),
    ],
];

#[test]
fn what_was_settled_goes_and_comes_back() {
    for changes in CASES {
        let world = begun(BEGUN, TWO_LANES);
        let mut before = String::new();
        for (key, (script, stage, way)) in ["US-1", "US-2", "US-3"].into_iter().zip(changes) {
            before = tree(&world);
            does(&world, (key, stage, script), way);
        }
        let (script, stage, way) = changes[2];
        let (again, after) = (world.twin(), tree(&world));
        again.ok(&["demote", "US-3", "--from", "QA", "--to", stage]);
        assert_eq!(tree(&again), before, "{script}, taken out");
        again.is_sound();
        brings(&again, "US-3", way);
        assert_eq!(tree(&again), after, "{script}, and brought again");
        again.is_sound();
        for (key, (script, stage, _)) in ["US-1", "US-2"].into_iter().zip(changes) {
            let less = world.twin();
            let ran = less.run(&["demote", key, "--from", "QA", "--to", stage, "--json"]);
            assert!(matches!(ran.exit, Some(0 | 3)), "{script}: {ran:?}");
            less.is_sound();
        }
    }
}
