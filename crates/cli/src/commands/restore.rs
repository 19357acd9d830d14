//! `restore`: the words it takes.

use crate::commands::serve::pair;
use crate::render::backup::restored;
use crate::session::{Form, Told, json};
use crate::signals::interrupt;
use clap::Args;
use std::path::PathBuf;
use switchback_api::{Exit, Failure};
use switchback_server::backup::{RestoreOptions, restore};

/// Make a server's folder and its repositories again out of a backup
///
/// Only where nothing is yet. Every file is hashed first; then everything is made, and each pipeline is recomputed as
/// `verify` does. Everybody has to sign in again. Areas are in no backup: they hold what they held.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback restore /mnt/backups/monday --to /var/lib/switchback")]
pub struct RestoreArguments {
    /// The backup
    #[arg(value_name = "BACKUP")]
    from: PathBuf,
    /// The server's own folder, which does not exist yet; repositories that have no other place go there, bare
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Where a repository goes, by its name in the backup; repeat it
    #[arg(long = "repository", value_name = "NAME=DIR", value_parser = pair)]
    repositories: Vec<(String, String)>,
}

impl RestoreArguments {
    /// Restores it.
    ///
    /// # Errors
    /// What is wrong with the backup or the place; then nothing is left there.
    pub fn run(self, form: Form) -> Result<Told, Failure> {
        let repositories = self.repositories.into_iter().map(|(name, place)| (name, place.into())).collect();
        let done = restore(&RestoreOptions { from: self.from, to: self.to, repositories, interrupt: interrupt() })?;
        let exit = if done.ok { Exit::Done } else { Exit::Refused };
        let text = match form {
            Form::Text => restored(&done).into_text(),
            Form::Json => json(&done)?,
        };
        Ok(Told { text, exit })
    }
}
