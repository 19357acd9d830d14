//! A server looks at what the base branch says (`SPEC K4`): it offers what is new there, or puts it in force by itself.
//!
//! What is put in force by itself is what *came* to the branch: a note beside the ledger says which file was looked at last.
//! So whoever put something newer in force by hand is not overruled by what lies on the branch still, and what cannot be put
//! in force is tried once.

use crate::config::{self, FILE_NAME};
use crate::configure::{self, Text};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::offer::{Defect, Offer};
use crate::visit::{Depth, Visit};
use std::path::{Path, PathBuf};
use switchback_core::ledger::state::State;
use switchback_core::ports::repository::Repo;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;
use switchback_core::words::object::{BlobId, CommitId, RepoPath};
use switchback_core::words::warning::Warning;

/// What is done about what is new on the base branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Offering {
    /// It is offered.
    #[default]
    Shown,
    /// It is put in force, as whoever put the present one in force.
    Applied,
}

/// The warning that the base branch says something else than what is in force.
pub const OFFERED: &str = "configuration-offered";

/// A file on the base branch.
struct Lying {
    blob: BlobId,
    text: Text,
}

impl Desk<'_> {
    /// What the base branch offers now.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub fn offer(&self) -> Result<Option<Offer>, EngineFailure> {
        let state = self.look()?;
        let branch = state.pipeline().base_branch();
        let Some(tip) = self.house.branches.tip(&*self.repo, branch)? else { return Ok(None) };
        let Some(lying) = lying(&*self.repo, tip, self.house.name())? else { return Ok(None) };
        self.judged(&state, (branch, tip), lying.text)
    }

    /// Whether a text can be put in force. Rights are asked of whoever does it.
    fn judged(
        &self,
        state: &State,
        (branch, commit): (&str, CommitId),
        text: Text,
    ) -> Result<Option<Offer>, EngineFailure> {
        let Some(configuration) = &state.configuration else { return Ok(None) };
        if text.text.lines().eq(configuration.text.lines()) {
            return Ok(None);
        }
        let differences = config::differences(&configuration.text, &text.text);
        let (branch, programs, defect) = (branch.to_owned(), Vec::new(), None);
        let offer = Offer { branch, commit, text, differences, programs, defect };
        let Some(administrator) = &state.administrator else { return Ok(Some(offer)) };
        let visit = Visit { depth: Depth::Plan, ..Visit::of((self.house.people)(administrator)) };
        Ok(Some(match self.beside(&visit, |desk| configure::configure(desk, &offer.text)) {
            Ok(configured) => Offer { programs: configured.programs, ..offer },
            Err(failure) => Offer { defect: Some(against(failure)?), ..offer },
        }))
    }

    /// What somebody should know about the configuration on the base branch, as it was when a round looked last.
    pub fn about_offer(&self) -> Option<Warning> {
        let known = self.house.known();
        let offer = self.house.offers.last(&known.configuration.as_ref()?.hash)?;
        let named = offer.text.file.display();
        let at = format!("{named} on {} ({})", offer.branch, offer.commit.0.short());
        Some(match &offer.defect {
            Some(defect) => {
                let message = format!("{at} cannot be put in force, so the old one counts: {}", defect.said().1);
                Warning::of(OFFERED, message).mended_by(format!("mend it on {}", offer.branch))
            }
            None => {
                let message = format!("{at} says something new about {}", about(&offer));
                Warning::of(OFFERED, message).mended_by("put in force what is offered")
            }
        })
    }
}

/// What an offer is about, each thing once.
fn about(offer: &Offer) -> String {
    let mut all: Vec<String> = offer.differences.iter().map(config::Difference::subject).collect();
    all.dedup();
    if all.is_empty() { "nothing but how it is written".to_owned() } else { all.join(", ") }
}

/// What stands against an offer; faults that pass are none.
fn against(failure: EngineFailure) -> Result<Defect, EngineFailure> {
    match failure {
        EngineFailure::Defect(defect) => Ok(Defect::OfFile(defect)),
        EngineFailure::Refused(no) => Ok(Defect::Otherwise(no.code.as_str(), no.message)),
        fault @ EngineFailure::Fault(_) => Err(fault),
    }
}

/// The file of a pipeline at a commit: `switchback.NAME.toml`, or `switchback.toml` unless it is another pipeline's.
fn lying(repo: &dyn Repo, commit: CommitId, pipeline: &str) -> Result<Option<Lying>, Fault> {
    let tree = repo.commit_info(commit)?.tree;
    for name in [format!("switchback.{pipeline}.toml"), FILE_NAME.to_owned()] {
        let Some(leaf) = repo.leaf(tree, &RepoPath::new(&name))? else { continue };
        let text = String::from_utf8_lossy(&repo.read(leaf.id)?).into_owned();
        if name != FILE_NAME || config::called(&text).is_none_or(|called| called == pipeline) {
            return Ok(Some(Lying { blob: leaf.id, text: Text { text, file: PathBuf::from(name) } }));
        }
    }
    Ok(None)
}

impl House {
    /// Looks at the base branch. Says in a sentence what is new about it: what was put in force, or why that cannot be.
    ///
    /// # Errors
    /// A fault that passes.
    pub fn look_at_offer(&self, how: Offering) -> Result<Option<String>, EngineFailure> {
        let visit = Visit::worker();
        let desk = self.receive(&visit)?;
        let state = desk.look()?;
        let Some(configuration) = &state.configuration else { return Ok(None) };
        let branch = state.pipeline().base_branch();
        let Some(tip) = self.branches.tip(&*desk.repo, branch)? else { return Ok(None) };
        let seen = (tip, configuration.hash.clone());
        if self.offers.has_seen(&seen) {
            return Ok(None);
        }
        let Some(lying) = lying(&*desk.repo, tip, &self.name)? else {
            self.offers.keep(seen, None);
            self.is_other();
            return Ok(None);
        };
        let note = Note::of(self);
        let last = note.read();
        let has_come = last.as_deref().is_some_and(|last| last != lying.blob.to_string());
        let mut offer = desk.judged(&state, (branch, tip), lying.text)?;
        let mut said = None;
        if let (true, Offering::Applied, Some(new)) = (has_come, how, &mut offer) {
            said = Some(self.apply(&configuration.by, new)?);
        } else if let (true, Some(Offer { defect: Some(defect), .. })) = (has_come, &offer) {
            said = Some(cannot(branch, &defect.said().1));
        }
        note.write(&lying.blob.to_string())?;
        // What was put in force is no offer any more: it is looked at from there again.
        self.offers.keep(seen, offer);
        self.is_other();
        Ok(said)
    }

    /// Puts what came to the base branch in force, with the rights of whoever put the present one in force.
    fn apply(&self, by: &UserName, offer: &mut Offer) -> Result<String, EngineFailure> {
        if let Some(defect) = &offer.defect {
            return Ok(cannot(&offer.branch, &defect.said().1));
        }
        let reason =
            Some(format!("{} of {} came to {}", offer.text.file.display(), offer.commit.0.short(), offer.branch));
        let visit = Visit { reason, ..Visit::of((self.people)(by)) };
        match configure::configure(&self.receive(&visit)?, &offer.text) {
            Ok(_) => Ok(format!("the configuration of {} ({}) is in force", offer.branch, offer.commit.0.short())),
            Err(failure) => {
                let defect = against(failure)?;
                let said = cannot(&offer.branch, &defect.said().1);
                offer.defect = Some(defect);
                Ok(said)
            }
        }
    }
}

fn cannot(branch: &str, why: &str) -> String {
    format!("the configuration on {branch} cannot be put in force, and the old one counts: {why}")
}

/// Which file was looked at last.
struct Note(PathBuf);

impl Note {
    fn of(house: &House) -> Self {
        Self(house.git_dir.join("switchback").join(format!("offered-{}", house.name)))
    }

    fn read(&self) -> Option<String> {
        std::fs::read_to_string(&self.0).ok()
    }

    fn write(&self, blob: &str) -> Result<(), Fault> {
        if self.read().as_deref() == Some(blob) {
            return Ok(());
        }
        let written = |to: &Path| {
            let new = to.with_extension("new");
            std::fs::write(&new, blob).and_then(|()| std::fs::rename(&new, to))
        };
        written(&self.0).map_err(|error| {
            let message = format!("{} cannot be written: {error}", self.0.display());
            Fault::new("repository-unwritable", message, "give the user who runs this write access to that folder")
        })
    }
}
