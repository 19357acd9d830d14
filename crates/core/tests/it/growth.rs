//! What a command looks at does not grow with the pipeline: trees that are looked at and records that are read are counted,
//! on a short line and on a long one.

use crate::play::Play;
use crate::world::Voice;
use std::cell::Cell;
use switchback_core::foresee::encounter::{self, Means, Memo};
use switchback_core::ledger::state::State;
use switchback_core::moving::candidates::verdicts;
use switchback_core::records::promotion::Direction;
use switchback_core::words::names::StageName;

/// Lines that are compared: of so many changes, half of which went one stage up.
const SHORT: usize = 40;
const LONG: usize = 320;

/// What somebody looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Looked {
    /// How many times at a tree.
    trees: usize,
    /// How many pieces of the list of changes were read.
    changes: usize,
}

/// A pipeline with so many changes, each of a file of its own and of one that seven others edit; half of them went one
/// stage up.
struct Grown {
    play: Play,
    changes: usize,
    stored: Vec<u8>,
}

impl Grown {
    fn new(changes: usize) -> Self {
        let mut play = Play::default();
        play.line("pipeline: DEV -> QA -> PROD").unwrap();
        for nth in 0..changes / 8 {
            play.line(&format!("base: shared{nth} = 0 . . 1 . . 2 . . 3 . . 4 . . 5 . . 6 . . 7")).unwrap();
        }
        let keys: Vec<String> = (0..changes).map(|nth| format!("US-{nth}")).collect();
        for (nth, key) in keys.iter().enumerate() {
            let mut lines: Vec<String> = (0..8).map(|line| format!("{line}")).collect();
            lines[nth % 8] = format!("edited{nth}");
            play.line(&format!("change {key}: own{nth} = {nth}; shared{} = {}", nth / 8, lines.join(" . . "))).unwrap();
        }
        play.line(&format!("at DEV: {}", keys.join(" "))).unwrap();
        play.line(&format!("at QA: {}", keys[..changes / 2].join(" "))).unwrap();
        let stored = postcard::to_stdvec(&play.world().unwrap().state).unwrap();
        Self { play, changes, stored }
    }

    /// What a step looks at that a program takes which has just started.
    fn looks(&mut self, step: &str) -> Looked {
        let world = self.play.world().unwrap();
        world.state = postcard::from_bytes::<State>(&self.stored).unwrap();
        world.content.looks.set(0);
        self.play.line(&step.replace("{last}", &format!("US-{}", self.changes - 1))).unwrap();
        self.play.settled().unwrap();
        let world = self.play.world().unwrap();
        Looked { trees: world.content.looks.get(), changes: world.state.changes.pieces_read() }
    }
}

#[test]
fn what_a_command_looks_at_does_not_grow_with_the_line() {
    let (mut short, mut long) = (Grown::new(SHORT), Grown::new(LONG));
    let steps = [
        "> promote {last} --from DEV --to QA --dry-run",
        "> promote US-1 --from QA --to PROD --dry-run",
        "> promote {last} --from DEV --to QA --with-dependencies --dry-run",
        "> demote US-3 --from QA --to DEV --dry-run",
        "> demote US-3 --from QA --to DEV --with-dependents --dry-run",
    ];
    for step in steps {
        let (few, many) = (short.looks(step), long.looks(step));
        assert_eq!(few.trees, many.trees, "`{step}` with {LONG} changes beside {SHORT}");
        assert!(many.changes <= 3, "`{step}` read {} pieces of the list of changes", many.changes);
    }
}

/// Who cannot matter to a candidate is not looked at for it, and those that can are found without going through the line.
#[test]
fn what_is_looked_at_for_each_of_many_candidates_does_not_grow_with_the_line() {
    let looked = |changes: usize| {
        let mut grown = Grown::new(changes);
        // One that stays behind, so that something may be missing for everybody after it: three of them edit its file.
        grown.play.line(&format!("> exclude US-{} --reason later", changes / 16 * 8 + 4)).unwrap();
        let world = grown.play.world().unwrap();
        world.content.looks.set(0);
        let ends = (&StageName::new("DEV"), &StageName::new("QA"));
        let found = world.ask(&Voice::of("root", None), |snapshot, content| {
            verdicts(snapshot, content, Direction::Forward, ends).unwrap()
        });
        let eligible = found.iter().filter(|one| one.eligible()).count();
        assert_eq!(found.len(), changes);
        assert!(eligible >= changes / 2 - 8, "{eligible} of {changes} can go");
        world.content.looks.get()
    };
    let (few, many) = (looked(SHORT), looked(LONG));
    assert_eq!(many, few, "looks at trees for {LONG} changes beside {SHORT}");
}

/// Many that arrive in one move are each looked at as one alone is.
#[test]
fn what_is_looked_at_for_each_of_many_that_arrive_does_not_grow_with_their_number() {
    let looked = |changes: usize| Grown::new(changes).looks("> promote --all --from DEV --to QA --dry-run").trees;
    let (few, many) = (looked(SHORT), looked(LONG));
    assert!(many <= (few + 2) * (LONG / SHORT), "{many} looks at trees for {LONG} changes, {few} for {SHORT}");
}

/// What was tried out for one change need not be kept while the next is tried.
#[test]
fn looking_ahead_says_after_each_change_that_nothing_is_needed_any_more() {
    let mut grown = Grown::new(SHORT);
    let said = Cell::new(0);
    let between = || said.set(said.get() + 1);
    let world = grown.play.world().unwrap();
    let found = world.ask(&Voice::of("root", None), |snapshot, content| {
        let means = Means { content, beside: "", between: &between };
        encounter::ahead(snapshot, means, &mut Memo::default()).unwrap()
    });
    assert!(found.is_empty() && said.get() >= SHORT, "said {} times, of {SHORT} changes", said.get());
}
