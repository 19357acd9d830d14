//! Plays the walk: every command runs as if it was typed, through the same code, in this process.

use crate::demo::folder::Folder;
use crate::demo::git;
use crate::demo::scenes::{SCENES, Scene, Shown, Step};
use crate::demo::words;
use crate::output::{Output, Run};
use crate::progress::Bar;
use crate::render::page::Page;
use crate::render::tone::Tone;
use std::ffi::OsString;
use switchback_api::{Failure, Fault};
use switchback_server::Progress as _;

/// Where to play, and how.
pub struct Play<'a> {
    /// An empty folder.
    pub folder: &'a Folder,
    /// Runs what is typed.
    pub run: Run<'a>,
}

/// What was played.
#[derive(Debug, Default)]
pub struct Played {
    /// What a person sees.
    pub page: Page,
    /// Every command, in order.
    pub steps: Vec<Ended>,
}

/// A command that was run.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Ended {
    /// As it was typed.
    pub command: String,
    /// Its exit code.
    pub exit: u8,
}

/// Makes the repository and plays every scene on it.
///
/// # Errors
/// What [`git::make`] meets, or `demo-failed` when a command ends otherwise than it should.
pub fn play(play: &Play<'_>) -> Result<Played, Failure> {
    git::make(play.folder)?;
    let mut played = Played::default();
    let bar = Bar::default();
    bar.begin("playing the demo", SCENES.iter().map(|scene| scene.steps.len() as u64).sum());
    for (scene, number) in SCENES.iter().zip(1..) {
        heading(scene, number, &mut played.page);
        for step in scene.steps {
            let output = play.take(step)?;
            bar.step(1);
            show(step, &output, &mut played.page);
            played.steps.push(Ended { command: typed(step), exit: output.exit.code() });
        }
    }
    bar.end();
    Ok(played)
}

/// A command, as it is typed.
fn typed(step: &Step) -> String {
    format!("switchback {}", step.line)
}

impl Play<'_> {
    fn take(&self, step: &Step) -> Result<Output, Failure> {
        let mut typed: Vec<OsString> = vec!["switchback".into(), "-C".into(), self.folder.repository().into()];
        typed.extend(words::of(step.line).into_iter().map(OsString::from));
        let output = (self.run)(typed);
        match output.exit.code() == step.ends {
            true => Ok(output),
            false => Err(self.unexpected(step, &output)),
        }
    }

    fn unexpected(&self, step: &Step, output: &Output) -> Failure {
        let (exit, ends) = (output.exit.code(), step.ends);
        let said = anstream::adapter::strip_str(&output.err).to_string();
        let message = format!("`{}` ended with exit code {exit}, not {ends}: {}", typed(step), said.trim());
        let hint = format!("see what is left in {}", self.folder.repository().display());
        Failure::Fault(Fault { code: "demo-failed".to_owned(), message, hint, remedy: None })
    }
}

fn heading(scene: &Scene, number: usize, page: &mut Page) {
    page.heading(format!("{number}. {}", scene.heading));
}

fn show(step: &Step, output: &Output, page: &mut Page) {
    if step.shown == Shown::Not {
        return;
    }
    page.gap();
    if !step.says.is_empty() {
        page.line(Tone::Dim.paint(format!("# {}", step.says)));
    }
    page.line(format!("{} {}", Tone::Dim.paint("$"), Tone::Strong.paint(typed(step))));
    for text in [&output.out, &output.err] {
        text.lines().for_each(|line| page.line(line));
    }
    if step.ends != 0 {
        page.line(Tone::Dim.paint(format!("(exit code {})", step.ends)));
    }
}
