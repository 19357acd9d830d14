//! What is asked of whoever sits at a terminal, and read from standard input where nobody does.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stdin};
use switchback_api::Failure;
use switchback_api::secret::Secret;

/// A line.
///
/// # Errors
/// A usage failure where there is none.
pub fn line(what: &str) -> Result<String, Failure> {
    let mut line = String::new();
    if stdin().is_terminal() {
        let mut err = anstream::stderr();
        let _ = write!(err, "{what}: ").and_then(|()| err.flush());
    }
    stdin().lock().read_line(&mut line).map_err(|error| missing(what, &error))?;
    match line.trim_end_matches(['\r', '\n']) {
        "" => Err(missing(what, &"nothing came")),
        line => Ok(line.to_owned()),
    }
}

/// The same for what nobody else may read: a terminal does not show it.
///
/// # Errors
/// As [`line()`].
pub fn secret(what: &str) -> Result<Secret, Failure> {
    let text = match stdin().is_terminal() {
        true => rpassword::prompt_password(format!("{what}: ")).map_err(|error| missing(what, &error))?,
        false => line(what)?,
    };
    match text.as_str() {
        "" => Err(missing(what, &"nothing came")),
        _ => Ok(Secret::new(text)),
    }
}

fn missing(what: &str, why: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("{what} is wanted, at the terminal or as a line on standard input: {why}"))
}
