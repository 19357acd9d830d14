//! What comes out of a run of the program.

use std::ffi::OsString;
use switchback_api::Exit;

/// Runs the words of a command line, the program's name first.
pub type Run<'a> = &'a dyn Fn(Vec<OsString>) -> Output;

/// What a run prints, with colours, and how it ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// For standard output.
    pub out: String,
    /// For standard error.
    pub err: String,
    /// How the process ends.
    pub exit: Exit,
}
