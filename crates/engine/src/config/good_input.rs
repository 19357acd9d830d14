//! What a configuration can say, and what it means when it does not say it.

use super::parse;
use crate::clock::format_time;
use std::path::Path;
use switchback_core::content::filetype::{Check, Format, Strategy};
use switchback_core::pipeline::area::{AreaClass, DriftPolicy, Hook, Hooks, Regression, RollbackPolicy, TargetSpec};
use switchback_core::pipeline::order_by::OrderBy;
use switchback_core::pipeline::stage::{Attestation, Gate, OnFailure, UnpromotedWork};
use switchback_core::pipeline::{Pipeline, Recording};
use switchback_core::words::names::StageName;
use switchback_core::words::object::RepoPath;

/// The example of `SPEC 12`.
const EXAMPLE: &str = r#"
[pipeline]
name = "acme"
time_zone = "Europe/Berlin"

[changes]
key = "[A-Z]+-\\d+"
branches = "feature/*"

[[stage]]
name = "DEV"
branch = "dev"
next = ["QA"]

[[stage]]
name = "QA"
branch = "qa"
next = ["PROD"]
back_promote.require = ["tested", "approved"]

[[stage]]
name = "PROD"
branch = "main"

[[area]]
name = "qa-web"
stage = "QA"
default = true
sequence = 1
target = { dir = "/srv/qa/web" }
include = ["web/**"]
on_drift = "refuse"
"#;

/// Everything that can be written, none of it as it would be by default.
pub(super) const EVERYTHING: &str = r#"
[pipeline]
name = "acme"
time_zone = "Europe/Berlin"
base_branch = "release/next"
order_by = "approved"
exclude_from_auto_resolve = ["ApexClass", "**/*.layout"]
four_eyes = true
on_failure = "undo-all"

[changes]
key = 'CR-\d+'
branches = "work/**"
record = "push"

[words]
change = "User Story"
stage = "Environment"

[groups]
qa = ["ann", "bob@example.org"]

[[stage]]
name = "DEV"
branch = "dev"
next = ["SIT", "PROD"]
promote = { require = ["tested"], require_deployed_at_source = true, unpromoted_work = "block" }
back_promote = { require = [] }
freeze = [
    { from = "2026-12-24T00:00", to = "2026-12-26", reason = "Christmas" },
    { from = 2026-12-31T22:00:00Z, to = 2027-01-01, reason = "New Year" },
]
on_failure = "stop"

[[stage]]
name = "SIT"
branch = "env/sit"
next = ["PROD"]
[stage.back_promote]
require_deployed_at_source = true

[[stage]]
name = "PROD"
branch = "main"

[[area]]
name = "dev-ann"
stage = "DEV"
default = true
class = "development"
target = { command = ["./put", "--fast"], timeout_s = 20, check_put = true }
sequence = 3
include = ["web/**"]
exclude = ["**/*.md"]
strip_prefix = "web"
on_drift = "keep"
rollback = "strict"
regression = "refuse"
verify_every_s = 86400
offline = true
hooks.before = { run = ["./check", "now"], timeout_s = 5 }
hooks.after = "curl -f https://example.org | grep ok"
hooks.on_failure.run = "echo oh"

[[schedule]]
cron = "0 2 * * 1-5"
from = "PROD"
to = ["DEV"]
deploy = true

[[schedule]]
cron = "0 4 * * *"
from = "SIT"
"#;

fn read(text: &str) -> Pipeline {
    parse(text, Path::new("/repo/switchback.toml")).unwrap_or_else(|defect| panic!("{defect}"))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn the_example_gets_the_defaults_for_what_it_does_not_say() {
    let pipeline = read(EXAMPLE);
    let settings = pipeline.settings();
    assert_eq!((pipeline.name(), settings.time_zone.as_str()), ("acme", "Europe/Berlin"));
    assert_eq!((settings.key.as_str(), settings.branches.as_str()), (r"[A-Z]+-\d+", "feature/*"));
    assert_eq!(
        (settings.base_branch.as_ref(), settings.order_by, settings.four_eyes),
        (None, OrderBy::Recorded, false)
    );
    let stage = &pipeline.stages()[1];
    assert_eq!((&stage.promote, &stage.back_promote), (&Gate::forward(), &Gate::back()));
    assert_eq!((stage.on_failure, stage.freeze.len()), (OnFailure::Stop, 0));
    assert!(pipeline.higher(&StageName::new("PROD"), &StageName::new("DEV")));
    let area = &pipeline.areas()[0];
    assert_eq!((area.default, area.class, area.sequence, area.offline), (true, AreaClass::Deployment, 1, false));
    assert_eq!(area.target, TargetSpec::Dir("/srv/qa/web".into()));
    let policies = (area.on_drift, area.rollback, area.regression);
    assert_eq!(policies, (DriftPolicy::Refuse, RollbackPolicy::Files, Regression::Allow));
    assert_eq!(area.verify_every_ms, Some(3_600_000), "a directory is looked at every hour");
    assert_eq!(area.hooks, Hooks::default());
}

#[test]
fn an_almost_empty_file_is_a_pipeline() {
    let pipeline = read(
        "pipeline.name = 'p'\n[[stage]]\nname = 'A'\nbranch = 'a'\n[[area]]\nname = 'x'\nstage = 'A'\ntarget.dir = 'out'\n",
    );
    let settings = pipeline.settings();
    assert_eq!((settings.time_zone.as_str(), settings.key.as_str()), ("UTC", r"[A-Z]+-\d+"));
    assert_eq!((settings.branches.as_str(), settings.recording), ("feature/*", Recording::ByHand));
    let area = &pipeline.areas()[0];
    assert_eq!((area.default, &area.target), (false, &TargetSpec::Dir("/repo/out".into())));
    assert!(area.filter.is_everything());
}

#[test]
fn the_pipeline_is_as_it_is_written() {
    let pipeline = read(EVERYTHING);
    let settings = pipeline.settings();
    assert_eq!(settings.base_branch.as_deref(), Some("release/next"));
    assert_eq!((settings.order_by, settings.four_eyes), (OrderBy::Approved, true));
    assert_eq!(settings.exclude_from_auto_resolve, words(&["ApexClass", "**/*.layout"]));
    assert_eq!((settings.key.as_str(), settings.branches.as_str()), (r"CR-\d+", "work/**"));
    assert_eq!(settings.recording, Recording::OnPush);
    assert_eq!(settings.words.get("change").map(String::as_str), Some("User Story"));
    assert_eq!(settings.groups.get("qa").map(Vec::len), Some(2));
    let schedules: Vec<_> = settings
        .schedules
        .iter()
        .map(|schedule| (schedule.from.as_str(), schedule.to.len(), schedule.deploy))
        .collect();
    assert_eq!(schedules, [("PROD", 1, true), ("SIT", 0, false)]);
}

#[test]
fn a_gate_keeps_the_defaults_of_the_keys_not_written() {
    let pipeline = read(EVERYTHING);
    let [dev, sit, prod] = pipeline.stages() else { panic!("three stages") };
    let strict = Gate {
        require: vec![Attestation::Tested],
        require_deployed_at_source: true,
        unpromoted_work: UnpromotedWork::Block,
        ..Gate::forward()
    };
    assert_eq!(dev.promote, strict);
    assert_eq!(dev.back_promote, Gate { require: Vec::new(), ..Gate::back() });
    assert_eq!(sit.back_promote, Gate { require_deployed_at_source: true, ..Gate::back() });
    assert_eq!(sit.promote, Gate::forward());
    assert_eq!(
        (dev.on_failure, sit.on_failure, prod.on_failure),
        (OnFailure::Stop, OnFailure::UndoAll, OnFailure::UndoAll)
    );
}

#[test]
fn a_freeze_window_is_local_and_takes_in_its_last_day() {
    let pipeline = read(EVERYTHING);
    let windows: Vec<_> = pipeline.stages()[0]
        .freeze
        .iter()
        .map(|window| (format_time(window.from, "UTC"), format_time(window.to, "UTC"), window.reason.as_str()))
        .collect();
    let wanted = [
        ("2026-12-23T23:00:00Z".to_owned(), "2026-12-26T22:59:59Z".to_owned(), "Christmas"),
        ("2026-12-31T22:00:00Z".to_owned(), "2027-01-01T22:59:59Z".to_owned(), "New Year"),
    ];
    assert_eq!(windows, wanted);
}

#[test]
fn an_area_is_as_it_is_written() {
    let pipeline = read(EVERYTHING);
    let area = &pipeline.areas()[0];
    assert_eq!((area.default, area.class, area.sequence, area.offline), (true, AreaClass::Development, 3, true));
    assert_eq!(
        area.target,
        TargetSpec::Command { program: words(&["./put", "--fast"]), timeout_s: 20, check_put: true }
    );
    let policies = (area.on_drift, area.rollback, area.regression);
    assert_eq!(policies, (DriftPolicy::Keep, RollbackPolicy::Strict, Regression::Refuse));
    assert_eq!(area.verify_every_ms, Some(86_400_000));
    let map = |path: &str| area.filter.map(&RepoPath::new(path)).map(|path| path.to_string());
    assert_eq!((map("web/a.js"), map("web/a.md"), map("b.js")), (Some("a.js".into()), None, None));
    let hook = |run: &[&str], timeout_s| Some(Hook { run: words(run), timeout_s });
    let wanted = Hooks {
        before: hook(&["./check", "now"], 5),
        after: hook(&["sh", "-c", "curl -f https://example.org | grep ok"], 60),
        on_failure: hook(&["sh", "-c", "echo oh"], 60),
    };
    assert_eq!(area.hooks, wanted);
}

#[test]
fn file_types_are_read_and_complete_what_is_shipped() {
    let text = format!(
        "{EXAMPLE}\n[[file_type]]\nname = \"PriceList\"\npaths = [\"prices/*.xml\"]\nformat = \"xml\"\nverify = true\n\
         keys = {{ price = [\"sku\", \"currency\"], port = [[\"port\", \"protocol\"], [\"name\"]], \"*\" = [\"id\"] }}\n\
         order_decides = [\"rule\"]\n\
         [[file_type]]\nname = \"Profile\"\nstrategy = \"destination\"\nkeys = {{ own = [\"a\"] }}\n\
         [[file_type]]\nname = \"LockFile\"\nregenerate = [\"make\", \"lock\"]\n"
    );
    let pipeline = parse(&text, Path::new("/repo/switchback.toml")).unwrap();
    let types = &pipeline.settings().file_types;
    let prices = types.of(&RepoPath::new("prices/a.xml")).unwrap();
    assert_eq!(
        (prices.name.as_str(), prices.format, prices.strategy),
        ("PriceList", Some(Format::Xml), Strategy::Structural)
    );
    assert_eq!((prices.check, &prices.keys.otherwise), (Check::Verify, &words(&["id"])));
    assert_eq!(prices.keys.by_item["price"], [["sku", "currency"]]);
    assert_eq!(prices.keys.by_item["port"], [&["port", "protocol"][..], &["name"]]);
    assert_eq!(prices.keys.order_decides, ["rule"]);
    let profile = types.of(&RepoPath::new("profiles/Admin.profile")).unwrap();
    assert_eq!((profile.format, profile.strategy), (Some(Format::Xml), Strategy::Destination));
    // What is shipped is completed, not replaced.
    assert_eq!(profile.keys.by_item["own"], [["a"]]);
    assert_eq!(profile.keys.by_item["fieldPermissions"], [["field"]]);
    let locks = types.of(&RepoPath::new("web/yarn.lock")).unwrap();
    assert_eq!(locks.strategy, Strategy::Regenerate, "it is the strategy of whoever names a program");
    let program = locks.regenerate.as_ref().unwrap();
    assert_eq!((program.line().as_str(), program.timeout_s), ("make lock", 300));
}
