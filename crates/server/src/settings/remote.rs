//! Remotes, as `server.toml` names them (`SPEC W1`, `W4`).

use super::{SecretWritten, Source};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use switchback_engine::config::ConfigDefect;
use switchback_notify::secret::Secret;
use toml::Spanned;

/// A remote, as somebody names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedRemote {
    /// How the server calls it.
    pub name: String,
    /// Its address; `None` where it is said elsewhere, and the rest here.
    pub url: Option<String>,
    /// What it is shown, by reference.
    pub credential: Option<String>,
    /// A file with the certificates that its own may be signed by.
    pub ca: Option<PathBuf>,
    /// What its host proves calls with.
    pub webhook: Option<Secret>,
}

/// The same as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoteWritten {
    name: Spanned<String>,
    url: Option<String>,
    credential: Option<Spanned<CredentialWritten>>,
    ca: Option<PathBuf>,
    webhook: Option<Spanned<SecretWritten>>,
}

/// Where it stands what a remote is shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialWritten {
    env: Option<String>,
    file: Option<PathBuf>,
    helper: Option<String>,
}

impl Source<'_> {
    /// # Errors
    /// A name that comes twice, a reference that is none, a secret that cannot be read.
    pub(super) fn remotes(self, written: Vec<RemoteWritten>) -> Result<Vec<NamedRemote>, ConfigDefect> {
        let mut all: Vec<NamedRemote> = Vec::new();
        for RemoteWritten { name, url, credential, ca, webhook } in written {
            if all.iter().any(|known| known.name == *name.get_ref()) {
                let message = format!("two remotes are called `{}`", name.get_ref().escape_debug());
                return Err(self.defect(&name.span(), message, "give one of them another `name`"));
            }
            let credential = credential.map(|written| self.reference(&written)).transpose()?;
            let webhook = webhook.map(|written| self.secret(&written)).transpose()?;
            let ca = ca.map(|path| self.beside(&path));
            all.push(NamedRemote { name: name.into_inner(), url, credential, ca, webhook });
        }
        Ok(all)
    }

    /// Where a file is that the configuration names from its own folder.
    fn beside(self, path: &Path) -> PathBuf {
        let file = std::path::absolute(self.file).unwrap_or_else(|_| self.file.to_owned());
        file.parent().unwrap_or(Path::new("")).join(path)
    }

    fn reference(self, written: &Spanned<CredentialWritten>) -> Result<String, ConfigDefect> {
        match written.get_ref() {
            CredentialWritten { env: Some(name), file: None, helper: None } => Ok(format!("env:{name}")),
            CredentialWritten { env: None, file: Some(path), helper: None } => {
                Ok(format!("file:{}", self.beside(path).display()))
            }
            CredentialWritten { env: None, file: None, helper: Some(name) } => Ok(format!("helper:{name}")),
            _ => {
                let message = "what a remote is shown stands in one place";
                Err(self.defect(&written.span(), message, "name `env`, `file` or `helper`"))
            }
        }
    }
}
