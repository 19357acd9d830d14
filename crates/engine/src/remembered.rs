//! Resolutions travel with the repository: `refs/switchback/resolutions` holds what is remembered, one folder for each,
//! and what comes in with a fetch is taken in by an entry of its own (`SPEC X5`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::resolution_folder::{self, Folder};
use crate::visit::Depth;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use switchback_core::content::{CommitDraft, Signature};
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::ops::learn::{self, Came};
use switchback_core::ports::repository::RefMove;
use switchback_core::records::resolution::{Remembered, ResolutionId, Resolutions};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{CommitId, Leaf, RepoPath, TreeId};
use switchback_core::words::warning::Warning;

/// Where what is remembered stands.
pub const REF: &str = "refs/switchback/resolutions";

/// The warning about something in that ref that is no resolution.
const UNREADABLE: &str = "resolutions-unreadable";

/// How the ref relates to what the ledger knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Arrived {
    /// Nothing new came.
    Nothing,
    /// It is not as far as the ledger; it stands there, if anywhere, and shall stand here.
    Behind(Option<CommitId>, CommitId),
    /// Something came in with a fetch: what lies between these.
    Ahead(Option<CommitId>, CommitId),
}

/// What a commit of the ref holds, folder by folder.
type Folders = BTreeMap<String, Folder>;

impl Desk<'_> {
    /// Adds to a plan the commit that keeps the resolutions it makes or forgets.
    pub(crate) fn with_resolutions(&self, plan: Plan, before: &State) -> Result<Plan, EngineFailure> {
        let done = plan.events.iter().any(|event| matches!(event, Event::ResolutionsKept { .. }));
        if done || !plan.events.iter().any(concerns) {
            return Ok(plan);
        }
        let after = self.ahead(before, &plan)?;
        let parents: Vec<_> = before.resolutions.head.into_iter().filter(|head| self.is_there(*head)).collect();
        let head = self.kept((&before.resolutions, &after.resolutions), parents)?;
        Ok(plan.keeping_resolutions(head))
    }

    /// The commit with what is remembered afterwards; `None` when one parent holds just that.
    fn kept(
        &self,
        what: (&Resolutions, &Resolutions),
        parents: Vec<CommitId>,
    ) -> Result<Option<CommitId>, EngineFailure> {
        let (before, after) = what;
        let mut edits: Vec<(RepoPath, Option<Leaf>)> = Vec::new();
        let there = match before.head.filter(|head| self.is_there(*head)) {
            Some(head) => self.folders(head)?,
            None => Folders::new(),
        };
        for (id, known) in after.iter().filter(|(id, known)| before.get(*id) != Some(*known)) {
            let name = ResolutionId::without_path(&known.sides).to_string();
            let is_same = match there.get(&name) {
                Some(folder) => folder.read(&*self.repo, &name)?.is_ok_and(|one| one.path == known.path),
                None => false,
            };
            if is_same {
                edits.extend(resolution_folder::earlier(&there, known));
            }
            edits.extend(resolution_folder::edits(&*self.repo, id, known)?);
        }
        if edits.is_empty() && parents.len() < 2 {
            return Ok(None);
        }
        // What a mirror's pruning took is not there to be built on.
        let tree = match before.head.filter(|head| self.is_there(*head)) {
            Some(head) => self.repo.commit_info(head)?.tree,
            None => TreeId::EMPTY,
        };
        let tree = self.repo.edit(tree, &edits)?;
        let (name, email) = ("switchback".to_owned(), "switchback@localhost".to_owned());
        let by = Signature { name, email, time: self.clock.now() };
        let message = "Remember how conflicts were settled\n".to_owned();
        let draft = CommitDraft { tree, parents, author: by.clone(), committer: by, message };
        Ok(Some(self.repo.commit(&draft)?))
    }

    /// Where the ref shall move because of an entry; `None` when it is there or further, or cannot be read.
    pub(crate) fn resolutions_behind(&self, to: CommitId) -> Result<Option<RefMove>, EngineFailure> {
        let Ok(from) = self.repo.reference(REF) else { return Ok(None) };
        match from {
            Some(tip) if self.repo.reaches(tip, to)? => Ok(None),
            _ => Ok(Some(RefMove { name: REF.to_owned(), from, to: Some(to) })),
        }
    }

    /// Whether a commit is in the repository: a ref to one that is not would be a damage to git.
    pub(crate) fn is_there(&self, commit: CommitId) -> bool {
        self.repo.commit_info(commit).is_ok()
    }

    /// The state with what came in with a fetch, on paper: the next operation takes it in.
    ///
    /// # Errors
    /// `not-initialized`, or a fault.
    pub fn look_at_resolutions(&self) -> Result<Arc<State>, EngineFailure> {
        let state = self.look()?;
        match self.resolutions_arrived(&state)? {
            Arrived::Ahead(base, tip) => {
                let came = self.learned(&state, (base, tip))?;
                Ok(Arc::new(self.with_facts(&state, learn::news(&came).as_slice())?))
            }
            Arrived::Behind(..) | Arrived::Nothing => Ok(state),
        }
    }

    /// Whether anything came in with a fetch. Costs one look at the ref when nothing did.
    pub(crate) fn resolutions_arrived(&self, state: &State) -> Result<Arrived, EngineFailure> {
        let head = state.resolutions.head;
        let found = match self.repo.reference(REF) {
            Ok(found) => found,
            Err(fault) => {
                self.hear(vec![unreadable(&fault.message)]);
                return Ok(Arrived::Nothing);
            }
        };
        let Some(tip) = found.filter(|_| found != head) else {
            return Ok(match (found, head) {
                (None, Some(head)) if self.is_there(head) => Arrived::Behind(None, head),
                _ => Arrived::Nothing,
            });
        };
        let base = match head {
            Some(head) => self.repo.merge_base(head, tip)?,
            None => None,
        };
        if let Some(head) = head.filter(|_| base == Some(tip)) {
            return Ok(Arrived::Behind(Some(tip), head));
        }
        Ok(Arrived::Ahead(base, tip))
    }

    /// Our own commit is there or further: the ref follows. A preview moves nothing.
    pub(crate) fn bring_level(&self, from: Option<CommitId>, head: CommitId) -> Result<(), EngineFailure> {
        if self.visit.depth == Depth::Act {
            self.move_kept(&[RefMove { name: REF.to_owned(), from, to: Some(head) }])?;
        }
        Ok(())
    }

    /// What came.
    pub(crate) fn learned(&self, state: &State, stands: (Option<CommitId>, CommitId)) -> Result<Came, EngineFailure> {
        let (base, tip) = stands;
        let before = match base {
            Some(base) => self.folders(base)?,
            None => Folders::new(),
        };
        let there = self.folders(tip)?;
        let mut came = Came { learned: Vec::new(), forgotten: Vec::new(), head: tip, warnings: Vec::new() };
        for (name, one) in there.iter().filter(|(name, one)| before.get(*name) != Some(*one)) {
            match one.read(&*self.repo, name)? {
                Ok(known) if is_news(state, &known) => came.learned.push(known),
                Ok(_) => {}
                Err(why) => came.warnings.push(unreadable(&format!("`{name}` {why}"))),
            }
        }
        // Who put something else there forgot nothing.
        let trusted = came.warnings.is_empty();
        let gone = before.keys().filter(|name| trusted && !there.contains_key(*name));
        came.forgotten = gone.filter_map(|name| live(state, name)).collect();
        self.hear(came.warnings.clone());
        if let Some(head) = state.resolutions.head.filter(|head| !trusted || base != Some(*head)) {
            // Both sides went on, or something else came: one commit holds what either remembers.
            let after = self.with_facts(state, learn::news(&came).as_slice())?;
            came.head = self.kept((&state.resolutions, &after.resolutions), vec![head, tip])?.unwrap_or(tip);
        }
        Ok(came)
    }

    fn folders(&self, commit: CommitId) -> Result<Folders, Fault> {
        let mut folders = Folders::new();
        for (path, leaf) in self.repo.leaves(self.repo.commit_info(commit)?.tree)? {
            let text = path.to_string();
            let (name, file) = text.split_once('/').unwrap_or((&text, ""));
            folders.entry(name.to_owned()).or_default().put(file, leaf);
        }
        Ok(folders)
    }

    /// Keeps what somebody should be told with the next answer.
    pub fn hear(&self, warnings: Vec<Warning>) {
        let known: BTreeSet<String> = self.heard.borrow().iter().map(|known| known.message.clone()).collect();
        let new = warnings.into_iter().filter(|one| !known.contains(&one.message));
        self.heard.borrow_mut().extend(new);
    }
}

fn concerns(event: &Event) -> bool {
    match event {
        Event::Promotion(promotion) => !promotion.resolutions.is_empty(),
        Event::ResolutionForgotten { .. } | Event::ResolutionsLearned { .. } => true,
        _ => false,
    }
}

/// Whether it says something else than what is known here, and later.
fn is_news(state: &State, came: &Remembered) -> bool {
    match state.resolutions.get(ResolutionId::of(&came.path, &came.sides)) {
        None => true,
        Some(known) => match &known.forgotten {
            Some(forgotten) => came.at > forgotten.at,
            None => {
                let says = |one: &Remembered| (one.result, one.place.clone(), one.left.clone());
                says(came) != says(known) && came.at >= known.at
            }
        },
    }
}

fn live(state: &State, name: &str) -> Option<ResolutionId> {
    let id = ResolutionId::try_from(name.to_owned()).ok()?;
    let is_live = |id: &ResolutionId| state.resolutions.get(*id).is_some_and(|known| known.forgotten.is_none());
    state.resolutions.named(id).into_iter().find(is_live)
}

fn unreadable(what: &str) -> Warning {
    Warning::of(UNREADABLE, format!("{REF} was not taken in as it stands: {what}"))
}
