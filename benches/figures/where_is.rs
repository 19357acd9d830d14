//! `where` on 10,000 changes and 10 stages: processor time and memory of the whole process.

use std::path::Path;

use crate::contest::{Contest, Side};
use crate::history::{begin_pipeline, write_history};
use crate::meter::Step;
use crate::plan::Wanted;
use crate::report::Report;

const CHANGES: usize = 10_000;
const STAGES: usize = 10;

/// Imports a history whose commits name their changes, and asks where everything is.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    let home = bench.join("where");
    write_history(&home, CHANGES, STAGES);
    if !wanted.measures_switchback() {
        return;
    }
    let program = begin_pipeline(&home, STAGES);
    let listed = program.done(&["where"])["changes"].as_array().map_or(0, Vec::len);
    assert_eq!(listed, CHANGES, "changes that `where` lists");
    let sides = vec![Side::new("switchback where", move |_| vec![Step::switchback(&home, &["where"])])];
    let name = "where on 10,000 changes and 10 stages";
    let contest = Contest { name, repository: "history".to_owned(), sides, wanted: Vec::new() };
    report.add(contest.run(wanted));
}
