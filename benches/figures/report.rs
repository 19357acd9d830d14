//! What a run says: a table on the terminal, `target/figures.json`, and `target/figures.md` for `docs/performance.md`.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::commands::Cost;
use crate::contest::{Outcome, Runs};
use crate::meter::Measure;
use crate::plan::Wanted;
use crate::served::Served;

/// Everything measured in one run.
pub struct Report {
    outcomes: Vec<Outcome>,
    /// Each command's cost.
    pub costs: Vec<Cost>,
    /// What a server takes.
    pub served: Vec<Served>,
    rounds: usize,
}

/// The middle, the lowest and the highest of some numbers.
pub struct Spread {
    /// The middle.
    pub median: f64,
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl Spread {
    /// Of some numbers, of which there is one at least.
    pub fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let (half, odd) = (numbers.len() / 2, numbers.len() % 2 == 1);
        let median = if odd { numbers[half] } else { (numbers[half - 1] + numbers[half]) / 2.0 };
        Self { median, low: numbers[0], high: numbers[numbers.len() - 1] }
    }

    fn json(&self) -> Value {
        json!({ "median": self.median, "low": self.low, "high": self.high })
    }
}

impl Runs {
    fn spread(&self, of: impl Fn(&Measure) -> f64) -> Spread {
        Spread::of(self.measures.iter().map(of).collect())
    }

    /// How many times longer this side took than the other, round by round.
    fn times_longer_than(&self, other: &Self) -> Spread {
        let pairs = self.measures.iter().zip(&other.measures);
        Spread::of(pairs.map(|(slow, fast)| slow.wall / fast.wall).collect())
    }
}

impl Report {
    /// Nothing yet.
    pub fn new(wanted: &Wanted) -> Self {
        Self { outcomes: Vec::new(), costs: Vec::new(), served: Vec::new(), rounds: wanted.rounds }
    }

    /// Takes one contest's outcome in.
    pub fn add(&mut self, outcome: Outcome) {
        self.outcomes.push(outcome);
    }

    /// Prints the tables and writes both files into `folder`.
    pub fn write(&self, folder: &Path) {
        let markdown = self.markdown();
        println!("{markdown}");
        let json = serde_json::to_string_pretty(&self.json()).expect("plain values");
        std::fs::write(folder.join("figures.json"), json).expect("a writable target folder");
        std::fs::write(folder.join("figures.md"), markdown).expect("a writable target folder");
    }

    fn markdown(&self) -> String {
        let mut text = format!("{}\n\n", machine().join(", "));
        text.push_str("| figure | repository | way | seconds: median (low to high) | CPU s | peak MiB | times the first | wanted |\n");
        text.push_str("|---|---|---|---|---|---|---|---|\n");
        for outcome in &self.outcomes {
            for (at, side) in outcome.sides.iter().enumerate() {
                text.push_str(&row(outcome, at, side));
            }
        }
        if !self.costs.is_empty() {
            text.push_str("\n| command on 50,000 files | seconds | CPU s | peak MiB | exit |\n|---|---|---|---|---|\n");
        }
        for Cost { command, measure } in &self.costs {
            let Measure { wall, cpu, peak, code } = measure;
            text.push_str(&format!("| `{command}` | {wall:.3} | {cpu:.3} | {peak:.0} | {code} |\n"));
        }
        if !self.served.is_empty() {
            text.push_str("\n| figure of a server | what | reached | wanted |\n|---|---|---|---|\n");
        }
        for Served { figure, what, reached, wanted } in &self.served {
            text.push_str(&format!("| {figure} | {what} | {reached} | {wanted} |\n"));
        }
        text
    }

    fn json(&self) -> Value {
        let outcomes = self.outcomes.iter().map(|outcome| {
            let sides = outcome.sides.iter().map(|side| {
                json!({
                    "label": side.label,
                    "wall_seconds": side.spread(|run| run.wall).json(),
                    "cpu_seconds": side.spread(|run| run.cpu).json(),
                    "peak_mib": side.spread(|run| run.peak).json(),
                    "times_the_first": side.times_longer_than(&outcome.sides[0]).json(),
                    "wanted": wanted(outcome, side),
                })
            });
            json!({ "figure": outcome.name, "repository": outcome.repository, "sides": sides.collect::<Vec<_>>() })
        });
        let costs = self.costs.iter().map(|Cost { command, measure }| {
            let Measure { wall, cpu, peak, code } = measure;
            json!({ "command": command, "wall_seconds": wall, "cpu_seconds": cpu, "peak_mib": peak, "exit": code })
        });
        let served = self.served.iter().map(|Served { figure, what, reached, wanted }| {
            json!({ "figure": figure, "what": what, "reached": reached, "wanted": wanted })
        });
        json!({
            "machine": machine(),
            "rounds": self.rounds,
            "figures": outcomes.collect::<Vec<_>>(),
            "commands": costs.collect::<Vec<_>>(),
            "served": served.collect::<Vec<_>>(),
        })
    }
}

fn wanted(outcome: &Outcome, side: &Runs) -> Option<f64> {
    outcome.wanted.iter().find(|(label, _)| *label == side.label).map(|(_, ratio)| *ratio)
}

fn row(outcome: &Outcome, at: usize, side: &Runs) -> String {
    let (wall, cpu, peak) = (side.spread(|run| run.wall), side.spread(|run| run.cpu), side.spread(|run| run.peak));
    let ratio = match at {
        0 => "1".to_owned(),
        _ => {
            let ratio = side.times_longer_than(&outcome.sides[0]);
            format!("{:.2} ({:.2} to {:.2})", ratio.median, ratio.low, ratio.high)
        }
    };
    let (name, repository) = if at == 0 { (outcome.name, outcome.repository.as_str()) } else { ("", "") };
    let wanted = wanted(outcome, side).filter(|_| at > 0).map_or_else(String::new, |ratio| format!("{ratio}"));
    format!(
        "| {name} | {repository} | {} | {:.3} ({:.3} to {:.3}) | {:.3} | {:.0} | {ratio} | {wanted} |\n",
        side.label, wall.median, wall.low, wall.high, cpu.median, peak.median
    )
}

fn machine() -> Vec<String> {
    let first_line = |program: &str| {
        let output = Command::new(program).arg("--version").output().ok();
        let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        said.lines().next().unwrap_or("unknown").trim().to_owned()
    };
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    vec![format!("{processors} processors"), format!("Linux {}", kernel.trim()), first_line("git"), first_line("rsync")]
}
