//! What somebody edited in the middle of a deployment: set aside on the target when it was taken back, and kept in the
//! repository from then on (`SPEC A6`, `A7`).

use super::{Halt, Maker};
use crate::failure::EngineFailure;
use crate::kept_refs::set_aside_ref;
use serde_json::json;
use std::collections::BTreeMap;
use switchback_core::ops::version;
use switchback_core::ports::target::Aside;
use switchback_core::records::set_aside::SetAside;
use switchback_core::words::object::{Leaf, RepoPath, TreeId};
use switchback_machine::failpoint;

impl Maker<'_> {
    /// Stores what was set aside, tells it in the ledger, and lets go of it on the target, in this order: whoever dies on
    /// the way leaves it to the next worker, who does the same again.
    pub(super) fn keep_set_aside(&self) -> Result<(), Halt> {
        let mut batches: BTreeMap<String, Vec<Aside>> = BTreeMap::new();
        for one in self.target.set_aside()? {
            batches.entry(one.batch.clone()).or_default().push(one);
        }
        for (batch, files) in batches {
            self.hold()?;
            let aside = self.stored(&files)?;
            failpoint::hit("area.aside.stored");
            let asked = json!({ "set_aside": batch });
            self.desk.carry_out_under(self.job.held(), &asked, |snapshot, _| {
                Ok(version::set_aside(snapshot, self.job, &aside))
            })?;
            failpoint::hit("area.aside.told");
            self.target.let_go(&batch)?;
        }
        Ok(())
    }

    fn stored(&self, files: &[Aside]) -> Result<SetAside, EngineFailure> {
        let repo = &*self.desk.repo;
        let deployment = files.iter().find_map(|one| one.deployment).unwrap_or(self.asked.id);
        let mut leaves: Vec<(RepoPath, Leaf)> = Vec::new();
        for one in files {
            leaves.push((one.path.clone(), Leaf { mode: one.mode, id: repo.blob(&one.bytes)? }));
        }
        let edits: Vec<_> = leaves.iter().map(|(path, leaf)| (path.clone(), Some(*leaf))).collect();
        let tree = repo.edit(TreeId::EMPTY, &edits)?;
        let message = format!("Edited on {} while {deployment} was being made\n", self.area.name);
        let commit = self.commit(tree, None, &message)?;
        self.point(set_aside_ref(&self.area.name, deployment, commit), commit)?;
        Ok(SetAside { deployment, at: self.desk.clock.now(), files: leaves, commit })
    }
}
