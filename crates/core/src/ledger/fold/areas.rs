//! The part of the fold that keeps deployments and the versions of areas.

use crate::ledger::fold::{Attribution, Doubled, Place};
use crate::ledger::state::{Irregularity, State};
use crate::records::deployment::{Deployment, DeploymentKind, DeploymentStatus, Occasion};
use crate::records::promotion::{Promotion, PromotionStatus};
use crate::records::receipt::ChangeIx;
use crate::records::set_aside::SetAside;
use crate::records::version::{Version, VersionChange, VersionFact, VersionKind};
use crate::words::names::{AreaName, OperationId, OperationKind, Seq, VersionNo};
use crate::words::object::{CommitId, Leaf, RepoPath};
use std::collections::BTreeMap;

impl State {
    pub(super) fn ask_deployment(&mut self, asked: &Deployment) -> Result<(), String> {
        let next = self.next_id(OperationKind::Deployment);
        if asked.id != next {
            return Err(format!("{} is asked for where {next} is due", asked.id));
        }
        asked.changes.iter().try_for_each(|(key, revision)| self.revision_known(key, *revision).map(drop))?;
        self.deployments.push(asked.clone());
        Ok(())
    }

    pub(super) fn end_deployment(&mut self, id: OperationId, status: &DeploymentStatus) -> Result<(), String> {
        if *status == DeploymentStatus::Queued {
            return Err(format!("{id} ends, and is queued"));
        }
        self.set_status(id, status.clone())?;
        let operation = self.deployment_known(id)?.operation;
        self.settle_promotion(operation);
        Ok(())
    }

    /// Queued again; a promotion that was settled by it is under way again.
    pub(super) fn retry_deployment(&mut self, id: OperationId) -> Result<(), String> {
        self.set_status(id, DeploymentStatus::Queued)?;
        let operation = self.deployment_known(id)?.operation;
        let ended = |known: &Promotion| {
            matches!(known.status, PromotionStatus::Completed | PromotionStatus::CompletedWithErrors)
        };
        if self.promotion(operation).is_some_and(ended) {
            self.set_promotion_status(operation, PromotionStatus::Deploying);
        }
        Ok(())
    }

    pub(super) fn take_version(&mut self, area: &AreaName, fact: &VersionFact, place: Place<'_>) -> Result<(), String> {
        let asked = self.deployment_known(fact.deployment)?;
        if asked.area != *area {
            return Err(format!("{} makes a version of {area} and was asked for in {}", asked.id, asked.area));
        }
        let ends = fact.kind != VersionKind::Baseline || asked.kind == DeploymentKind::Populate;
        // A whole deployment rolled back by hand sets a hold on its changes (`SPEC R8`); one undone because a sibling
        // failed does not (`SPEC A8`).
        let holds = asked.occasion == Occasion::Explicit && asked.kind.takes_whole_back();
        let mut version = fact.clone().renamed(&|key| self.index_of(&key))?;
        let moved = version.changes.iter_mut().flat_map(|moved| [&mut moved.after, &mut moved.before]);
        moved.flatten().flat_map(|holding| &mut holding.items).for_each(|item| self.name_source(item));
        let went_out: Vec<ChangeIx> =
            version.changes.iter().filter(|moved| moved.before.is_some()).map(|moved| moved.change).collect();
        self.put_version(area, version, place)?;
        if holds && let Some(line) = self.areas.get_mut(area) {
            line.on_hold.extend(went_out);
        }
        match ends {
            true => self.end_deployment(fact.deployment, &DeploymentStatus::Succeeded { version: fact.number }),
            false => Ok(()),
        }
    }

    fn put_version(&mut self, area: &AreaName, version: Version, place: Place<'_>) -> Result<(), String> {
        let (number, kind, next) = (version.number, version.kind, self.area(area).next_number());
        let doubled =
            place.doubled == Doubled::Known && self.area(area).versions.iter().any(|one| one.number == number);
        if doubled {
            let (seq, deployment) = (place.seq, version.deployment);
            self.irregularities.push(Irregularity { seq, area: area.clone(), number, kind, deployment });
        } else if number != next {
            return Err(format!("{area} gets version {number} where {next} is due"));
        }
        // A baseline that was written twice wrote the same files twice: the second brings nothing and is set aside.
        if doubled && kind == VersionKind::Baseline {
            return Ok(());
        }
        version.changes.iter().try_for_each(|moved| self.holds_as_told(area, number, moved))?;
        self.areas.entry(area.clone()).or_default().push(version);
        Ok(())
    }

    /// What a version says was held before must be what is held, and what it says is held after must be able to be.
    fn holds_as_told(&self, area: &AreaName, number: VersionNo, moved: &VersionChange) -> Result<(), String> {
        let key = self.key(moved.change);
        if moved.before.as_ref() != self.area(area).holding(moved.change) {
            return Err(format!("{area}@{number} says of {key} what {area} did not hold before it"));
        }
        let Some(after) = &moved.after else { return Ok(()) };
        if after.since > number {
            return Err(format!("{area}@{number} holds {key} since version {}", after.since));
        }
        self.revision_known(key, after.revision).map(drop)
    }

    /// What was edited in the middle of a deployment.
    pub(super) fn set_aside(&mut self, area: &AreaName, aside: SetAside) -> Result<(), String> {
        let asked = self.deployment_known(aside.deployment)?;
        if asked.area != *area {
            return Err(format!("edits of {area} were met by {}, which was asked for in {}", asked.id, asked.area));
        }
        self.areas.entry(area.clone()).or_default().set_aside.push(aside);
        Ok(())
    }

    /// A doubled version that counts no more; nothing is renumbered.
    pub(super) fn discard_version(&mut self, area: &AreaName, number: VersionNo, entry: Seq) -> Result<(), String> {
        let at = self.irregularities.iter().position(|known| {
            known.seq == entry && known.area == *area && known.number == number && known.is_set_aside()
        });
        let at = at.ok_or_else(|| format!("{area}@{number} of entry {entry} is discarded and was no second one"))?;
        self.irregularities.remove(at);
        Ok(())
    }

    fn deployment_known(&self, id: OperationId) -> Result<&Deployment, String> {
        self.deployment(id).ok_or_else(|| format!("{id} was never asked for"))
    }

    fn set_status(&mut self, id: OperationId, status: DeploymentStatus) -> Result<(), String> {
        self.deployment_known(id)?;
        if let Some(at) = self.position(id, OperationKind::Deployment) {
            self.deployments[at].status = status;
        }
        Ok(())
    }

    /// A promotion is complete when the last of its deployments has ended (`SPEC P4`).
    fn settle_promotion(&mut self, operation: OperationId) {
        let Some(promotion) = self.promotion(operation) else { return };
        let settled = matches!(
            promotion.status,
            PromotionStatus::Deploying | PromotionStatus::Completed | PromotionStatus::CompletedWithErrors
        );
        // Where it was run again, the last one in an area counts.
        let mut last: BTreeMap<&AreaName, &Deployment> = BTreeMap::new();
        let all = self.deployments.iter().filter(|deployment| deployment.operation == operation);
        last.extend(all.map(|deployment| (&deployment.area, deployment)));
        let mine = || last.values();
        if !settled || mine().any(|deployment| deployment.status == DeploymentStatus::Queued) {
            return;
        }
        let failed = mine().any(|deployment| {
            matches!(deployment.status, DeploymentStatus::Failed { .. } | DeploymentStatus::Cancelled { .. })
        });
        let status = if failed { PromotionStatus::CompletedWithErrors } else { PromotionStatus::Completed };
        self.set_promotion_status(operation, status);
    }
}

/// What was set aside, as it is kept.
pub(super) fn aside(
    (deployment, commit): (OperationId, CommitId),
    files: &[(RepoPath, Leaf)],
    told: Attribution<'_>,
) -> SetAside {
    SetAside { deployment, at: told.at, files: files.to_vec(), commit }
}
