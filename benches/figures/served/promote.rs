//! A promotion of 100 changes through a server, where nothing is opened anew, beside the same command in a process of its
//! own, on copies of the same repository.

use std::path::Path;

use serde_json::json;

use super::Served;
use super::host::Host;
use crate::corpus::{self, Corpus, MOVING};
use crate::git::Git;
use crate::meter::Step;
use crate::plan::Wanted;
use crate::report::{Report, Spread};

/// On the real repository, where it was fetched, and on the generated one.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    for corpus in corpus::all(bench) {
        let recorded = corpus.fresh(&corpus.home, "recorded");
        let program = corpus::set_up(&recorded);
        corpus::record(&program, corpus.changes.iter().map(|change| change.key.as_str()));
        let rounds: Vec<_> = (0..=wanted.rounds).map(|_| round(&corpus, &recorded)).skip(1).collect();
        let of = |what: fn(&Round) -> f64| Spread::of(rounds.iter().map(what).collect());
        let (alone, planned, served) = (of(|one| one.alone), of(|one| one.planned), of(|one| one.served));
        let ratio = of(|one| one.served / one.alone);
        report.served.push(Served {
            figure: "promote 100 changes through a server, of the time in a process of its own",
            what: if corpus.name == "grub2" { "grub2" } else { "generated" },
            reached: format!(
                "{:.2} ({:.2} to {:.2}): {:.1} ms beside {:.1}; its plan before {:.1}",
                ratio.median,
                ratio.low,
                ratio.high,
                1e3 * served.median,
                1e3 * alone.median,
                1e3 * planned.median
            ),
            wanted: "0.5",
        });
    }
}

/// In seconds.
struct Round {
    alone: f64,
    planned: f64,
    served: f64,
}

/// As people do: they look, see the plan, and carry it out.
fn round(corpus: &Corpus, recorded: &Path) -> Round {
    let keys: Vec<&str> = corpus.changes[..MOVING].iter().map(|change| change.key.as_str()).collect();
    let place = corpus.fresh(recorded, "promoting");
    let line: Vec<&str> =
        ["promote"].into_iter().chain(keys.iter().copied()).chain(["--from", "DEV", "--to", "SIT"]).collect();
    let alone = Step::switchback(&place, &line).measure_end().wall;
    let wanted = Git::at(&place).tree("refs/heads/sit");

    let place = corpus.fresh(recorded, "served");
    let host = Host::serve(&place, &corpus.folder.join("data"));
    host.get("/api/v1/pipelines/-/status");
    host.get("/api/v1/pipelines/-/stages/DEV/ahead");
    let body = json!({ "changes": { "keys": keys }, "from": "DEV", "to": "SIT" }).to_string();
    let mut client = host.client();
    let mut ask = |address: &str| {
        let answer = client.ask(&client.text(&format!("POST /api/v1/pipelines/-/{address}"), &body));
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.took.as_secs_f64()
    };
    let (planned, served) = (ask("plans/promotions"), ask("promotions"));
    assert_eq!(Git::at(&place).tree("refs/heads/sit"), wanted);
    eprintln!("{}: alone {alone:.4} s, plan {planned:.4} s, served {served:.4} s", corpus.name);
    Round { alone, planned, served }
}
