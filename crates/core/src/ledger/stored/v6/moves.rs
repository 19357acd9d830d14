//! Format 6: promotions and demotions.

use crate::ledger::stored::form::{Form, forms};
use crate::ledger::stored::v6::changes::{Attestation, Item};
use crate::ledger::stored::v6::settled::{MoveConflict, Resolution, Settler};
use crate::ledger::stored::v6::validated::Validation;
use crate::pipeline::order_by;
use crate::records::{demotion, freeze, promotion, schedule, under_way};
use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, StageName, Time, UserName};
use crate::words::object::{CommitId, RepoPath, TreeId};

impl StayingContent {
    /// Whether nothing was said about it.
    fn is_refused(&self) -> bool {
        matches!(self, Self::Refuse)
    }
}

forms! {
    struct Promotion = promotion::Promotion {
        id: OperationId,
        direction: Direction,
        source: StageName,
        destination: StageName,
        changes: Vec<PromotedChange>,
        project: Option<String>,
        release: Option<String>,
        owner: UserName,
        status: PromotionStatus,
        options: PromotionOptions,
        scheduled_at: Option<Time>,
        created_at: Time,
        conflicts: Vec<MoveConflict>,
        resolutions: Vec<MoveResolution>,
        #[serde(default)]
        decisions: Vec<Decision>,
        note: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_out: Vec<LeftOut>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cloned_as: Option<OperationId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        under_way: Option<Box<UnderWay>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        validation: Option<Box<Validation>>,
    }

    struct UnderWay = under_way::UnderWay {
        steps: Vec<Step>,
        from: Vec<(StageName, CommitId)>,
        first: Vec<OperationId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ready: Option<Ready>,
    }

    struct Ready = under_way::Ready { by: UserName, base_tree: TreeId, }

    struct Step = under_way::Step { stage: StageName, item: Item, tree: TreeId, }

    struct LeftOut = promotion::LeftOut { change: ChangeKey, code: String, message: String, }

    enum Direction = promotion::Direction { Forward, Back, }

    enum PromotionStatus = promotion::PromotionStatus {
        Draft,
        Scheduled,
        Merging,
        Conflicted,
        Merged,
        Deploying,
        Completed,
        CompletedWithErrors,
        Failed,
        Cancelled,
    }

    struct PromotedChange = promotion::PromotedChange {
        change: ChangeKey,
        revision: RevisionNo,
        status: MoveStatus,
    }

    enum MoveStatus = promotion::MoveStatus { Chosen, Moved, Conflicted, Skipped, }

    struct PromotionOptions = promotion::PromotionOptions {
        order_by: Option<OrderBy>,
        exclude_from_auto_resolve: Option<Vec<String>>,
        full_profiles: bool,
        full_permission_sets: bool,
        email_on_complete: bool,
        with_dependencies: bool,
        skip_conflicted: bool,
        recursive: bool,
        deploy: DeployWish,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pull_request: bool,
    }

    enum OrderBy = order_by::OrderBy { Recorded, Key, Approved, Title, Project, }

    enum DeployWish = promotion::DeployWish { Nothing, Defaults, Areas(areas: Vec<AreaName>), }

    struct MoveResolution = promotion::MoveResolution { change: ChangeKey, resolution: Resolution, }

    struct Decision = promotion::Decision { stage: StageName, change: ChangeKey, path: RepoPath, by: Settler, }

    struct Demoted = demotion::Demoted {
        change: ChangeKey,
        from: StageName,
        left: Vec<(StageName, RevisionNo)>,
        because_of: Option<ChangeKey>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        withdrawn: Vec<Attestation>,
    }

    struct DemotionAsked = demotion::DemotionAsked {
        changes: Vec<ChangeKey>,
        then: Vec<Vec<ChangeKey>>,
        from: Option<StageName>,
        to: StageName,
        deploy: DeployWish,
        dependents: Dependents,
        freeze: Freeze,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        withdraw: bool,
        #[serde(default, skip_serializing_if = "StayingContent::is_refused")]
        content: StayingContent,
    }

    #[derive(Default)]
    enum StayingContent = demotion::StayingContent { #[default] Refuse, Leave, }

    struct RunFailure = schedule::RunFailure {
        source: StageName,
        destination: Option<StageName>,
        code: String,
        message: String,
    }

    enum Dependents = demotion::Dependents { Refuse, Take, Rewrite, }

    enum Freeze = freeze::Freeze { Respect, Override, }
}
