//! A session: one person at one pipeline of one repository, with everything the corridor needs.

use crate::clock::Clock;
use crate::config;
use crate::failure::EngineFailure;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use switchback_core::ledger::snapshot::{Actor, Snapshot};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::Pipeline;
use switchback_core::pipeline::stage::Stage;
use switchback_core::ports::progress::Progress;
use switchback_core::ports::repository::Repo;
use switchback_core::words::names::UserName;
use switchback_core::words::warning::Warning;
use switchback_git::GitRepo;
use switchback_ledger::SqliteLedger;

/// Who comes, to what, and how.
#[derive(Clone)]
pub struct Options {
    /// A folder of the repository.
    pub dir: PathBuf,
    /// Which pipeline, where a repository has several.
    pub pipeline: Option<String>,
    /// Who asks; the operating-system user if not said (`SPEC S4`).
    pub user: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Whether anything is written.
    pub depth: Depth,
    /// Whether jobs run before the answer.
    pub patience: Patience,
    /// The plan that was approved; another one is not carried out.
    pub plan: Option<String>,
    /// Who wants to know how far it is.
    pub progress: Arc<dyn Progress>,
}

/// How far an operation goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// To the end.
    Carry,
    /// Up to the plan (`--dry-run`).
    Preview,
}

/// Whether jobs run before the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// They do.
    Wait,
    /// They stay queued (`--no-wait`).
    Leave,
}

/// One person at one pipeline.
pub struct Session {
    /// The repository.
    pub repo: GitRepo,
    /// The record.
    pub ledger: SqliteLedger,
    /// The configuration.
    pub pipeline: Pipeline,
    /// The file it was read from.
    pub config_path: PathBuf,
    /// Who asks.
    pub actor: Actor,
    /// What they said about how.
    pub options: Options,
    /// The time.
    pub clock: Clock,
    pub(crate) known: RefCell<Rc<State>>,
    pub(crate) heard: RefCell<Vec<Warning>>,
}

impl Session {
    /// Opens a session.
    ///
    /// # Errors
    /// A configuration defect, `no-repository`, or a fault of the ledger.
    pub fn open(options: Options) -> Result<Self, EngineFailure> {
        let repo = GitRepo::open(&options.dir)?;
        let top = repo.top();
        let config_path = config::find(&top, &repo.git_dir(), options.pipeline.as_deref())?;
        let pipeline = config::read(&config_path)?;
        let ledger = SqliteLedger::open(&ledger_path(&repo.git_dir()), pipeline.name())?;
        let actor = actor(&repo, options.user.as_deref());
        let known = RefCell::new(Rc::new(State::default()));
        let clock = Clock::from_surroundings()?;
        let heard = RefCell::default();
        Ok(Self { repo, ledger, pipeline, config_path, actor, options, clock, known, heard })
    }

    /// Another session of the same person at the same pipeline, for another thread.
    ///
    /// # Errors
    /// As [`open`](Session::open).
    pub fn again(options: &Options) -> Result<Self, EngineFailure> {
        Self::open(options.clone())
    }

    /// The folder relative names in the configuration start from.
    pub fn folder(&self) -> &Path {
        self.config_path.parent().unwrap_or(Path::new("."))
    }

    /// The defect of a stage whose branch is not there.
    pub fn missing_branch(&self, stage: &Stage) -> EngineFailure {
        config::missing_branch(&self.config_path, stage).into()
    }

    /// What rules may see of a state, now.
    pub fn snapshot<'a>(&'a self, state: &'a State) -> Snapshot<'a> {
        Snapshot {
            pipeline: &self.pipeline,
            state,
            now: self.clock.now(),
            actor: &self.actor,
            reason: self.options.reason.as_deref(),
        }
    }
}

/// Where the ledger of a repository is.
pub fn ledger_path(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("ledger.sqlite")
}

/// The operating-system user, or who `--as` names; their commits carry git's identity when it is their own.
pub fn actor(repo: &GitRepo, named: Option<&str>) -> Actor {
    let own = system_user();
    let user = named.map_or_else(|| own.clone(), str::to_owned);
    match repo.identity().filter(|_| user == own) {
        Some((name, email)) => Actor { user: UserName::new(user), name, email },
        None => Actor { name: user.clone(), email: format!("{user}@localhost"), user: UserName::new(user) },
    }
}

fn system_user() -> String {
    let named = ["LOGNAME", "USER", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| {
        let uid = rustix::process::getuid().as_raw();
        if uid == 0 { "root".to_owned() } else { format!("uid-{uid}") }
    })
}
