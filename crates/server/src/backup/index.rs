//! What is in a backup: read before anything else of it, and never believed without its hash.

use super::folder::{self, FileOf, sha256};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use switchback_core::words::fault::Fault;

const FILE: &str = "index";
/// How a backup begins, whatever it holds; the number of its format follows.
const WORD: &str = "switchback backup ";
const FORMAT: u32 = 1;

/// What is in a backup.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    /// When it was made, in UTC.
    pub made: String,
    /// By which Switchback.
    pub by: String,
    /// Each repository.
    pub repositories: Vec<Carried>,
    /// Each other file of the folder.
    pub files: Vec<FileOf>,
}

/// A repository in a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Carried {
    /// How the backup calls it.
    pub name: String,
    /// Where it was.
    pub folder: String,
    pub kind: Kind,
    /// The pipelines of its ledger, and where each stood.
    pub pipelines: Vec<Stood>,
    /// How many objects the ledger names that were not there to be copied.
    pub lacking: usize,
}

/// What a repository is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// The copy of a remote that a server keeps below its own folder.
    Copy,
    Bare,
    WorkTree,
}

/// Where a pipeline stood.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Stood {
    pub pipeline: String,
    pub seq: u64,
    pub hash: String,
}

impl Index {
    /// The text of the file: the format, the index, and the hash of both.
    pub(super) fn written(&self) -> Result<String, Fault> {
        let body = serde_json::to_string_pretty(self)
            .map_err(|error| folder::unwritable(Path::new(FILE), &std::io::Error::other(error)))?;
        let text = format!("{WORD}{FORMAT}\n{body}\n");
        let hash = sha256(text.as_bytes());
        Ok(format!("{text}sha256 {hash}\n"))
    }

    /// Writes it, after everything else.
    pub(super) fn seal(&self, folder: &Path) -> Result<(), Fault> {
        folder::write(&folder.join(FILE), self.written()?.as_bytes())
    }

    /// Reads the index of a backup, and hashes every file that it names.
    ///
    /// # Errors
    /// `backup-incomplete`, `backup-newer`, `backup-damaged`.
    pub(super) fn read(folder: &Path) -> Result<Self, Fault> {
        let text = match fs::read_to_string(folder.join(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return Err(damaged(folder, FILE)),
            Err(error) => {
                let message = format!("{} is no whole backup: its index cannot be read: {error}", folder.display());
                let step = "Name the folder of a backup; one that was interrupted has no index, and is of no use.";
                return Err(Fault::new("backup-incomplete", message, step));
            }
        };
        let format = text.lines().next().and_then(|line| line.strip_prefix(WORD)?.parse::<u32>().ok());
        match format {
            Some(FORMAT) => {}
            Some(newer) if newer > FORMAT => {
                let message = format!(
                    "the backup {} has format {newer}, and this Switchback knows formats up to {FORMAT}",
                    folder.display()
                );
                return Err(Fault::new("backup-newer", message, "Use the newer Switchback that made it."));
            }
            _ => return Err(damaged(folder, FILE)),
        }
        let whole = text.rsplit_once("sha256 ").filter(|(body, hash)| sha256(body.as_bytes()) == hash.trim_end());
        let body = whole.and_then(|(body, _)| body.split_once('\n')).map(|(_, body)| body);
        let index: Self = body.and_then(|body| serde_json::from_str(body).ok()).ok_or_else(|| damaged(folder, FILE))?;
        for file in &index.files {
            let is_inside = file.path.split('/').all(|part| !matches!(part, "" | "." | ".."));
            if !is_inside || folder::hashed(&folder.join(&file.path)).ok() != Some((file.bytes, file.sha256.clone())) {
                return Err(damaged(folder, &file.path));
            }
        }
        Ok(index)
    }

    /// Whether it holds a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path)
    }
}

fn damaged(folder: &Path, file: &str) -> Fault {
    let message = format!("the backup {} is damaged: `{file}` is not what was written", folder.display());
    Fault::new("backup-damaged", message, "Restore from another backup.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn whatever_is_changed_of_a_backup_is_noticed() {
        let folder = TempDir::new().unwrap();
        let place = folder.path();
        assert_eq!(Index::read(place).unwrap_err().code, "backup-incomplete");
        fs::write(place.join("a"), "aaa").unwrap();
        let files = vec![folder::listed(place, "a").unwrap()];
        let index = Index { made: "now".to_owned(), by: "0".to_owned(), files, ..Index::default() };
        index.seal(place).unwrap();
        assert_eq!(Index::read(place), Ok(index.clone()));
        let text = fs::read_to_string(place.join(FILE)).unwrap();
        let cases = [
            (text.replace("backup 1", "backup 2"), "backup-newer"),
            (text.replace("\"now\"", "\"not\""), "backup-damaged"),
            (text[..text.len() / 2].to_owned(), "backup-damaged"),
            (String::new(), "backup-damaged"),
        ];
        for (text, code) in cases {
            fs::write(place.join(FILE), &text).unwrap();
            assert_eq!(Index::read(place).unwrap_err().code, code, "{text}");
        }
        fs::write(place.join(FILE), &text).unwrap();
        for content in ["aab", "aa", "aaaa"] {
            fs::write(place.join("a"), content).unwrap();
            let fault = Index::read(place).unwrap_err();
            assert_eq!((fault.code, fault.message.contains("`a`")), ("backup-damaged", true), "{content}");
        }
    }

    #[test]
    fn no_file_outside_of_the_folder_is_a_backups() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("outside"), "x").unwrap();
        let place = folder.path().join("backup");
        fs::create_dir(&place).unwrap();
        let file = FileOf { path: "../outside".to_owned(), ..folder::listed(folder.path(), "outside").unwrap() };
        Index { files: vec![file], ..Index::default() }.seal(&place).unwrap();
        assert_eq!(Index::read(&place).unwrap_err().code, "backup-damaged");
    }
}
