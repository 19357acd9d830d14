//! What a copy is of: an address and a reference, written down in the copy itself, and no secret.

use super::credential::Credential;
use super::url::{LocalRemotes, RemoteUrl};
use std::path::{Path, PathBuf};
use switchback_core::words::fault::Fault;

/// What a copy is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup {
    /// The address.
    pub url: RemoteUrl,
    /// What it is shown, by reference.
    pub credential: Credential,
    /// Whether it may be a folder of this machine.
    pub local: LocalRemotes,
}

impl Setup {
    pub(super) fn written(&self) -> String {
        let local = if self.local == LocalRemotes::Allowed { "local allowed\n" } else { "" };
        format!("url {}\ncredential {}\n{local}", self.url, self.credential)
    }

    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let said = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        let local = if said("local").is_some() { LocalRemotes::Allowed } else { LocalRemotes::Refused };
        let url = RemoteUrl::parse(said("url").unwrap_or_default(), local)?;
        Ok(Self { url, credential: Credential::parse(said("credential").unwrap_or_default())?, local })
    }
}

/// Where it stands what a copy is of.
pub(super) fn settings(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("remote")
}
