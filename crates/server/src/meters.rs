//! What a server counts. Labels have few values, whoever asks and whatever for: patterns of routes, codes, kinds, outcomes
//! and names of pipelines; never a change, a person or an address.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;
use switchback_core::words::names::Time;

/// Where requests are told apart by how long they took, in seconds: reads take milliseconds, deployments minutes.
const LATENCIES: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 120.0, 600.0];

/// What is counted as it happens.
pub struct Meters {
    counted: Registry,
    answered: Family<Answered, Histogram, fn() -> Histogram>,
    again: Counter,
    refused: Family<Refused, Counter>,
    operations: Family<Operation, Counter>,
    jobs: Family<Ended, Counter>,
    deliveries: Family<Tried, Counter>,
    rounds: Family<OfPipeline, Gauge>,
    rounds_failed: Family<OfPipeline, Counter>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Refused {
    code: String,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Operation {
    pipeline: String,
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Ended {
    pipeline: String,
    outcome: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Tried {
    channel: &'static str,
    outcome: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct OfPipeline {
    pipeline: String,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct InState {
    pipeline: String,
    state: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct OfRemote {
    remote: String,
}

/// How a pipeline stands when somebody asks for figures.
pub struct Standing {
    /// Its name.
    pub pipeline: String,
    /// The position of its ledger.
    pub seq: u64,
    /// How many jobs are queued, running, and paused for somebody's task.
    pub jobs: [(&'static str, usize); 3],
    /// How many deliveries are queued, and how many were given up.
    pub deliveries: [(&'static str, u64); 2],
}

/// Since when a remote is away; `None` while it answers.
pub struct Remote {
    /// How the server calls it.
    pub name: String,
    /// Since when.
    pub away: Option<Time>,
}

impl Default for Meters {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(LATENCIES);
        let mut meters = Self {
            counted: Registry::with_prefix("switchback"),
            answered: Family::new_with_constructor(histogram),
            again: Counter::default(),
            refused: Family::default(),
            operations: Family::default(),
            jobs: Family::default(),
            deliveries: Family::default(),
            rounds: Family::default(),
            rounds_failed: Family::default(),
        };
        meters.describe();
        meters
    }
}

impl Meters {
    fn describe(&mut self) {
        let counted = &mut self.counted;
        let (name, help) = ("request_duration", "How long requests took, by the pattern of their address");
        counted.register_with_unit(name, help, Unit::Seconds, self.answered.clone());
        counted.register(
            "told_again",
            "Reads that were answered as before, for nothing had changed",
            self.again.clone(),
        );
        counted.register("problems", "Answers that were a problem, by code", self.refused.clone());
        let help = "What went down the corridor, by kind of entry and what came of it";
        counted.register("operations", help, self.operations.clone());
        counted.register("jobs_ended", "Runs of jobs, by what came of them", self.jobs.clone());
        counted.register("deliveries", "Tries to tell somebody, by what came of them", self.deliveries.clone());
        let help = "When the rounds of a pipeline last went well, in seconds since 1970";
        counted.register_with_unit("rounds_last_success_timestamp", help, Unit::Seconds, self.rounds.clone());
        counted.register("rounds_failed", "Rounds of a pipeline that met a fault", self.rounds_failed.clone());
    }

    /// A request was answered.
    pub fn answered(&self, (method, route): (&'static str, &str), status: u16, took: Duration) {
        let labels = Answered { method, route: route.to_owned(), status };
        self.answered.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// An answer was told again.
    pub fn told_again(&self) {
        self.again.inc();
    }

    /// An answer was a problem.
    pub fn refused(&self, code: &str) {
        self.refused.get_or_create(&Refused { code: code.to_owned() }).inc();
    }

    /// Something went down the corridor.
    pub fn operation(&self, pipeline: &str, (kind, outcome): (Option<&'static str>, &'static str)) {
        let labels = Operation { pipeline: pipeline.to_owned(), kind: kind.unwrap_or("none"), outcome };
        self.operations.get_or_create(&labels).inc();
    }

    /// A job was run.
    pub fn job(&self, pipeline: &str, outcome: &'static str) {
        self.jobs.get_or_create(&Ended { pipeline: pipeline.to_owned(), outcome }).inc();
    }

    /// Somebody was to be told.
    pub fn delivery(&self, channel: &'static str, outcome: &'static str) {
        self.deliveries.get_or_create(&Tried { channel, outcome }).inc();
    }

    /// The rounds of a pipeline went well.
    pub fn went_round(&self, pipeline: &str, at: Time) {
        self.rounds.get_or_create(&OfPipeline { pipeline: pipeline.to_owned() }).set(at.0 / 1000);
    }

    /// The rounds of a pipeline met a fault.
    pub fn failed_round(&self, pipeline: &str) {
        self.rounds_failed.get_or_create(&OfPipeline { pipeline: pipeline.to_owned() }).inc();
    }

    /// Everything, in the text format of OpenMetrics.
    pub fn written(&self, standing: &[Standing], remotes: &[Remote]) -> String {
        let mut text = String::new();
        // A text takes whatever is written to it.
        let _ = encode(&mut text, &self.counted);
        let mut rest = String::new();
        let _ = encode(&mut rest, &now(standing, remotes));
        let end = "# EOF\n";
        text.truncate(text.trim_end_matches(end).len());
        text.push_str(&rest);
        text
    }
}

/// What is looked at only when somebody asks.
fn now(standing: &[Standing], remotes: &[Remote]) -> Registry {
    let mut registry = Registry::with_prefix("switchback");
    let (positions, jobs, outbox) = (Family::default(), Family::default(), Family::default());
    for Standing { pipeline, seq, jobs: open, deliveries } in standing {
        let set = |family: &Family<InState, Gauge>, state, count: u64| {
            let labels = InState { pipeline: pipeline.clone(), state };
            family.get_or_create(&labels).set(i64::try_from(count).unwrap_or(i64::MAX));
        };
        let position: &Family<OfPipeline, Gauge> = &positions;
        let seq = i64::try_from(*seq).unwrap_or(i64::MAX);
        position.get_or_create(&OfPipeline { pipeline: pipeline.clone() }).set(seq);
        open.iter().for_each(|(state, count)| set(&jobs, state, *count as u64));
        deliveries.iter().for_each(|(state, count)| set(&outbox, state, *count));
    }
    registry.register("ledger_position", "The newest entry of a pipeline's ledger", positions);
    registry.register("jobs", "Jobs that are open, by state", jobs);
    registry.register("outbox", "Deliveries that wait, and that were given up", outbox);
    let (up, away): (Family<OfRemote, Gauge>, Family<OfRemote, Gauge>) = Default::default();
    for Remote { name, away: since } in remotes {
        let labels = OfRemote { remote: name.clone() };
        up.get_or_create(&labels).set(i64::from(since.is_none()));
        if let Some(since) = since {
            away.get_or_create(&labels).set(since.0 / 1000);
        }
    }
    registry.register("remote_answers", "Whether a remote answered when it was asked last", up);
    let help = "Since when a remote is away, in seconds since 1970";
    registry.register_with_unit("remote_away_since_timestamp", help, Unit::Seconds, away);
    registry
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Reads the format as OpenMetrics defines it, and tells every sample: its name and labels, with its value.
    fn read(text: &str) -> Vec<(String, f64)> {
        let mut lines: Vec<&str> = text.strip_suffix('\n').unwrap().split('\n').collect();
        assert_eq!(lines.pop(), Some("# EOF"));
        let (mut families, mut samples) = (Vec::<(String, String)>::new(), Vec::new());
        for line in lines {
            if let Some(declared) = line.strip_prefix("# ") {
                let words: Vec<&str> = declared.splitn(3, ' ').collect();
                let [what, name, value] = words[..] else { panic!("{line}") };
                match what {
                    "TYPE" => {
                        assert!(families.iter().all(|(known, _)| known != name), "declared twice: {line}");
                        families.push((name.to_owned(), value.to_owned()));
                    }
                    "UNIT" => assert!(name.ends_with(&format!("_{value}")), "{line}"),
                    "HELP" => assert!(!value.is_empty(), "{line}"),
                    other => panic!("`{other}` declares nothing: {line}"),
                }
                continue;
            }
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            let (family, kind) = families.last().unwrap();
            let suffixes: &[&str] = match kind.as_str() {
                "counter" => &["_total"],
                "gauge" => &[""],
                "histogram" => &["_bucket", "_count", "_sum"],
                other => panic!("`{other}` is no type here"),
            };
            assert!(suffixes.iter().any(|suffix| name == format!("{family}{suffix}")), "{line} is of no {family}");
            let labels = series[name.len()..].trim_start_matches('{').trim_end_matches('}');
            for label in labels.split("\",").filter(|label| !label.is_empty()) {
                let (name, value) = label.split_once("=\"").unwrap();
                assert!(name.chars().all(|char| char.is_ascii_lowercase()) && !value.contains('\n'), "{line}");
            }
            samples.push((series.to_owned(), value.parse().unwrap()));
        }
        let series: HashSet<_> = samples.iter().map(|(series, _)| series).collect();
        assert_eq!(series.len(), samples.len(), "a series stands twice");
        samples
    }

    #[test]
    fn figures_are_written_as_the_format_says() {
        let meters = Meters::default();
        assert_eq!(read(&meters.written(&[], &[])), vec![("switchback_told_again_total".to_owned(), 0.0)]);
        for took in [2, 20, 700_000] {
            meters.answered(("GET", "/a/{b}"), 200, Duration::from_millis(took));
        }
        meters.refused("stage-frozen");
        meters.operation("odd \"name\"\\", (Some("promotion"), "done"));
        meters.job("acme", "failed");
        meters.delivery("mail", "sent");
        meters.went_round("acme", Time(5000));
        meters.failed_round("acme");
        let standing = Standing {
            pipeline: "acme".to_owned(),
            seq: 12,
            jobs: [("queued", 3), ("running", 1), ("paused", 0)],
            deliveries: [("queued", 2), ("dead", 4)],
        };
        let away = [("far", Some(Time(9000))), ("near", None)];
        let remotes = away.map(|(name, away)| Remote { name: name.to_owned(), away });
        let samples = read(&meters.written(&[standing], &remotes));
        let all = "method=\"GET\",route=\"/a/{b}\",status=\"200\"";
        let expected = [
            (format!("switchback_request_duration_seconds_count{{{all}}}"), 3.0),
            (format!("switchback_request_duration_seconds_bucket{{le=\"0.005\",{all}}}"), 1.0),
            (format!("switchback_request_duration_seconds_bucket{{le=\"+Inf\",{all}}}"), 3.0),
            ("switchback_problems_total{code=\"stage-frozen\"}".to_owned(), 1.0),
            ("switchback_rounds_last_success_timestamp_seconds{pipeline=\"acme\"}".to_owned(), 5.0),
            ("switchback_rounds_failed_total{pipeline=\"acme\"}".to_owned(), 1.0),
            ("switchback_deliveries_total{channel=\"mail\",outcome=\"sent\"}".to_owned(), 1.0),
            ("switchback_ledger_position{pipeline=\"acme\"}".to_owned(), 12.0),
            ("switchback_jobs{pipeline=\"acme\",state=\"queued\"}".to_owned(), 3.0),
            ("switchback_outbox{pipeline=\"acme\",state=\"dead\"}".to_owned(), 4.0),
            ("switchback_remote_answers{remote=\"far\"}".to_owned(), 0.0),
            ("switchback_remote_answers{remote=\"near\"}".to_owned(), 1.0),
            ("switchback_remote_away_since_timestamp_seconds{remote=\"far\"}".to_owned(), 9.0),
        ];
        for one in expected {
            assert!(samples.contains(&one), "{one:?} is not among {samples:?}");
        }
        assert!(samples.iter().all(|(series, _)| !series.contains("timestamp_seconds{remote=\"near\"}")));
    }
}
