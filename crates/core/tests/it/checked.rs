//! What looks at a target found, and what of it people are told (`SPEC A13`, `H4`).

use crate::play::Play;
use switchback_core::areas::checked::{Against, Checked, Deviation, Found, against, holds, is_due, notice};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::{Area, AreaClass, DriftPolicy, Hooks, Regression, RollbackPolicy, TargetSpec};
use switchback_core::pipeline::filter::Filter;
use switchback_core::words::names::{AreaName, StageName, Time, VersionNo};
use switchback_core::words::object::{BlobId, Leaf, Mode, Oid, RepoPath};

fn area() -> Area {
    Area {
        name: AreaName::new("qa-web"),
        stage: StageName::new("QA"),
        default: true,
        class: AreaClass::Deployment,
        target: TargetSpec::Dir("/srv/qa".to_owned()),
        sequence: 1,
        filter: Filter::default(),
        on_drift: DriftPolicy::Refuse,
        rollback: RollbackPolicy::Files,
        regression: Regression::Allow,
        verify_every_ms: Some(1000),
        offline: false,
        retired: false,
        hooks: Hooks::default(),
    }
}

/// `a=1`: somebody made the file `a` hold content number 1; `a=-`: it is gone.
fn looked(at: i64, files: &[&str]) -> Checked {
    let leaf = |number: u8| Leaf { mode: Mode::File, id: BlobId(Oid([number; 20])) };
    let one = |file: &&str| {
        let (path, actual) = file.split_once('=').unwrap();
        let actual = actual.parse().ok().map(leaf);
        Deviation { path: RepoPath::new(path), expected: Some(leaf(0)), actual }
    };
    let against = Against { version: VersionNo(3), ended: None };
    Checked { against, at: Time(at), found: Found::Files(files.iter().map(one).collect()), told: Vec::new() }
}

fn told(look: &Checked) -> Option<(String, String)> {
    notice(&area(), look).map(|(name, notice)| (name, notice.says))
}

#[test]
fn each_edit_is_told_once_and_anew_when_it_is_another() {
    assert_eq!(told(&looked(1, &[])), None);
    let first = looked(1, &["a=1"]);
    let (name, says) = told(&first).unwrap();
    assert_eq!(says, "somebody edited a in qa-web: it is modified, and not as version 3 has it");
    assert_eq!(name, "drifted/qa-web/1");
    let same = looked(2, &["a=1"]).after(Some(&first));
    assert!(told(&same).is_some(), "nobody was told yet, whoever looked");
    let first = first.all_told();
    assert_eq!(told(&first), None);
    let same = looked(2, &["a=1"]).after(Some(&first));
    assert_eq!(told(&same), None);
    let more = looked(3, &["a=1", "b=-"]).after(Some(&same));
    assert_eq!(told(&more).unwrap().1, "somebody edited b in qa-web: it is missing, and not as version 3 has it");
    let other = looked(4, &["a=2"]).after(Some(&more.all_told()));
    assert!(told(&other).unwrap().1.contains("edited a in"));
    let gone = looked(5, &[]).after(Some(&other.all_told()));
    let back = looked(6, &["a=2"]).after(Some(&gone));
    assert!(told(&back).is_some(), "it was as it should be in between");
}

#[test]
fn what_could_not_be_compared_takes_nothing_back() {
    let first = looked(1, &["a=1"]).all_told();
    let away = Found::Nothing { code: "area-lost".to_owned(), message: "it is gone".to_owned() };
    let away = Checked { found: away, ..looked(2, &[]) }.after(Some(&first));
    assert_eq!((away.files(), told(&away)), (None, None));
    assert_eq!(told(&looked(3, &["a=1"]).after(Some(&away))), None, "told before the target was away");
}

#[test]
fn many_files_are_named_as_far_as_a_sentence_bears_it() {
    let files = ["a=1", "b=1", "c=1", "d=1", "e=1", "f=1", "g=1"];
    let says = told(&looked(1, &files)).unwrap().1;
    assert_eq!(says, "somebody edited files in qa-web, which are not as version 3 has them: a, b, c, d, e and 2 more");
}

/// `qa-web` after its first deployment: the state, and the area as it is configured.
fn deployed(more: &[&str]) -> (State, Area) {
    let mut play = Play::default();
    let lines = [
        "pipeline: DEV -> QA",
        "area qa-web at QA default",
        "change US-1: web/a = 1",
        "at DEV, QA: US-1",
        "deployed qa-web: US-1",
    ];
    for line in lines.iter().chain(more) {
        play.line(line).unwrap();
    }
    let world = play.world().unwrap();
    (world.state.clone(), area())
}

/// When an area is to be compared with its target, a case a line: how it is configured, when it was compared, whether it is
/// due at 5000 (`SPEC A13`).
#[test]
fn an_area_is_due_as_often_as_it_says_and_whenever_something_else_may_stand_there() {
    let (state, usual) = deployed(&[]);
    let now = against(&state, &usual).unwrap();
    assert!(now.ended.is_some());
    let older = Against { version: VersionNo(now.version.0 - 1), ..now };
    let unended = Against { ended: None, ..now };
    let configured = |verify_every_ms, offline, retired| Area { verify_every_ms, offline, retired, ..area() };
    let (off, offline, retired) =
        (configured(None, false, false), configured(Some(1000), true, false), configured(Some(1000), false, true));
    for (what, area, last, due) in [
        ("never compared", &usual, None, true),
        ("just now", &usual, Some((now, 5000)), false),
        ("within its time", &usual, Some((now, 4001)), false),
        ("its time is over", &usual, Some((now, 4000)), true),
        ("long ago", &usual, Some((now, 0)), true),
        ("the clock was set back", &usual, Some((now, 5001)), true),
        ("with an older version", &usual, Some((older, 4999)), true),
        ("before a deployment ended", &usual, Some((unended, 4999)), true),
        ("it does not say how often", &off, None, false),
        ("and was compared by hand", &off, Some((older, 0)), false),
        ("offline", &offline, None, false),
        ("retired", &retired, None, false),
    ] {
        let last = last.map(|(against, at)| Checked { against, ..looked(at, &[]) });
        assert_eq!(is_due(&state, area, last.as_ref(), Time(5000)), due, "{what}");
        let stands = last.as_ref().is_some_and(|last| last.against == now);
        assert_eq!(holds(&state, area, last.as_ref()).is_some(), stands, "{what}");
    }
    // One with no version has nothing to be compared with.
    assert!(!is_due(&State::default(), &usual, None, Time(5000)));
    // Another deployment makes it due again, whatever came of it.
    let (later, _) = deployed(&["change US-2: web/b = 1", "at DEV, QA: US-2", "deployed qa-web: US-2"]);
    let last = Checked { against: now, ..looked(4999, &[]) };
    assert!(is_due(&later, &usual, Some(&last), Time(5000)));
}
