//! `configure`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use std::path::PathBuf;
use switchback_api::verbs::configure::ConfigureRequest;
use switchback_api::{Failure, Usage};

/// Put the configuration in force that switchback.toml says now
///
/// Checks the file, shows what it says otherwise than the one in force and every program that would run because of it,
/// and puts it in force. Everything works from the configuration in force, whatever is checked out.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback configure --dry-run\n  switchback configure --file ../main/switchback.toml"
)]
pub struct ConfigureArguments {
    /// Read this file; the switchback.toml at hand if not said
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Take what the pipeline's base branch says now
    #[arg(long, conflicts_with = "file")]
    offered: bool,
}

impl ConfigureArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let request = match self.file {
            None => ConfigureRequest { offered: self.offered, ..ConfigureRequest::default() },
            Some(file) => {
                let text = std::fs::read(&file).map_err(|error| unreadable(&file, &error))?;
                let text = String::from_utf8(text).map_err(|error| unreadable(&file, &error))?;
                ConfigureRequest { text: Some(text), file: Some(file.display().to_string()), offered: false }
            }
        };
        session.tell(&request, render::configure::text).await
    }
}

fn unreadable(file: &std::path::Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Usage(Usage {
        code: "config-unreadable".to_owned(),
        message: format!("{} cannot be read: {error}", file.display()),
        hint: "check that the file is there and that you may read it".to_owned(),
        remedy: None,
        place: None,
    })
}
