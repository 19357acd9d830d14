//! What is asked day by day on a history in which a few changes move, add and delete thousands of files each: single
//! promotions, those that are refused or conflict because others lack, a hundred in order, and who builds on whom. Nothing
//! is compared with it: it is processor time.

use std::path::{Path, PathBuf};

use crate::contest::{Contest, Side};
use crate::decomposed::{self, key};
use crate::meter::Step;
use crate::plan::{self, Wanted};
use crate::program::Program;
use crate::report::Report;

/// What a refusal, and a promotion that conflicts, end with.
const REFUSED: i32 = 3;

/// Takes every command; records are planned and not carried out, so that every round finds the same.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    if !wanted.measures_switchback() {
        return;
    }
    let home = bench.join("large-changes");
    decomposed::write(&home);
    let stages = ["--stage", "DEV=dev", "--stage", "QA=qa", "--stage", "PROD=main"];
    let edges = ["--next", "DEV=QA", "--next", "QA=PROD"];
    Program::at(&home).done(&[&["init"], &stages[..], &edges[..]].concat());
    let hundred: Vec<String> = (1..=100).map(key).collect();
    let hundred = format!("promote {} --from DEV --to QA --dry-run", hundred.join(" "));
    // With a hundred on QA, something there has dependents.
    let above = bench.join("large-changes-above");
    plan::copy(&home, &above);
    let carried_out = hundred.replace(" --dry-run", "");
    Program::at(&above).done(&carried_out.split(' ').collect::<Vec<_>>());
    let commands: [(&'static str, &Path, &str, i32); 8] = [
        ("promote one", &home, "promote US-007 --from DEV --to QA --dry-run", 0),
        ("promote one of 12,776 files", &home, "promote US-020 --with-dependencies --from DEV --to QA --dry-run", 0),
        ("promote one that lacks many", &home, "promote US-180 --from DEV --to QA --dry-run", REFUSED),
        ("promote one that conflicts", &home, "promote US-150 --from DEV --to QA --dry-run", REFUSED),
        ("promote 100 in order", &home, &hundred, 0),
        ("demote one that has dependents", &above, "demote US-020 --from QA --to DEV --dry-run", REFUSED),
        ("depends of one", &home, "depends US-150", 0),
        ("depends of a stage", &home, "depends --stage DEV", 0),
    ];
    for (name, home, command, code) in commands {
        let sides = vec![side(home.to_path_buf(), command.to_owned(), code)];
        let contest = Contest { name, repository: "salesforce".to_owned(), sides, wanted: Vec::new() };
        report.add(contest.run(wanted));
    }
}

fn side<'a>(home: PathBuf, command: String, code: i32) -> Side<'a> {
    Side::new("Switchback", move |_| {
        let words: Vec<&str> = command.split(' ').collect();
        vec![Step::switchback(&home, &words).ending_with(code)]
    })
}
