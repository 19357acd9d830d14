//! Making a backup.

use super::carry::{Source, carry};
use super::folder::{self, Filling};
use super::index::Index;
use super::last::{self, Last};
use super::{PEOPLE, REPOSITORIES, SETTINGS};
use crate::failure::Said;
use crate::repository::named_after;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use switchback_api::Failure;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;
use switchback_engine::clock::{Clock, format_time};
use switchback_engine::interrupt::Interrupt;
use switchback_ledger::copy_people;

/// Of what a backup is made, and where.
#[derive(Clone, Debug)]
pub struct BackupOptions {
    /// A folder that does not exist, or is empty.
    pub to: PathBuf,
    /// A server's own folder; nothing of a server where there are no people in it.
    pub data: PathBuf,
    /// What the server is told about itself, where that is not in its own folder.
    pub config: Option<PathBuf>,
    /// A folder of each repository beside the copies of remotes that the server keeps.
    pub repositories: Vec<PathBuf>,
    /// The repository that is meant where none is named, and there are no copies.
    pub here: PathBuf,
    /// What tells the work to stop.
    pub interrupt: Interrupt,
}

/// A backup that was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Made {
    /// Where it is.
    pub backup: PathBuf,
    /// When it was made, in UTC.
    pub made: String,
    /// Whether the people of a server are in it.
    pub people: bool,
    /// How many bytes it has.
    pub bytes: u64,
    /// Each pipeline in it, and up to which entry.
    pub pipelines: Vec<UpTo>,
    /// How many objects ledgers name that were not there to be copied.
    pub lacking: usize,
}

/// How far a pipeline is in a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct UpTo {
    /// Its name.
    pub pipeline: String,
    /// How the backup calls its repository.
    pub repository: String,
    /// The position of its last entry.
    pub seq: u64,
}

/// Makes a backup; others may work meanwhile. Where it fails, nothing is left.
///
/// # Errors
/// `folder-not-empty`, `backup-unwritable`, `disk-full`, and what keeps something from being read.
pub fn backup(options: &BackupOptions) -> Result<Made, Failure> {
    let filling = Filling::begin(&options.to)?;
    let at = Clock::from_surroundings().said()?.now();
    let index = filled(options, filling.path(), at).said()?;
    index.seal(filling.path()).said()?;
    let backup = filling.put().said()?;
    if index.has(PEOPLE) {
        last::note(&options.data, &Last { at, place: backup.clone() });
    }
    let told = |one: &super::index::Carried| {
        let repository = one.name.clone();
        let up_to = |stood: &super::index::Stood| UpTo {
            pipeline: stood.pipeline.clone(),
            repository: repository.clone(),
            seq: stood.seq,
        };
        one.pipelines.iter().map(up_to).collect::<Vec<_>>()
    };
    Ok(Made {
        backup,
        people: index.has(PEOPLE),
        bytes: index.files.iter().map(|file| file.bytes).sum(),
        pipelines: index.repositories.iter().flat_map(told).collect(),
        lacking: index.repositories.iter().map(|one| one.lacking).sum(),
        made: index.made,
    })
}

fn filled(options: &BackupOptions, into: &Path, at: Time) -> Result<Index, Fault> {
    let made = format_time(at, "UTC");
    let mut repositories = Vec::new();
    for source in sources(options) {
        let place = into.join(REPOSITORIES).join(&source.name);
        repositories.push(carry(&source, &place, &options.interrupt)?);
    }
    // After the ledgers: whoever stands in one of them is among the people.
    let people = options.data.join(PEOPLE);
    if people.exists() {
        copy_people(&people, &into.join(PEOPLE))?;
        let settings = options.config.clone().unwrap_or_else(|| options.data.join(SETTINGS));
        folder::copy(&settings, &into.join(SETTINGS))?;
    }
    let by = env!("CARGO_PKG_VERSION").to_owned();
    Ok(Index { made, by, repositories, files: folder::sealed(into)? })
}

/// Every repository, each under a name of its own.
fn sources(options: &BackupOptions) -> Vec<Source> {
    let copies = std::fs::read_dir(options.data.join(REPOSITORIES)).into_iter().flatten().flatten();
    let is_copy = |dir: &PathBuf| dir.extension().is_some_and(|end| end == "git");
    let mut copies: Vec<PathBuf> = copies.map(|entry| entry.path()).filter(is_copy).collect();
    copies.sort();
    let here = [options.here.clone()];
    let named: &[PathBuf] = match (options.repositories.as_slice(), copies.is_empty()) {
        ([], true) => &here,
        (named, _) => named,
    };
    let all = copies.iter().map(|dir| (dir, true)).chain(named.iter().map(|dir| (dir, false)));
    let mut taken = BTreeSet::new();
    let mut sources = Vec::new();
    for (dir, is_copy) in all {
        let name = named_after(dir, &taken);
        taken.insert(name.clone());
        sources.push(Source { name, dir: dir.clone(), is_copy });
    }
    sources
}
