//! `serve`: the words it takes.

use crate::session::{Form, Told, json};
use crate::signals::{hang_up, heard, interrupt};
use clap::Args;
use serde_json::json;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use switchback_api::{Exit, Failure};
use switchback_server::serve::{Began, First, LocalRemotes, RemoteOptions, Rounds, ServeOptions, data_of, serve};
use switchback_server::{LogFormat, LogLevel};

/// Serve the API for a team, and run its jobs
///
/// One process, without any other service. Everybody who asks shows who they are, with a session or a token: `user`
/// and `token` make those. It stops at Ctrl-C when what is under way is where stopping is safe.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback serve --data /var/lib/switchback --repository /srv/shop.git")]
pub struct ServeArguments {
    /// Listen here; a port of 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470")]
    listen: SocketAddr,
    /// The server's own folder, in which people are kept; beside the ledger of `-C` if not said
    #[arg(long, value_name = "DIR", env = "SWITCHBACK_DATA", hide_env_values = true)]
    data: Option<PathBuf>,
    /// Serve the pipelines of this repository; that of `-C` if none is named, nor a remote
    #[arg(long = "repository", value_name = "DIR")]
    repositories: Vec<PathBuf>,
    /// Serve the pipelines of a repository elsewhere, in a copy below the server's folder; repeat it
    #[arg(long = "remote", value_name = "NAME=URL", value_parser = pair)]
    remotes: Vec<(String, String)>,
    /// What a remote is shown: `env:VARIABLE`, `file:/PATH` (over ssh, a private key), or `helper:NAME` of git's
    /// credential helpers
    #[arg(long = "remote-credential", value_name = "NAME=REFERENCE", value_parser = pair)]
    credentials: Vec<(String, String)>,
    /// A file with the certificates that a remote's own may be signed by, in place of those that the system trusts
    #[arg(long = "remote-ca", value_name = "NAME=FILE", value_parser = pair)]
    cas: Vec<(String, String)>,
    /// How often remotes are looked at; a remote is also looked at before each operation
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    fetch_every: u64,
    /// A remote may be a folder of this machine
    #[arg(long)]
    allow_local_remotes: bool,
    /// What the server is told about itself; DIR/server.toml in its own folder if there is one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How the log looks on standard error: `text`, or `json` for a collector
    #[arg(long, value_name = "FORMAT", value_parser = log_format)]
    log_format: Option<LogFormat>,
    /// How much the log says: `error`, `warn`, `info` or `debug`
    #[arg(long, value_name = "LEVEL", value_parser = log_level)]
    log_level: Option<LogLevel>,
    /// Answer requests alone: jobs and what is due are left to others
    #[arg(long)]
    without_workers: bool,
}

impl ServeArguments {
    /// Serves until somebody wants it to stop.
    ///
    /// # Errors
    /// The address or the folder cannot be used.
    pub fn run(self, form: Form, dir: PathBuf) -> Result<Told, Failure> {
        crate::pages::keep_small();
        let data = self.data.map_or_else(|| data_of(&dir), Ok)?;
        let remotes = RemoteOptions {
            addresses: self.remotes,
            credentials: self.credentials,
            cas: self.cas.into_iter().map(|(name, file)| (name, whole(&file))).collect(),
            local: if self.allow_local_remotes { LocalRemotes::Allowed } else { LocalRemotes::Refused },
            every: Duration::from_secs(self.fetch_every),
        };
        let rounds = if self.without_workers { Rounds::Others } else { Rounds::Own };
        let options = ServeOptions {
            listen: self.listen,
            data,
            repositories: self.repositories,
            here: dir,
            remotes,
            config: self.config,
            log: (self.log_format, self.log_level),
            rounds,
            first: First::Whoever,
            interrupt: interrupt(),
            wish: hang_up(),
            signals: heard(),
        };
        serve(options, &|began| tell(form, &began))?;
        Ok(Told { text: String::new(), exit: Exit::Done })
    }
}

/// Told at once: whoever started it reads where it is while it serves.
fn tell(form: Form, began: &Began) {
    let Doors { address, first } = doors(began);
    let text = match form {
        Form::Json => json(&json!({ "address": address, "first_administrator": first })).unwrap_or_default(),
        Form::Text => {
            let first =
                first.map(|link| format!("The first administrator comes in here, once, within a day:\n  {link}\n"));
            format!("Switchback serves at {address}\n{}", first.unwrap_or_default())
        }
    };
    say(&text);
}

/// Where a server is, and the link by which its first administrator comes in.
pub(super) struct Doors {
    pub(super) address: String,
    pub(super) first: Option<String>,
}

pub(super) fn doors(began: &Began) -> Doors {
    let address = format!("http://{}", began.address);
    // What stands after `#` is not sent to a server, and so stands in no log.
    let first = began.first.as_ref().map(|secret| format!("{address}/welcome#{secret}"));
    Doors { address, first }
}

/// Prints something while it serves.
pub(super) fn say(text: &str) {
    let mut out = anstream::stdout();
    // Whoever does not listen is served all the same.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A file as it is named from elsewhere, too: git runs in the copy.
fn whole(file: &str) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file))
}

fn log_format(typed: &str) -> Result<LogFormat, String> {
    LogFormat::parse(typed).ok_or_else(|| "write `text` or `json`".to_owned())
}

fn log_level(typed: &str) -> Result<LogLevel, String> {
    LogLevel::parse(typed).ok_or_else(|| "write `error`, `warn`, `info` or `debug`".to_owned())
}

/// A name and what it is given.
pub(super) fn pair(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}
