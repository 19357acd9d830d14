//! Stored forms: what the ledger writes is pinned, and what it ever wrote is read for ever. To change a form on purpose,
//! raise the format, keep the old file under another name (`applied.1.json`) and put what the failing test prints in its
//! place.

use crate::samples;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use switchback_core::ledger::entry::{Body, Entry, Event, FORMAT};
use switchback_core::ledger::invariants;
use switchback_core::ledger::state::State;
use switchback_core::ledger::stored::{self, Unreadable};
use switchback_core::records::validation::{AreaSaid, TargetSaid};
use switchback_core::words::names::{ChangeKey, Seq, Time, VersionNo};

/// Declares the words of the variants, and the match that must name each.
macro_rules! variants {
    ($($variant:ident)*) => {
        /// Every variant of an event.
        const VARIANTS: &[&str] = &[$(stringify!($variant)),*];

        /// The variant of an event. A new one does not compile before it is listed here.
        fn variant(event: &Event) -> &'static str {
            match event {
                $(Event::$variant { .. } => stringify!($variant),)*
            }
        }
    };
}

variants! {
    Initialized Configured StageRenamed AreaRenamed StageAdopted CommitsAdopted Recorded Edited Attested Withdrawn Excluded Included Ignored Noticed TaskAdded
    TaskDone Applied Removed Promotion DemotionBegun DemotionStopped
    Demoted DeploymentAsked DeploymentEnded DeploymentRetried VersionMade EditsSetAside VersionDiscarded Granted Revoked ScheduleRan
    ResolutionForgotten ResolutionsLearned ResolutionsKept Rebuilt NumbersTaken TakenOutBefore
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn files() -> BTreeSet<String> {
    let there = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name());
    there.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".json")).collect()
}

fn pinned(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_default()
}

/// A fact in the body of an entry, as it is kept.
fn around(format: u32, event: &str) -> String {
    let event: Value = serde_json::from_str(event).unwrap();
    let body = json!({
        "format": format, "operation": null, "reason": null, "asked": null, "says": "", "plan": "",
        "privileges": [], "warnings": [], "events": [event],
    });
    body.to_string()
}

fn read(format: u32, event: &str) -> Result<Event, Unreadable> {
    stored::read(&around(format, event), &samples::state()).map(|mut body| body.events.remove(0))
}

/// JSON without white space, in the order it was written.
fn compact(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    let keeps = |one: &char| {
        let quote = *one == '"' && !escaped;
        escaped = in_text && *one == '\\' && !escaped;
        in_text ^= quote;
        in_text || !one.is_whitespace()
    };
    json.chars().filter(keeps).collect()
}

/// A fact as it is kept.
fn written(event: Event) -> String {
    let body = Body { events: vec![event], ..samples::body() };
    let text = stored::write(&body).unwrap();
    let (_, events) = text.split_once("\"events\":[").unwrap();
    events.strip_suffix("]}").unwrap().to_owned()
}

#[test]
fn every_form_is_written_as_it_is_pinned() {
    let mut wrong = Vec::new();
    for (name, event) in samples::events() {
        let written = written(event);
        if written != compact(&pinned(&format!("{name}.json"))) {
            wrong.push(format!("{name}.json is written as\n{written}"));
        }
    }
    let written = stored::write(&samples::body()).unwrap();
    if written != compact(&pinned("body.json")) {
        wrong.push(format!("body.json is written as\n{written}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `applied.1.json`: a form of formats 1 and 2; `applied.format3.json`: the form of format 3, and of those after it that
/// have none of their own.
fn is_old(file: &str) -> bool {
    file.trim_end_matches(".json").ends_with(|last: char| last.is_ascii_digit())
}

#[test]
fn every_form_that_was_ever_written_is_read() {
    assert!(!files().is_empty());
    for file in files() {
        let text = pinned(&file);
        if file.starts_with("body") {
            let read = stored::read(&text, &samples::state());
            assert!(read.is_ok(), "{file}: {read:?}");
            continue;
        }
        // A form that has not changed since format 1 is read in an entry of any format.
        let name = file.trim_end_matches(".json");
        let old = files().iter().any(|other| is_old(other) && other.starts_with(&format!("{name}.")));
        let formats: &[u32] = match (is_old(&file), old) {
            (true, _) if file.ends_with(".format3.json") => &[3, 4],
            (true, _) if file.ends_with(".format4.json") => &[4, 5],
            (true, _) => &[1, 2],
            (false, true) => &[FORMAT],
            (false, false) => &[1, 2, 3, 4, 5, FORMAT],
        };
        for format in formats {
            let read = read(*format, &text);
            assert!(read.is_ok(), "{file} in format {format}: {read:?}");
        }
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    for (name, event) in samples::events() {
        assert_eq!(read(FORMAT, &pinned(&format!("{name}.json"))).unwrap(), event, "{name}");
    }
    assert_eq!(stored::read(&pinned("body.json"), &State::default()).unwrap(), samples::body());
}

#[test]
fn old_numbers_of_changes_become_their_keys() {
    let events = samples::events();
    let now = |name: &str| &events.iter().find(|(other, _)| *other == name).unwrap().1;
    for (old, name) in [
        ("version-rollback.3.json", "version-rollback"),
        ("version-deploy.3.json", "version-deploy"),
        ("applied-commit.2.json", "applied-commit"),
        ("stage-adopted.2.json", "stage-adopted"),
        ("commits-adopted.2.json", "commits-adopted"),
        ("ended-queued.1.json", "deployment-retried"),
    ] {
        assert_eq!(&read(2, &pinned(old)).unwrap(), now(name), "{old}");
    }
    let unknown = stored::read(&around(2, &pinned("version-deploy.3.json")), &State::default());
    assert!(matches!(&unknown, Err(Unreadable::Corrupt { why }) if why.contains("change number 3")), "{unknown:?}");
}

/// What areas said before their targets were asked, and before tasks were told.
#[test]
fn a_validation_of_before_targets_were_asked_is_read() {
    let text = pinned("promotion-validated-goes.json");
    let (before, rest) = text.split_once("\"areas\":").unwrap();
    let (_, after) = rest.split_once("\"grounds\":").unwrap();
    let fails =
        r#"{"fails":{"code":"area-lost","message":"it is gone","remedy":{"step":"did-you-mean","name":"dev"}}}"#;
    let areas = format!(
        r#"[{{"area":"a","said":{{"takes":{{"version":4,"unchecked":"its hooks"}}}}}},{{"area":"b","said":{fails}}}]"#
    );
    let read = read(FORMAT, &format!("{before}\"areas\":{areas},\"grounds\":{after}")).unwrap();
    let Event::Promotion(promotion) = read else { panic!("{read:?}") };
    let said: Vec<_> = promotion.validation.unwrap().areas.into_iter().map(|one| (one.said, one.tasks.len())).collect();
    let target = TargetSaid::Unasked { why: String::new() };
    let takes = AreaSaid::Takes { version: VersionNo(4), target, unchecked: "its hooks".to_owned() };
    assert_eq!(said[0], (takes, 0));
    assert!(matches!(&said[1], (AreaSaid::Fails { exit: None, said, .. }, 0) if said.is_empty()), "{said:?}");
}

#[test]
fn a_newer_entry_is_newer_whatever_else_it_says() {
    let state = State::default();
    let newer = |text: &str| stored::read(text, &state);
    let format = FORMAT + 1;
    assert_eq!(newer(&format!("{{\"format\":{format}}}")), Err(Unreadable::Newer { format }));
    let unknown = around(format, "{\"teleported\":{\"change\":\"US-1\"}}");
    assert_eq!(newer(&unknown), Err(Unreadable::Newer { format }));
    assert!(matches!(read(FORMAT, "{\"teleported\":{}}"), Err(Unreadable::Corrupt { .. })));
    assert!(matches!(newer("{\"format\":0}"), Err(Unreadable::Corrupt { .. })));
    assert!(matches!(newer("no entry"), Err(Unreadable::Corrupt { .. })));
}

#[test]
fn every_variant_has_a_sample() {
    let told: BTreeSet<_> = samples::events().iter().map(|(_, event)| variant(event)).collect();
    let missing: Vec<_> = VARIANTS.iter().filter(|variant| !told.contains(*variant)).collect();
    assert!(missing.is_empty(), "no sample of {missing:?}");
}

/// A whole ledger that a program of format 2 wrote: two deployments, a demotion with its rollback, a rollback by hand.
#[test]
fn a_whole_old_ledger_gives_the_state_it_always_gave() {
    let mut state = State::default();
    for line in pinned("ledger.2.jsonl").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let body = stored::read(row["body"].as_str().unwrap(), &state).unwrap();
        let (seq, at) = (Seq(row["seq"].as_u64().unwrap()), Time(row["at"].as_i64().unwrap()));
        let (actor, kind) = (row["actor"].as_str().unwrap().into(), row["kind"].as_str().unwrap().to_owned());
        state.take(&Entry { seq, at, actor, kind, body }).unwrap();
    }
    assert_eq!(invariants::findings(&state, &[]), Vec::<String>::new());
    let held: Vec<_> = state.lines[&"QA".into()].receipts.iter().map(|ix| state.key(ix).to_string()).collect();
    assert_eq!((state.seq, held), (Seq(13), vec!["US-1".to_owned(), "US-3".to_owned()]));
    let area = &state.areas[&"qa-web".into()];
    let numbers: Vec<u32> = area.versions.iter().map(|version| version.number.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    let deployed: Vec<_> = area.held.iter().map(|(ix, _)| state.key(*ix).as_str()).collect();
    assert_eq!(deployed, ["US-1"]);
}

#[test]
fn an_entry_that_names_a_change_is_never_passed_over() {
    for (name, event) in samples::events() {
        let text = stored::write(&Body { events: vec![event], ..samples::body() }).unwrap();
        let keys = ["US-1", "US-2", "US-3"].map(ChangeKey::new);
        let named = keys.iter().filter(|key| text.contains(&format!("\"{key}\"")));
        assert!(named.clone().count() > 0 && named.clone().all(|key| stored::may_name(&text, key)), "{name}");
        assert!(!stored::may_name(&text, &ChangeKey::new("US")), "{name}");
        assert!(stored::may_name(&around(2, "{}"), &ChangeKey::new("US")), "format 2 has numbers");
    }
}
