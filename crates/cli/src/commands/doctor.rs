//! `doctor`: the words it takes.

use crate::render;
use crate::render::remedy::worded;
use crate::session::{Form, Session, Told, json};
use crate::signals::interrupt;
use clap::Args;
use std::path::PathBuf;
use switchback_api::verbs::doctor::{Diagnosis, DoctorRequest};
use switchback_api::{Failure, View as _};
use switchback_server::doctor::Reach;
use switchback_server::doctor::server_folder::{ServerFolder, examine_folder};

/// Look at what commonly goes wrong, and say of each how it stands and what helps
///
/// Nothing is written, nobody is asked over the network unless you say so, and no program of a target is run. Ends with 3
/// where something is to be looked at. For who administers the pipeline, or may read the server's own folder.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback doctor --data /var/lib/switchback --online")]
pub struct DoctorArguments {
    /// Also ask remotes, the mail server, hosts of webhooks, providers of identities and the collector whether they
    /// answer; nothing is sent to them
    #[arg(long)]
    online: bool,
    /// Look at a server's own folder and every pipeline below it, whether the server runs or not
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What the server is told about itself, where that is not DIR/server.toml
    #[arg(long, value_name = "FILE", requires = "data")]
    config: Option<PathBuf>,
    /// This repository of the server as well, beside the copies of remotes; repeat it
    #[arg(long = "repository", value_name = "DIR", requires = "data")]
    repositories: Vec<PathBuf>,
}

impl DoctorArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&DoctorRequest { online: self.online }, render::doctor::text).await
    }

    /// What is looked at where that is a server's own folder.
    pub(crate) fn folder(&self, pipeline: Option<String>) -> Option<ServerFolder> {
        let reach = if self.online { Reach::Online } else { Reach::Here };
        let (config, repositories) = (self.config.clone(), self.repositories.clone());
        let interrupt = interrupt();
        self.data.clone().map(|data| ServerFolder { data, config, repositories, pipeline, reach, interrupt })
    }
}

/// Looks at a server's own folder.
///
/// # Errors
/// `unknown-pipeline`.
pub(crate) fn of_folder(folder: &ServerFolder, form: Form) -> Result<Told, Failure> {
    let view = examine_folder(folder)?;
    let view: Diagnosis =
        serde_json::to_vec(&view).ok().and_then(|bytes| serde_json::from_slice(&worded(bytes)).ok()).unwrap_or(view);
    let text = match form {
        Form::Json => json(&view)?,
        Form::Text => render::doctor::page(&view).into_text(),
    };
    Ok(Told { text, exit: view.exit() })
}
