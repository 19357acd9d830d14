//! `resolve --editor`: the conflict as a text with markers, in the editor git is configured for.

use super::faults::{fault, unwritable};
use super::git;
use super::sides::{Markers, Sides, without_markers};
use std::fs;
use std::path::Path;
use std::process::Command;
use switchback_api::Failure;
use switchback_api::conflict::Conflict;

/// What somebody made of a conflict.
///
/// # Errors
/// `no-text`, `editor-failed`, `markers-left`; then nothing is to be recorded.
pub fn edited(folder: &Path, conflict: &Conflict, markers: Markers) -> Result<Vec<u8>, Failure> {
    let sides = Sides::of(conflict)?;
    let editor = git::told(folder, &["var", "GIT_EDITOR"])?;
    let work = sides.file("work");
    let file = work.join(&sides.name);
    let text = sides.marked()?;
    fs::create_dir(&work).and_then(|()| fs::write(&file, text)).map_err(|why| unwritable(&why))?;
    let mut command = Command::new("sh");
    // As git runs it: the editor may be a command with words of its own.
    command.arg("-c").arg(format!("{editor} \"$@\"")).arg(&editor).arg(&file).current_dir(folder);
    match git::shown(&mut command) {
        Ok(true) => without_markers(conflict, fs::read(&file).map_err(|why| unwritable(&why))?, markers),
        Ok(false) => Err(failed(&editor, "it ended with an error")),
        Err(why) => Err(failed(&editor, &why.to_string())),
    }
}

fn failed(editor: &str, why: &str) -> Failure {
    let message = format!("the editor `{editor}` did not settle it: {why}; nothing was recorded");
    fault("editor-failed", message, "set another one with `git config core.editor`, or use `--file`")
}
