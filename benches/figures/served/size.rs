//! A pipeline of 100,000 changes on 200 stages: what every stage lacks, starting again, and memory.

use std::path::Path;
use std::time::Instant;

use super::Served;
use super::host::Host;
use crate::history::{begin_pipeline, write_history};
use crate::plan::Wanted;
use crate::report::{Report, Spread};

const CHANGES: usize = 100_000;
const STAGES: usize = 200;
const FIGURE: &str = "100,000 changes on 200 stages";

/// Imports it once, and asks a server that was started anew each round.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    let home = bench.join("home");
    write_history(&home, CHANGES, STAGES);
    begin_pipeline(&home, STAGES);
    let rounds: Vec<_> = (0..=wanted.rounds).map(|_| round(&home, &bench.join("data"))).skip(1).collect();
    let of = |what: fn(&Round) -> f64| Spread::of(rounds.iter().map(what).collect());
    let row = |what, reached, wanted| Served { figure: FIGURE, what, reached, wanted };
    let (first, behind) = (of(|one| one.first), of(|one| one.behind));
    report.served.extend([
        row(
            "what every stage is behind by, in one `status`",
            format!("{:.0} ms of CPU ({:.0} to {:.0})", 1e3 * behind.median, 1e3 * behind.low, 1e3 * behind.high),
            "50 ms",
        ),
        row("from start to its first answer", format!("{:.2} s", first.median), "2 s"),
        row("resident after that, the largest", format!("{:.0} MiB", of(|one| one.resident).high), "400 MiB"),
    ]);
}

struct Round {
    first: f64,
    behind: f64,
    resident: f64,
}

fn round(home: &Path, data: &Path) -> Round {
    let began = Instant::now();
    let host = Host::serve(home, data);
    host.get("/readyz");
    host.get("/api/v1/pipelines/-/status");
    let first = began.elapsed().as_secs_f64();
    // What goes on by itself after the start is over by then.
    std::thread::sleep(std::time::Duration::from_secs(3));
    let behind = (0..10).map(|_| {
        let before = host.cpu();
        host.get("/api/v1/pipelines/-/status");
        host.cpu() - before
    });
    let behind = Spread::of(behind.collect()).median;
    host.get("/api/v1/pipelines/-/edges");
    host.get("/api/v1/pipelines/-/stages/S100/behind");
    let resident = host.resident();
    eprintln!(
        "listens after {:.2} s, first answer {first:.2} s, behind {behind:.4} s, {resident:.0} MiB",
        host.started.as_secs_f64()
    );
    Round { first, behind, resident }
}
