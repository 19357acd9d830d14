//! 200 people at once, of whose requests one in twenty writes: each promotes a change of their own, and takes it out again.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Served;
use super::host::Host;
use super::load::Client;
use crate::corpus;
use crate::generate::{Dice, Ground, Stream};
use crate::plan::Wanted;
use crate::report::Report;

const PEOPLE: usize = 200;
const FILES: usize = 2_000;
/// One request in so many writes.
const WRITES: usize = 20;
const PATHS: [&str; 8] = [
    "status",
    "edges",
    "stages/DEV/ahead",
    "stages/DEV/behind",
    "where",
    "changes/{key}",
    "promotions?limit=20",
    "log?limit=20",
];

/// Counts errors, and takes how long reads took.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    let home = bench.join("home");
    pipeline(&home);
    let host = Host::serve(&home, &bench.join("data"));
    let began = Instant::now();
    let lasting = Duration::from_secs(wanted.seconds);
    let all: Vec<Took> = std::thread::scope(|scope| {
        let (host, until) = (&host, began + lasting);
        let people: Vec<_> = (0..PEOPLE).map(|number| scope.spawn(move || person(host, number, until))).collect();
        people.into_iter().map(|one| one.join().expect("a person")).collect()
    });
    let mut reads: Vec<f64> = all.iter().flat_map(|took| took.reads.iter().copied()).collect();
    let mut writes: Vec<f64> = all.iter().flat_map(|took| took.writes.iter().copied()).collect();
    reads.sort_by(f64::total_cmp);
    writes.sort_by(f64::total_cmp);
    let errors: usize = all.iter().map(|took| took.errors).sum();
    let at = |all: &[f64], share: f64| all[((all.len() - 1) as f64 * share) as usize];
    let (median, late) = (at(&reads, 0.5), at(&reads, 0.99));
    let row = |what, reached, wanted| Served { figure: "200 clients, 5 % writes", what, reached, wanted };
    report.served.extend([
        row("errors", format!("{errors} of {} in {} s", reads.len() + writes.len(), lasting.as_secs()), "0"),
        row(
            "p99 of reads, of their median",
            format!("{:.1} times: {:.1} ms of {:.1} ms", late / median, 1e3 * late, 1e3 * median),
            "below 20",
        ),
        row(
            "writes",
            format!(
                "{:.0} a second, median {:.0} ms, p99 {:.0} ms",
                writes.len() as f64 / began.elapsed().as_secs_f64(),
                1e3 * at(&writes, 0.5),
                1e3 * at(&writes, 0.99)
            ),
            "",
        ),
        row("resident in the end", format!("{:.0} MiB", host.resident()), ""),
    ]);
}

#[derive(Default)]
struct Took {
    reads: Vec<f64>,
    writes: Vec<f64>,
    errors: usize,
}

fn person(host: &Host, number: usize, until: Instant) -> Took {
    let mut client = host.client();
    let (mut dice, mut took, mut is_up) = (Dice::new(number as u64), Took::default(), false);
    let key = key(number);
    while Instant::now() < until {
        if dice.below(WRITES) > 0 {
            let path = PATHS[dice.below(PATHS.len())].replace("{key}", &key);
            let (seconds, is_well) = asked(&mut client, &format!("GET /api/v1/pipelines/-/{path}"), "");
            took.reads.push(seconds);
            took.errors += usize::from(!is_well);
            continue;
        }
        let (path, body) = match is_up {
            false => ("promotions", json!({ "changes": { "keys": [key] }, "from": "DEV", "to": "SIT" })),
            true => ("demotions", json!({ "changes": [key], "from": "SIT", "to": "DEV" })),
        };
        let (seconds, is_well) = asked(&mut client, &format!("POST /api/v1/pipelines/-/{path}"), &body.to_string());
        took.writes.push(seconds);
        took.errors += usize::from(!is_well);
        is_up = !is_up;
    }
    took
}

fn asked(client: &mut Client, line: &str, body: &str) -> (f64, bool) {
    let answer = client.ask(&client.text(line, body));
    let is_well = answer.status == 200;
    if !is_well {
        eprintln!("{line} {body}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    (answer.took.as_secs_f64(), is_well)
}

fn key(number: usize) -> String {
    format!("US-{:04}", number + 1)
}

fn pipeline(home: &Path) {
    let git = corpus::start_repository(home);
    let mut ground = Ground::new(FILES);
    let mut stream = Stream::start(&git);
    corpus::start_stages(&mut stream, FILES);
    let keys: Vec<String> = (0..PEOPLE).map(key).collect();
    keys.iter().for_each(|key| stream.feature(&ground.change_apart(key.clone(), 3), "main"));
    stream.finish();
    let program = corpus::set_up(home);
    corpus::record(&program, keys.iter().map(String::as_str));
}
