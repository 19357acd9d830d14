//! The branches of a remote: where they were when somebody looked last, and moved there first and here after.

use super::copy::Remote;
use super::outbox;
use super::push::{From, Together, Wish};
use super::said::Answer;
use crate::branches::{LocalBranches, full};
use std::sync::Arc;
use switchback_core::ports::branches::{BranchMove, Branches, Contact, OPERATIONS, Secured};
use switchback_core::ports::repository::{RefMove, Repo, WorkTree};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;
use switchback_machine::failpoint;

/// Branches of a remote, seen through its copy.
pub struct RemoteBranches(pub Arc<Remote>);

impl Branches for RemoteBranches {
    fn tip(&self, repo: &dyn Repo, branch: &str) -> Result<Option<CommitId>, Fault> {
        LocalBranches.tip(repo, branch)
    }

    fn names(&self, repo: &dyn Repo) -> Result<Vec<String>, Fault> {
        LocalBranches.names(repo)
    }

    fn advance(&self, repo: &dyn Repo, wanted: BranchMove<'_>) -> Result<bool, Fault> {
        if self.tip(repo, wanted.branch)? != Some(wanted.from) {
            return Ok(false);
        }
        let name = full(wanted.branch);
        self.0.contacts.unless_quiet()?;
        self.0.contacts.unless_quiet_about(&name)?;
        let held = self.0.hold()?;
        let answer = self.0.push(&[lease(wanted)], Together::Each)?.remove(&name);
        failpoint::hit("remote.pushed");
        match answer {
            Some(Answer::Done) => {
                self.follow_remote(repo, &[wanted])?;
                Ok(true)
            }
            Some(refused @ Answer::Refused(_)) => Err(self.0.unwilling(&name, &refused)),
            Some(Answer::Stale | Answer::Together) | None => {
                drop(held);
                self.0.refresh(repo)?;
                Ok(false)
            }
        }
    }

    fn put(&self, repo: &dyn Repo, wanted: &RefMove) -> Result<bool, Fault> {
        let name = &wanted.name;
        self.0.contacts.unless_quiet()?;
        self.0.contacts.unless_quiet_about(name)?;
        let held = self.0.hold()?;
        let from = wanted.from.map_or(From::Nowhere, From::Exactly);
        let wish = Wish { name: name.clone(), to: wanted.to, from };
        let answer = self.0.push(&[wish], Together::Each)?.remove(name);
        failpoint::hit("remote.pushed");
        match answer {
            // Whoever fetched in between has moved it here already.
            Some(Answer::Done) => {
                Ok(repo.move_refs(std::slice::from_ref(wanted))? || repo.reference(name)? == wanted.to)
            }
            Some(refused @ Answer::Refused(_)) => Err(self.0.unwilling(name, &refused)),
            Some(Answer::Stale | Answer::Together) | None => {
                drop(held);
                self.0.refresh(repo)?;
                Ok(false)
            }
        }
    }

    fn follow(&self, _repo: &dyn Repo, _moved: BranchMove<'_>) -> Result<Vec<WorkTree>, Fault> {
        // Nobody works in the copy.
        Ok(Vec::new())
    }

    fn refresh(&self, repo: &dyn Repo) -> Result<(), Fault> {
        self.0.refresh(repo)
    }

    fn secure(&self, repo: &dyn Repo, what: Secured<'_>) -> Result<bool, Fault> {
        if what.commits.is_empty() && what.moves.is_empty() {
            return Ok(true);
        }
        let helpers = |nth: usize| format!("{OPERATIONS}{}/{nth}", what.operation);
        let mut made = Vec::with_capacity(what.commits.len());
        for (nth, to) in what.commits.iter().enumerate() {
            let name = helpers(nth);
            made.push(RefMove { from: repo.reference(&name)?, name, to: Some(*to) });
        }
        repo.move_refs(&made)?;
        let secured = self.secured(&made, what.moves);
        if !matches!(secured, Ok(true)) {
            drop_helpers(repo, what.operation)?;
        }
        if matches!(secured, Ok(false)) {
            self.0.refresh(repo)?;
        }
        secured
    }

    fn advance_together(&self, repo: &dyn Repo, wanted: &[BranchMove<'_>]) -> Result<(), Fault> {
        let mut ready = Vec::with_capacity(wanted.len());
        for one in wanted {
            if self.tip(repo, one.branch)? == Some(one.from) && one.from != one.to {
                ready.push(*one);
            }
        }
        if ready.len() < 2 {
            return Ok(());
        }
        let _held = self.0.hold()?;
        let wishes: Vec<Wish> = ready.iter().map(|one| lease(*one)).collect();
        let answers = self.0.push(&wishes, Together::Atomic)?;
        failpoint::hit("remote.pushed");
        let is_there = |one: &&BranchMove<'_>| answers.get(&full(one.branch)) == Some(&Answer::Done);
        let there: Vec<_> = ready.iter().filter(is_there).copied().collect();
        self.follow_remote(repo, &there)
    }

    fn release(&self, repo: &dyn Repo, operation: &str) -> Result<(), Fault> {
        drop_helpers(repo, operation)?;
        self.0.send(repo)
    }

    fn settle(&self, repo: &dyn Repo, is_under_way: &dyn Fn(&str) -> bool) -> Result<(), Fault> {
        let waiting = outbox::waiting(&self.0.git_dir).names;
        if waiting.is_empty() {
            return Ok(());
        }
        let helpers =
            waiting.iter().filter_map(|name| Some((name, name.strip_prefix(OPERATIONS)?.rsplit_once('/')?.0)));
        for (name, _) in helpers.filter(|(_, operation)| !is_under_way(operation)) {
            drop_helper(repo, name)?;
        }
        self.0.contacts.unless_quiet()?;
        self.0.send(repo)
    }

    fn waiting(&self) -> Vec<String> {
        outbox::waiting(&self.0.git_dir).names.into_iter().collect()
    }

    fn knock(&self, repo: &dyn Repo) -> Result<(), Fault> {
        self.0.knock(repo)
    }

    fn contact(&self) -> Option<Contact> {
        Some(self.0.contact())
    }
}

impl RemoteBranches {
    /// Brings an operation's objects there; `false` when a branch is not where the operation expects it.
    fn secured(&self, made: &[RefMove], moves: &[BranchMove<'_>]) -> Result<bool, Fault> {
        let helpers = made.iter().map(|one| Wish { name: one.name.clone(), to: one.to, from: From::Anywhere });
        // A branch that stands where it is expected is not touched by being put there.
        let stay = moves.iter().map(|one| lease(BranchMove { to: one.from, ..*one }));
        let _held = self.0.hold()?;
        let answers = self.0.push(&helpers.chain(stay).collect::<Vec<_>>(), Together::Atomic)?;
        if answers.values().any(|answer| *answer == Answer::Stale) {
            return Ok(false);
        }
        let refused = answers.iter().find(|(_, answer)| matches!(answer, Answer::Refused(_)));
        match refused.or_else(|| answers.iter().find(|(_, answer)| **answer != Answer::Done)) {
            Some((name, answer)) => Err(self.0.unwilling(name, answer)),
            None => Ok(true),
        }
    }

    /// The copy's branches go where the remote's went. Whoever fetched in between has moved them already.
    fn follow_remote(&self, repo: &dyn Repo, moved: &[BranchMove<'_>]) -> Result<(), Fault> {
        for one in moved {
            if !LocalBranches.advance(repo, *one)? && self.tip(repo, one.branch)? != Some(one.to) {
                return Err(Fault::new("refs-unmoved", "somebody else moved a branch of the copy", "try again"));
            }
        }
        Ok(())
    }
}

fn lease(wanted: BranchMove<'_>) -> Wish {
    Wish { name: full(wanted.branch), to: Some(wanted.to), from: From::Exactly(wanted.from) }
}

fn drop_helpers(repo: &dyn Repo, operation: &str) -> Result<(), Fault> {
    for nth in 0.. {
        if !drop_helper(repo, &format!("{OPERATIONS}{operation}/{nth}"))? {
            break;
        }
    }
    Ok(())
}

/// Takes a helper ref away; `false` where there is none.
fn drop_helper(repo: &dyn Repo, name: &str) -> Result<bool, Fault> {
    match repo.reference(name)? {
        Some(from) => repo.move_refs(&[RefMove { name: name.to_owned(), from: Some(from), to: None }]).map(|_| true),
        None => Ok(false),
    }
}
