//! What is made of a backup: everything that was kept, where nothing is yet. First everything is hashed, then it is made
//! beside its place, then put there, and then recomputed.
//!
//! What a backup cannot know must not come back with it: whoever was signed in when it was made is not any more, links to
//! come in are over, and no answer is remembered whose operation the ledgers may lack.

use super::folder::{self, Filling};
use super::index::{Carried, Index, Kind};
use super::{ACTING, LEDGER, OF_COPIES, PACK, PEOPLE, REFS, REPOSITORIES, SETTINGS, SHALLOW};
use crate::failure::Said;
use crate::repository::{Repository, Surroundings};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use switchback_api::Failure;
use switchback_core::ports::people::tokens::ApiTokens as _;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Seq;
use switchback_engine::clock::format_time;
use switchback_engine::failure::EngineFailure;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::verify::{Check, What, verify};
use switchback_engine::visit::{Depth, Visit};
use switchback_git::carried::Carrier;
use switchback_ledger::{SqlitePeople, settle_ledger, settle_people};
use switchback_people::{sign_in, sweep};

/// What is restored, and where to.
#[derive(Clone, Debug)]
pub struct RestoreOptions {
    /// The backup.
    pub from: PathBuf,
    /// A server's own folder, which does not exist or is empty; not needed where every repository has a place of its own
    /// and there are no people.
    pub to: Option<PathBuf>,
    /// Where repositories go, by the names that the backup has for them; the others go into the server's folder.
    pub repositories: Vec<(String, PathBuf)>,
    /// What tells the work to stop.
    pub interrupt: Interrupt,
}

/// What was restored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Restored {
    /// When the backup was made, in UTC.
    pub made: String,
    /// Whether all that was restored agrees with itself.
    pub ok: bool,
    /// The server's own folder, if there is one.
    pub data: Option<PathBuf>,
    /// How many API tokens work again, also those that were revoked since; `None` where there are no people.
    pub tokens: Option<usize>,
    /// Each pipeline.
    pub pipelines: Vec<Pipeline>,
}

/// A pipeline that was restored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pipeline {
    /// Its name.
    pub pipeline: String,
    /// Where its repository is now.
    pub repository: PathBuf,
    /// Where it was.
    pub was: String,
    /// The remote that it is a copy of has the say about branches.
    pub is_copy: bool,
    /// The position of the last entry.
    pub seq: u64,
    /// When that was written, in UTC.
    pub at: String,
    /// The operation that it tells, if it tells one.
    pub operation: Option<String>,
    /// What does not agree, sentence by sentence.
    pub problems: Vec<String>,
    /// What an operation under way had yet to do in the copy of a remote: whoever serves it first does it.
    pub under_way: Vec<String>,
    /// What areas hold otherwise: they are in no backup.
    pub areas: Vec<String>,
}

/// Where something is made, and put when all is made.
struct Staged<'a> {
    carried: &'a Carried,
    /// A folder of its own; inside that of the server where there is none.
    own: Option<Filling>,
    path: PathBuf,
}

/// Restores a backup.
///
/// # Errors
/// `backup-incomplete`, `backup-newer`, `backup-damaged`, `folder-not-empty`, `backup-unwritable`, `disk-full`; then nothing is
/// left of it.
pub fn restore(options: &RestoreOptions) -> Result<Restored, Failure> {
    let index = Index::read(&options.from).said()?;
    let mut places: BTreeMap<&str, &Path> =
        options.repositories.iter().map(|(name, place)| (name.as_str(), place.as_path())).collect();
    let is_named = |name: &str| index.repositories.iter().any(|one| one.name == name);
    if let Some(name) = places.keys().find(|name| !is_named(name)) {
        let names: Vec<&str> = index.repositories.iter().map(|one| one.name.as_str()).collect();
        return Err(Failure::usage(format!("the backup has no repository `{name}`; it has {}", names.join(", "))));
    }
    let needs_data = index.has(PEOPLE) || index.repositories.iter().any(|one| !places.contains_key(&*one.name));
    let data = match (&options.to, needs_data) {
        (Some(to), true) => Some(Filling::begin(to)?),
        (None, true) => {
            return Err(Failure::usage("the backup holds what goes into a server's own folder, and none is named"));
        }
        (_, false) => None,
    };
    let mut staged = Vec::new();
    for carried in &index.repositories {
        staged.push(made(options, (carried, places.remove(&*carried.name)), data.as_ref())?);
    }
    let tokens = match &data {
        Some(data) if index.has(PEOPLE) => Some(people(&options.from, data.path()).said()?),
        _ => None,
    };
    let data = data.map(Filling::put).transpose().said()?;
    let mut pipelines = Vec::new();
    for Staged { carried, own, path } in staged {
        let stands = match own {
            Some(own) => own.put().said()?,
            None => data.as_deref().unwrap_or(Path::new("")).join(path),
        };
        for stood in &carried.pipelines {
            pipelines.push(looked_at(&stands, carried, (&stood.pipeline, options)).said()?);
        }
    }
    let ok = pipelines.iter().all(|one| one.problems.is_empty());
    Ok(Restored { made: index.made, ok, data, tokens, pipelines })
}

/// Makes a repository anew, in its place to be or in the server's folder to be.
fn made<'a>(
    options: &RestoreOptions,
    (carried, place): (&'a Carried, Option<&Path>),
    data: Option<&Filling>,
) -> Result<Staged<'a>, Failure> {
    let own = place.map(Filling::begin).transpose()?;
    let path = Path::new(REPOSITORIES).join(format!("{}.git", carried.name));
    let (top, git_dir) = match (&own, data) {
        (Some(own), _) if carried.kind == Kind::WorkTree => (own.path().to_owned(), own.path().join(".git")),
        (Some(own), _) => (own.path().to_owned(), own.path().to_owned()),
        (None, data) => {
            let inside = data.map_or(Path::new(""), Filling::path).join(&path);
            (inside.clone(), inside)
        }
    };
    let from = options.from.join(REPOSITORIES).join(&carried.name);
    repository(&from, &git_dir, options).said()?;
    if top != git_dir {
        let stop = || options.interrupt.is_raised();
        Carrier { git_dir: &git_dir, stop: &stop }.lay_out(&top).said()?;
    }
    Ok(Staged { carried, own, path })
}

fn repository(from: &Path, git_dir: &Path, options: &RestoreOptions) -> Result<(), Fault> {
    folder::folder(git_dir)?;
    folder::copy(&from.join(SHALLOW), &git_dir.join(SHALLOW))?;
    let refs = fs::read_to_string(from.join(REFS)).map_err(|error| folder::unreadable(&from.join(REFS), &error))?;
    let stop = || options.interrupt.is_raised();
    Carrier { git_dir, stop: &stop }.unpack(&refs, &from.join(PACK))?;
    let own = git_dir.join("switchback");
    folder::folder(&own)?;
    for name in OF_COPIES {
        folder::copy(&from.join(name), &own.join(name))?;
    }
    if let Ok(notes) = fs::read_dir(from.join(ACTING)) {
        folder::folder(&own.join(ACTING))?;
        for note in notes.flatten() {
            folder::copy(&note.path(), &own.join(ACTING).join(note.file_name()))?;
        }
    }
    let ledger = own.join(LEDGER);
    match folder::copy(&from.join(LEDGER), &ledger)? {
        true => settle_ledger(&ledger),
        false => Ok(()),
    }
}

/// Brings the people back without what only the moment of the backup knew; how many tokens work.
fn people(from: &Path, data: &Path) -> Result<usize, Fault> {
    let place = data.join(PEOPLE);
    folder::copy(&from.join(PEOPLE), &place)?;
    settle_people(&place)?;
    folder::copy(&from.join(SETTINGS), &data.join(SETTINGS))?;
    let people = SqlitePeople::open(&place)?;
    sweep::forget_the_passing(&people, &sign_in::LIMITS)?;
    Ok(people.tokens()?.iter().filter(|token| token.revoked.is_none()).count())
}

/// Recomputes a pipeline where it stands now. What operations under way had yet to do is done first, as after a kill; but not
/// in the copy of a remote, where that would push.
fn looked_at(
    stands: &Path,
    carried: &Carried,
    (pipeline, options): (&str, &RestoreOptions),
) -> Result<Pipeline, EngineFailure> {
    let surroundings = Surroundings::to_look(options.interrupt.clone());
    let repository = Repository::of(stands.to_owned(), surroundings);
    let is_copy = carried.kind == Kind::Copy;
    let house = if is_copy { repository.house_to_look(pipeline)? } else { repository.house(Some(pipeline))? };
    let visit = Visit { depth: Depth::Plan, ..Visit::worker() };
    let desk = house.receive(&visit)?;
    let report = verify(&desk, None)?;
    let notes = fs::read_dir(stands.join("switchback").join(ACTING));
    let has_notes = notes.is_ok_and(|mut notes| notes.next().is_some());
    let refs = if is_copy && has_notes { Found::UnderWay } else { Found::Wrong };
    let told = |wanted: Found| -> Vec<String> {
        let of = report.checks.iter().filter(|check| found(check, refs) == wanted);
        let findings = of.flat_map(|check| {
            check.findings.iter().map(move |finding| format!("{} {}: {finding}", check.what.as_str(), check.name))
        });
        findings.collect()
    };
    let last = desk.entries(Seq(report.entries.saturating_sub(1)), 1)?.into_iter().next();
    Ok(Pipeline {
        pipeline: pipeline.to_owned(),
        repository: stands.to_owned(),
        was: carried.folder.clone(),
        is_copy,
        seq: report.entries,
        at: last.as_ref().map(|entry| format_time(entry.at, "UTC")).unwrap_or_default(),
        operation: last.and_then(|entry| entry.body.operation).map(|operation| operation.to_string()),
        problems: told(Found::Wrong),
        under_way: told(Found::UnderWay),
        areas: told(Found::Elsewhere),
    })
}

/// What a disagreement means after a restore.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Wrong,
    UnderWay,
    Elsewhere,
}

/// What refs and branches lack is what operations under way had yet to do, where there were any.
fn found(check: &Check, refs: Found) -> Found {
    match check.what {
        What::Area => Found::Elsewhere,
        What::Branch | What::Refs => refs,
        _ => Found::Wrong,
    }
}
