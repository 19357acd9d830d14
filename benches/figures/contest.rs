//! Two or more ways to the same result, taken in turn: each round runs every side once, every other round in reverse
//! order, so that neither a warm cache nor a busy neighbour favours one.

use std::process::Command;

use crate::meter::{Measure, Step};
use crate::plan::Wanted;

/// One way to the result.
pub struct Side<'a> {
    /// What the tables call it.
    pub label: &'static str,
    /// Puts the state back to where a run starts and says what to run. Not measured.
    pub ready: Box<dyn FnMut(usize) -> Vec<Step> + 'a>,
    /// Looks whether the run came to the right result. Not measured.
    pub check: Box<dyn FnMut(usize) + 'a>,
}

/// A question with its sides. The first side is Switchback's when it takes part.
pub struct Contest<'a> {
    /// The figure's name.
    pub name: &'static str,
    /// The repository that it is taken on.
    pub repository: String,
    /// The sides.
    pub sides: Vec<Side<'a>>,
    /// What Switchback is meant to reach: how many times faster than which side.
    pub wanted: Vec<(&'static str, f64)>,
}

/// All runs of one side.
pub struct Runs {
    /// The side's label.
    pub label: &'static str,
    /// One measure a round, the warm-up left out.
    pub measures: Vec<Measure>,
}

/// A contest's outcome.
pub struct Outcome {
    /// The figure's name.
    pub name: &'static str,
    /// The repository that it was taken on.
    pub repository: String,
    /// The sides, in the order they were given.
    pub sides: Vec<Runs>,
    /// What Switchback was meant to reach.
    pub wanted: Vec<(&'static str, f64)>,
}

impl<'a> Side<'a> {
    /// A side whose result needs no look.
    pub fn new(label: &'static str, ready: impl FnMut(usize) -> Vec<Step> + 'a) -> Self {
        Self { label, ready: Box::new(ready), check: Box::new(|_| ()) }
    }

    /// The side with a look at its result after every run.
    pub fn checked(mut self, check: impl FnMut(usize) + 'a) -> Self {
        self.check = Box::new(check);
        self
    }

    fn run(&mut self, round: usize) -> Measure {
        let steps = (self.ready)(round);
        // What the preparation wrote is not this side's to wait for.
        let synced = Command::new("sync").status().expect("sync");
        assert!(synced.success(), "sync");
        let measures = steps.iter().map(Step::measure_end);
        let total = measures.reduce(Measure::and).expect("a side runs something");
        (self.check)(round);
        total
    }
}

impl Contest<'_> {
    /// Runs a warm-up round and then as many as were asked for.
    pub fn run(mut self, wanted: &Wanted) -> Outcome {
        let mut measures: Vec<Vec<Measure>> = self.sides.iter().map(|_| Vec::new()).collect();
        for round in 0..=wanted.rounds {
            let mut order: Vec<usize> = (0..self.sides.len()).collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for at in order {
                let measure = self.sides[at].run(round);
                eprintln!(
                    "{} {} round {round}: {:.3} s {}",
                    self.repository, self.name, measure.wall, self.sides[at].label
                );
                if round > 0 {
                    measures[at].push(measure);
                }
            }
        }
        let sides =
            self.sides.iter().zip(measures).map(|(side, measures)| Runs { label: side.label, measures }).collect();
        Outcome { name: self.name, repository: self.repository, sides, wanted: self.wanted }
    }
}
