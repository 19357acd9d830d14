//! `conflicts --ahead` with 300 changes in flight: the first look, and the next one.

use std::path::Path;

use crate::contest::{Contest, Side};
use crate::corpus;
use crate::generate::{Ground, Stream};
use crate::meter::Step;
use crate::plan::Wanted;
use crate::program::Program;
use crate::report::Report;

const CHANGES: usize = 300;
const FILES: usize = 50_000;
/// So many changes rewrite one line alike, each in its own way: every pair of them is a conflict ahead.
const RIVALS: usize = 5;

/// Records 300 branches that nobody has promoted, and asks what lies ahead of them.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    if !wanted.measures_switchback() {
        return;
    }
    let home = bench.join("ahead");
    write_branches(&home);
    let program = Program::at(&home);
    program.done(&["init", "--stage", "DEV=dev", "--stage", "PROD=main", "--next", "DEV=PROD"]);
    for number in 1..=CHANGES {
        let (key, branch) = (key(number), format!("feature/{}", key(number)));
        program.done(&["change", "record", &key, "--branch", &branch]);
    }
    let ask = ["conflicts", "--ahead"];
    let found = program.done(&ask)["encounters"].as_array().map_or(0, Vec::len);
    let rivals = CHANGES / RIVALS * (RIVALS * (RIVALS - 1) / 2);
    assert!(found >= rivals, "{found} conflicts ahead, and {rivals} were made");
    let known = ["encounters-ahead", "encountered-ahead"].map(|name| home.join(".git/switchback").join(name));
    assert!(known.iter().all(|one| one.exists()), "what was found is kept");
    let cold = Side::new("switchback conflicts --ahead, the first time", |_| {
        known.iter().for_each(|one| drop(std::fs::remove_file(one)));
        vec![Step::switchback(&home, &ask)]
    });
    let warm = Side::new("again", |_| vec![Step::switchback(&home, &ask)]);
    for (name, side) in [("conflicts ahead of 300 changes", cold), ("the same again", warm)] {
        let repository = "generated".to_owned();
        report.add(Contest { name, repository, sides: vec![side], wanted: Vec::new() }.run(wanted));
    }
}

fn key(number: usize) -> String {
    format!("US-{number:03}")
}

fn write_branches(home: &Path) {
    let git = corpus::start_repository(home);
    let mut ground = Ground::new(FILES);
    let mut stream = Stream::start(&git);
    stream.root("main", FILES);
    stream.branch("dev", "main");
    for number in 1..=CHANGES {
        let mut edit = ground.change(key(number));
        edit.rewrite((number - 1) / RIVALS * 7, 0);
        stream.feature(&edit, "main");
    }
    stream.finish();
    git.line(&["pack-refs", "--all"]);
}
