//! What a copy is of: an address and a reference, written down in the copy itself, and no secret.

use super::credential::Credential;
use super::url::{LocalRemotes, RemoteUrl};
use std::fs::File;
use std::path::{Path, PathBuf};
use switchback_core::words::fault::Fault;

/// What a copy is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup {
    /// The address.
    pub url: RemoteUrl,
    /// What it is shown, by reference.
    pub credential: Credential,
    /// A file with the certificates that the remote's own may be signed by, in place of those that the system trusts.
    pub ca: Option<PathBuf>,
    /// Whether it may be a folder of this machine.
    pub local: LocalRemotes,
}

impl Setup {
    pub(super) fn written(&self) -> String {
        let local = if self.local == LocalRemotes::Allowed { "local allowed\n" } else { "" };
        let ca = self.ca.as_ref().map(|path| format!("ca {}\n", path.display())).unwrap_or_default();
        format!("url {}\ncredential {}\n{ca}{local}", self.url, self.credential)
    }

    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let said = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        let local = if said("local").is_some() { LocalRemotes::Allowed } else { LocalRemotes::Refused };
        let url = RemoteUrl::parse(said("url").unwrap_or_default(), local)?;
        let credential = Credential::parse(said("credential").unwrap_or_default())?;
        Ok(Self { url, credential, ca: said("ca").map(PathBuf::from), local })
    }

    /// Whether what it refers to is there, and can be shown there.
    ///
    /// # Errors
    /// `remote-credential-unusable`.
    pub(super) fn check(&self) -> Result<(), Fault> {
        self.fits()?;
        self.credential.check()?;
        match self.ca.as_ref().map(|path| (path, File::open(path))) {
            Some((path, Err(error))) => {
                let message = format!("the certificates in {} cannot be read: {error}", path.display());
                Err(Fault::new("remote-credential-unusable", message, "name a file that this program may read"))
            }
            _ => Ok(()),
        }
    }

    /// Whether such a remote can be shown that.
    ///
    /// # Errors
    /// `remote-credential-unusable`.
    pub fn fits(&self) -> Result<(), Fault> {
        let shown = match (self.url.protocol(), &self.credential) {
            ("ssh", Credential::Variable(_)) => "a variable",
            ("ssh", Credential::Helper(_)) => "a credential helper",
            _ => return Ok(()),
        };
        let message = format!("over ssh the remote {} is shown a key, and {shown} holds none", self.url);
        let hint = "name the file with the private key, `file:/PATH`, or nothing where ssh finds its keys by itself";
        Err(Fault::new("remote-credential-unusable", message, hint))
    }
}

/// Where it stands what a copy is of.
pub(super) fn settings(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("remote")
}
