//! What recording a branch reads does not grow with the line: objects that are read are counted, on a short line and on a
//! long one, from an opened house to the plan.

use crate::home::Home;
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_engine::record::{Origin, Said, record};
use switchback_engine::visit::Depth;

const SHORT: usize = 40;
const LONG: usize = 800;

/// So many commits of a long way are read before it is looked up how it goes on.
const ASKED: u64 = 40;

/// What recording a branch came to.
#[derive(Debug)]
struct Read {
    objects: u64,
    /// How many changes came along with its branch.
    left_out: u64,
}

/// Records a branch, as a program does that has just started. What a long way read once is known then.
fn recording(home: &Home, branch: &str) -> Read {
    let said = Said {
        change: ChangeKey::new(format!("NEW-{branch}")),
        title: None,
        project: None,
        release: None,
        owner: None,
        parent: None,
        stage: Some(StageName::new("DEV")),
    };
    let once = || {
        let (house, visit) = (home.house(), home.visit(Depth::Plan));
        let desk = house.receive(&visit).unwrap();
        let recorded = record(&desk, &said, &Origin::Branch(branch.to_owned())).unwrap();
        Read { objects: desk.repo.objects_read(), left_out: recorded.left_out.len() as u64 }
    };
    once();
    once()
}

#[test]
fn what_recording_a_branch_reads_does_not_grow_with_the_line() {
    let (short, long) = (Home::with(SHORT), Home::with(LONG));
    let (few, many) = (recording(&short, "top"), recording(&long, "top"));
    assert_eq!((few.left_out, many.left_out), (0, 0));
    assert!(many.objects <= few.objects + ASKED, "{many:?} with {LONG} changes, {few:?} with {SHORT}");
    // Of a branch that was cut below, each change is named that came along with it: for that its commit is read, and nothing
    // else.
    for (branch, share) in [("middle", 4), ("low", 2)] {
        let (few, many) = (recording(&short, branch), recording(&long, branch));
        let came = |changes: usize| (changes / share) as u64;
        assert_eq!((few.left_out, many.left_out), (came(SHORT), came(LONG)), "{branch}");
        let more = many.left_out - few.left_out;
        assert!(
            many.objects <= few.objects + more + ASKED,
            "{branch}: {many:?} with {LONG} changes, {few:?} with {SHORT}"
        );
    }
}
