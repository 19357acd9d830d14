//! Repositories on remotes: what a server is told about them, and the copies that it keeps of them (`SPEC W4`).

use crate::bell::{Bell, Ear};
use crate::failure::said;
use crate::repository::{Repository, Surroundings};
use crate::settings::NamedRemote;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use switchback_api::Failure;
use switchback_core::words::fault::Fault;
pub use switchback_git::LocalRemotes;
use switchback_git::{Credential, Remote, RemoteUrl, Setup};
use switchback_notify::secret::Secret;

/// What somebody says about remotes where a server is started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteOptions {
    /// Their names, with their addresses.
    pub addresses: Vec<(String, String)>,
    /// What they are shown, by reference; by name.
    pub credentials: Vec<(String, String)>,
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
        Self { remote: None, repository, surroundings, bell: Arc::default() }
    }

    /// One of a remote; its copy is served at once where there is one, whether the remote answers or not.
    ///
    /// # Errors
    /// `repository-unwritable`.
    pub fn elsewhere(remote: RemoteRepository, surroundings: Surroundings) -> Result<Self, Fault> {
        let is_there = remote.place.exists();
        let kept = Self { remote: Some(remote), repository: OnceLock::new(), surroundings, bell: Arc::default() };
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
        if let (Some(RemoteRepository { place, setup, .. }), None) = (&self.remote, self.repository.get()) {
            Remote::keep(place, setup, self.surroundings.of_remote()?)?;
            return Ok(self.repository.get_or_init(|| Repository::of(place.clone(), self.surroundings.clone())));
        }
        self.there()
    }

    /// The repository.
    ///
    /// # Errors
    /// `remote-unreachable` while its copy has yet to come.
    pub fn there(&self) -> Result<&Repository, Fault> {
        self.repository.get().ok_or_else(|| {
            let name = self.remote.as_ref().map_or("", |remote| &remote.name);
            let message = format!("the remote {name} has not been fetched yet");
            Fault::new("remote-unreachable", message, "wait until the server's log says that it has been")
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
        let setup = Setup { url, credential: Credential::Nothing, local };
        let place = data.join("repositories").join(format!("{name}.git"));
        found.push(RemoteRepository { name: name.clone(), webhook: None, place, setup });
    }
    let there = file.iter().filter_map(|remote| Some((&remote.name, remote.credential.as_ref()?)));
    // What is said where the server is started counts more.
    for (name, reference) in there.chain(options.credentials.iter().map(|(name, reference)| (name, reference))) {
        let remote = of_name(&mut found, name)?;
        remote.setup.credential = Credential::parse(reference).map_err(|fault| said(fault.into()))?;
    }
    for NamedRemote { name, webhook, .. } in file {
        of_name(&mut found, name)?.webhook.clone_from(webhook);
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
