//! What a record that is not here left in the repository (`SPEC L11`). Looked for only where there is none.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::collections::{BTreeSet, VecDeque};
use switchback_core::adopting::traces::Traces;
use switchback_core::pipeline::stage::Stage;
use switchback_core::words::names::{AreaName, OperationId};
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::Remedy;

/// Refs of ours.
const OURS: &str = "refs/switchback/";

/// Where a clone keeps the branches of the repository it came from.
const REMOTES: &str = "refs/remotes/";

/// How many commits are looked at, the newest of each branch first: our own lie near its tip.
const MOST: usize = 20_000;

impl Desk<'_> {
    /// Why nothing is known of this pipeline: it began elsewhere, or not at all.
    pub(crate) fn unrecorded(&self) -> EngineFailure {
        let pipeline = self.house.name();
        match self.traces() {
            Ok(traces) if !traces.is_empty() => traces.refusal(pipeline).into(),
            Ok(_) => {
                let message = format!("the pipeline `{pipeline}` has no record in this repository yet");
                let remedy = Remedy::BeginRecord { pipeline: pipeline.to_owned() };
                Refusal::new(Code::NotInitialized, message, remedy).into()
            }
            Err(failure) => failure,
        }
    }

    /// What a record that is not here left. Nothing where the ledger at hand is another pipeline's: refs and branches
    /// may be that one's.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub(crate) fn traces(&self) -> Result<Traces, EngineFailure> {
        let mut traces = Traces::default();
        if self.ledger.is_shared()? {
            return Ok(traces);
        }
        let refs = self.repo.references(OURS)?;
        traces.refs = refs.len();
        for (name, commit) in &refs {
            self.see_ref(&mut traces, &name[OURS.len()..], *commit)?;
        }
        self.see_branches(&mut traces)?;
        Ok(traces)
    }

    fn see_ref(&self, traces: &mut Traces, name: &str, commit: CommitId) -> Result<(), EngineFailure> {
        if let Some(area) = name.strip_prefix("areas/") {
            traces.saw_version(&AreaName::new(area), &self.repo.commit_info(commit)?);
        }
        if let Some((_, deployment)) = name.strip_prefix("overwritten/").and_then(|rest| rest.rsplit_once('/')) {
            OperationId::parse(deployment).into_iter().for_each(|id| traces.saw(id));
        }
        Ok(())
    }

    /// Every branch, here and in what this is a clone of: who began with other stages than the configuration at hand
    /// names, or with none at hand, left traces on others.
    fn see_branches(&self, traces: &mut Traces) -> Result<(), EngineFailure> {
        let mut open = VecDeque::new();
        for branch in self.house.branches.names(&*self.repo)? {
            open.extend(self.house.branches.tip(&*self.repo, &branch)?);
        }
        for (name, commit) in self.repo.references(REMOTES)? {
            open.push_back(commit);
            traces.remote = name[REMOTES.len()..].split_once('/').map(|(remote, _)| remote.to_owned());
        }
        let mut seen: BTreeSet<CommitId> = open.iter().copied().collect();
        while let Some(commit) = open.pop_front().filter(|_| seen.len() < MOST) {
            let info = self.repo.commit_info(commit)?;
            traces.saw_commit(&info);
            open.extend(info.parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        Ok(())
    }

    /// A stage's branch in the repositories this one is a clone of, as git names it: `origin/qa`.
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn remote_tips(&self, stage: &Stage) -> Result<Vec<(String, CommitId)>, EngineFailure> {
        let mut found = self.repo.references(REMOTES)?;
        for (name, _) in &mut found {
            *name = name[REMOTES.len()..].to_owned();
        }
        found.retain(|(name, _)| name.split_once('/').is_some_and(|(_, branch)| branch == stage.branch));
        Ok(found)
    }
}
