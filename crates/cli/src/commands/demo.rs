//! `demo`: the words it takes.

use crate::commands::serve::{Doors, doors, say};
use crate::demo::{Folder, Play, Played, TRY, play};
use crate::output::Run;
use crate::render::page::Page;
use crate::render::tone::Tone;
use crate::session::{Form, Told, json};
use crate::signals::interrupt;
use clap::Args;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use switchback_api::{Exit, Failure};
use switchback_server::LogLevel;
use switchback_server::local::system_user;
use switchback_server::serve::{First, LocalRemotes, RemoteOptions, Rounds, ServeOptions, serve};

/// Make a throw-away pipeline, walk through what Switchback does, and serve it
///
/// A small web shop with six stages, four areas and twelve changes. After the walk a server answers for it, for this
/// machine alone, until Ctrl-C; the link that is printed lets you in. The shop stays there to play with; remove the
/// folder when you have seen enough.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback demo")]
pub struct DemoArguments {
    /// Make it here, in a folder that is empty or does not exist; a new temporary one if not said
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// End after the walk, without a server
    #[arg(long)]
    walk: bool,
    /// The server listens at this port; at a free one if not said
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, conflicts_with = "walk")]
    port: u16,
}

impl DemoArguments {
    /// Plays it, each command through `run`, and serves what was made until somebody wants it to stop.
    ///
    /// # Errors
    /// The folder cannot be used, git cannot be run, a command of the walk ended otherwise than it should, or the port is
    /// taken.
    pub fn run(self, form: Form, run: Run<'_>) -> Result<Told, Failure> {
        let folder = Folder::make(self.folder)?;
        let played = play(&Play { folder: &folder, run }).inspect_err(|_| folder.remove_if_empty())?;
        if self.walk {
            return Ok(Told { text: text(form, &folder, &played, None)?, exit: Exit::Done });
        }
        let options = options(&folder, self.port);
        serve(options, &|began| {
            say(&text(form, &folder, &played, Some(&doors(&began))).unwrap_or_default());
        })?;
        Ok(Told { text: String::new(), exit: Exit::Done })
    }
}

/// A server of the shop, for who is at this machine; it lets in whoever the walk was in the name of.
fn options(folder: &Folder, port: u16) -> ServeOptions {
    ServeOptions {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        data: folder.data(),
        repositories: Vec::new(),
        here: folder.repository(),
        remotes: RemoteOptions {
            addresses: Vec::new(),
            credentials: Vec::new(),
            local: LocalRemotes::Refused,
            every: Duration::from_secs(60),
        },
        config: None,
        rounds: Rounds::Own,
        // Whoever tries it looks at the walk, and not at who asked what.
        log: (None, Some(LogLevel::Warn)),
        first: First::SystemUser,
        interrupt: interrupt(),
        wish: Arc::default(),
        signals: None,
    }
}

fn text(form: Form, folder: &Folder, played: &Played, doors: Option<&Doors>) -> Result<String, Failure> {
    match form {
        Form::Text => Ok(page(folder, played, doors).into_text()),
        Form::Json => {
            let mut told = json!({
                "folder": folder.root(),
                "repository": folder.repository(),
                "areas": folder.areas(),
                "steps": played.steps,
                "try": TRY.map(|(line, _)| format!("switchback {line}")),
            });
            if let (Some(Doors { address, first }), Some(told)) = (doors, told.as_object_mut()) {
                told.insert("address".to_owned(), Value::from(address.as_str()));
                told.insert("first_administrator".to_owned(), json!(first));
            }
            json(&told)
        }
    }
}

fn page(folder: &Folder, played: &Played, doors: Option<&Doors>) -> Page {
    let mut page = Page::default();
    page.line(format!("A small web shop is in {},", folder.repository().display()));
    page.line(format!("and its areas are in {}.", folder.areas().display()));
    page.gap();
    played.page.clone().into_text().lines().for_each(|line| page.line(line));
    page.heading("Try it yourself, and remove the folder when you have seen enough");
    page.gap();
    let typed = |page: &mut Page, line: String| {
        page.line(format!("{} {}", Tone::Dim.paint("$"), Tone::Strong.paint(line)));
    };
    typed(&mut page, format!("cd {}", folder.repository().display()));
    for (line, says) in TRY {
        page.line(Tone::Dim.paint(format!("# {says}")));
        typed(&mut page, format!("switchback {line}"));
    }
    if let Some(Doors { address, first }) = doors {
        page.heading(format!("Switchback serves the shop at {address} until Ctrl-C"));
        page.gap();
        if let Some(link) = first {
            page.line(format!("You come in by this link, once, within a day, and administer it as {}:", system_user()));
            page.line(format!("  {link}"));
            page.line(Tone::Dim.paint("# asks for the link and for a password of your own, and keeps a token"));
            typed(&mut page, format!("switchback login {address} --invited"));
            typed(&mut page, format!("switchback --server {address} status"));
        }
    }
    page
}
