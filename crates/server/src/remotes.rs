//! Repositories on remotes: what a server is told about them, and the copies that it keeps of them (`SPEC W4`).

use crate::bell::{Bell, Ear};
use crate::failure::said;
use crate::repository::{Repository, Surroundings, named_after};
use crate::settings::NamedRemote;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use switchback_api::Failure;
use switchback_core::words::fault::Fault;
pub use switchback_git::LocalRemotes;
use switchback_git::{Credential, Remote, RemoteUrl, Setup};
use switchback_notify::secret::Secret;
use tracing::info;

/// What somebody says about remotes where a server is started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteOptions {
    /// Their names, with their addresses.
    pub addresses: Vec<(String, String)>,
    /// What they are shown, by reference; by name.
    pub credentials: Vec<(String, String)>,
    /// Files with the certificates that their own may be signed by; by name.
    pub cas: Vec<(String, PathBuf)>,
    /// Whether they may be folders of this machine.
    pub local: LocalRemotes,
    /// How often they are looked at.
    pub every: Duration,
}

/// A repository of a server: one on this machine, or a copy of a remote's, which may have yet to come.
pub struct Kept {
    remote: Option<RemoteRepository>,
    repository: OnceLock<Repository>,
    surroundings: Surroundings,
    /// Rings when somebody said that there is something new.
    bell: Arc<Bell>,
    coming: Arc<Coming>,
    /// What kept its copy from coming when it was tried last.
    kept_away: Mutex<Option<Fault>>,
}

/// How much of a copy has come.
#[derive(Default)]
struct Coming(Mutex<Option<u8>>);

impl Coming {
    fn percent(&self) -> Option<u8> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how much there is by now, and says so for each tenth.
    fn note(&self, remote: &str, percent: u8) {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(percent);
        if before.is_none_or(|before| before / 10 != percent / 10) {
            info!(remote, "it is being fetched for the first time: {percent} % of its objects are here");
        }
    }
}

/// A remote, and where its copy is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteRepository {
    /// How the server calls it.
    pub name: String,
    /// What its host proves calls with.
    pub webhook: Option<Secret>,
    place: PathBuf,
    setup: Setup,
}

impl Kept {
    /// One of this machine.
    pub fn here(folder: PathBuf, surroundings: Surroundings) -> Self {
        let repository = OnceLock::from(Repository::of(folder, surroundings.clone()));
        Self {
            remote: None,
            repository,
            surroundings,
            bell: Arc::default(),
            coming: Arc::default(),
            kept_away: Mutex::default(),
        }
    }

    /// One of a remote; its copy is served at once where there is one, whether the remote answers or not.
    ///
    /// # Errors
    /// `repository-unwritable`.
    pub fn elsewhere(remote: RemoteRepository, surroundings: Surroundings) -> Result<Self, Fault> {
        let is_there = remote.place.exists();
        let kept = Self {
            remote: Some(remote),
            repository: OnceLock::new(),
            surroundings,
            bell: Arc::default(),
            coming: Arc::default(),
            kept_away: Mutex::default(),
        };
        if is_there {
            kept.copy()?;
        }
        Ok(kept)
    }

    /// Makes the copy where there is none yet.
    ///
    /// # Errors
    /// What keeps it from being fetched.
    pub fn copy(&self) -> Result<&Repository, Fault> {
        if let (Some(RemoteRepository { name, place, setup, .. }), None) = (&self.remote, self.repository.get()) {
            let (coming, name) = (Arc::clone(&self.coming), name.clone());
            let mut surroundings = self.surroundings.of_remote()?;
            surroundings.came = Box::new(move |percent| coming.note(&name, percent));
            let kept = Remote::keep(place, setup, surroundings);
            *self.coming.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
            *self.kept_away.lock().unwrap_or_else(PoisonError::into_inner) = kept.as_ref().err().cloned();
            kept?;
            return Ok(self.repository.get_or_init(|| Repository::of(place.clone(), self.surroundings.clone())));
        }
        self.there()
    }

    /// How much of its copy has come, in parts of a hundred, while that is fetched for the first time.
    pub fn coming(&self) -> Option<u8> {
        if self.repository.get().is_some() { None } else { self.coming.percent() }
    }

    /// The repository.
    ///
    /// # Errors
    /// `remote-unreachable` while its copy has yet to come, or what kept it from coming.
    pub fn there(&self) -> Result<&Repository, Fault> {
        self.repository.get().ok_or_else(|| {
            let name = self.remote.as_ref().map_or("", |remote| &remote.name);
            if let Some(percent) = self.coming() {
                let message = format!(
                    "the remote {name} is being fetched for the first time: {percent} % of its objects are here"
                );
                return Fault::new("remote-unreachable", message, "wait until all of it is here, and ask again");
            }
            let kept_away = self.kept_away.lock().unwrap_or_else(PoisonError::into_inner).clone();
            kept_away.unwrap_or_else(|| {
                let message = format!("the remote {name} has not been fetched yet");
                Fault::new("remote-unreachable", message, "wait until the server's log says that it has been")
            })
        })
    }

    /// Has it looked at as soon as can be.
    pub fn look_soon(&self) {
        self.bell.ring();
    }

    /// For who looks at it.
    pub fn ear(&self) -> Ear {
        self.bell.ear()
    }

    /// How a server calls it: as its remote was named, or after its own folder.
    pub fn name(&self, taken: &BTreeSet<String>) -> String {
        match (&self.remote, self.repository.get()) {
            (Some(remote), _) => remote.name.clone(),
            (None, Some(repository)) => named_after(repository.folder(), taken),
            (None, None) => String::new(),
        }
    }

    /// The remote that it is a copy of.
    pub fn remote(&self) -> Option<&RemoteRepository> {
        self.remote.as_ref()
    }
}

/// The remotes that are named where the server is started and in `server.toml`; their copies are kept in the server's
/// folder.
///
/// # Errors
/// `remote-address-refused`, `remote-credential-unusable`, and names that are none or come twice.
pub fn named(options: &RemoteOptions, file: &[NamedRemote], data: &Path) -> Result<Vec<RemoteRepository>, Failure> {
    let local = options.local;
    let mut found: Vec<RemoteRepository> = Vec::new();
    let there = file.iter().filter_map(|remote| Some((&remote.name, remote.url.as_ref()?)));
    for (name, address) in options.addresses.iter().map(|(name, address)| (name, address)).chain(there) {
        admit(name)?;
        if found.iter().any(|known| known.name == *name) {
            return Err(Failure::usage(format!("two remotes are called {name}")));
        }
        let url = RemoteUrl::parse(address, local).map_err(|fault| said(fault.into()))?;
        let setup = Setup { url, credential: Credential::Nothing, ca: None, local };
        let place = data.join("repositories").join(format!("{name}.git"));
        found.push(RemoteRepository { name: name.clone(), webhook: None, place, setup });
    }
    let there = file.iter().filter_map(|remote| Some((&remote.name, remote.credential.as_ref()?)));
    // What is said where the server is started counts more.
    for (name, reference) in there.chain(options.credentials.iter().map(|(name, reference)| (name, reference))) {
        let remote = of_name(&mut found, name)?;
        remote.setup.credential = Credential::parse(reference).map_err(|fault| said(fault.into()))?;
    }
    for NamedRemote { name, webhook, ca, .. } in file {
        let remote = of_name(&mut found, name)?;
        remote.webhook.clone_from(webhook);
        remote.setup.ca.clone_from(ca);
    }
    for (name, ca) in &options.cas {
        of_name(&mut found, name)?.setup.ca = Some(ca.clone());
    }
    for remote in &found {
        remote.setup.fits().map_err(|fault| said(fault.into()))?;
    }
    Ok(found)
}

fn admit(name: &str) -> Result<(), Failure> {
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    if name.starts_with(['-', '.']) || !name.chars().all(plain) || name.is_empty() {
        let shown = name.escape_debug();
        return Err(Failure::usage(format!("`{shown}` cannot name a remote: use letters, digits, `-`, `_` and `.`")));
    }
    Ok(())
}

fn of_name<'a>(found: &'a mut [RemoteRepository], name: &str) -> Result<&'a mut RemoteRepository, Failure> {
    let one = found.iter_mut().find(|remote| remote.name == name);
    one.ok_or_else(|| Failure::usage(format!("nobody says where the remote {} is", name.escape_debug())))
}
