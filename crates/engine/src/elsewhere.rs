//! Pipelines whose branches are on a remote: what an entry names is made safe there before it is appended, what others
//! did there is brought in, and how it stands with the remote is told (`SPEC L7`, `L8`, `W4`).

use crate::acting::Announced;
use crate::arrivals::Standing;
use crate::clock::format_time;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::visit::{Depth, Visit};
use std::collections::BTreeSet;
use std::path::Path;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::ports::branches::{BranchMove, Contact, OPERATIONS, Secured};
use switchback_core::ports::repository::Repo;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Seq, StageName};
use switchback_core::words::object::{CommitId, RepoPath};
use switchback_core::words::warning::Warning;

/// Whether an entry may be appended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Safe {
    /// It may.
    Yes,
    /// Somebody moved a branch; it was brought in.
    LookAgain,
}

/// What helper refs of an operation are named by: the position of its entry, and the plan, of which several may be tried
/// for one position.
pub(crate) fn operation(pipeline: &str, guard: Seq, hash: &str) -> String {
    let hash: String = hash.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    format!("{pipeline}-{}-{hash}", guard.0 + 1)
}

/// The position that such a name is about.
fn position(operation: &str) -> Option<Seq> {
    operation.rsplit('-').nth(1)?.parse().ok().map(Seq)
}

/// Whether a fault is that of a remote, which stops nothing but what has to go there.
pub(crate) fn is_elsewhere(fault: &Fault) -> bool {
    fault.code.starts_with("remote-")
}

impl Desk<'_> {
    /// Makes what an entry names safe where the branches are.
    ///
    /// # Errors
    /// `remote-unreachable` and the like; then nothing may be appended.
    pub(crate) fn secure(&self, operation: &str, plan: &Plan, moves: &[Announced]) -> Result<Safe, Fault> {
        if self.house.branches.contact().is_none() {
            return Ok(Safe::Yes);
        }
        let (wanted, resolutions) = self.wanted(&plan.events);
        let named = moves.iter().map(|one| one.to).chain(wanted.into_values()).chain(resolutions);
        let commits: BTreeSet<CommitId> = named.filter(|commit| self.is_there(*commit)).collect();
        let commits: Vec<CommitId> = commits.into_iter().collect();
        let pipeline = self.pipeline();
        let mut branches = Vec::with_capacity(moves.len());
        for one in moves {
            let Some(stage) = pipeline.stage(&one.stage) else { continue };
            // Where it stands by all that is known here, which need not be where the line was: it may have yet to follow.
            if let Some(from) = self.house.branches.tip(&*self.repo, &stage.branch)? {
                branches.push(BranchMove { branch: &stage.branch, from, to: one.to });
            }
        }
        let what = Secured { operation, commits: &commits, moves: &branches };
        Ok(if self.house.branches.secure(&*self.repo, what)? { Safe::Yes } else { Safe::LookAgain })
    }

    /// What was made safe for an operation is kept by other refs by now, which go where the branches are.
    ///
    /// # Errors
    /// A fault of the repository; that of a remote is a warning, and what is left goes there later.
    pub(crate) fn release(&self, operation: &str) -> Result<Vec<Warning>, EngineFailure> {
        match self.house.branches.release(&*self.repo, operation) {
            Err(fault) if is_elsewhere(&fault) => Ok(vec![fault.into()]),
            released => released.map(|()| Vec::new()).map_err(EngineFailure::from),
        }
    }

    /// The positions of entries that are here and that nobody here is at, though refs say that they have yet to come to their
    /// end: whoever made them died on another machine, where the notes are.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub(crate) fn left_elsewhere(&self) -> Result<Vec<Seq>, Fault> {
        if self.house.branches.contact().is_none() {
            return Ok(Vec::new());
        }
        let (head, alive) = (self.ledger.head()?.0, self.alive());
        let own = format!("{OPERATIONS}{}-", self.house.name());
        let refs = self.repo.references(OPERATIONS)?;
        let ours = refs.iter().filter(|(name, _)| name.starts_with(&own));
        let positions = ours.filter_map(|(name, _)| position(name.rsplit_once('/')?.0));
        Ok(positions.filter(|seq| *seq <= head && !alive.contains(seq)).collect())
    }

    /// Finishes the same for whoever died, or could not reach the remote. Where no pipeline has begun nothing is known of who
    /// is at what.
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn settle(&self) -> Result<(), EngineFailure> {
        if self.house.branches.contact().is_none() || !self.is_initialized()? {
            return Ok(());
        }
        let alive = self.alive();
        let is_under_way = |operation: &str| position(operation).is_some_and(|seq| alive.contains(&seq));
        match self.house.branches.settle(&*self.repo, &is_under_way) {
            Err(fault) if is_elsewhere(&fault) => Ok(()),
            settled => Ok(settled?),
        }
    }

    /// Several branches go together, where they go to a remote.
    pub(crate) fn move_together(&self, moved: &[(StageName, CommitId, CommitId)]) -> Result<(), EngineFailure> {
        let pipeline = self.pipeline();
        let one = |(stage, from, to): &(_, CommitId, CommitId)| {
            Some(BranchMove { branch: &pipeline.stage(stage)?.branch, from: *from, to: *to })
        };
        let together: Vec<BranchMove<'_>> = moved.iter().filter_map(one).collect();
        Ok(self.house.branches.advance_together(&*self.repo, &together)?)
    }

    /// What whoever reads must know of the remote that the branches are on.
    pub fn about_remote(&self) -> Vec<Warning> {
        let Some(contact) = self.house.contact() else { return Vec::new() };
        let Contact { remote, fetched, away, refused, default_branch, default_was } = contact;
        let pipeline = self.pipeline();
        let zone = &pipeline.settings().time_zone;
        let mut told: Vec<Warning> = refused.into_iter().map(Warning::from).collect();
        if let Some((since, fault)) = away {
            let since = format_time(since, zone);
            let seen = fetched.map(|at| format!("; branches are shown as of {}", format_time(at, zone)));
            let message = format!("the remote {remote} is away since {since}{}", seen.unwrap_or_default());
            told.push(Warning::of(fault.code, message).mended_by(fault.remedy));
        }
        let base = pipeline.base_branch();
        if let (Some(now), true) = (default_branch.filter(|now| now != base), default_was.as_deref() == Some(base)) {
            let message = format!(
                "the default branch of the remote {remote} is {now} by now; {} goes on from {base}",
                self.house.name()
            );
            let hint = format!("if {now} takes its place, say so: `base = \"{now}\"` in the configuration");
            told.push(Warning::of("default-branch-moved", message).mended_by(hint));
        }
        told
    }
}

impl House {
    /// How it stands with where the branches are; `None` when that is here.
    pub fn contact(&self) -> Option<Contact> {
        self.branches.contact()
    }

    /// Whether the branches are on a remote that did not answer when somebody asked it last.
    pub fn is_away(&self) -> bool {
        self.contact().is_some_and(|contact| contact.away.is_some())
    }

    /// Brings in what is new where the branches are, for somebody who is about to act on them.
    ///
    /// # Errors
    /// `remote-unreachable` and the like: then nothing may be written.
    pub fn refresh_for(&self, visit: &Visit) -> Result<(), Fault> {
        match visit.depth {
            Depth::Act => self.refresh(),
            Depth::Plan => Ok(()),
        }
    }

    /// Brings in what is new where the branches are.
    ///
    /// # Errors
    /// `remote-unreachable` and the like.
    pub fn refresh(&self) -> Result<(), Fault> {
        if self.branches.contact().is_none() {
            return Ok(());
        }
        let repo = self.lend()?;
        self.branches.refresh(&*repo)?;
        self.lay_configuration_out(&*repo)
    }

    fn lay_configuration_out(&self, repo: &dyn Repo) -> Result<(), Fault> {
        let known = self.known();
        if self.branches.contact().is_none() || !known.in_force.is_read() {
            return Ok(());
        }
        match (&self.at_hand, self.branches.tip(repo, known.pipeline().base_branch())?) {
            (Some(at_hand), Some(tip)) => lay_out(repo, tip, &at_hand.file),
            _ => Ok(()),
        }
    }

    /// Takes in at once what others did to branches on a remote (`SPEC L8`), rather than with the next operation.
    ///
    /// # Errors
    /// What keeps it from being taken in.
    pub fn take_in_arrivals(&self) -> Result<(), EngineFailure> {
        self.lay_configuration_out(&*self.lend()?)?;
        let visit = Visit::worker();
        let desk = self.receive(&visit)?;
        if desk.is_initialized()? {
            desk.look_and_reconcile()?;
        }
        Ok(())
    }
}

/// Something that is here and has yet to go elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unpushed {
    /// So many refs that keep what the ledger names.
    Refs(usize),
    /// A stage's branch, which a remote has yet to take.
    Branch(String),
    /// A branch with commits that a clone's remote did not have when it was fetched last.
    Ahead {
        /// The branch.
        branch: String,
        /// How the clone calls the remote.
        remote: String,
    },
}

impl Desk<'_> {
    /// What has yet to go to where the branches are, or, in somebody's clone, to its remotes as they were seen last.
    ///
    /// # Errors
    /// A fault of the repository.
    pub fn unpushed(&self, state: &State) -> Result<Vec<Unpushed>, EngineFailure> {
        let waiting = self.house.branches.waiting().len();
        let mut found: Vec<Unpushed> = (waiting > 0).then_some(Unpushed::Refs(waiting)).into_iter().collect();
        let remotes = self.repo.references("refs/remotes/")?;
        for stage in state.pipeline().stages() {
            let Some(line) = state.lines.get(&stage.name) else { continue };
            if self.house.branches.contact().is_some() {
                if let Standing::Behind(_) = self.standing(stage, line)? {
                    found.push(Unpushed::Branch(stage.branch.clone()));
                }
                continue;
            }
            let Some(tip) = self.house.branches.tip(&*self.repo, &stage.branch)? else { continue };
            for (name, at) in &remotes {
                let Some((remote, branch)) = name["refs/remotes/".len()..].split_once('/') else { continue };
                if branch == stage.branch && !self.repo.reaches(*at, tip)? {
                    found.push(Unpushed::Ahead { branch: branch.to_owned(), remote: remote.to_owned() });
                }
            }
        }
        Ok(found)
    }

    /// Asks where the branches are whether it answers, and lets in who is to push; nothing goes there or comes from there.
    /// `None` where that is here.
    ///
    /// # Errors
    /// `remote-unreachable`, `remote-denied`.
    pub fn knock(&self) -> Result<Option<String>, Fault> {
        let Some(contact) = self.house.contact() else { return Ok(None) };
        self.house.branches.knock(&*self.repo)?;
        Ok(Some(contact.remote))
    }
}

/// Writes the configuration file as a commit has it to where people's would lie: in a copy nobody works in a work tree,
/// and what is on the base branch is what people propose (`SPEC K4`). A commit without one changes nothing.
///
/// # Errors
/// A fault of the repository.
pub fn lay_out(repo: &dyn Repo, commit: CommitId, place: &Path) -> Result<(), Fault> {
    let Some(name) = place.file_name() else { return Ok(()) };
    let path = RepoPath::new(name.as_encoded_bytes());
    let Some(leaf) = repo.leaf(repo.commit_info(commit)?.tree, &path)? else { return Ok(()) };
    let bytes = repo.read(leaf.id)?;
    if std::fs::read(place).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let new = place.with_extension("toml.new");
    std::fs::write(&new, bytes).and_then(|()| std::fs::rename(&new, place)).map_err(|error| {
        Fault::new(
            "repository-unwritable",
            format!("{} cannot be written: {error}", place.display()),
            "give the user who runs this write access to that folder",
        )
    })
}
