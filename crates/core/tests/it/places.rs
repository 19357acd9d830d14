//! Whose place it is that an area deploys to: every case of `SPEC A15`.

use switchback_core::areas::place::{Claim, Question, claim};
use switchback_core::ports::target::{Identity, List, Mark, Standing};
use switchback_core::records::area_line::AreaLine;
use switchback_core::records::deployment::DeploymentKind;
use switchback_core::records::version::{Place, Version, VersionKind};
use switchback_core::words::names::{OperationId, Time, VersionNo};
use switchback_core::words::object::{CommitId, Oid, TreeId};
use switchback_core::words::remedy::Remedy;

const DEPLOY: DeploymentKind = DeploymentKind::Deploy;
const ADOPT: DeploymentKind = DeploymentKind::Adopt;
const REPAIR: DeploymentKind = DeploymentKind::Repair;
const MOVE: DeploymentKind = DeploymentKind::Move;

/// The ledger knows this many versions; the last of them was made at a place, or by an older program.
fn line(versions: u32, place: Option<(&str, &str)>) -> AreaLine {
    let place = place.map(|(id, at)| Place { id: id.into(), at: Some(at.to_owned()) });
    let made = |number| Version {
        number: VersionNo(number),
        kind: VersionKind::Baseline,
        deployment: OperationId::parse("D-1").unwrap(),
        changes: Vec::new(),
        tree: TreeId::EMPTY,
        wanted: TreeId::EMPTY,
        overwritten: Vec::new(),
        kept: Vec::new(),
        commit: commit(number as u8),
        stage_head: commit(0),
        by: "ann".into(),
        at: Time(0),
        reason: None,
        reverts: None,
        decisions: Vec::new(),
        place: place.clone(),
    };
    AreaLine { versions: (1..=versions).map(made).collect(), ..AreaLine::default() }
}

fn commit(byte: u8) -> CommitId {
    CommitId(Oid([byte; 20]))
}

/// A place that carries `pipeline/area#id`, or nothing.
fn carries(identity: &str, list: List) -> Standing {
    let read = |text: &str| {
        let (pipeline, rest) = text.split_once('/')?;
        let (area, id) = rest.split_once('#')?;
        Some(Identity { pipeline: pipeline.to_owned(), area: area.into(), id: id.into() })
    };
    Standing { identity: read(identity), list }
}

fn of(version: u32, commit_of: u8) -> List {
    List::Of(Mark { version: VersionNo(version), commit: Some(commit(commit_of)) })
}

/// As a program that knew no commits left it.
fn old(version: u32) -> List {
    List::Of(Mark { version: VersionNo(version), commit: None })
}

/// What becomes of an area `acme/web` whose place the configuration calls `../web`: `stands ID`, `write` (a new
/// identity), `write ID`, or a code with the first way out.
fn told(line: &AreaLine, found: (&str, List), kind: &DeploymentKind) -> String {
    asked(line, found, How { kind, here: "../web", former: None })
}

/// How it is asked.
struct How<'a> {
    kind: &'a DeploymentKind,
    here: &'a str,
    former: Option<&'a Standing>,
}

fn asked(line: &AreaLine, found: (&str, List), how: How<'_>) -> String {
    let How { kind, here, former } = how;
    let found = carries(found.0, found.1);
    let area = &"web".into();
    let asked = Question { pipeline: "acme", area, here: Some(here), line, found: &found, former };
    match claim(asked, kind) {
        Ok(Claim::Stands(id)) => format!("stands {id}"),
        Ok(Claim::Write(None)) => "write".to_owned(),
        Ok(Claim::Write(Some(id))) => format!("write {id}"),
        Err(refusal) => match refusal.remedy {
            Remedy::SettlePlace { ways, .. } => format!("{} {:?}", refusal.code, ways[0]),
            _ => refusal.code.as_str().to_owned(),
        },
    }
}

#[test]
fn a_first_deployment_takes_what_is_nobodys() {
    let new = line(0, None);
    assert_eq!(told(&new, ("", List::Missing), &DEPLOY), "write");
    // Begun before, and nothing came of it.
    assert_eq!(told(&new, ("acme/web#1", List::Missing), &DEPLOY), "stands 1");
    assert_eq!(told(&new, ("acme/web#1", List::Rebuilt), &DEPLOY), "stands 1");
    assert_eq!(told(&new, ("acme/web#1", of(2, 2)), &DEPLOY), "area-moved Adopt");
    assert_eq!(told(&new, ("", old(2)), &DEPLOY), "area-moved Adopt");
    assert_eq!(told(&new, ("acme/docs#1", List::Missing), &DEPLOY), "area-moved");
    assert_eq!(told(&new, ("other/web#1", of(2, 2)), &DEPLOY), "area-moved");
}

#[test]
fn the_next_ones_ask_for_the_identity_and_the_version() {
    let known = line(2, Some(("1", "../web")));
    assert_eq!(told(&known, ("acme/web#1", of(2, 2)), &DEPLOY), "stands 1");
    assert_eq!(told(&known, ("acme/web#1", List::Missing), &DEPLOY), "stands 1");
    assert_eq!(told(&known, ("acme/web#1", List::Damaged), &DEPLOY), "stands 1");
    assert_eq!(told(&known, ("", List::Missing), &DEPLOY), "area-lost Repair");
    assert_eq!(told(&known, ("", of(2, 2)), &DEPLOY), "area-lost Repair");
    assert_eq!(told(&known, ("acme/web#1", of(1, 1)), &DEPLOY), "area-lost Repair");
    assert_eq!(told(&known, ("acme/web#1", of(3, 3)), &DEPLOY), "area-ahead RestoreLedger");
    assert_eq!(told(&known, ("acme/web#1", of(2, 9)), &DEPLOY), "area-ahead RestoreLedger");
    assert_eq!(told(&known, ("acme/web#9", of(2, 2)), &DEPLOY), "area-moved Adopt");
    assert_eq!(told(&known, ("acme/web#9", List::Missing), &DEPLOY), "area-lost Repair");
    assert_eq!(told(&known, ("other/web#9", of(2, 2)), &DEPLOY), "area-moved");
    // It was called otherwise when it was written.
    assert_eq!(told(&known, ("acme/www#1", of(2, 2)), &DEPLOY), "write 1");
}

#[test]
fn an_area_of_an_older_program_gets_an_identity_when_it_is_in_step() {
    let known = line(2, None);
    assert_eq!(told(&known, ("", old(2)), &DEPLOY), "write");
    assert_eq!(told(&known, ("", List::Rebuilt), &DEPLOY), "write");
    assert_eq!(told(&known, ("", List::Damaged), &DEPLOY), "write");
    assert_eq!(told(&known, ("", List::Missing), &DEPLOY), "area-lost Repair");
    assert_eq!(told(&known, ("", old(3)), &DEPLOY), "area-ahead RestoreLedger");
    assert_eq!(told(&known, ("", old(1)), &DEPLOY), "area-lost Repair");
    assert_eq!(told(&known, ("acme/web#1", old(2)), &DEPLOY), "stands 1");
    assert_eq!(told(&known, ("acme/docs#1", old(2)), &DEPLOY), "area-moved");
}

#[test]
fn repair_and_adopt_take_any_place_but_anothers() {
    for kind in [REPAIR, ADOPT] {
        let known = line(2, Some(("1", "../web")));
        assert_eq!(told(&known, ("", List::Missing), &kind), "write");
        assert_eq!(told(&known, ("acme/web#1", of(3, 3)), &kind), "stands 1");
        assert_eq!(told(&known, ("acme/web#9", of(2, 2)), &kind), "write");
        assert_eq!(told(&known, ("other/web#9", of(2, 2)), &kind), "area-moved");
        assert_eq!(told(&line(2, None), ("", List::Missing), &kind), "write");
    }
    assert_eq!(told(&line(0, None), ("acme/web#1", of(2, 2)), &ADOPT), "write");
}

#[test]
fn a_moved_place_is_followed_when_somebody_says_so() {
    let known = line(2, Some(("1", "../web")));
    let at = |kind, former| asked(&known, ("acme/web#1", of(2, 2)), How { kind, here: "/srv/web", former });
    assert_eq!(at(&DEPLOY, None), "area-moved Move");
    assert_eq!(at(&MOVE, None), "stands 1");
    assert_eq!(told(&known, ("acme/web#1", of(2, 2)), &MOVE), "nothing-to-move");
    let still = carries("acme/web#1", of(2, 2));
    assert_eq!(
        asked(&known, ("", List::Missing), How { kind: &DEPLOY, here: "/srv/web", former: Some(&still) }),
        "area-moved Move"
    );
    assert_eq!(
        asked(&known, ("", List::Missing), How { kind: &MOVE, here: "/srv/web", former: Some(&still) }),
        "area-moved Move"
    );
    assert_eq!(
        asked(&known, ("", List::Missing), How { kind: &MOVE, here: "/srv/web", former: None }),
        "area-lost Repair"
    );
    // Written otherwise, it is the same folder.
    assert_eq!(
        asked(&known, ("acme/web#1", of(2, 2)), How { kind: &DEPLOY, here: "../web/", former: None }),
        "stands 1"
    );
}
