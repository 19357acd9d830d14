//! A server's own folder, looked at whether a server runs on it or not: nothing is written, and nobody is locked out.

use super::rights::{exposed, mixed};
use super::room::scarce;
use super::{Check, Found, Looked, Reach, examine, findings, knock};
use crate::backup::{PEOPLE, REPOSITORIES, SETTINGS, last_backup};
use crate::notices::ways::Means;
use crate::repository::{Repository, Surroundings};
use crate::settings::{Settings, secret_files};
use std::path::{Path, PathBuf};
use switchback_api::Failure;
use switchback_api::verbs::doctor::{Diagnosis, Finding};
use switchback_engine::clock::{Clock, format_time};
use switchback_engine::failure::EngineFailure;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::premises::room_of;
use switchback_engine::serving;
use switchback_engine::visit::{Depth, Visit};
use switchback_ledger::look_at_people;

/// In milliseconds, how old the last backup may be before somebody is warned.
const BACKUP_AT_MOST: i64 = 7 * 24 * 60 * 60 * 1000;

/// Files of the people's database: its log and its shared memory hold what it holds.
const OF_PEOPLE: [&str; 3] = ["people.sqlite", "people.sqlite-wal", "people.sqlite-shm"];

/// What is looked at.
#[derive(Clone, Debug)]
pub struct ServerFolder {
    /// The folder.
    pub data: PathBuf,
    /// What the server is told about itself, where that is not in its folder.
    pub config: Option<PathBuf>,
    /// Repositories beside the copies of remotes in it.
    pub repositories: Vec<PathBuf>,
    /// The only pipeline that is looked at, where one is named.
    pub pipeline: Option<String>,
    /// How far.
    pub reach: Reach,
    /// What tells the work to stop.
    pub interrupt: Interrupt,
}

const CHECKS: [Check<ServerFolder>; 8] = [
    Check { name: "server", good: "no server runs on this folder", look: runs },
    Check { name: "data", good: "it is a server's, one user's, and nobody else writes to it", look: folder },
    Check { name: "data-disk", good: "there is room on the disk of the server's folder", look: disk },
    Check { name: "settings", good: "what the server is told about itself can be read", look: settings },
    Check { name: "data-secrets", good: "no file that holds one can be read by others", look: secrets },
    Check { name: "people", good: "their database is whole, and somebody administers the server", look: people },
    Check { name: "copies", good: "each copy of a remote is whole", look: copies },
    Check { name: "backup", good: "the last one is no older than a week", look: backup },
];

/// Looks at a folder, at every pipeline below it, and at those named beside.
///
/// # Errors
/// `unknown-pipeline` where one is named that is in none of them.
pub fn examine_folder(folder: &ServerFolder) -> Result<Diagnosis, Failure> {
    let mut checks: Vec<Finding> = CHECKS.iter().flat_map(|check| findings(check, folder)).collect();
    if folder.reach == Reach::Online
        && let Ok(settings) = read_settings(folder)
    {
        checks.extend(knock(&Means::of(settings)));
    }
    let surroundings = Surroundings::to_look(folder.interrupt.clone());
    let mut seen = Vec::new();
    for place in all_copies(&folder.data).into_iter().chain(folder.repositories.clone()) {
        checks.extend(of_repository(folder, (&place, &surroundings), &mut seen));
    }
    if let Some(name) = folder.pipeline.as_ref().filter(|name| !seen.contains(name)) {
        let message = format!("there is no pipeline `{name}` here");
        return Err(crate::failure::no("unknown-pipeline", message, "name one of those that the folder has"));
    }
    Ok(Diagnosis { pipeline: folder.pipeline.clone().unwrap_or_default(), checks })
}

/// Each pipeline of a repository, under its name; or what keeps them from being looked at.
fn of_repository(
    folder: &ServerFolder,
    (place, surroundings): (&Path, &Surroundings),
    seen: &mut Vec<String>,
) -> Vec<Finding> {
    let repository = || Repository::of(place.to_owned(), surroundings.clone());
    let unread = |failure: &EngineFailure| {
        let found = Found::fault(format!("{}: {}", place.display(), failure.said().1), super::remedy(failure));
        super::told("repository", found)
    };
    let pipelines = match repository().pipelines_to_look() {
        Ok(pipelines) => pipelines,
        Err(fault) => return vec![unread(&fault.into())],
    };
    let mut found = Vec::new();
    for pipeline in pipelines {
        let is_wanted = folder.pipeline.as_ref().is_none_or(|wanted| *wanted == pipeline);
        seen.push(pipeline.clone());
        if !is_wanted {
            continue;
        }
        let looked = of_pipeline(&repository(), &pipeline, folder.reach);
        let told = looked.unwrap_or_else(|failure| vec![unread(&failure)]);
        found.extend(told.into_iter().map(|one| Finding { pipeline: Some(pipeline.clone()), ..one }));
    }
    found
}

fn of_pipeline(repository: &Repository, pipeline: &str, reach: Reach) -> Result<Vec<Finding>, EngineFailure> {
    let house = repository.house_to_look(pipeline)?;
    let visit = Visit { depth: Depth::Plan, ..Visit::worker() };
    let desk = house.receive(&visit)?;
    let state = desk.look()?;
    Ok(examine(&desk, &state, reach))
}

/// Whether a server runs on it: then what is read may be of two moments.
fn runs(folder: &ServerFolder) -> Looked {
    let told = |who: String| {
        Found::good(format!("a server runs on this folder ({who}): it was read beside it, without a lock"))
    };
    Ok(serving::who(&folder.data).map(told).into_iter().collect())
}

fn folder(folder: &ServerFolder) -> Looked {
    let data = &folder.data;
    if !data.join(PEOPLE).is_file() {
        let message = format!("{} is no server's folder: there are no people in it", data.display());
        return Ok(vec![Found::fault(message, "name the folder that the server is started with")]);
    }
    let places: Vec<PathBuf> = ["", PEOPLE, SETTINGS, REPOSITORIES].iter().map(|name| data.join(name)).collect();
    let mut found = mixed(&places);
    let people = OF_PEOPLE.iter().map(|name| data.join(name)).filter(|path| path.exists());
    found.extend(people.filter_map(|path| exposed(&path)));
    Ok(found)
}

fn disk(folder: &ServerFolder) -> Looked {
    Ok(scarce(room_of(&folder.data)?, "the server's folder").into_iter().collect())
}

fn settings_file(folder: &ServerFolder) -> PathBuf {
    folder.config.clone().unwrap_or_else(|| folder.data.join(SETTINGS))
}

fn read_settings(folder: &ServerFolder) -> Result<Settings, EngineFailure> {
    Ok(crate::reload::read(folder.config.as_deref(), &folder.data)?)
}

fn settings(folder: &ServerFolder) -> Looked {
    match read_settings(folder) {
        Ok(_) => Ok(Vec::new()),
        Err(failure) => Ok(vec![Found::fault(failure.said().1, super::remedy(&failure))]),
    }
}

fn secrets(folder: &ServerFolder) -> Looked {
    Ok(secret_files(&settings_file(folder)).iter().filter_map(|file| exposed(file)).collect())
}

fn people(folder: &ServerFolder) -> Looked {
    let path = folder.data.join(PEOPLE);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let seen = look_at_people(&path)?;
    let mut found = Vec::new();
    if let Some(damage) = seen.damage {
        let message = format!("the people database {} is damaged: {damage}", path.display());
        found.push(Found::fault(message, "stop the server, and bring back a backup"));
    }
    if seen.administrators == 0 {
        let message = "nobody administers the server";
        found.push(Found::warning(message, "start it: it prints a link by which the first administrator comes in"));
    }
    Ok(found)
}

/// The copies of remotes that a server keeps.
fn all_copies(data: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data.join(REPOSITORIES)).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| ends(path, "git")).collect();
    found.sort();
    found
}

fn ends(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|found| found == end)
}

fn copies(folder: &ServerFolder) -> Looked {
    let entries = std::fs::read_dir(folder.data.join(REPOSITORIES)).into_iter().flatten().flatten();
    let coming = entries.map(|entry| entry.path()).filter(|path| ends(path, "coming"));
    let told = |path: PathBuf| {
        let message = format!("{} was being fetched for the first time, and did not come whole", path.display());
        Found::warning(message, "start the server: it begins anew, and says how far it is")
    };
    // While a server runs it may be coming this very moment.
    let begun = if serving::who(&folder.data).is_some() { Vec::new() } else { coming.map(told).collect() };
    let alone = all_copies(&folder.data).into_iter().filter(|copy| !copy.join("switchback/remote").is_file());
    let told = |copy: PathBuf| {
        let message = format!("{} does not say of which remote it is the copy", copy.display());
        Found::warning(message, "start the server with that remote: it is written down then")
    };
    Ok(begun.into_iter().chain(alone.map(told)).collect())
}

fn backup(folder: &ServerFolder) -> Looked {
    let step = "make one: `backup` copies everything while the server goes on";
    let Some(last) = last_backup(&folder.data) else {
        return Ok(vec![Found::warning("no backup of this folder was made that it knows of", step)]);
    };
    let now = Clock::from_surroundings()?.now();
    let (made, place) = (format_time(last.at, "UTC"), last.place.display());
    match now.0.saturating_sub(last.at.0) > BACKUP_AT_MOST {
        true => Ok(vec![Found::warning(format!("the last backup is of {made} ({place})"), step)]),
        false => Ok(vec![Found::good(format!("the last one is of {made} ({place})"))]),
    }
}
