//! One of everything the ledger stores.

use crate::samples_promotion::{self, promotion, validation};
use crate::{samples_branches, samples_found, samples_kept, samples_places};
use switchback_core::content::filetype::Strategy;
use switchback_core::content::sketch::Sketch;
use switchback_core::content::{Delta, Sides, Signature};
use switchback_core::ledger::entry::{Body, Event, FORMAT, Imported};
use switchback_core::ledger::fold::Attribution;
use switchback_core::ledger::rights::Used;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::stage::Attestation;
use switchback_core::records::change::{Facts, Revision, Voice};
use switchback_core::records::demotion::{Demoted, DemotionAsked, Dependents, StayingContent};
use switchback_core::records::deployment::{Deployment, DeploymentKind, DeploymentStatus, Occasion};
use switchback_core::records::freeze::Freeze;
use switchback_core::records::grant::{Effect, Grant, Privilege, Scope};
use switchback_core::records::line::Source;
use switchback_core::records::promotion::{DeployWish, Direction, Promotion, PromotionOptions, PromotionStatus};
use switchback_core::records::resolution::{Redecided, Remembered, Resolution, ResolutionId, Settler};
use switchback_core::records::schedule::RunFailure;
use switchback_core::records::validation::Outcome;
use switchback_core::records::version::{AreaDecision, Holding, VersionChange, VersionFact, VersionKind};
use switchback_core::words::names::{OperationId, RevisionNo, Seq, Time, UserName, VersionNo};
use switchback_core::words::object::{BlobId, CommitId, Leaf, Mode, Oid, PathChange, RepoPath, TreeId};
use switchback_core::words::remedy::Remedy;
use switchback_core::words::warning::Warning;

fn oid(byte: u8) -> Oid {
    Oid([byte; 20])
}

fn tree(byte: u8) -> TreeId {
    TreeId(oid(byte))
}

pub fn commit(byte: u8) -> CommitId {
    CommitId(oid(byte))
}

fn leaf(byte: u8) -> Leaf {
    Leaf { mode: Mode::File, id: BlobId(oid(byte)) }
}

pub fn id(text: &str) -> OperationId {
    OperationId::parse(text).expect("an id of this file")
}

fn facts() -> Facts {
    Facts {
        title: "Show the price".into(),
        project: Some("shop".into()),
        release: Some("7.1".into()),
        owner: "ann".into(),
        parent: Some("US-100".into()),
    }
}

fn revision() -> Revision {
    let change = PathChange { path: RepoPath::new("web/price.js"), before: None, after: None };
    let delta = Delta::new(vec![change], Vec::new());
    Revision {
        number: RevisionNo(2),
        base: commit(1),
        tip: commit(2),
        base_tree: tree(3),
        tip_tree: tree(4),
        author: Signature { name: "Ann".into(), email: "ann@example.org".into(), time: Time(1000) },
        subject: "Show the price".into(),
        depends_on: vec!["US-99".into()],
        attested: Vec::new(),
        recorded_at: Time(2000),
        sketch: Some(Sketch::of(&delta)),
    }
}

fn resolution() -> Resolution {
    let sides = Sides { base: Some(leaf(1)), ours: Some(Leaf { mode: Mode::Executable, ..leaf(2) }), theirs: None };
    // A name that is no UTF-8 is stored without loss.
    let result = Some(Leaf { mode: Mode::Symlink, ..leaf(3) });
    Resolution { path: RepoPath::new(b"web/\xffa"), sides, result, at: None, left: Vec::new(), by: Settler::Person }
}

/// Settled by its type.
fn automatic() -> Resolution {
    Resolution { by: Settler::Type { name: "Profile".into(), strategy: Strategy::Structural }, ..resolution() }
}

fn item(source: Source) -> Imported {
    let (revision, operation) = (RevisionNo(2), Some(id("P-7")));
    let (change, resolutions) = ("US-101".into(), vec![resolution()]);
    Imported { change, revision, source, commit: commit(9), operation, resolutions }
}

fn removed() -> Event {
    let decided = vec![Redecided { commit: commit(2), resolution: automatic() }];
    Event::Removed { stage: "QA".into(), change: "US-1".into(), commit: commit(3), tree: tree(3), decided }
}

pub fn deployment(kind: DeploymentKind, occasion: Occasion) -> Event {
    Event::DeploymentAsked(Box::new(Deployment {
        id: id("D-4"),
        area: "qa-web".into(),
        kind,
        changes: vec![("US-1".into(), RevisionNo(2))],
        operation: id("M-2"),
        occasion,
        sequence: 1,
        by: "bob".into(),
        at: Time(6000),
        reason: Some("outage".into()),
        status: DeploymentStatus::Queued,
    }))
}

fn ended(status: DeploymentStatus) -> Event {
    Event::DeploymentEnded { deployment: id("D-4"), status }
}

pub fn version() -> VersionFact {
    let holding = |since| Holding {
        revision: RevisionNo(2),
        since: VersionNo(since),
        items: vec![item(Source::Update { from: RevisionNo(1) })],
    };
    let path = RepoPath::new("a");
    VersionFact {
        number: VersionNo(8),
        kind: VersionKind::Rollback,
        deployment: id("D-4"),
        changes: vec![VersionChange { change: "US-101".into(), after: Some(holding(5)), before: Some(holding(7)) }],
        tree: tree(5),
        wanted: tree(6),
        overwritten: vec![PathChange { path: path.clone(), before: Some(leaf(1)), after: None }],
        kept: vec![path],
        commit: commit(7),
        stage_head: commit(8),
        by: "bob".into(),
        at: Time(7000),
        reason: None,
        reverts: Some(VersionNo(7)),
        decisions: vec![AreaDecision { change: "US-101".into(), resolution: automatic() }],
        place: None,
    }
}

fn grant(scope: Scope, effect: Effect) -> Grant {
    Grant { who: "@ops".into(), privilege: Privilege::OverrideFreeze, scope, effect }
}

/// Every stored form, by the name of its file.
pub fn events() -> Vec<(&'static str, Event)> {
    let configured = crate::sample_configuration::events();
    let found =
        [samples_branches::branches(), samples_found::found(), samples_kept::events(), samples_places::places()]
            .concat();
    [lines(), configured, changes(), moves(), areas(), people(), found].concat()
}

fn lines() -> Vec<(&'static str, Event)> {
    let applied = |source| Event::Applied { stage: "QA".into(), item: item(source), tree: tree(2) };
    vec![
        ("initialized", Event::Initialized { administrator: "ann".into() }),
        (
            "stage-adopted",
            Event::StageAdopted {
                stage: "QA".into(),
                base: commit(1),
                base_tree: tree(1),
                head: commit(2),
                tree: tree(2),
                items: vec![item(Source::Commit { base: tree(1), theirs: tree(2) })],
                keeps: None,
                was: None,
            },
        ),
        (
            "commits-adopted",
            Event::CommitsAdopted {
                stage: "QA".into(),
                head: commit(2),
                tree: tree(2),
                items: vec![item(Source::Held)],
                keeps: None,
                removed: Vec::new(),
            },
        ),
        ("applied-revision", applied(Source::Revision)),
        ("applied-update", applied(Source::Update { from: RevisionNo(1) })),
        ("applied-commit", applied(Source::Commit { base: tree(1), theirs: tree(2) })),
        ("applied-held", applied(Source::Held)),
        ("removed", removed()),
    ]
}

fn changes() -> Vec<(&'static str, Event)> {
    let change = || "US-101".into();
    let attested = |kind| Event::Attested { change: change(), revision: RevisionNo(2), kind, voice: Voice::Others };
    let (kind, voice, own) = (Attestation::Approved, Voice::Owners, Box::new(revision()));
    let recorded = Event::Recorded { change: change(), facts: facts(), revision: own, origin: None, voice };
    let own = Event::Attested { change: change(), revision: RevisionNo(2), kind, voice };
    let reason = || "a spike".to_owned();
    vec![
        (
            "recorded",
            Event::Recorded {
                change: change(),
                facts: facts(),
                revision: Box::new(revision()),
                origin: Some("DEV".into()),
                voice: Voice::Others,
            },
        ),
        ("recorded-by-owner", recorded),
        ("edited", Event::Edited { change: change(), facts: facts() }),
        ("withdrawn", Event::Withdrawn { change: change(), revision: RevisionNo(1), kind: Attestation::Tested }),
        ("attested-tested", attested(Attestation::Tested)),
        ("attested-approved", attested(Attestation::Approved)),
        ("attested-own", own),
        ("excluded", Event::Excluded { change: change(), reason: reason() }),
        ("included", Event::Included { change: change() }),
        ("ignored", Event::Ignored { change: change(), stage: "DEV".into(), reason: reason() }),
        ("noticed", Event::Noticed { change: change(), stage: "DEV".into() }),
        ("task-added", Event::TaskAdded { change: change(), text: "call".into(), area: Some("qa-web".into()) }),
        ("task-done", Event::TaskDone { change: change(), number: 1, area: "qa-web".into(), revision: RevisionNo(2) }),
    ]
}

fn moves() -> Vec<(&'static str, Event)> {
    let plain = Promotion {
        direction: Direction::Forward,
        status: PromotionStatus::Draft,
        options: PromotionOptions { deploy: DeployWish::Defaults, ..PromotionOptions::default() },
        conflicts: Vec::new(),
        resolutions: Vec::new(),
        left_out: Vec::new(),
        cloned_as: None,
        under_way: None,
        ..promotion(resolution())
    };
    let [under_way, ready] = samples_promotion::waiting(&plain);
    let plan = "0123456789abcdef".to_owned();
    let conflicts = promotion(resolution()).conflicts;
    let (code, message) = ("needs-tested".to_owned(), "revision 1 of US-1 is not tested".to_owned());
    let remedy = Remedy::DidYouMean { name: "US-2".into() };
    let tried = |outcome| {
        let validation = Some(Box::new(validation(outcome)));
        Event::Promotion(Box::new(Promotion { validation, ..plain.clone() }))
    };
    let goes = tried(Outcome::Goes { plan: plan.clone() });
    let stops = tried(Outcome::Conflicts { plan, conflicts });
    let refused = tried(Outcome::Refused { code, message, remedy });
    vec![
        ("promotion", Event::Promotion(Box::new(promotion(resolution())))),
        ("promotion-plain", Event::Promotion(Box::new(plain))),
        ("promotion-under-way", under_way),
        ("promotion-ready", ready),
        ("promotion-validated-goes", goes),
        ("promotion-validated-conflicts", stops),
        ("promotion-validated-refused", refused),
        ("demotion-begun", begun()),
        ("demotion-stopped", stopped()),
        (
            "demoted",
            Event::Demoted {
                demotion: id("M-2"),
                target: "DEV".into(),
                demoted: vec![Demoted {
                    change: "US-1".into(),
                    from: "QA".into(),
                    left: vec![("QA".into(), RevisionNo(1)), ("SIT".into(), RevisionNo(2))],
                    because_of: Some("US-2".into()),
                    withdrawn: vec![Attestation::Approved],
                }],
                rollbacks: vec![id("D-4")],
                deployments: vec![id("D-5")],
            },
        ),
    ]
}

fn ran() -> Event {
    let failure = RunFailure {
        source: "QA".into(),
        destination: Some("DEV".into()),
        code: "not-permitted".into(),
        message: "eve lacks the privilege".into(),
    };
    let (schedule, due) = ("0 2 * * 1-5 QA".into(), Time(8000));
    Event::ScheduleRan { schedule, due, promotions: vec![id("P-3")], failures: vec![failure] }
}

fn begun() -> Event {
    let asked = DemotionAsked {
        changes: vec!["US-1".into()],
        then: vec![vec!["US-2".into()], vec!["US-3".into()]],
        from: Some("QA".into()),
        to: "DEV".into(),
        deploy: DeployWish::Areas(vec!["dev-web".into()]),
        dependents: Dependents::Rewrite,
        freeze: Freeze::Override,
        withdraw: true,
        content: StayingContent::Refuse,
    };
    Event::DemotionBegun { demotion: id("M-2"), asked: Box::new(asked), first: vec![id("D-3")] }
}

fn stopped() -> Event {
    let (code, message) = ("development-rollback-failed".into(), "dev-web is offline".into());
    Event::DemotionStopped { demotion: id("M-2"), changes: vec!["US-1".into()], code, message }
}

fn areas() -> Vec<(&'static str, Event)> {
    let failed = DeploymentStatus::Failed {
        code: "area-drifted".into(),
        message: "1 file was edited".into(),
        remedy: "look".into(),
        output: vec!["2 tests failed".into()],
    };
    vec![
        ("asked-populate", deployment(DeploymentKind::Populate, Occasion::Explicit)),
        ("asked-deploy", deployment(DeploymentKind::Deploy, Occasion::Automatic)),
        ("asked-rollback", deployment(DeploymentKind::Rollback { version: VersionNo(7) }, Occasion::Explicit)),
        ("asked-remove", deployment(DeploymentKind::Remove, Occasion::Automatic)),
        ("asked-repair", deployment(DeploymentKind::Repair, Occasion::Explicit)),
        ("asked-rewrite", deployment(DeploymentKind::Rewrite, Occasion::Automatic)),
        ("ended-succeeded", ended(DeploymentStatus::Succeeded { version: VersionNo(8) })),
        ("ended-unchanged", ended(DeploymentStatus::Unchanged)),
        ("ended-failed", ended(failed)),
        ("ended-cancelled", ended(DeploymentStatus::Cancelled { message: "a sibling failed".into() })),
        ("ended-void", ended(DeploymentStatus::Void { message: "QA holds US-1 again".into() })),
        ("deployment-retried", Event::DeploymentRetried { deployment: id("D-4") }),
        ("version-discarded", Event::VersionDiscarded { area: "qa-web".into(), number: VersionNo(1), entry: Seq(12) }),
    ]
}

fn people() -> Vec<(&'static str, Event)> {
    vec![
        ("granted-pipeline", Event::Granted(grant(Scope::Pipeline, Effect::Allow))),
        ("granted-stage", Event::Granted(grant(Scope::Stage("QA".into()), Effect::Deny))),
        ("revoked-area", Event::Revoked(grant(Scope::Area("qa-web".into()), Effect::Allow))),
        ("resolution-forgotten", Event::ResolutionForgotten { resolution: kept(), reason: "it was wrong".into() }),
        ("resolutions-learned", learned()),
        ("resolutions-kept", Event::ResolutionsKept { head: commit(4) }),
        ("schedule-ran", ran()),
    ]
}

fn kept() -> ResolutionId {
    ResolutionId::of(&resolution().path, &resolution().sides)
}

/// What came from another copy of the repository.
fn learned() -> Event {
    let Resolution { path, sides, result, .. } = resolution();
    let (by, at) = ("eve".into(), Time(9000));
    let (place, left) = (Some(RepoPath::new("c")), vec![RepoPath::new("d")]);
    let learned = vec![Remembered { path, sides, result, place, left, by, at, operation: None, forgotten: None }];
    Event::ResolutionsLearned { learned, forgotten: vec![kept()] }
}

/// A state with enough changes for the numbers in old entries: number 3 is US-101.
pub fn state() -> State {
    let told = |key: &str| Event::Recorded {
        change: key.into(),
        facts: facts(),
        revision: Box::new(Revision { number: RevisionNo(1), ..revision() }),
        origin: None,
        voice: Voice::Others,
    };
    let events: Vec<Event> = ["US-1", "US-2", "US-3", "US-101"].into_iter().map(told).collect();
    let by = UserName::new("ann");
    State::default().after(&events, Attribution { by: &by, at: Time(1), reason: None }).expect("they can be")
}

/// What an entry says beside who and when.
pub fn body() -> Body {
    let scope = || Scope::Area("qa-web".into());
    Body {
        format: FORMAT,
        operation: Some(id("M-2")),
        reason: Some("outage".into()),
        through: None,
        asked: serde_json::json!({ "changes": ["US-1"], "to": "DEV" }),
        says: "M-2 demotes US-1 from QA to DEV".into(),
        plan: "4f".into(),
        privileges: vec![
            Used::explicit(Privilege::DemoteAny, Scope::Stage("QA".into())),
            Used::implicit(Privilege::Rollback, scope(), "qa-web is a default area".into()),
        ],
        warnings: vec![Warning::of("on-hold", "US-1 is on hold")],
        events: vec![Event::Initialized { administrator: "ann".into() }],
    }
}
