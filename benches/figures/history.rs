//! A long line of commits that each name a change, and stages that stand further and further back on it.

use std::path::Path;

use crate::corpus;
use crate::generate::{Ground, Stream};
use crate::program::Program;

/// How many files the history has.
pub const FILES: usize = 20_000;

/// A line of so many commits, each naming a change; each higher stage stands further back by the same number, and the top
/// stage at the start.
pub fn write_history(home: &Path, changes: usize, stages: usize) {
    let git = corpus::start_repository(home);
    let mut ground = Ground::new(FILES);
    let mut stream = Stream::start(&git);
    let top = format!("s{stages}");
    stream.root(&top, FILES);
    stream.branch("s1", &top);
    for number in 1..=changes {
        stream.append(&ground.change_of(format!("US-{number:05}"), 2), "s1");
        let height = stages - number * stages / changes;
        if number % (changes / stages) == 0 && height > 1 {
            stream.branch(&format!("s{height}"), "s1");
        }
    }
    // Below the top every stage now has its place; the one that stands where the line ends is s1.
    stream.finish();
    git.line(&["pack-refs", "--all"]);
}

/// Begins a pipeline of the stages of a history, one after the other.
pub fn begin_pipeline(home: &Path, stages: usize) -> Program {
    let program = Program::at(home);
    let named: Vec<String> = (1..=stages).map(|stage| format!("S{stage}=s{stage}")).collect();
    let edges: Vec<String> = (1..stages).map(|stage| format!("S{stage}=S{}", stage + 1)).collect();
    let mut arguments = vec!["init"];
    named.iter().for_each(|stage| arguments.extend(["--stage", stage]));
    edges.iter().for_each(|edge| arguments.extend(["--next", edge]));
    program.done(&arguments);
    program
}
