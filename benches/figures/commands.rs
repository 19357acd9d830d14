//! Peak memory and time of every command, once each, on the repository with 50,000 files.

use std::path::Path;

use crate::corpus::{self, FILES, HOLDING, MOVING};
use crate::generate::{Ground, Stream};
use crate::meter::{Measure, Step};
use crate::plan::Wanted;
use crate::report::Report;

/// One command's cost.
pub struct Cost {
    /// As it was typed.
    pub command: String,
    /// What it took.
    pub measure: Measure,
}

/// Runs a whole working day, measuring each command.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    if !wanted.measures_switchback() {
        return;
    }
    let home = bench.join("commands");
    let git = corpus::start_repository(&home);
    let mut ground = Ground::new(FILES);
    let mut stream = Stream::start(&git);
    corpus::start_stages(&mut stream, FILES);
    let keys: Vec<String> = (1..=HOLDING).map(|number| format!("US-{number:04}")).collect();
    keys.iter().for_each(|key| stream.feature(&ground.change(key.clone()), "main"));
    stream.finish();
    let area = bench.join("commands-area");
    std::fs::create_dir_all(&area).expect("a folder for the area");
    let mut day = Day { home: &home, costs: Vec::new() };
    day.start(&area);
    corpus::record(&crate::program::Program::at(&home), keys[1..].iter().map(String::as_str));
    day.work();
    day.look();
    report.costs = day.costs;
}

struct Day<'a> {
    home: &'a Path,
    costs: Vec<Cost>,
}

impl Day<'_> {
    fn run(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let measure = Step::switchback(self.home, &words).measure();
        eprintln!("{line}: {:.3} s, {:.0} MiB, exit {}", measure.wall, measure.peak, measure.code);
        self.costs.push(Cost { command: line.to_owned(), measure });
    }

    fn start(&mut self, area: &Path) {
        let init = "init --stage DEV=dev --stage SIT=sit --stage QA=qa --stage LIVE=main --next DEV=SIT --next SIT=QA --next QA=LIVE";
        self.run(init);
        let configuration = self.home.join("switchback.toml");
        let mut text = std::fs::read_to_string(&configuration).expect("the configuration that init wrote");
        text.push_str(&format!(
            "\n[[area]]\nname = \"qa-host\"\nstage = \"QA\"\ndefault = true\ntarget = {{ dir = {area:?} }}\n"
        ));
        std::fs::write(configuration, text).expect("a writable configuration");
        self.run("configure");
        self.run("change record US-0001 --branch feature/US-0001 --stage DEV");
    }

    fn work(&mut self) {
        let leaving = format!("US-{MOVING:04}");
        for line in [
            "area populate qa-host",
            "promote --all --from DEV --to SIT --dry-run",
            "promote --all --from DEV --to SIT",
            "promote --all --from SIT --to QA --deploy",
            &format!("demote {leaving} --from QA --to DEV --dry-run"),
            &format!("demote {leaving} --from QA --to DEV"),
            &format!("promote {leaving} --from DEV --to SIT"),
            &format!("promote {leaving} --from SIT --to QA"),
            &format!("deploy {leaving} --area qa-host"),
            "back-promote --mass --from QA --draft",
            "change attest US-0002 --approved",
            "jobs list",
            "area verify qa-host",
            "area repair qa-host",
        ] {
            self.run(line);
        }
    }

    fn look(&mut self) {
        for line in [
            "status",
            "where",
            "where US-0007",
            "why US-0007 QA",
            "pending",
            "pending qa-host",
            "change list",
            "change show US-0007",
            "behind DEV --from QA",
            "ahead QA",
            "promotion list",
            "promotion show P-1",
            "history",
            "history --rollbackable",
            "area list",
            "area show qa-host",
            "log",
            "diff QA LIVE",
            "verify",
            "grants",
            "completions bash",
        ] {
            self.run(line);
        }
    }
}
