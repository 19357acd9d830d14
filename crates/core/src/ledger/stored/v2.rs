//! Formats 1 and 2, which are only read. They differ from format 6 where a fact speaks of items and versions: those name
//! changes by their number in the state; and a deployment that was tried again ended as queued. Format 1 lacks some
//! fields, which are absent in format 6's forms too.

use crate::ledger::entry;
use crate::ledger::stored::Names;
use crate::ledger::stored::form::{Form, forms};
use crate::ledger::stored::v6;
use crate::ledger::stored::v6::areas::{DeploymentStatus, VersionKind};
use crate::ledger::stored::v6::changes::Source;
use crate::ledger::stored::v6::settled::{PathChange, Resolution};
use crate::records::receipt::ChangeIx;
use crate::records::{deployment, line, version};
use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, StageName, Time, UserName, VersionNo};
use crate::words::object::{CommitId, RepoPath, TreeId};
use serde::Deserialize;

/// What an entry said beside who and when.
#[derive(Deserialize)]
pub(super) struct Body {
    format: u32,
    operation: Option<OperationId>,
    reason: Option<String>,
    asked: serde_json::Value,
    says: String,
    plan: String,
    privileges: Vec<v6::Used>,
    warnings: Vec<v6::Warning>,
    events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Event {
    StageAdopted {
        stage: StageName,
        base: CommitId,
        base_tree: TreeId,
        head: CommitId,
        tree: TreeId,
        items: Vec<Imported>,
    },
    CommitsAdopted {
        stage: StageName,
        head: CommitId,
        tree: TreeId,
        items: Vec<Imported>,
    },
    Applied {
        stage: StageName,
        item: Imported,
        tree: TreeId,
    },
    VersionMade {
        area: AreaName,
        version: Box<Version>,
    },
    DeploymentEnded {
        deployment: OperationId,
        status: DeploymentStatus,
    },
    #[serde(untagged)]
    AsNow(Box<v6::Event>),
}

/// An item with the key of its change beside it; the number in it was never read.
#[derive(Deserialize)]
struct Imported {
    change: ChangeKey,
    item: Item,
}

forms! {
    struct Item = line::Item {
        change: ChangeIx,
        revision: RevisionNo,
        source: Source,
        commit: CommitId,
        operation: Option<OperationId>,
        resolutions: Vec<Resolution>,
    }

    struct Version = version::Version {
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
        #[serde(default)]
        decisions: Vec<AreaDecision>,
        #[serde(default)]
        place: Option<v6::areas::Place>,
    }

    struct VersionChange = version::VersionChange {
        change: ChangeIx,
        after: Option<Holding>,
        before: Option<Holding>,
    }

    struct Holding = version::Holding { revision: RevisionNo, since: VersionNo, items: Vec<Item>, }

    struct AreaDecision = version::AreaDecision { change: ChangeIx, resolution: Resolution, }
}

/// Makes today's facts of old ones.
pub(super) fn read(body: Body, names: &Names<'_>) -> Result<entry::Body, String> {
    let events = body.events.into_iter().map(|event| event.read(names)).collect::<Result<_, _>>()?;
    Ok(entry::Body {
        format: body.format,
        operation: body.operation,
        through: None,
        reason: body.reason,
        asked: body.asked,
        says: body.says,
        plan: body.plan,
        privileges: body.privileges.read(),
        warnings: body.warnings.read(),
        events,
    })
}

impl Event {
    fn read(self, names: &Names<'_>) -> Result<entry::Event, String> {
        Ok(match self {
            Self::StageAdopted { stage, base, base_tree, head, tree, items } => {
                let (items, keeps, was) = (all(items)?, None, None);
                entry::Event::StageAdopted { stage, base, base_tree, head, tree, items, keeps, was }
            }
            Self::CommitsAdopted { stage, head, tree, items } => {
                let (items, keeps, removed) = (all(items)?, None, Vec::new());
                entry::Event::CommitsAdopted { stage, head, tree, items, keeps, removed }
            }
            Self::Applied { stage, item, tree } => entry::Event::Applied { stage, item: item.read()?, tree },
            Self::VersionMade { area, version } => {
                let version = version.read().renamed(&|ix: ChangeIx| names.key(ix.0))?;
                entry::Event::VersionMade { area, version: Box::new(version) }
            }
            Self::DeploymentEnded { deployment, status } => match status.read() {
                deployment::DeploymentStatus::Queued => entry::Event::DeploymentRetried { deployment },
                status => entry::Event::DeploymentEnded { deployment, status },
            },
            Self::AsNow(event) => (*event).read(),
        })
    }
}

fn all(items: Vec<Imported>) -> Result<Vec<entry::Imported>, String> {
    items.into_iter().map(Imported::read).collect()
}

impl Imported {
    fn read(self) -> Result<entry::Imported, String> {
        self.item.read().renamed(&|_| Ok(self.change.clone()))
    }
}
