//! The house: what is opened once for a pipeline and shared by everybody who comes to it.

use crate::clock::Clock;
use crate::config::AtHand;
use crate::interrupt::Interrupt;
use crate::looked::Looked;
use crate::looks;
use crate::offer::Offers;
use crate::repositories::{Lent, Pool};
use crate::unrecorded::Unrecorded;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use switchback_core::content::Signature;
use switchback_core::ledger::snapshot::Actor;
use switchback_core::ledger::state::State;
use switchback_core::ports::branches::Branches;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::progress::Progress;
use switchback_core::ports::repository::Repositories;
use switchback_core::ports::target::Targets;
use switchback_core::ports::witness::Witness;
use switchback_core::records::job::Job;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Seq, UserName};
use switchback_machine::stirs::Stirs;

/// Finds how commits name a person.
pub type People = dyn Fn(&UserName) -> Actor + Send + Sync;

/// Finds who wrote a commit.
pub type Writers = dyn Fn(&Signature) -> UserName + Send + Sync;

/// What a house is built of: which pipeline, and somebody behind each port. What its configuration says is in the ledger.
pub struct Parts {
    /// The pipeline's name.
    pub name: String,
    /// The configuration file of this pipeline that lies where the house was entered, if there is one.
    pub at_hand: Option<AtHand>,
    /// The folder relative names in the configuration start from.
    pub folder: PathBuf,
    /// The folder in which processes on this machine leave notes for each other.
    pub git_dir: PathBuf,
    /// The record.
    pub ledger: Box<dyn Ledger>,
    /// Whether the record can be written.
    pub medium: Medium,
    /// Where content lives.
    pub repositories: Box<dyn Repositories>,
    /// Where the stages' branches are.
    pub branches: Box<dyn Branches>,
    /// Where deployments go.
    pub targets: Box<dyn Targets>,
    /// How commits name people the ledger knows.
    pub people: Box<People>,
    /// Who wrote what others pushed.
    pub writers: Box<Writers>,
    /// Who wants to know how far long work is.
    pub progress: Arc<dyn Progress>,
    /// Who watches what is done.
    pub witness: Arc<dyn Witness>,
    /// What tells workers to stop.
    pub interrupt: Interrupt,
}

/// Whether what is there can be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Medium {
    /// It can.
    Writable,
    /// It can only be read, as from a mounted backup.
    ReadOnly,
}

/// One pipeline, for any number of visits at once.
pub struct House {
    pub(crate) name: String,
    pub(crate) at_hand: Option<AtHand>,
    pub(crate) folder: PathBuf,
    pub(crate) git_dir: PathBuf,
    pub(crate) ledger: Box<dyn Ledger>,
    pub(crate) branches: Box<dyn Branches>,
    pub(crate) targets: Box<dyn Targets>,
    pub(crate) people: Box<People>,
    pub(crate) writers: Box<Writers>,
    /// What was pushed and could not be recorded.
    pub(crate) unrecorded: Mutex<Unrecorded>,
    pub(crate) progress: Arc<dyn Progress>,
    pub(crate) witness: Arc<dyn Witness>,
    pub(crate) interrupt: Interrupt,
    pub(crate) clock: Clock,
    pool: Pool,
    known: Mutex<Arc<State>>,
    /// Until when it was looked what could go by itself.
    pub(crate) looked: Looked,
    /// What the base branch offered when a round looked last.
    pub(crate) offers: Offers,
    /// What targets were found to hold when somebody compared them last.
    pub(crate) checked: looks::Read,
    /// What lies around the record.
    pub(crate) around: Stirs,
}

impl House {
    /// Builds a house. Nothing is read yet, and nothing repaired.
    ///
    /// # Errors
    /// `clock-unreadable`.
    pub(crate) fn build(parts: Parts) -> Result<Self, Fault> {
        let Parts {
            name,
            at_hand,
            folder,
            git_dir,
            ledger,
            medium: _,
            repositories,
            branches,
            targets,
            people,
            writers,
            progress,
            witness,
            interrupt,
        } = parts;
        let (clock, pool, known) = (Clock::from_surroundings()?, Pool::new(repositories), Mutex::default());
        Ok(Self {
            name,
            at_hand,
            folder,
            git_dir,
            ledger,
            branches,
            targets,
            people,
            writers,
            unrecorded: Mutex::default(),
            progress,
            witness,
            interrupt,
            clock,
            pool,
            known,
            looked: Looked::default(),
            offers: Offers::default(),
            checked: looks::Read::default(),
            around: Stirs::default(),
        })
    }

    /// A repository for a visit.
    pub(crate) fn lend(&self) -> Result<Lent<'_>, Fault> {
        self.pool.lend()
    }

    /// The position of the ledger.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn position(&self) -> Result<Seq, Fault> {
        Ok(self.ledger.head()?.0)
    }

    /// The jobs that are queued or running, oldest first.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn open_jobs(&self) -> Result<Vec<Job>, Fault> {
        self.ledger.open_jobs()
    }

    /// The pipeline's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The configuration file of this pipeline that lies where the house was entered.
    pub fn at_hand(&self) -> Option<&AtHand> {
        self.at_hand.as_ref()
    }

    /// Whether somebody wants the work to stop.
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.is_raised()
    }

    /// The folder relative names in the configuration start from.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the fold of the ledger said when somebody looked last.
    pub(crate) fn known(&self) -> Arc<State> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps what the fold says, unless somebody knows more already.
    pub(crate) fn learn(&self, state: &Arc<State>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.seq < state.seq {
            *known = Arc::clone(state);
        }
    }
}
