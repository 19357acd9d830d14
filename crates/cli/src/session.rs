//! One run of the program: a client, and how answers are told.

use crate::door::Door;
use crate::render::page::Page;
use crate::render::remedy;
use crate::render::shown::{escaped, visible};
use std::path::{Path, PathBuf};
use switchback_api::context::Depth;
use switchback_api::page::{Paged, follow};
use switchback_api::{Client, Exit, Failure, Seen, Verb, View, Warning};

/// How answers are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Tables and sentences.
    Text,
    /// One JSON object.
    Json,
}

/// A client, and how answers are told.
pub struct Session {
    client: Client<Door>,
    form: Form,
    dir: PathBuf,
}

/// What is to be printed on standard output, and how the process ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The text, with colours.
    pub text: String,
    /// How the process ends.
    pub exit: Exit,
}

impl Session {
    /// A session over a client, about the repository of a folder.
    pub fn new(client: Client<Door>, form: Form, dir: PathBuf) -> Self {
        Self { client, form, dir }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether what is asked is only to be shown (`--dry-run`).
    pub fn is_preview(&self) -> bool {
        self.client.context().depth == Depth::Plan
    }

    /// What somebody should know whatever was asked; worded as everything is.
    pub fn heard(&self) -> Vec<Warning> {
        let heard = self.client.heard();
        let worded = serde_json::to_vec(&heard).map(remedy::worded);
        worded.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(heard)
    }

    /// Asks for something that is not to be told as it is.
    ///
    /// # Errors
    /// What the other side says instead of an answer.
    pub async fn ask<R: Verb>(&self, request: &R) -> Result<R::View, Failure> {
        self.client.call(request).await
    }

    /// Asks for what only reads, and tells the answer and what somebody should know beside it.
    ///
    /// # Errors
    /// What the other side says instead of an answer.
    pub async fn show<R, V>(&self, request: &R, render: fn(&V, &mut Page)) -> Result<Told, Failure>
    where
        R: Verb<View = Seen<V>>,
    {
        self.answer(request, |seen, page| {
            render(&seen.view, page);
            page.warnings_below(&seen.warnings);
        })
        .await
    }

    /// Asks for a list, of which as much is told as was asked for, however many pages that takes.
    ///
    /// # Errors
    /// What the other side says instead of an answer.
    pub async fn list<R, V>(&self, request: &R, render: fn(&V, &mut Page)) -> Result<Told, Failure>
    where
        R: Paged + Verb<View = Seen<V>>,
        V: View,
    {
        let view = follow(&self.client, request).await?;
        self.told(view, |seen, page| {
            render(&seen.view, page);
            page.warnings_below(&seen.warnings);
        })
    }

    /// Asks, and tells the answer.
    ///
    /// # Errors
    /// What the other side says instead of an answer.
    pub async fn tell<R: Verb>(&self, request: &R, render: fn(&R::View, &mut Page)) -> Result<Told, Failure> {
        self.answer(request, render).await
    }

    async fn answer<R: Verb>(&self, request: &R, render: impl Fn(&R::View, &mut Page)) -> Result<Told, Failure> {
        let view = self.client.call(request).await?;
        self.told(view, render)
    }

    /// Tells an answer.
    ///
    /// # Errors
    /// [`Failure::Bug`] when it cannot be written, which nothing of the API meets.
    pub fn told<V: View>(&self, view: V, render: impl Fn(&V, &mut Page)) -> Result<Told, Failure> {
        let exit = view.exit();
        let text = match self.form {
            Form::Json => json(&view)?,
            Form::Text => {
                let mut page = Page::default();
                render(&visible(view), &mut page);
                page.into_text()
            }
        };
        Ok(Told { text, exit })
    }
}

/// One JSON object on one line.
///
/// # Errors
/// [`Failure::Bug`] when it cannot be written, which nothing of the API meets.
pub fn json(said: &impl serde::Serialize) -> Result<String, Failure> {
    let mut text = escaped(&serde_json::to_string(said).map_err(Failure::bug)?);
    text.push('\n');
    Ok(text)
}
