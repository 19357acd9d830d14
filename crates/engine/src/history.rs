//! Reading a branch as a line: which commit did what for which change (`SPEC L8`, `L10`).

use regex::Regex;
use std::collections::BTreeMap;
use switchback_core::content::{CommitDraft, Merge, Signature};
use switchback_core::pipeline::Pipeline;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::ports::repository::RefMove;
use switchback_core::ports::repository::Repo;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{ChangeKey, StageName, Time};
use switchback_core::words::object::{CommitId, TreeId};

/// One difference on a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The change it is attributed to.
    pub change: ChangeKey,
    /// The commit that did it.
    pub commit: CommitId,
    /// The commit before it on the branch.
    pub parent: CommitId,
    /// The tree before it.
    pub before: TreeId,
    /// The tree after it.
    pub after: TreeId,
}

impl Step {
    /// Whether no change was named, so that the commit itself stands for one.
    pub fn is_unnamed(&self) -> bool {
        self.change.as_str() == unnamed(self.commit).as_str()
    }
}

/// What lies between two commits of a branch.
pub struct Walk {
    /// The differences, in order: each begins with the tree the one before ended with.
    pub steps: Vec<Step>,
    /// The tree at the end.
    pub tree: TreeId,
}

/// Reads branches of one repository.
pub struct History<'a, R: Repo> {
    repo: &'a R,
    key: Regex,
}

impl<'a, R: Repo> History<'a, R> {
    /// A reader that knows the pipeline's keys.
    pub fn new(repo: &'a R, pipeline: &Pipeline) -> Result<Self, Fault> {
        let key = Regex::new(&pipeline.settings().key).map_err(|error| {
            Fault::new("configuration", format!("the pattern of keys cannot be read: {error}"), "mend `changes.key`")
        })?;
        Ok(Self { repo, key })
    }

    /// What lies on the first-parent way from `base` to `tip`. A merge of several changes is taken apart into them; what
    /// its own resolution added stays as a difference of its own.
    pub fn walk(&self, base: CommitId, tip: CommitId) -> Result<Walk, Fault> {
        let commits: BTreeMap<CommitId, CommitInfo> =
            self.repo.range(base, tip)?.into_iter().map(|info| (info.id, info)).collect();
        let mut mainline = Vec::new();
        let mut at = tip;
        while let Some(info) = commits.get(&at) {
            mainline.push(info);
            match info.parents.first() {
                Some(parent) => at = *parent,
                None => break,
            }
        }
        let mut steps = Vec::new();
        for info in mainline.iter().rev() {
            self.step(info, &mut steps)?;
        }
        let tree = self.repo.commit_info(tip)?.tree;
        Ok(Walk { steps, tree })
    }

    fn step(&self, info: &CommitInfo, steps: &mut Vec<Step>) -> Result<(), Fault> {
        let Some(parent) = info.parents.first() else { return Ok(()) };
        let before = self.repo.commit_info(*parent)?.tree;
        let whole = Step {
            change: self.named(info).unwrap_or_else(|| unnamed(info.id)),
            commit: info.id,
            parent: *parent,
            before,
            after: info.tree,
        };
        match self.pieces(info)? {
            None => steps.push(whole),
            Some(pieces) => self.take_apart(&whole, &pieces, steps)?,
        }
        Ok(())
    }

    /// The commits a merge brought, when they belong to several changes.
    fn pieces(&self, merge: &CommitInfo) -> Result<Option<Vec<(ChangeKey, CommitInfo)>>, Fault> {
        let [first, second, ..] = merge.parents.as_slice() else { return Ok(None) };
        let of_merge = self.named(merge);
        let side = self.repo.range(*first, *second)?.into_iter().filter(|info| info.parents.len() == 1);
        let pieces: Vec<_> = side
            .map(|info| {
                let key = self.named(&info).or_else(|| of_merge.clone()).unwrap_or_else(|| unnamed(info.id));
                (key, info)
            })
            .collect();
        let several = pieces.iter().any(|(key, _)| Some(key) != pieces.first().map(|(first, _)| first));
        let differs = of_merge.as_ref().is_none_or(|key| pieces.iter().any(|(other, _)| other != key));
        Ok((!pieces.is_empty() && (several || differs)).then_some(pieces))
    }

    fn take_apart(&self, whole: &Step, pieces: &[(ChangeKey, CommitInfo)], steps: &mut Vec<Step>) -> Result<(), Fault> {
        let mut tree = whole.before;
        for (change, info) in pieces {
            let Some(parent) = info.parents.first() else { continue };
            let base = self.repo.commit_info(*parent)?.tree;
            let merge = Merge { base, ours: tree, theirs: info.tree, scope: None };
            let merged = self.repo.merge(merge)?;
            let theirs: Vec<_> =
                merged.conflicts.iter().map(|conflict| (conflict.path.clone(), conflict.sides.theirs)).collect();
            let after = self.repo.edit(merged.tree, &theirs)?;
            if after != tree {
                let (change, parent) = (change.clone(), *parent);
                steps.push(Step { change, commit: info.id, parent, before: tree, after });
            }
            tree = after;
        }
        if tree != whole.after {
            // What only the merge itself did: nobody else's difference may swallow it.
            steps.push(Step { change: unnamed(whole.commit), before: tree, ..whole.clone() });
        }
        Ok(())
    }

    /// The key a commit names: our own trailer, else the first key in its message.
    fn named(&self, info: &CommitInfo) -> Option<ChangeKey> {
        let trailer = info.message.lines().rev().find_map(|line| line.strip_prefix("Change: "));
        if let Some(key) = trailer {
            return Some(ChangeKey::new(key.trim()));
        }
        self.key.find(&info.message).map(|found| ChangeKey::new(found.as_str()))
    }

    /// Trees that only taking a merge apart made belong to no commit: a ref keeps them from being pruned.
    pub fn keep(&self, stage: &StageName, steps: &[Step], now: Time) -> Result<(), Fault> {
        let by = Signature { name: "switchback".into(), email: "switchback@localhost".into(), time: now };
        let mut tip = None;
        for step in steps {
            if self.repo.commit_info(step.commit)?.tree == step.after {
                continue;
            }
            let (author, committer) = (by.clone(), by.clone());
            let (parents, message) = (tip.into_iter().collect(), format!("{} on {stage}\n", step.change));
            tip = Some(self.repo.commit(&CommitDraft { tree: step.after, parents, author, committer, message })?);
        }
        let Some(tip) = tip else { return Ok(()) };
        self.repo.store()?;
        let name = format!("refs/switchback/imported/{stage}/{}", tip.0.short());
        self.repo.move_refs(&[RefMove { from: self.repo.reference(&name)?, name, to: Some(tip) }])?;
        Ok(())
    }
}

/// The change a commit without a key stands for (`SPEC L8`).
pub fn unnamed(commit: CommitId) -> ChangeKey {
    ChangeKey::new(format!("commit-{}", commit.0.short()))
}
