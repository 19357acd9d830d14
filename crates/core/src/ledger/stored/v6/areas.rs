//! Format 6: deployments, and the versions of areas.

use crate::ledger::stored::form::{Form, forms};
use crate::ledger::stored::v6::changes::Item;
use crate::ledger::stored::v6::settled::{PathChange, Resolution};
use crate::records::{area_line, deployment, version};
use crate::words::names::{AreaName, ChangeKey, OperationId, PlaceId, RevisionNo, Time, UserName, VersionNo};
use crate::words::object::{CommitId, RepoPath, TreeId};
use crate::words::remedy::Remedy;

type VersionFact = version::Version<ChangeKey>;
type ChangeFact = version::VersionChange<ChangeKey>;
type HoldingFact = version::Holding<ChangeKey>;
type DecisionFact = version::AreaDecision<ChangeKey>;

forms! {
    struct EarlierVersion = area_line::EarlierVersion { area: AreaName, number: VersionNo, commit: CommitId, }

    struct Deployment = deployment::Deployment {
        id: OperationId,
        area: AreaName,
        kind: DeploymentKind,
        changes: Vec<(ChangeKey, RevisionNo)>,
        operation: OperationId,
        occasion: Occasion,
        sequence: u32,
        by: UserName,
        at: Time,
        reason: Option<String>,
        status: DeploymentStatus,
    }

    enum DeploymentKind = deployment::DeploymentKind {
        Populate,
        Deploy,
        Rollback { version: VersionNo, },
        Remove,
        Repair,
        Rewrite,
        Adopt,
        Move,
    }

    enum Occasion = deployment::Occasion { Automatic, Explicit, }

    enum DeploymentStatus = deployment::DeploymentStatus {
        Queued,
        Succeeded { version: VersionNo, },
        Unchanged,
        Failed {
            code: String,
            message: String,
            #[serde(alias = "hint", with = "crate::words::remedy::stored")]
            remedy: Remedy,
            #[serde(default)]
            output: Vec<String>,
        },
        Cancelled { message: String, },
        Void { message: String, },
    }

    struct Version = VersionFact {
        number: VersionNo,
        kind: VersionKind,
        deployment: OperationId,
        changes: Vec<VersionChange>,
        tree: TreeId,
        wanted: TreeId,
        overwritten: Vec<PathChange>,
        kept: Vec<RepoPath>,
        commit: CommitId,
        stage_head: CommitId,
        by: UserName,
        at: Time,
        reason: Option<String>,
        reverts: Option<VersionNo>,
        decisions: Vec<AreaDecision>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
    }

    enum VersionKind = version::VersionKind { Baseline, Deploy, Rollback, Repair, Adopt, Move, }

    struct Place = version::Place { id: PlaceId, at: Option<String>, }

    struct VersionChange = ChangeFact { change: ChangeKey, after: Option<Holding>, before: Option<Holding>, }

    struct Holding = HoldingFact { revision: RevisionNo, since: VersionNo, items: Vec<Item>, }

    struct AreaDecision = DecisionFact { change: ChangeKey, resolution: Resolution, }
}
