//! `resolve --tool`: the conflict in the merge tool git is configured for. A repository of one conflict is made in a
//! temporary folder, so that `git mergetool` runs every tool it knows, and those people have added.

use super::faults::{fault, unwritable};
use super::git;
use super::sides::{Markers, Sides, without_markers};
use std::fs;
use std::path::Path;
use std::process::Command;
use switchback_api::conflict::Conflict;
use switchback_api::{Failure, Usage};

/// Settings of git that would change what the tool is given, or what it leaves.
const PLAIN: [&str; 4] =
    ["core.autocrlf=false", "core.attributesFile=/dev/null", "mergetool.keepBackup=false", "commit.gpgSign=false"];

/// What somebody made of a conflict in a tool; the configured one if none is named.
///
/// # Errors
/// `no-text`, `no-merge-tool`, `merge-tool-failed`, `markers-left`; then nothing is to be recorded.
pub fn merged(folder: &Path, named: &str, conflict: &Conflict, markers: Markers) -> Result<Vec<u8>, Failure> {
    let tool = match named {
        "" => git::asked(folder, &["config", "merge.tool"])?.ok_or_else(none)?,
        named => named.to_owned(),
    };
    let sides = Sides::of(conflict)?;
    let repository = prepared(&sides)?;
    let file = repository.join(&sides.name);
    let mut command = git::command(&repository, &[]);
    configured(&mut command, folder)?;
    command.args(["mergetool", "--no-prompt", &format!("--tool={tool}"), "--", &sides.name]);
    match git::shown(&mut command) {
        Ok(true) => {}
        Ok(false) => return Err(failed(&tool, "it ended with an error, or left the file as it was")),
        Err(why) => return Err(git::unavailable(&why)),
    }
    let after = fs::read(&file).map_err(|_| failed(&tool, "it left no file"))?;
    without_markers(conflict, after, markers)
}

/// A repository in which the one file is in conflict.
fn prepared(sides: &Sides) -> Result<std::path::PathBuf, Failure> {
    let repository = sides.file("repository");
    fs::create_dir(&repository).map_err(|why| unwritable(&why))?;
    git::told(&repository, &["init", "--quiet", "--template="])?;
    let mut lines = String::new();
    for (stage, side) in [(1, "base"), (2, "ours"), (3, "theirs")] {
        let path = sides.file(side);
        let id = git::told(&repository, &["hash-object", "-w", "--no-filters", "--", &path.to_string_lossy()])?;
        lines.push_str(&format!("100644 {id} {stage}\t{}\n", sides.name));
    }
    git::fed(&repository, &["update-index", "--index-info"], &lines)?;
    fs::write(repository.join(&sides.name), sides.marked()?).map_err(|why| unwritable(&why))?;
    Ok(repository)
}

/// Hands over what the person's repository says about merge tools.
fn configured(command: &mut Command, folder: &Path) -> Result<(), Failure> {
    let said = git::asked(folder, &["config", "--null", "--get-regexp", "^(merge|mergetool)\\."])?;
    for setting in said.unwrap_or_default().split('\0').filter(|setting| !setting.is_empty()) {
        let (key, value) = setting.split_once('\n').unwrap_or((setting, "true"));
        command.arg("-c").arg(format!("{key}={value}"));
    }
    for setting in PLAIN {
        command.arg("-c").arg(setting);
    }
    Ok(())
}

fn none() -> Failure {
    Failure::Usage(Usage {
        code: "no-merge-tool".to_owned(),
        message: "git is configured for no merge tool".to_owned(),
        hint: "name one: `--tool NAME`, or set `git config merge.tool NAME`; `git mergetool --tool-help` lists them"
            .to_owned(),
        remedy: None,
        place: None,
    })
}

fn failed(tool: &str, why: &str) -> Failure {
    let message = format!("the merge tool `{tool}` did not settle it: {why}; nothing was recorded");
    fault("merge-tool-failed", message, "try it with `git mergetool --tool-help`, or use `--editor` or `--file`")
}
