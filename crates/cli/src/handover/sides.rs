//! The three contents of a conflict as files in a temporary folder, which goes away with what it is for.

use super::faults::{refused, unwritable};
use super::git;
use std::fs;
use std::path::PathBuf;
use switchback_api::Failure;
use switchback_api::conflict::Conflict;
use tempfile::TempDir;

/// How a line begins that says where one side starts, and where another ends.
const MARKERS: [&[u8]; 3] = [b"<<<<<<< ", b"||||||| ", b">>>>>>> "];

/// The three contents, each a file; a side that is nothing is an empty one.
pub struct Sides {
    folder: TempDir,
    /// The name of the file in conflict, without its folders.
    pub name: String,
    labels: [String; 3],
}

impl Sides {
    /// Writes them.
    ///
    /// # Errors
    /// `no-text` for what nobody can edit, `temporary-folder` when it cannot be written.
    pub fn of(conflict: &Conflict) -> Result<Self, Failure> {
        is_text(conflict)?;
        let folder = TempDir::new().map_err(|why| unwritable(&why))?;
        for (name, side) in [("base", &conflict.base), ("ours", &conflict.ours), ("theirs", &conflict.theirs)] {
            let text = side.as_deref().unwrap_or_default();
            fs::write(folder.path().join(name), text).map_err(|why| unwritable(&why))?;
        }
        let other = conflict.other_side.as_deref().unwrap_or("what it began with");
        let labels =
            [format!("{}: {other}", conflict.stage), "base".to_owned(), format!("{}: {}", "change", conflict.change)];
        Ok(Self { folder, name: harmless(&conflict.path), labels })
    }

    /// Where one of them is: `base`, `ours`, `theirs`, or any other file of the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The three as one text, with markers where they cannot be one.
    ///
    /// # Errors
    /// `git-unavailable`, `git-failed`.
    pub fn marked(&self) -> Result<Vec<u8>, Failure> {
        let [ours, base, theirs] = &self.labels;
        let words = ["merge-file", "-p", "--diff3", "-L", ours, "-L", base, "-L", theirs, "ours", "base", "theirs"];
        git::merged(self.folder.path(), &words)
    }
}

/// What becomes of markers in a settled content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Markers {
    /// They are refused.
    Refuse,
    /// They belong to the file.
    Take,
}

/// A settled content has no markers any more, but those that a side has. Here one without the others is a marker too: it
/// was put there to be removed.
///
/// # Errors
/// `markers-left`.
pub fn without_markers(conflict: &Conflict, content: Vec<u8>, markers: Markers) -> Result<Vec<u8>, Failure> {
    let sides = [&conflict.base, &conflict.ours, &conflict.theirs].into_iter().flatten();
    let before = sides.map(|side| marked_lines(side.as_bytes()).count()).max().unwrap_or_default();
    let after = marked_lines(&content).count();
    let first = marked_lines(&content).next().filter(|_| after > before && markers == Markers::Refuse);
    match first {
        None => Ok(content),
        Some(at) => Err(refused(
            "markers-left",
            format!("{} still has a conflict marker in line {}; nothing was recorded", conflict.path, at + 1),
            "settle every place between markers, and remove the markers; or take it as it is with `--anyway`",
        )),
    }
}

fn marked_lines(text: &[u8]) -> impl Iterator<Item = usize> {
    let is_marker = |line: &[u8]| MARKERS.iter().any(|marker| line.starts_with(marker));
    text.split(|byte| *byte == b'\n').enumerate().filter(move |(_, line)| is_marker(line)).map(|(at, _)| at)
}

fn is_text(conflict: &Conflict) -> Result<(), Failure> {
    let mut sides = [&conflict.base, &conflict.ours, &conflict.theirs].into_iter().flatten();
    if conflict.encoding == "utf-8" && conflict.kind != "submodule" && !sides.any(|side| side.contains('\0')) {
        return Ok(());
    }
    let message = format!("{} is no text, so it cannot be merged by hand", conflict.path);
    Err(refused("no-text", message, "take a side with `--ours`, `--theirs` or `--base`, or a file with `--file`"))
}

/// The last part of a path, so written that it leads nowhere and means nothing to git.
fn harmless(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let plain = |letter: char| letter.is_alphanumeric() || "._-".contains(letter);
    let name: String = last.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    match name.starts_with(['.', '-']) || name.is_empty() {
        true => format!("_{name}"),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere() {
        let names = ["web/index.html", "..", ".gitattributes", "a b\\x00", "web/", "-x"].map(harmless);
        assert_eq!(names, ["index.html", "_..", "_.gitattributes", "a_b_x00", "_", "_-x"]);
    }
}
