//! A run from the words typed to the text printed. The only place that decides what goes to which stream, and the
//! only one that catches a panic.

use crate::arguments::{Arguments, Command, Global};
use crate::bug;
use crate::door::{InProcess, Open};
use crate::output::Output;
use crate::progress::Bar;
use crate::render::failure;
use crate::render::shown::visible;
use crate::session::{Form, Session, Told, json};
use crate::signals::interrupt;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use std::ffi::OsString;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use switchback_api::{Client, Exit, Failure, Usage};
use switchback_server::local::LocalOptions;

/// Runs the words typed, the program's name first.
pub fn run(words: Vec<OsString>, open: Open<'_>) -> Output {
    let form = form(&words);
    let caught = catch_unwind(AssertUnwindSafe(|| match Arguments::try_parse_from(words) {
        Ok(arguments) => answer(arguments, open),
        Err(error) => not_understood(error),
    }));
    match caught.unwrap_or_else(|payload| Err(bug::failure(&*payload))) {
        Ok(told) => Output { out: told.text, err: String::new(), exit: told.exit },
        Err(failure) => failed(&bug::explained(failure), form),
    }
}

/// Prints a run. Colours reach terminals only, unless somebody insists (`NO_COLOR`, `CLICOLOR_FORCE`).
pub fn print(output: &Output) -> ExitCode {
    // Somebody who closed the pipe has read enough.
    let _ = anstream::stdout().write_all(output.out.as_bytes()).and_then(|()| anstream::stdout().flush());
    let _ = anstream::stderr().write_all(output.err.as_bytes());
    output.exit.into()
}

fn answer(arguments: Arguments, open: Open<'_>) -> Result<Told, Failure> {
    let Arguments { global, command } = arguments;
    let form = if global.json { Form::Json } else { Form::Text };
    let verb = match command {
        Command::Completions(completions) => return Ok(completions.run(Arguments::command())),
        Command::Demo(demo) => return demo.run(form, &|words| run(words, open)),
        Command::Verb(verb) => verb,
    };
    let context = global.context();
    let Global { dir, pipeline, .. } = global;
    let router =
        open(LocalOptions { dir: dir.clone(), pipeline, progress: Arc::new(Bar::default()), interrupt: interrupt() });
    let session = Session::new(Client::new(InProcess::new(router), context), form, dir);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(Failure::bug)?;
    runtime.block_on(verb.run(&session))
}

/// `--json` counts even where the rest is not understood.
fn form(words: &[OsString]) -> Form {
    match words.iter().take_while(|word| *word != "--").any(|word| word == "--json") {
        true => Form::Json,
        false => Form::Text,
    }
}

fn failed(failed: &Failure, form: Form) -> Output {
    let exit = failed.exit();
    let bare = || failure::text(&visible(failed.clone()));
    match (form, json(failed)) {
        (Form::Json, Ok(out)) => Output { out, err: String::new(), exit },
        _ => Output { out: String::new(), err: bare(), exit },
    }
}

/// Help is an answer; anything else that is not understood is a usage failure.
fn not_understood(error: clap::Error) -> Result<Told, Failure> {
    let said = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Ok(Told { text: said.ansi().to_string(), exit: Exit::Done })
        }
        _ => {
            let plain = said.to_string();
            let message = plain.trim().trim_start_matches("error: ").to_owned();
            Err(Failure::Usage(Usage {
                code: "usage".to_owned(),
                message,
                hint: String::new(),
                remedy: None,
                place: None,
            }))
        }
    }
}
