//! What a version must not lose: edited files that are replaced or left alone, and the tree before the filter.

use super::Maker;
use crate::failure::EngineFailure;
use crate::kept_refs::{overwritten_ref, wanted_ref};
use switchback_core::areas::drift::DriftDecision;
use switchback_core::content::{CommitDraft, Content, Signature};
use switchback_core::ports::repository::RefMove;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::VersionNo;
use switchback_core::words::object::{CommitId, Leaf, Mode, RepoPath, TreeId};

impl Maker<'_> {
    /// Edited files about to be replaced are kept in the repository first (`SPEC A7`), and so are those left alone: the
    /// version's tree names them.
    pub(super) fn keep_edited(&self, settled: &DriftDecision) -> Result<(), EngineFailure> {
        // A submodule is a folder, and empty: there is nothing to keep.
        let is_file = |leaf: &Leaf| leaf.mode != Mode::Submodule;
        for (path, standing) in &settled.kept {
            if let Some(leaf) = standing.filter(is_file) {
                self.keep_one(path, leaf)?;
            }
        }
        // Whether the repository happens to have the bytes says nothing: only a ref keeps them there.
        let mut kept = Vec::new();
        for change in settled.put.iter().filter(|change| settled.overwritten.contains(change)) {
            if let Some(leaf) = change.before.filter(is_file) {
                self.keep_one(&change.path, leaf)?;
                kept.push((change.path.clone(), Some(leaf)));
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        let tree = self.desk.repo.edit(TreeId::EMPTY, &kept)?;
        let commit = self.commit(tree, None, &format!("Edited on {} and overwritten\n", self.area.name))?;
        self.point(overwritten_ref(&self.area.name, self.job.deployment), commit)
    }

    /// Stores what stands at a path. Where it is not what was seen there a moment ago, drift is judged anew.
    fn keep_one(&self, path: &RepoPath, seen: Leaf) -> Result<(), EngineFailure> {
        match self.desk.repo.blob(&self.target.fetch(path)?)? == seen.id {
            true => Ok(()),
            false => {
                let message = format!("`{path}` changed in the area while the deployment was being prepared.");
                Err(Fault::new("area-changed", message, "Run it again; drift is judged anew.").into())
            }
        }
    }

    /// The tree before the filter is no commit's tree: a ref keeps it from being pruned.
    pub(super) fn keep_wanted(&self, wanted: TreeId, number: VersionNo) -> Result<(), EngineFailure> {
        let commit = self.commit(wanted, None, &format!("{}@{number} before its filter\n", self.area.name))?;
        self.point(wanted_ref(&self.area.name, number), commit)
    }

    /// The tree the target will hold: what the version before left, with what is put, what stands as wanted already, and
    /// what is left alone.
    pub(super) fn tree(&self, before: TreeId, settled: &DriftDecision) -> Result<TreeId, Fault> {
        tree_of(&*self.desk.repo, before, settled)
    }

    /// A commit in the name of whoever asked for the deployment.
    pub(super) fn commit(&self, tree: TreeId, parent: Option<CommitId>, message: &str) -> Result<CommitId, Fault> {
        let by = &self.asked.by;
        let author = Signature { name: by.to_string(), email: format!("{by}@localhost"), time: self.desk.clock.now() };
        let worker = &self.desk.visit.principal;
        let committer = Signature { name: worker.name.clone(), email: worker.email.clone(), time: author.time };
        let parents = parent.into_iter().collect();
        self.desk.repo.commit(&CommitDraft { tree, parents, author, committer, message: message.to_owned() })
    }

    pub(super) fn point(&self, name: String, commit: CommitId) -> Result<(), EngineFailure> {
        self.desk.repo.store()?;
        let from = self.desk.repo.reference(&name)?;
        self.desk.repo.move_refs(&[RefMove { name, from, to: Some(commit) }])?;
        Ok(())
    }
}

/// A tree with what is put there, what stands as wanted already, and what is left alone.
pub(crate) fn tree_of(content: &dyn Content, before: TreeId, settled: &DriftDecision) -> Result<TreeId, Fault> {
    let put = settled.put.iter().map(|change| (change.path.clone(), change.after));
    let left = settled.standing.iter().chain(&settled.kept).cloned();
    let edits: Vec<(RepoPath, Option<Leaf>)> = put.chain(left).collect();
    content.edit(before, &edits)
}
