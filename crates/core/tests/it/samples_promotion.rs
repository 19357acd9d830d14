//! One promotion with all of its parts.

use switchback_core::content::ConflictKind;
use switchback_core::content::entry::Places;
use switchback_core::ledger::entry::Event;
use switchback_core::pipeline::order_by::OrderBy;
use switchback_core::records::conflict::MoveConflict;
use switchback_core::records::line::{Item, Source};
use switchback_core::records::promotion::{
    Decision, DeployWish, Direction, LeftOut, MoveResolution, MoveStatus, PromotedChange, Promotion, PromotionOptions,
    PromotionStatus,
};
use switchback_core::records::resolution::{Resolution, ResolutionId, Settler};
use switchback_core::records::under_way::{Ready, Step, UnderWay};
use switchback_core::records::validation::{
    About, AreaCheck, AreaSaid, Ground, Outcome, TargetSaid, TaskAhead, Validation,
};
use switchback_core::words::names::{OperationId, RevisionNo, Seq, Time, VersionNo};
use switchback_core::words::object::{CommitId, Oid, RepoPath, TreeId};
use switchback_core::words::remedy::Remedy;

fn left_out() -> LeftOut {
    let (code, message) = ("needs-tested".into(), "revision 1 of US-4 is not tested".into());
    LeftOut { change: "US-4".into(), code, message }
}

fn chosen() -> Vec<PromotedChange> {
    let one = |key: &str, status| PromotedChange { change: key.into(), revision: RevisionNo(1), status };
    vec![
        one("US-1", MoveStatus::Chosen),
        one("US-2", MoveStatus::Moved),
        one("US-3", MoveStatus::Conflicted),
        one("US-4", MoveStatus::Skipped),
    ]
}

/// A promotion that has everything a promotion can have.
pub fn promotion(resolution: Resolution) -> Promotion {
    let id = |text| OperationId::parse(text).expect("an id of this file");
    Promotion {
        id: id("P-7"),
        direction: Direction::Back,
        source: "QA".into(),
        destination: "DEV".into(),
        changes: chosen(),
        project: Some("shop".into()),
        release: None,
        owner: "ann".into(),
        status: PromotionStatus::CompletedWithErrors,
        options: PromotionOptions {
            order_by: Some(OrderBy::Approved),
            exclude_from_auto_resolve: Some(vec!["Profile".into()]),
            full_profiles: true,
            full_permission_sets: false,
            email_on_complete: true,
            with_dependencies: true,
            skip_conflicted: false,
            recursive: true,
            deploy: DeployWish::Areas(vec!["dev-web".into()]),
            pull_request: false,
        },
        scheduled_at: Some(Time(5000)),
        created_at: Time(4000),
        conflicts: vec![MoveConflict {
            stage: "DEV".into(),
            change: "US-3".into(),
            path: RepoPath::new("a"),
            kind: ConflictKind::EditDelete,
            sides: resolution.sides,
            places: Places {
                base: None,
                ours: Some(RepoPath::new("b")),
                theirs: Some(RepoPath::new("c")),
                ours_merged: None,
                theirs_merged: resolution.sides.base,
                left: vec![RepoPath::new("d")],
            },
            other_side: Some("US-9".into()),
            needs: vec!["US-4".into()],
            why: Some("both sides set it".into()),
        }],
        resolutions: vec![MoveResolution {
            change: "US-3".into(),
            resolution: Resolution {
                at: Some(RepoPath::new("c")),
                left: vec![RepoPath::new("d")],
                ..resolution.clone()
            },
        }],
        decisions: vec![Decision {
            stage: "DEV".into(),
            change: "US-2".into(),
            path: RepoPath::new("b"),
            by: Settler::Remembered(ResolutionId::of(&resolution.path, &resolution.sides)),
        }],
        note: Some("the gate closed".into()),
        left_out: vec![left_out()],
        cloned_as: Some(id("P-8")),
        under_way: None,
        validation: None,
    }
}

/// A validation of everything one can be about; what came of it is the caller's to say.
pub fn validation(outcome: Outcome) -> Validation {
    let ground = |about, stood: &str| Ground { about, stood: stood.into() };
    let check = |area: &str, said| AreaCheck { area: area.into(), said, tasks: Vec::new() };
    let (code, message) = ("area-drifted".into(), "somebody edited web/a".into());
    let remedy = Remedy::DidYouMean { name: "dev".into() };
    let fails = AreaSaid::Fails { code, message, remedy: remedy.clone(), exit: None, said: Vec::new() };
    let (code, message) = ("area-check-failed".into(), "its program would not take it".into());
    let says_no = AreaSaid::Fails { code, message, remedy, exit: Some(7), said: vec!["no room".into()] };
    let target = TargetSaid::Passed { said: vec!["would put 3 files".into()] };
    let takes = AreaSaid::Takes { version: VersionNo(4), target, unchecked: "its hooks".into() };
    let tasks = vec![TaskAhead { change: "US-1".into(), number: 2, text: "warm the cache".into() }];
    let takes = AreaCheck { tasks, ..check("dev-web", takes) };
    Validation {
        by: "ann".into(),
        at: Time(3),
        seq: Seq(9),
        outcome,
        areas: vec![takes, check("dev-box", AreaSaid::Unchanged), check("dev-old", fails), check("dev-app", says_no)],
        grounds: vec![
            ground(About::Configuration, "ab"),
            ground(About::Stage("DEV".into()), "cd"),
            ground(About::Change("US-1".into()), "revision 1"),
            ground(About::Area("dev-web".into()), "3"),
            ground(About::OtherPromotions, ""),
            ground(About::Resolutions, ""),
        ],
    }
}

/// Promotions that wait: for deployments, and for people to merge them.
pub fn waiting(plain: &Promotion) -> [Event; 2] {
    let status = PromotionStatus::Merging;
    let by_deployments = Promotion { status, under_way: Some(Box::new(under_way())), ..plain.clone() };
    let ready = Some(Ready { by: "ann".into(), base_tree: TreeId(Oid([23; 20])) });
    let by_people = UnderWay { first: Vec::new(), ready, ..under_way() };
    let options = PromotionOptions { pull_request: true, ..plain.options.clone() };
    let by_people = Promotion { status, options, under_way: Some(Box::new(by_people)), ..plain.clone() };
    [by_deployments, by_people].map(|one| Event::Promotion(Box::new(one)))
}

/// What a promotion is about to do.
fn under_way() -> UnderWay {
    let commit = |byte| CommitId(Oid([byte; 20]));
    let item = Item {
        change: "US-1".into(),
        revision: RevisionNo(1),
        source: Source::Revision,
        commit: commit(21),
        operation: OperationId::parse("P-7"),
        resolutions: Vec::new(),
    };
    let step = Step { stage: "QA".into(), item, tree: TreeId(Oid([22; 20])) };
    let first = OperationId::parse("D-3").into_iter().collect();
    UnderWay { steps: vec![step], from: vec![("QA".into(), commit(20))], first, ready: None }
}
