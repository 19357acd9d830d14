//! What looks at a target found, and what of it people are told (`SPEC A13`, `H4`).

use switchback_core::areas::checked::{Against, Checked, Deviation, Found, notice};
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
