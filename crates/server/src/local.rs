//! The door of one person on one machine: the same router as a server's, called in process. Puts the parts of the house
//! together.

use crate::entrance::{Beginning, Begun, Entrance, Keeper};
use crate::router;
use axum::Router;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use switchback_core::ledger::snapshot::Actor;
use switchback_core::ports::branches::Branches as _;
use switchback_core::ports::progress::Progress;
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;
use switchback_engine::config::{self, AtHand, Chosen};
use switchback_engine::failure::EngineFailure;
use switchback_engine::house::{House, Medium, Parts};
use switchback_engine::init;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::visit::{Depth, Visit};
use switchback_git::{GitRepo, GitRepositories, LocalBranches};
use switchback_ledger::SqliteLedger;
use switchback_targets::TargetsOf;

/// Which repository the door leads to.
#[derive(Clone)]
pub struct LocalOptions {
    /// A folder of the repository.
    pub dir: PathBuf,
    /// Who wants to know how far long work is.
    pub progress: Arc<dyn Progress>,
    /// What tells the work to stop.
    pub interrupt: Interrupt,
}

/// The router that answers for one repository.
pub fn router(options: LocalOptions) -> Router {
    router::routes().router.with_state(Entrance::new(Local { options, repo: Mutex::default() }))
}

/// Keeps the house of one repository on this machine.
struct Local {
    options: LocalOptions,
    /// Opened to see who comes, and not used up yet: opening one takes longer than most answers.
    repo: Mutex<Option<GitRepo>>,
}

impl Keeper for Local {
    fn open(&self, pipeline: Option<&str>) -> Result<House, EngineFailure> {
        let repo = self.repo()?;
        let kept = Kept::open(&ledger_path(&repo.git_dir()))?;
        let begun = kept.ledger.pipelines()?;
        let Chosen { name, file } = config::choose(&repo.top(), &repo.git_dir(), (pipeline, &begun))?;
        House::open(self.parts(repo, kept.of(&name), (name, file.map(AtHand::there)))?)
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
    fn begin(&self, visit: &Visit, beginning: Beginning<'_>) -> Result<Begun, EngineFailure> {
        let repo = self.repo()?;
        let (named, request) = (beginning.pipeline.map(str::to_owned), beginning.request);
        let place = config::place(&repo.top(), &repo.git_dir(), named.as_deref())?;
        let written = match place.exists() {
            true => None,
            false => {
                let branches = LocalBranches.names(&repo).unwrap_or_default();
                Some(init::starter(request, named.clone(), &repo.top(), branches))
            }
        };
        let kept = Kept::open(&ledger_path(&repo.git_dir()))?;
        if let (Some(_), None, Some(one)) = (&written, &named, kept.ledger.pipelines()?.first()) {
            // It is there already, wherever its file is.
            return Err(switchback_core::ops::init::begun(one).into());
        }
        let at_hand = AtHand { file: place.clone(), begins: written.clone() };
        let pipeline = config::parse_from(&at_hand.text()?, &place, &repo.main_folder()?)?;
        let name = pipeline.name().to_owned();
        let house = House::open(self.parts(repo, kept.of(&name), (name, Some(at_hand)))?)?;
        let wrote = written.as_ref().filter(|_| visit.depth == Depth::Act);
        if let Some(text) = wrote {
            init::write(&place, text)?;
        }
        let begun =
            house.receive(visit).map_err(EngineFailure::from).and_then(|desk| init::begin(&desk, request.start));
        if begun.is_err() && wrote.is_some() {
            // Nothing was begun with it.
            let _ = std::fs::remove_file(&place);
        }
        begun.map(|done| Begun { config_path: place, written, pipeline, done })
    }
}

impl Local {
    fn repo(&self) -> Result<GitRepo, Fault> {
        let open = self.repo.lock().unwrap_or_else(PoisonError::into_inner).take();
        open.map_or_else(|| GitRepo::open(&self.options.dir), Ok)
    }

    fn parts(&self, repo: GitRepo, kept: Kept, what: (String, Option<AtHand>)) -> Result<Parts, Fault> {
        let (Kept { ledger, medium }, (name, at_hand)) = (kept, what);
        let folder = repo.main_folder()?;
        let (identity, own) = (repo.identity(), system_user());
        Ok(Parts {
            name,
            at_hand,
            folder: folder.clone(),
            git_dir: repo.git_dir(),
            ledger: Box::new(ledger),
            medium,
            targets: Box::new(TargetsOf { folder, repository: repo.places() }),
            repositories: Box::new(GitRepositories::beginning_with(repo)),
            branches: Box::new(LocalBranches),
            people: Box::new(move |user| person(user, identity.clone().filter(|_| user.as_str() == own))),
            progress: Arc::clone(&self.options.progress),
            interrupt: self.options.interrupt.clone(),
        })
    }
}

/// The ledger of a repository.
struct Kept {
    ledger: SqliteLedger,
    medium: Medium,
}

impl Kept {
    /// Opened before it is known which pipeline is meant; read from a copy where nothing can be written.
    fn open(path: &Path) -> Result<Self, Fault> {
        match SqliteLedger::open_or_begin(path, "") {
            Ok(ledger) => Ok(Self { ledger, medium: Medium::Writable }),
            Err(fault) if fault.code == "ledger-unwritable" && path.exists() => {
                Ok(Self { ledger: SqliteLedger::open_to_read(path, "")?, medium: Medium::ReadOnly })
            }
            Err(fault) => Err(fault),
        }
    }

    fn of(self, pipeline: &str) -> Self {
        Self { ledger: self.ledger.of(pipeline), ..self }
    }
}

/// Where the ledger of a repository is.
fn ledger_path(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("ledger.sqlite")
}

/// How commits name a person: as git is configured where it is their own machine.
fn person(user: &UserName, identity: Option<(String, String)>) -> Actor {
    let (name, email) = identity.unwrap_or_else(|| (user.to_string(), format!("{user}@localhost")));
    Actor::new(user.clone(), name, email)
}

/// The operating-system user (`SPEC S4`).
fn system_user() -> String {
    let named = ["LOGNAME", "USER", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| {
        let uid = rustix::process::getuid().as_raw();
        if uid == 0 { "root".to_owned() } else { format!("uid-{uid}") }
    })
}
