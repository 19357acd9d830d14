//! The file of `verify --anchor`: one JSON object on each line, which says where a pipeline's ledger ended. Lines are added
//! and never changed; the file is written whole beside itself and exchanged, so that it is never half a file.

use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use switchback_api::Failure;
use switchback_api::failure::Fault;
use switchback_api::verbs::verify::Verified;
use tempfile::NamedTempFile;

/// Where a pipeline's ledger ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Line {
    pipeline: String,
    entry: u64,
    hash: String,
    /// When it was looked at, for people.
    #[serde(default)]
    at: String,
}

impl Line {
    /// Whether two say the same of one ledger.
    fn is_as(&self, other: &Self) -> bool {
        (self.entry, &self.hash) == (other.entry, &other.hash)
    }
}

/// What is anchored in a file.
pub struct AnchorFile {
    place: PathBuf,
    lines: Vec<Line>,
}

impl AnchorFile {
    /// Reads the file; where there is none, nothing is anchored yet.
    ///
    /// # Errors
    /// A usage error for a file in a git directory, which proves nothing: whoever can forge the ledger can forge it too.
    /// `anchor-unreadable`.
    pub fn open(file: &Path) -> Result<Self, Failure> {
        let place = place(file).map_err(|why| unreadable(file, &why.to_string()))?;
        if place.ancestors().any(is_git_dir) {
            let message = format!(
                "{} lies in a git directory: whoever can change the ledger there can change the anchor too; name a file \
                 that others keep",
                file.display()
            );
            return Err(Failure::usage(message));
        }
        let text = match fs::read_to_string(&place) {
            Err(why) if why.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|why| unreadable(file, &why.to_string()))?,
        };
        let line = |(nth, text): (usize, &str)| {
            serde_json::from_str(text).map_err(|_| unreadable(file, &format!("line {} is no anchor", nth + 1)))
        };
        let lines = text.lines().enumerate().map(line).collect::<Result<_, _>>()?;
        Ok(Self { place, lines })
    }

    /// What is compared: the newest line of each pipeline, which stands for all before it.
    pub fn anchors(&self) -> Vec<String> {
        let newest =
            |(nth, line): &(usize, &Line)| self.lines[nth + 1..].iter().all(|later| later.pipeline != line.pipeline);
        let newest = self.lines.iter().enumerate().filter(newest);
        newest.map(|(_, line)| format!("{}:{}:{}", line.entry, line.hash, line.pipeline)).collect()
    }

    /// Adds where the ledger ends now, unless it contradicts itself or what is anchored.
    ///
    /// # Errors
    /// `anchor-unwritable`.
    pub fn keep(mut self, verified: &Verified) -> Result<(), Failure> {
        let of_ledger = |what: &str| ["chain", "anchor", "state"].contains(&what);
        let is_sound = verified.checks.iter().all(|check| check.ok || !of_ledger(&check.what));
        let Verified { pipeline, entries, head, at, .. } = verified;
        let line = Line { pipeline: pipeline.clone(), entry: *entries, hash: head.clone(), at: at.clone() };
        let newest = self.lines.iter().rev().find(|one| one.pipeline == *pipeline);
        if !is_sound || *entries == 0 || newest.is_some_and(|newest| newest.is_as(&line)) {
            return Ok(());
        }
        self.lines.push(line);
        self.write().map_err(|why| {
            let message = format!("{} cannot be written: {why}; what was anchored before stands", self.place.display());
            fault("anchor-unwritable", message, "look at the rights of its folder and at the disk")
        })
    }

    fn write(&self) -> std::io::Result<()> {
        let folder = self.place.parent().unwrap_or(Path::new("/"));
        let mut beside = NamedTempFile::new_in(folder)?;
        for line in &self.lines {
            serde_json::to_writer(&mut beside, line)?;
            beside.write_all(b"\n")?;
        }
        if let Ok(before) = fs::metadata(&self.place) {
            fs::set_permissions(beside.path(), before.permissions())?;
        }
        beside.as_file().sync_all()?;
        beside.persist(&self.place)?;
        File::open(folder)?.sync_all()
    }
}

/// Where a file lies, links followed; it need not be there.
fn place(file: &Path) -> std::io::Result<PathBuf> {
    let file = std::path::absolute(file)?;
    match (file.canonicalize(), file.parent(), file.file_name()) {
        (Ok(place), _, _) => Ok(place),
        (Err(_), Some(folder), Some(name)) => Ok(folder.canonicalize()?.join(name)),
        (Err(why), _, _) => Err(why),
    }
}

fn is_git_dir(folder: &Path) -> bool {
    ["HEAD", "objects", "refs"].iter().all(|name| folder.join(name).exists())
}

fn unreadable(file: &Path, why: &str) -> Failure {
    let message = format!("the anchor {} cannot be read: {why}", file.display());
    fault("anchor-unreadable", message, "put a copy of it back, or name another file to begin anew")
}

fn fault(code: &str, message: String, hint: &str) -> Failure {
    Failure::Fault(Fault { code: code.to_owned(), message, hint: hint.to_owned(), remedy: None })
}
