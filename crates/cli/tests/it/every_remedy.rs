//! One of every next step that the core can name.

use crate::hindrances::every_hindrance;
use switchback_core::words::names::{AreaName, ChangeKey, OperationId, StageName, UserName, VersionNo};
use switchback_core::words::object::{CommitId, Oid};
use switchback_core::words::remedy::{
    Addition, Course, Damage, Edge, Mended, Missing, OnBranch, Place, Remedy, Settling, Unheld, Way,
};
use switchback_core::words::scope::Scope;

const PLACES: [Place; 15] = [
    Place::Areas,
    Place::Changes,
    Place::History,
    Place::Deviations,
    Place::Grants,
    Place::Jobs,
    Place::OpenJobs,
    Place::Promotions,
    Place::Resolutions,
    Place::Stages,
    Place::Change,
    Place::Pending,
    Place::Pipeline,
    Place::Status,
    Place::Entries,
];

const ADDITIONS: [Addition; 11] = [
    Addition::Reason,
    Addition::Areas,
    Addition::StageOrChange,
    Addition::Commits,
    Addition::TrialStage,
    Addition::Dependencies,
    Addition::Counterpart,
    Addition::Anyway,
    Addition::NoStage,
    Addition::NewPlan,
    Addition::OneChange,
];

const DAMAGES: [Damage; 5] =
    [Damage::Differs, Damage::ListLost, Damage::JournalDamaged, Damage::DocumentDamaged, Damage::OtherFilter];

fn about_places() -> Vec<Remedy> {
    let (user, privilege) = (UserName::new("bob"), "record".to_owned());
    let grant = {
        let privilege = privilege.clone();
        move |scope| Remedy::Grant { user: user.clone(), privilege: privilege.clone(), scope }
    };
    let (area, branch, commit) = (AreaName::new("qa-web"), "qa".to_owned(), CommitId(Oid([1; 20])));
    let stage = StageName::new("QA");
    vec![
        Remedy::advice("wait"),
        Remedy::DidYouMean { name: "QA".to_owned() },
        Remedy::DidYouMeanPipeline { name: "web".to_owned() },
        Remedy::NamePipeline { names: vec!["web".to_owned(), "app".to_owned()] },
        Remedy::NameStage { end: "from".to_owned() },
        Remedy::Initialize { pipeline: None },
        Remedy::Initialize { pipeline: Some("web".to_owned()) },
        Remedy::BeginRecord { pipeline: "web".to_owned() },
        Remedy::FindRecord { pipeline: "web".to_owned(), remote: None },
        Remedy::FindRecord { pipeline: "web".to_owned(), remote: Some("origin".to_owned()) },
        Remedy::AddStage,
        Remedy::Configure { file: None },
        Remedy::Configure { file: Some("FILE".to_owned()) },
        Remedy::CompareConfiguration,
        Remedy::BareGroup { name: "qa".to_owned() },
        Remedy::ShowBehind { destination: stage.clone(), source: "DEV".into() },
        Remedy::ShowAhead { source: "DEV".into(), destination: stage.clone() },
        Remedy::NameEdge {
            edges: vec![
                Edge { from: "DEV".into(), to: stage.clone() },
                Edge { from: stage.clone(), to: "PROD".into() },
            ],
        },
        Remedy::ShowRollbackable { area: None },
        Remedy::ShowRollbackable { area: Some(area.clone()) },
        Remedy::WaitOrOverrideFreeze,
        Remedy::DeployTo { area: area.clone() },
        Remedy::Populate { area: area.clone() },
        Remedy::RollBack { area: area.clone(), version: VersionNo(7) },
        Remedy::RollBackAnyway { area: area.clone(), version: VersionNo(7) },
        Remedy::ShowKept { area: area.clone() },
        Remedy::RollBackFirst { area: area.clone(), versions: vec![VersionNo(7), VersionNo(6)] },
        grant(Scope::Pipeline),
        grant(Scope::Stage(stage.clone())),
        grant(Scope::Area(area.clone())),
        Remedy::LiftDenial { who: UserName::new("@ops"), privilege, scope: Scope::Stage(stage.clone()) },
        Remedy::SettleDrift { area },
        Remedy::RetryJob { after: Mended::Nothing, deployment: None },
        Remedy::RetryJob { after: Mended::Cause, deployment: None },
        Remedy::RetryJob { after: Mended::Cause, deployment: OperationId::parse("D-3") },
        Remedy::RetryAfter {
            first: Box::new(Remedy::MakeWay { area: AreaName::new("qa-web") }),
            deployment: OperationId::parse("D-3").unwrap(),
        },
        Remedy::RestoreBranch { branch: branch.clone(), commit },
        Remedy::RestoreOrAdopt { branch, commit, stage: stage.clone() },
        Remedy::NewerLedger { stage: stage.clone() },
        Remedy::BringLevel,
        Remedy::TakeIn { stage },
        Remedy::RetryFirst { job: 7 },
        Remedy::MendLedger,
        Remedy::ReportEntries,
        Remedy::RestoreLedger { file: None },
        Remedy::RestoreLedger { file: Some("a.db".to_owned()) },
        Remedy::RetryThenVerify,
    ]
}

fn on_branch(own: Option<&str>, settling: Settling) -> Remedy {
    let (change, stage) = (ChangeKey::new("US-1"), StageName::new("QA"));
    Remedy::SettleOnBranch(Box::new(OnBranch {
        change,
        own: own.map(str::to_owned),
        stage,
        branch: "qa".to_owned(),
        settling,
    }))
}

fn about_changes() -> Vec<Remedy> {
    let change = || ChangeKey::new("US-1");
    let (area, stage) = (|| AreaName::new("qa-web"), || StageName::new("QA"));
    let promotion = OperationId::parse("P-3").unwrap();
    vec![
        Remedy::ShowWhere { change: change() },
        Remedy::GoOnOrCallOff { deployment: OperationId::parse("D-3").unwrap() },
        Remedy::ShowPromotion { promotion },
        Remedy::AddChange { promotion },
        Remedy::ClonePromotion { promotion },
        Remedy::NameChange { change: change(), others: Vec::new() },
        Remedy::NameChange { change: change(), others: vec!["US-2".into()] },
        Remedy::ShowCarried { promotion },
        Remedy::CancelPromotion { promotion },
        Remedy::RunWithDependencies { promotion },
        Remedy::WaitOrCancelPromotion,
        Remedy::Attest { change: change(), kind: "tested".to_owned() },
        Remedy::Include { change: change() },
        Remedy::StopIgnoring { change: change() },
        Remedy::PromoteFirst { change: change(), to: stage() },
        Remedy::BringFirst(Missing {
            changes: vec![change(), "US-2".into()],
            from: None,
            to: stage(),
            course: Course::Up,
        }),
        Remedy::BringFirst(Missing { changes: vec![change()], from: None, to: stage(), course: Course::Down }),
        Remedy::BringFirst(Missing {
            changes: vec![change()],
            from: Some("PROD".into()),
            to: stage(),
            course: Course::Down,
        }),
        Remedy::RecordFirst(Unheld { change: change(), tip: CommitId(Oid([1; 20])), stage: stage() }),
        on_branch(Some("feature/US-1"), Settling::Merge),
        on_branch(None, Settling::Merge),
        on_branch(Some("feature/US-1"), Settling::Mend),
        on_branch(None, Settling::Mend),
        on_branch(Some("feature/US-1"), Settling::Anew),
        on_branch(None, Settling::Anew),
        on_branch(Some("feature/US-1"), Settling::Onto { after: CommitId(Oid([1; 20])) }),
        on_branch(None, Settling::Onto { after: CommitId(Oid([1; 20])) }),
        Remedy::DeployAtSource { change: change(), stage: stage() },
        Remedy::DeployTogether { changes: vec![change(), "US-2".into()], area: area() },
        Remedy::DeployByName { changes: vec![change()], area: area() },
        Remedy::FinishTask { change: change(), task: 2, area: area() },
        Remedy::TakeAlong { dependents: vec![change()] },
        Remedy::LeaveContent { brought_by: vec![change()] },
        Remedy::LeaveContent { brought_by: Vec::new() },
        Remedy::TakeAlongOrRewrite { dependents: vec![change()] },
        Remedy::DemoteFromTop { change: change(), from: stage() },
        Remedy::RecordApart { change: change(), others: vec!["US-2".into()], commits: Vec::new() },
        Remedy::RecordApart { change: change(), others: Vec::new(), commits: vec![CommitId(Oid([1; 20]))] },
        Remedy::RecordApart { change: change(), others: vec!["US-2".into()], commits: vec![CommitId(Oid([1; 20]))] },
    ]
}

/// All of them.
pub fn every() -> Vec<Remedy> {
    let mut all = about_places();
    all.extend(about_changes());
    all.extend(every_hindrance());
    all.extend(PLACES.map(Remedy::from));
    all.extend(ADDITIONS.map(Remedy::from));
    let ways = [vec![Way::Repair, Way::Move, Way::RestoreLedger], vec![Way::Adopt]];
    all.extend(ways.map(|ways| Remedy::SettlePlace { area: AreaName::new("qa-web"), ways }));
    all.extend(DAMAGES.map(|after| Remedy::RepairArea { area: None, after }));
    all.push(Remedy::RepairArea { area: Some(AreaName::new("qa-web")), after: Damage::Differs });
    all.push(Remedy::MakeWay { area: AreaName::new("qa-web") });
    all
}
