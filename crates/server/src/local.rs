//! The door of one person on one machine: the same router as a server's, called in process. Puts the parts of the house
//! together.

use crate::entrance::{Begun, Entrance, Keeper};
use crate::router;
use axum::Router;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use switchback_core::ledger::snapshot::Actor;
use switchback_core::pipeline::Pipeline;
use switchback_core::ports::branches::Branches as _;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::progress::Progress;
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;
use switchback_engine::config;
use switchback_engine::failure::EngineFailure;
use switchback_engine::house::{House, Medium, Parts};
use switchback_engine::init::{self, Request};
use switchback_engine::interrupt::Interrupt;
use switchback_engine::visit::{Depth, Visit};
use switchback_git::{GitRepo, GitRepositories, LocalBranches};
use switchback_ledger::SqliteLedger;
use switchback_targets::TargetsOf;

/// Which repository and pipeline the door leads to.
#[derive(Clone)]
pub struct LocalOptions {
    /// A folder of the repository.
    pub dir: PathBuf,
    /// Which pipeline, where a repository has several.
    pub pipeline: Option<String>,
    /// Who wants to know how far long work is.
    pub progress: Arc<dyn Progress>,
    /// What tells the work to stop.
    pub interrupt: Interrupt,
}

/// The router that answers for one repository.
pub fn router(options: LocalOptions) -> Router {
    router::router().with_state(Entrance::new(Local { options, repo: Mutex::default() }))
}

/// Keeps the house of one repository on this machine.
struct Local {
    options: LocalOptions,
    /// Opened to see who comes, and not used up yet: opening one takes longer than most answers.
    repo: Mutex<Option<GitRepo>>,
}

impl Keeper for Local {
    fn open(&self) -> Result<House, EngineFailure> {
        let repo = self.repo()?;
        let config_path = config::find(&repo.top(), &repo.git_dir(), self.options.pipeline.as_deref())?;
        let pipeline = config::read(&config_path)?;
        House::open(self.parts(repo, config_path, pipeline)?)
    }

    fn principal(&self, named: Option<&str>) -> Result<Actor, EngineFailure> {
        let own = system_user();
        let user = UserName::new(named.map_or_else(|| own.clone(), str::to_owned));
        if user.as_str() != own {
            return Ok(person(&user, None));
        }
        let repo = self.repo()?;
        let identity = repo.identity();
        *self.repo.lock().unwrap_or_else(PoisonError::into_inner) = Some(repo);
        Ok(person(&user, identity))
    }

    /// The configuration is written if there is none. One that cannot be begun with is not left behind.
    fn begin(&self, visit: &Visit, request: &Request) -> Result<Begun, EngineFailure> {
        let repo = self.repo()?;
        let named = self.options.pipeline.clone();
        let config_path = config::place(&repo.top(), &repo.git_dir(), named.as_deref())?;
        let written = match config_path.exists() {
            true => None,
            false => {
                let branches = LocalBranches.names(&repo).unwrap_or_default();
                Some(init::starter(request, named, &repo.top(), branches))
            }
        };
        let pipeline = match &written {
            Some(text) => config::parse(text, &config_path)?,
            None => config::read(&config_path)?,
        };
        let house = House::open(self.parts(repo, config_path.clone(), pipeline.clone())?)?;
        let wrote = written.as_ref().filter(|_| visit.depth == Depth::Act);
        if let Some(text) = wrote {
            init::write(&config_path, text)?;
        }
        let begun =
            house.receive(visit).map_err(EngineFailure::from).and_then(|desk| init::begin(&desk, request.start));
        if begun.is_err() && wrote.is_some() {
            // Nothing was begun with it.
            let _ = std::fs::remove_file(&config_path);
        }
        begun.map(|done| Begun { config_path, written, pipeline, done })
    }
}

impl Local {
    fn repo(&self) -> Result<GitRepo, Fault> {
        let open = self.repo.lock().unwrap_or_else(PoisonError::into_inner).take();
        open.map_or_else(|| GitRepo::open(&self.options.dir), Ok)
    }

    fn parts(&self, repo: GitRepo, config_path: PathBuf, pipeline: Pipeline) -> Result<Parts, Fault> {
        let (ledger, medium) = ledger(&ledger_path(&repo.git_dir()), pipeline.name())?;
        let folder = config_path.parent().unwrap_or(Path::new(".")).to_owned();
        let (identity, own) = (repo.identity(), system_user());
        Ok(Parts {
            pipeline,
            config_path,
            git_dir: repo.git_dir(),
            ledger,
            medium,
            targets: Box::new(TargetsOf { folder, repository: repo.places() }),
            repositories: Box::new(GitRepositories::beginning_with(repo, self.options.dir.clone())),
            branches: Box::new(LocalBranches),
            people: Box::new(move |user| person(user, identity.clone().filter(|_| user.as_str() == own))),
            progress: Arc::clone(&self.options.progress),
            interrupt: self.options.interrupt.clone(),
        })
    }
}

/// The ledger; read from a copy where nothing can be written.
fn ledger(path: &Path, pipeline: &str) -> Result<(Box<dyn Ledger>, Medium), Fault> {
    match SqliteLedger::open_or_begin(path, pipeline) {
        Ok(ledger) => Ok((Box::new(ledger), Medium::Writable)),
        Err(fault) if fault.code == "ledger-unwritable" && path.exists() => {
            Ok((Box::new(SqliteLedger::open_to_read(path, pipeline)?), Medium::ReadOnly))
        }
        Err(fault) => Err(fault),
    }
}

/// Where the ledger of a repository is.
fn ledger_path(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("ledger.sqlite")
}

/// How commits name a person: as git is configured where it is their own machine.
fn person(user: &UserName, identity: Option<(String, String)>) -> Actor {
    let (name, email) = identity.unwrap_or_else(|| (user.to_string(), format!("{user}@localhost")));
    Actor { user: user.clone(), name, email }
}

/// The operating-system user (`SPEC S4`).
fn system_user() -> String {
    let named = ["LOGNAME", "USER", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| {
        let uid = rustix::process::getuid().as_raw();
        if uid == 0 { "root".to_owned() } else { format!("uid-{uid}") }
    })
}
