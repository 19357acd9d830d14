//! Repositories on remotes: what a server is told about them, and the copies that it keeps of them (`SPEC W4`).

use crate::failure::said;
use crate::repository::{Repository, Surroundings};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use switchback_api::Failure;
use switchback_core::words::fault::Fault;
pub use switchback_git::LocalRemotes;
use switchback_git::{Credential, Remote, RemoteUrl, Setup};

/// What somebody says about remotes.
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
}

/// A remote, and where its copy is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteRepository {
    /// How the server calls it.
    pub name: String,
    place: PathBuf,
    setup: Setup,
}

impl Kept {
    /// One of this machine.
    pub fn here(folder: PathBuf, surroundings: Surroundings) -> Self {
        let repository = OnceLock::from(Repository::of(folder, surroundings.clone()));
        Self { remote: None, repository, surroundings }
    }

    /// One of a remote; its copy is served at once where there is one, whether the remote answers or not.
    ///
    /// # Errors
    /// `repository-unwritable`.
    pub fn elsewhere(remote: RemoteRepository, surroundings: Surroundings) -> Result<Self, Fault> {
        let is_there = remote.place.exists();
        let kept = Self { remote: Some(remote), repository: OnceLock::new(), surroundings };
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

    /// The remote that it is a copy of.
    pub fn remote(&self) -> Option<&RemoteRepository> {
        self.remote.as_ref()
    }
}

/// The remotes that somebody names; their copies are kept in the server's folder.
///
/// # Errors
/// `remote-address-refused`, `remote-credential-unusable`, and names that are none or come twice.
pub fn named(options: &RemoteOptions, data: &Path) -> Result<Vec<RemoteRepository>, Failure> {
    let mut found: Vec<RemoteRepository> = Vec::new();
    for (name, address) in &options.addresses {
        let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
        if name.starts_with(['-', '.']) || !name.chars().all(plain) || name.is_empty() {
            return Err(Failure::usage(format!(
                "`{name}` cannot name a remote: use letters, digits, `-`, `_` and `.`"
            )));
        }
        if found.iter().any(|known| known.name == *name) {
            return Err(Failure::usage(format!("two remotes are called {name}")));
        }
        let url = RemoteUrl::parse(address, options.local).map_err(|fault| said(fault.into()))?;
        let (setup, place) = (
            Setup { url, credential: Credential::Nothing, local: options.local },
            data.join("repositories").join(format!("{name}.git")),
        );
        found.push(RemoteRepository { name: name.clone(), place, setup });
    }
    for (name, reference) in &options.credentials {
        let Some(remote) = found.iter_mut().find(|remote| remote.name == *name) else {
            return Err(Failure::usage(format!("no remote is called {name}, which is to be shown something")));
        };
        remote.setup.credential = Credential::parse(reference).map_err(|fault| said(fault.into()))?;
    }
    Ok(found)
}
