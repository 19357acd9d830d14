//! The same commands on a line of 200 changes and on one of 10,000: what they cost must not grow with the line. A round
//! takes both sizes; records, promotions and demotions are planned and not carried out, so that every round finds the same.

use std::path::{Path, PathBuf};

use crate::contest::{Contest, Side};
use crate::generate::{Ground, Stream};
use crate::git::Git;
use crate::history;
use crate::meter::Step;
use crate::plan::Wanted;
use crate::program::Program;
use crate::report::Report;

const SHORT: usize = 200;
const LONG: usize = 10_000;
const STAGES: usize = 4;
/// The change that is recorded, on a branch of the top stage.
const NEW: &str = "NEW-1";

/// Takes every command on both.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    if !wanted.measures_switchback() {
        return;
    }
    let (short, long) = (line(bench, SHORT), line(bench, LONG));
    let record = format!("change record {NEW} --branch feature/{NEW} --stage S1 --dry-run");
    // A key by how far up the line it stands: a tenth is on every stage but the top, nine tenths on the lowest alone.
    let commands: [(&'static str, &str); 7] = [
        ("status: 200 changes, then 10,000", "status"),
        ("where KEY: 200 changes, then 10,000", "where {nine}"),
        ("history: 200 changes, then 10,000", "history"),
        ("record: 200 changes, then 10,000", &record),
        ("promote one: 200 changes, then 10,000", "promote {nine} --from S1 --to S2 --dry-run"),
        ("demote one: 200 changes, then 10,000", "demote {one} --from S3 --to S2 --dry-run"),
        ("behind: 200 changes, then 10,000", "behind S3"),
    ];
    for (name, command) in commands {
        let sides = vec![side("with 200", (&short, SHORT), command), side("with 10,000", (&long, LONG), command)];
        let contest = Contest { name, repository: "history".to_owned(), sides, wanted: Vec::new() };
        report.add(contest.run(wanted));
    }
}

fn side<'a>(label: &'static str, (home, changes): (&'a PathBuf, usize), command: &str) -> Side<'a> {
    let key = |tenths: usize| format!("US-{:05}", changes * tenths / 10);
    let command = command.replace("{one}", &key(1)).replace("{nine}", &key(9));
    Side::new(label, move |_| {
        let words: Vec<&str> = command.split(' ').collect();
        vec![Step::switchback(home, &words)]
    })
}

/// A line of so many imported changes, and a branch that is not recorded yet.
fn line(bench: &Path, changes: usize) -> PathBuf {
    let home = bench.join(format!("growth-{changes}"));
    history::write_history(&home, changes, STAGES);
    let mut ground = Ground::new(history::FILES);
    // Lines that no change of the history rewrote: those are dealt out in the same order again.
    (0..changes).for_each(|_| drop(ground.change_of(String::new(), 2)));
    let mut stream = Stream::start(&Git::at(&home));
    stream.feature(&ground.change_of(NEW.to_owned(), 2), &format!("s{STAGES}"));
    stream.finish();
    let stages: Vec<String> = (1..=STAGES).map(|stage| format!("S{stage}=s{stage}")).collect();
    let edges: Vec<String> = (1..STAGES).map(|stage| format!("S{stage}=S{}", stage + 1)).collect();
    let mut arguments = vec!["init"];
    stages.iter().for_each(|stage| arguments.extend(["--stage", stage]));
    edges.iter().for_each(|edge| arguments.extend(["--next", edge]));
    Program::at(&home).done(&arguments);
    home
}
