//! A run from the words typed to the text printed. The only place that decides what goes to which stream, and the
//! only one that catches a panic.

use crate::arguments::{Arguments, Command, Global};
use crate::bug;
use crate::commands::console::Console;
use crate::commands::doctor;
use crate::door::{Door, Open};
use crate::output::Output;
use crate::progress::Bar;
use crate::remote::Remote;
use crate::render::failure;
use crate::render::page::Page;
use crate::render::shown::visible;
use crate::session::{Form, Session, Told, json};
use crate::signals::interrupt;
use clap::error::ErrorKind as NotUnderstood;
use clap::{CommandFactory as _, Parser as _};
use std::ffi::OsString;
use std::io::{ErrorKind, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use switchback_api::{Client, Exit, Failure, Fault, Usage, Warning};
use switchback_server::local::LocalOptions;
use switchback_server::serve::{self, data_of};

/// Runs the words typed, the program's name first.
pub fn run(words: Vec<OsString>, open: Open<'_>) -> Output {
    let form = form(&words);
    let caught = catch_unwind(AssertUnwindSafe(|| match Arguments::try_parse_from(words) {
        Ok(arguments) => answer(arguments, open),
        Err(error) => Heard::nothing_beside(not_understood(&error, form)),
    }));
    let Heard { answer, warnings } =
        caught.unwrap_or_else(|payload| Heard::nothing_beside(Err(bug::failure(&*payload))));
    let output = match answer {
        Ok(told) => Output { out: told.text, err: String::new(), exit: told.exit },
        Err(failure) => failed(&bug::explained(failure), form),
    };
    warned(output, &warnings, form)
}

/// An answer, and what somebody should know whatever was asked.
struct Heard {
    answer: Result<Told, Failure>,
    warnings: Vec<Warning>,
}

impl Heard {
    fn nothing_beside(answer: Result<Told, Failure>) -> Self {
        Self { answer, warnings: Vec::new() }
    }
}

/// Adds what somebody should know whatever was asked: to the object's `warnings`, or beside the text.
fn warned(output: Output, warnings: &[Warning], form: Form) -> Output {
    if warnings.is_empty() {
        return output;
    }
    let Output { out, err, exit } = output;
    if form == Form::Text {
        let mut page = Page::default();
        page.warnings(&visible(warnings.to_vec()));
        return Output { out, err: err + &page.into_text(), exit };
    }
    let with_warnings = serde_json::from_str(&out).ok().and_then(|mut object: serde_json::Value| {
        // A plan has the shape of what it plans, one step further in.
        let planned = object.get("plan").is_some();
        let whole = if planned { object.get_mut("plan")? } else { &mut object };
        let told = whole.as_object_mut()?.entry("warnings").or_insert_with(|| serde_json::json!([]));
        told.as_array_mut()?.extend(warnings.iter().map(|warning| serde_json::json!(warning)));
        json(&object).ok()
    });
    Output { out: with_warnings.unwrap_or(out), err, exit }
}

/// Prints a run. Colours reach terminals only, unless somebody insists (`NO_COLOR`, `CLICOLOR_FORCE`).
pub fn print(output: &Output) -> ExitCode {
    let said = anstream::stdout().write_all(output.out.as_bytes()).and_then(|()| anstream::stdout().flush());
    let _ = anstream::stderr().write_all(output.err.as_bytes());
    match said {
        // Somebody who closed the pipe has read enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let failure = failure::text(&visible(unwritten(&error)));
            let _ = anstream::stderr().write_all(failure.as_bytes());
            Exit::Fault.into()
        }
        _ => output.exit.into(),
    }
}

/// An answer that did not get out is none (`SPEC 11`).
fn unwritten(error: &std::io::Error) -> Failure {
    Failure::Fault(Fault {
        code: "output-unwritable".to_owned(),
        message: format!("the answer could not be written to standard output: {error}"),
        hint: "an operation is done all the same: look at it with `switchback log -n 1`".to_owned(),
        remedy: None,
    })
}

fn answer(arguments: Arguments, open: Open<'_>) -> Heard {
    let Arguments { global, command } = arguments;
    let form = if global.json { Form::Json } else { Form::Text };
    match command {
        Command::Backup(backup) => Heard::nothing_beside(backup.run(form, global.dir)),
        Command::Completions(completions) => Heard::nothing_beside(Ok(completions.run(Arguments::command()))),
        Command::Demo(demo) => Heard::nothing_beside(demo.run(form, &|words| run(words, open))),
        Command::Login(login) => Heard::nothing_beside(waited_for(login.run(form))),
        Command::Logout(logout) => Heard::nothing_beside(logout.run(form)),
        Command::Restore(restore) => Heard::nothing_beside(restore.run(form)),
        Command::Serve(serve) => Heard::nothing_beside(serve.run(form, global.dir)),
        Command::Verb(verb) if let Some(folder) = verb.server_folder(&global) => {
            Heard::nothing_beside(doctor::of_folder(&folder, form))
        }
        Command::Verb(verb) => {
            let door = door(&global, open);
            asked(global, (form, door), async |session| verb.run(session).await)
        }
        Command::People(people) => {
            let door = global.is_about_people().and_then(|()| counter(&global, people.console()));
            asked(global, (form, door), async |session| people.run(session).await)
        }
    }
}

fn asked(
    global: Global,
    (form, door): (Form, Result<Door, Failure>),
    ask: impl AsyncFnOnce(&Session) -> Result<Told, Failure>,
) -> Heard {
    let door = match door {
        Ok(door) => door,
        Err(failure) => return Heard::nothing_beside(Err(failure)),
    };
    let session = Session::new(Client::new(door, global.context()), form, global.dir);
    let answer = waited_for(ask(&session));
    Heard { answer, warnings: session.heard() }
}

fn waited_for(answer: impl Future<Output = Result<Told, Failure>>) -> Result<Told, Failure> {
    match tokio::runtime::Builder::new_current_thread().enable_time().build() {
        Ok(runtime) => runtime.block_on(answer),
        Err(error) => Err(Failure::bug(error)),
    }
}

/// Where what is asked goes.
fn door(global: &Global, open: Open<'_>) -> Result<Door, Failure> {
    match &global.server {
        Some(server) => Ok(Door::Remote(Remote::to(server)?)),
        None => {
            let (dir, progress) = (global.dir.clone(), Arc::new(Bar::default()));
            Ok(Door::InProcess(open(LocalOptions { dir, progress, interrupt: interrupt() })))
        }
    }
}

/// Where what is asked about people goes: to a server, or to its folder on this machine.
fn counter(global: &Global, console: &Console) -> Result<Door, Failure> {
    match &global.server {
        Some(server) => Ok(Door::Remote(Remote::to(server)?)),
        None => {
            let data = console.data().map_or_else(|| data_of(&global.dir), Ok)?;
            Ok(Door::InProcess(serve::console(data, console.config())?))
        }
    }
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
fn not_understood(error: &clap::Error, form: Form) -> Result<Told, Failure> {
    let said = error.render();
    match error.kind() {
        NotUnderstood::DisplayHelp | NotUnderstood::DisplayVersion => {
            Ok(Told { text: said.ansi().to_string(), exit: Exit::Done })
        }
        // Whoever typed nothing sees what there is to type.
        NotUnderstood::DisplayHelpOnMissingArgumentOrSubcommand if form == Form::Text => {
            Ok(Told { text: said.ansi().to_string(), exit: Exit::Usage })
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
