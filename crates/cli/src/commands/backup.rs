//! `backup`: the words it takes.

use crate::render::backup::made;
use crate::session::{Form, Told, json};
use crate::signals::interrupt;
use clap::Args;
use std::path::PathBuf;
use switchback_api::{Exit, Failure};
use switchback_server::backup::{BackupOptions, backup};
use switchback_server::serve::data_of;

/// Copy everything that a server or a repository keeps, while it is used
///
/// Into a new folder: people, what the server is told about itself, and of each repository the ledger and every object that
/// it or a branch needs. A folder that was not finished is never taken for a backup. It holds fingerprints of secrets and
/// no secret, is its owner's alone, and is made from the files on this machine, whether a server runs or not.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback backup --to /mnt/backups/monday --data /var/lib/switchback")]
pub struct BackupArguments {
    /// The backup, a folder that does not exist yet
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The server's own folder; beside the ledger of `-C` if not said
    #[arg(long, value_name = "DIR", env = "SWITCHBACK_DATA", hide_env_values = true)]
    data: Option<PathBuf>,
    /// What the server is told about itself, where that is not DIR/server.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// This repository, beside the copies of remotes; that of `-C` if none is named and there are none
    #[arg(long = "repository", value_name = "DIR")]
    repositories: Vec<PathBuf>,
}

impl BackupArguments {
    /// Makes one.
    ///
    /// # Errors
    /// What keeps it from being made; then nothing is left of it.
    pub fn run(self, form: Form, dir: PathBuf) -> Result<Told, Failure> {
        let Self { to, data, config, repositories } = self;
        let data = match data {
            Some(data) => data,
            None => data_of(repositories.first().unwrap_or(&dir))?,
        };
        let done = backup(&BackupOptions { to, data, config, repositories, here: dir, interrupt: interrupt() })?;
        let text = match form {
            Form::Text => made(&done).into_text(),
            Form::Json => json(&done)?,
        };
        Ok(Told { text, exit: Exit::Done })
    }
}
