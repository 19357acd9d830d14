//! The status of a pipeline over the network, beside a bare route that returns the same bytes.

use std::path::Path;
use std::time::Duration;

use super::Served;
use super::host::Host;
use super::load::rate;
use crate::corpus;
use crate::generate::{Ground, Stream};
use crate::plan::Wanted;
use crate::program::Program;
use crate::report::{Report, Spread};

const FILES: usize = 2_000;
const CHANGES: usize = 40;
/// Those who ask at once.
const CLIENTS: [usize; 3] = [1, 16, 64];
const LASTING: Duration = Duration::from_secs(3);
const LINE: &str = "GET /api/v1/pipelines/-/status";

/// Requests a second, and microseconds of the server's processor time for each.
type Rate = (f64, f64);

/// Both in turns, round by round.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    let home = bench.join("home");
    pipeline(&home);
    let host = Host::serve(&home, &bench.join("data"));
    let bare = Host::bare(&host.get("/api/v1/pipelines/-/status"), bench);
    for clients in CLIENTS {
        let ask = |host: &Host, name: &str| {
            let before = host.cpu();
            let rate = rate(&host.address, (&host.token, LINE), (clients, LASTING));
            let cpu = (host.cpu() - before) / (rate * LASTING.as_secs_f64()) * 1e6;
            eprintln!("{clients} clients, {name}: {rate:.0} a second, {cpu:.1} us of the server's processor time each");
            (rate, cpu)
        };
        let rounds: Vec<_> = (0..=wanted.rounds).map(|_| (ask(&bare, "bare"), ask(&host, "status"))).skip(1).collect();
        let of = |what: fn(&(Rate, Rate)) -> f64| Spread::of(rounds.iter().map(what).collect());
        let ratio = of(|(bare, ours)| 100.0 * ours.0 / bare.0);
        let (rate, beside) = (of(|(_, ours)| ours.0), of(|(bare, _)| bare.0));
        let (cpu, cpu_beside) = (of(|(_, ours)| ours.1), of(|(bare, _)| bare.1));
        let name = match clients {
            1 => "requests a second, 1 client",
            16 => "requests a second, 16 clients",
            _ => "requests a second, 64 clients",
        };
        report.served.push(Served {
            figure: "status over HTTP, of a bare route with the same bytes",
            what: name,
            reached: format!(
                "{:.0} % ({:.0} to {:.0}): {:.0} beside {:.0}; {:.0} and {:.0} µs of CPU each",
                ratio.median, ratio.low, ratio.high, rate.median, beside.median, cpu.median, cpu_beside.median
            ),
            wanted: "70 %",
        });
    }
}

/// Four stages, three of them with an area, and changes on the way.
pub fn pipeline(home: &Path) -> Program {
    let git = corpus::start_repository(home);
    let mut ground = Ground::new(FILES);
    let mut stream = Stream::start(&git);
    corpus::start_stages(&mut stream, FILES);
    let keys: Vec<String> = (1..=CHANGES).map(|number| format!("US-{number:04}")).collect();
    keys.iter().for_each(|key| stream.feature(&ground.change_apart(key.clone(), 3), "main"));
    stream.finish();
    let program = corpus::set_up(home);
    corpus::record(&program, keys.iter().map(String::as_str));
    program.done(&["promote", "US-0001", "US-0002", "US-0003", "--from", "DEV", "--to", "SIT"]);
    program
}
