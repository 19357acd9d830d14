//! One repository on this machine: which pipelines its ledger has, and the house of each. Puts the parts of a house
//! together.

use crate::entrance::{Beginning, Begun};
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use switchback_core::content::Signature;
use switchback_core::ledger::snapshot::Actor;
use switchback_core::ports::branches::{Branches, Contact};
use switchback_core::ports::progress::{Progress, Silent};
use switchback_core::ports::repository::Repo as _;
use switchback_core::ports::witness::{Unwatched, Witness};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;
use switchback_engine::clock::Clock;
use switchback_engine::config::{self, AtHand, Chosen};
use switchback_engine::elsewhere::lay_out;
use switchback_engine::failure::EngineFailure;
use switchback_engine::house::{House, Medium, Parts};
use switchback_engine::init;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::is_anything_left;
use switchback_engine::visit::{Depth, Visit};
use switchback_git::{GitRepo, GitRepositories, HeadsImprint, LocalBranches, MayCall, Remote, RemoteBranches};
use switchback_ledger::{Imprint, SqliteLedger};
use switchback_targets::TargetsOf;

/// Name and address, as git is configured for a repository.
pub type Identity = (String, String);

/// Finds how commits name a person.
pub type People = dyn Fn(&UserName, Option<&Identity>) -> Actor + Send + Sync;

/// Finds who wrote a commit.
pub type Writers = dyn Fn(&Signature) -> UserName + Send + Sync;

/// Who wrote a commit, where nobody knows more of people than git does.
pub(crate) fn by_name(author: &Signature) -> UserName {
    UserName::new(&author.name)
}

/// What a repository does not know itself.
#[derive(Clone)]
pub struct Surroundings {
    /// How commits name people.
    pub people: Arc<People>,
    /// Who wrote commits.
    pub writers: Arc<Writers>,
    /// Who wants to know how far long work is.
    pub progress: Arc<dyn Progress>,
    /// Who watches what is done.
    pub witness: Arc<dyn Witness>,
    /// What tells the work to stop.
    pub interrupt: Interrupt,
    /// Which addresses of the network remotes may have: for whoever sits at the machine all.
    pub may_call: Arc<MayCall>,
}

impl Surroundings {
    /// What a repository is told that somebody only looks at.
    pub fn to_look(interrupt: Interrupt) -> Self {
        let people = |user: &UserName, _: Option<&Identity>| {
            Actor::new(user.clone(), user.to_string(), format!("{user}@localhost"))
        };
        let (progress, witness) = (Arc::new(Silent), Arc::new(Unwatched));
        let (people, writers) = (Arc::new(people), Arc::new(by_name));
        Self { people, writers, progress, witness, interrupt, may_call: Arc::new(|_| true) }
    }

    /// The same for a remote.
    ///
    /// # Errors
    /// `clock-unreadable`.
    pub fn of_remote(&self) -> Result<switchback_git::Surroundings, Fault> {
        let (clock, interrupt) = (Clock::from_surroundings()?, self.interrupt.clone());
        Ok(switchback_git::Surroundings {
            now: Box::new(move || clock.now()),
            stop: Box::new(move || interrupt.is_raised()),
            came: Box::new(|_| ()),
            may_call: Arc::clone(&self.may_call),
        })
    }
}

/// A repository on this machine.
pub struct Repository {
    /// A folder of it.
    dir: PathBuf,
    surroundings: Surroundings,
    /// Opened to see what is there, and not used up yet: opening one takes longer than most answers.
    open: Mutex<Option<GitRepo>>,
    /// What it is a copy of, once somebody looked.
    remote: OnceLock<Option<Arc<Remote>>>,
    /// Where its ledger is, once somebody looked.
    ledger: OnceLock<PathBuf>,
    /// Its ledger, opened by the first who asked which pipelines there are, and which file that was.
    asked: Mutex<Option<(u64, SqliteLedger)>>,
    /// Where it is itself, once somebody looked.
    git_dir: OnceLock<PathBuf>,
}

/// What a round has to do with beside the ledger.
#[derive(PartialEq, Eq, Default)]
pub struct Around {
    heads: HeadsImprint,
    notes: bool,
}

impl Around {
    /// Whether somebody has yet to move refs, or died over it: nothing tells when that comes to its end.
    pub fn is_anything_left(&self) -> bool {
        self.notes || self.heads.is_moving
    }
}

impl Repository {
    /// That of a folder. Nothing is read yet.
    pub fn of(dir: PathBuf, surroundings: Surroundings) -> Self {
        Self {
            dir,
            surroundings,
            open: Mutex::default(),
            remote: OnceLock::new(),
            ledger: OnceLock::new(),
            asked: Mutex::default(),
            git_dir: OnceLock::new(),
        }
    }

    /// The folder that it was named by.
    pub fn folder(&self) -> &Path {
        &self.dir
    }

    /// As git is configured for it.
    ///
    /// # Errors
    /// `no-repository`.
    pub fn identity(&self) -> Result<Option<Identity>, Fault> {
        self.looked(|repo| Ok(repo.identity()))
    }

    /// The pipelines that have begun in it.
    ///
    /// # Errors
    /// `no-repository`, or a fault of the ledger.
    pub fn pipelines(&self) -> Result<Vec<String>, Fault> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.ledger()?;
        let file = std::fs::metadata(path).ok().map(|found| found.ino());
        if let Some((_, ledger)) = asked.as_ref().filter(|(known, _)| Some(*known) == file) {
            return ledger.pipelines();
        }
        let Kept { ledger, medium } = Kept::open(path)?;
        let pipelines = ledger.pipelines()?;
        // A copy does not see what is written from now on.
        *asked = file.map(|file| (file, ledger)).filter(|_| medium == Medium::Writable);
        Ok(pipelines)
    }

    /// The same for who only looks: a ledger that is there is read as it is, and none is begun.
    ///
    /// # Errors
    /// As above.
    pub fn pipelines_to_look(&self) -> Result<Vec<String>, Fault> {
        self.looked(|repo| match ledger_path(&repo.git_dir()) {
            path if SqliteLedger::exists(&path) => SqliteLedger::open_to_read(&path, "")?.pipelines(),
            _ => Ok(Vec::new()),
        })
    }

    /// How its ledger looks from outside; nothing is opened for it but once.
    ///
    /// # Errors
    /// `no-repository`.
    pub fn imprint(&self) -> Result<Imprint, Fault> {
        self.ledger().map(Imprint::of)
    }

    /// Where its ledger is.
    fn ledger(&self) -> Result<&Path, Fault> {
        if let Some(path) = self.ledger.get() {
            return Ok(path);
        }
        let path = self.looked(|repo| Ok(ledger_path(&repo.git_dir())))?;
        Ok(self.ledger.get_or_init(|| path))
    }

    /// How its branches look from outside, and whether somebody left what they had yet to do.
    ///
    /// # Errors
    /// `no-repository`.
    pub fn around(&self) -> Result<Around, Fault> {
        if self.git_dir.get().is_none() {
            let git_dir = self.looked(|repo| Ok(repo.git_dir()))?;
            self.git_dir.get_or_init(|| git_dir);
        }
        let Some(git_dir) = self.git_dir.get() else { return Ok(Around::default()) };
        Ok(Around { heads: HeadsImprint::of(git_dir), notes: is_anything_left(git_dir) })
    }

    /// The remote that it is a copy of.
    fn remote(&self, repo: &GitRepo) -> Result<Option<Arc<Remote>>, Fault> {
        if let Some(known) = self.remote.get() {
            return Ok(known.clone());
        }
        let surroundings = self.surroundings.of_remote()?;
        let found = Remote::of(&repo.git_dir(), surroundings)?.map(Arc::new);
        Ok(self.remote.get_or_init(|| found).clone())
    }

    /// Brings in what is new on the remote that it is a copy of; how it stands with that. `None` where it is a repository
    /// of its own.
    ///
    /// # Errors
    /// `no-repository`, `remote-unreachable` and the like.
    pub fn refresh(&self) -> Result<Option<Contact>, Fault> {
        self.looked(|repo| {
            let Some(remote) = self.remote(repo)? else { return Ok(None) };
            remote.refresh(repo)?;
            Ok(Some(remote.contact()))
        })
    }

    /// How it stands with the remote that it is a copy of, without asking it.
    ///
    /// # Errors
    /// `no-repository`.
    pub fn contact(&self) -> Result<Option<Contact>, Fault> {
        self.looked(|repo| Ok(self.remote(repo)?.map(|remote| remote.contact())))
    }

    /// In a copy the configuration lies as the remote's default branch has it, until a pipeline says what its base is.
    fn lay_out(&self, repo: &GitRepo) -> Result<(), Fault> {
        match (self.remote(repo)?, repo.resolve("HEAD")?) {
            (Some(_), Some(tip)) => lay_out(repo, tip, &repo.top().join(config::FILE_NAME)),
            _ => Ok(()),
        }
    }

    /// Looks at something, and keeps the repository for whoever opens the house.
    fn looked<T>(&self, at: impl FnOnce(&GitRepo) -> Result<T, Fault>) -> Result<T, Fault> {
        let repo = self.take()?;
        let seen = at(&repo);
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(repo);
        seen
    }

    fn take(&self) -> Result<GitRepo, Fault> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        open.map_or_else(|| GitRepo::open(&self.dir), Ok)
    }

    /// Opens the house of a pipeline, of the only one if none is named.
    ///
    /// # Errors
    /// A configuration defect, `no-repository`, or a fault of the ledger.
    pub fn house(&self, pipeline: Option<&str>) -> Result<House, EngineFailure> {
        let repo = self.take()?;
        let kept = Kept::open(&ledger_path(&repo.git_dir()))?;
        let begun = kept.ledger.pipelines()?;
        if !repo.top().join(config::FILE_NAME).exists() {
            self.lay_out(&repo)?;
        }
        let Chosen { name, file } = config::choose(&repo.top(), &repo.git_dir(), (pipeline, &begun))?;
        House::open(self.parts(repo, kept.of(&name), (name, file.map(AtHand::there)))?)
    }

    /// The same for who only looks: nothing is put right, and nobody elsewhere is asked.
    ///
    /// # Errors
    /// As above.
    pub fn house_to_look(&self, pipeline: &str) -> Result<House, EngineFailure> {
        let repo = self.take()?;
        let ledger = SqliteLedger::open_to_read(&ledger_path(&repo.git_dir()), pipeline)?;
        let kept = Kept { ledger, medium: Medium::ReadOnly };
        let begun = kept.ledger.pipelines()?;
        let Chosen { name, file } = config::choose(&repo.top(), &repo.git_dir(), (Some(pipeline), &begun))?;
        House::open(self.parts(repo, kept, (name, file.map(AtHand::there)))?)
    }

    /// Begins a pipeline. The configuration is written if there is none. One that cannot be begun with is not left behind.
    ///
    /// # Errors
    /// Those of beginning.
    pub fn begin(&self, visit: &Visit, beginning: Beginning<'_>) -> Result<Begun, EngineFailure> {
        let repo = self.take()?;
        if let Some(remote) = self.remote(&repo)? {
            remote.refresh(&repo)?;
            self.lay_out(&repo)?;
        }
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

    fn parts(&self, repo: GitRepo, kept: Kept, what: (String, Option<AtHand>)) -> Result<Parts, Fault> {
        let (Kept { ledger, medium }, (name, at_hand)) = (kept, what);
        let folder = repo.main_folder()?;
        let (identity, people) = (repo.identity(), Arc::clone(&self.surroundings.people));
        let writers = Arc::clone(&self.surroundings.writers);
        let branches: Box<dyn Branches> = match self.remote(&repo)? {
            Some(remote) => Box::new(RemoteBranches(remote)),
            None => Box::new(LocalBranches),
        };
        Ok(Parts {
            name,
            at_hand,
            folder: folder.clone(),
            git_dir: repo.git_dir(),
            ledger: Box::new(ledger),
            medium,
            targets: Box::new(TargetsOf { folder, repository: repo.places() }),
            repositories: Box::new(GitRepositories::beginning_with(repo)),
            branches,
            people: Box::new(move |user| people(user, identity.as_ref())),
            writers: Box::new(move |author| writers(author)),
            progress: Arc::clone(&self.surroundings.progress),
            witness: Arc::clone(&self.surroundings.witness),
            interrupt: self.surroundings.interrupt.clone(),
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

/// A name after that of the repository's own folder, whichever folder of it somebody stands in.
pub(crate) fn named_after(dir: &Path, taken: &BTreeSet<String>) -> String {
    let own = GitRepo::open(dir).and_then(|repo| repo.main_folder()).unwrap_or_else(|_| dir.to_owned());
    let place = own.canonicalize().unwrap_or(own);
    let place = if place.ends_with(".git") { place.parent().map_or(place.clone(), Path::to_owned) } else { place };
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = name.strip_suffix(".git").unwrap_or(&name).trim_start_matches('.').to_owned();
    let name = if name.is_empty() { "repository".to_owned() } else { name };
    let mut candidates = (1..).map(|number| if number == 1 { name.clone() } else { format!("{name}-{number}") });
    candidates.find(|candidate| !taken.contains(candidate)).unwrap_or(name.clone())
}
