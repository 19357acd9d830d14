//! What the base branch proposes to put in force (`SPEC K4`), and what a house remembers of it.

use crate::config::{ConfigDefect, Difference};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use switchback_core::words::object::CommitId;

/// A text that somebody wants in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// All of it.
    pub text: String,
    /// How defects call it.
    pub file: PathBuf,
}

/// A program that runs because of a configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// For which area.
    pub area: String,
    /// On which occasion: `target`, `before`, `after`, `on-failure`.
    pub occasion: &'static str,
    /// The program and its arguments.
    pub run: Vec<String>,
    /// Whether the configuration before does not run it there.
    pub is_new: bool,
}

/// A configuration on the base branch that says something else than the one in force.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The branch.
    pub branch: String,
    /// Where it stood.
    pub commit: CommitId,
    /// The file there.
    pub text: Text,
    /// What is written otherwise.
    pub differences: Vec<Difference>,
    /// Every program that would run because of it; none where it cannot be read.
    pub programs: Vec<Program>,
    /// Why it cannot be put in force.
    pub defect: Option<Defect>,
}

/// What is wrong with an offer.
#[derive(Clone, Debug)]
pub enum Defect {
    /// It is one of the file.
    OfFile(Box<ConfigDefect>),
    /// Something else stands against it; a code and a sentence.
    Otherwise(&'static str, String),
}

impl Defect {
    /// Its code and its sentence, with its place in the file.
    pub fn said(&self) -> (&'static str, String) {
        match self {
            Self::OfFile(defect) => (defect.code, defect.to_string().lines().next().unwrap_or_default().to_owned()),
            Self::Otherwise(code, message) => (code, message.clone()),
        }
    }
}

/// From where it was looked: where the base branch stood, and the hash of what was in force.
pub(crate) type Seen = (CommitId, String);

/// What was found when somebody looked last.
#[derive(Default)]
pub(crate) struct Offers(Mutex<Option<(Seen, Option<Offer>)>>);

impl Offers {
    /// Whether it was looked from there already.
    pub fn has_seen(&self, seen: &Seen) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|(last, _)| last == seen)
    }

    /// Keeps what was found.
    pub fn keep(&self, seen: Seen, offer: Option<Offer>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((seen, offer));
    }

    /// What was offered when somebody looked last, if that was against what is in force now.
    pub fn last(&self, in_force: &str) -> Option<Offer> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|((_, hash), _)| hash == in_force).and_then(|(_, offer)| offer.clone())
    }
}
