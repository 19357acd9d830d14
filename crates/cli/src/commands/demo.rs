//! `demo`: the words it takes.

use crate::demo::{Folder, Play, Played, TRY, play};
use crate::output::Run;
use crate::render::page::Page;
use crate::render::tone::Tone;
use crate::session::{Form, Told, json};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use switchback_api::{Exit, Failure};

/// Make a throw-away pipeline, and walk through what Switchback does
///
/// A small web shop with six stages, four areas and twelve changes. It stays there to play with; remove the folder
/// when you have seen enough.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback demo")]
pub struct DemoArguments {
    /// Make it here, in a folder that is empty or does not exist; a new temporary one if not said
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl DemoArguments {
    /// Plays it, each command through `run`.
    ///
    /// # Errors
    /// The folder cannot be used, git cannot be run, or a command of the walk ended otherwise than it should.
    pub fn run(self, form: Form, run: Run<'_>) -> Result<Told, Failure> {
        let folder = Folder::make(self.folder)?;
        let played = play(&Play { folder: &folder, run }).inspect_err(|_| folder.remove_if_empty())?;
        let text = match form {
            Form::Text => text(&folder, played),
            Form::Json => json(&json!({
                "folder": folder.root(),
                "repository": folder.repository(),
                "areas": folder.areas(),
                "steps": played.steps,
                "try": TRY.map(|(line, _)| format!("switchback {line}")),
            }))?,
        };
        Ok(Told { text, exit: Exit::Done })
    }
}

fn text(folder: &Folder, played: Played) -> String {
    let mut page = Page::default();
    page.line(format!("A small web shop is in {},", folder.repository().display()));
    page.line(format!("and its areas are in {}.", folder.areas().display()));
    page.gap();
    played.page.into_text().lines().for_each(|line| page.line(line));
    page.heading("Try it yourself, and remove the folder when you have seen enough");
    page.gap();
    page.line(format!(
        "{} {}",
        Tone::Dim.paint("$"),
        Tone::Strong.paint(format!("cd {}", folder.repository().display()))
    ));
    for (line, says) in TRY {
        page.line(Tone::Dim.paint(format!("# {says}")));
        page.line(format!("{} {}", Tone::Dim.paint("$"), Tone::Strong.paint(format!("switchback {line}"))));
    }
    page.into_text()
}
