//! What the versions of an area need and the repository lacks: without it git can neither pack nor clone. An older
//! program named what somebody had edited and never stored it; where that file still stands on the target, it is stored
//! from there.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::records::area_line::AreaLine;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::AreaName;
use switchback_core::words::object::{Oid, RepoPath};
use switchback_core::words::warning::Warning;

/// Something that is missing.
pub(crate) struct Missing {
    /// What, in one sentence.
    pub(crate) told: String,
    /// The file of the target that holds it.
    pub(crate) standing: Option<StandingFile>,
}

/// A file of a target with the very content that the repository lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StandingFile {
    area: AreaName,
    path: RepoPath,
    id: Oid,
}

/// Everything missing.
///
/// # Errors
/// A fault of the repository.
pub(crate) fn lacking(desk: &Desk<'_>, area: &Area, line: &AreaLine) -> Result<Vec<Missing>, EngineFailure> {
    let gone = |told| Missing { told, standing: None };
    let named = |number| format!("{}@{number}", area.name);
    let mut found = Vec::new();
    for version in &line.versions {
        if desk.repo.commit_info(version.commit).is_err() {
            let (commit, named) = (version.commit, named(version.number));
            found.push(gone(format!("commit {commit} of {named} is missing in the repository")));
        }
    }
    let both = line.versions.iter().flat_map(|version| [version.tree, version.wanted]);
    for one in desk.repo.lacking(&both.collect::<Vec<_>>())? {
        let number = line.versions[one.tree / 2].number;
        // Of each version the tree is under the area's names, and what was wanted under the stage's.
        let here = if one.tree % 2 == 0 { Some(one.path.clone()) } else { area.filter.map(&one.path) };
        let standing = here.and_then(|path| standing(desk, area, (path, one.id)));
        let stands = if standing.is_some() { "; the file on the target holds it" } else { "" };
        let (id, path, named) = (one.id, &one.path, named(number));
        let told = format!("object {id} (`{path}`) of {named} is missing in the repository{stands}");
        found.push(Missing { told, standing });
    }
    for aside in &line.set_aside {
        if desk.repo.commit_info(aside.commit).is_err() {
            let (commit, deployment) = (aside.commit, aside.deployment);
            found.push(gone(format!("commit {commit} with what was set aside at {deployment} is missing")));
        }
    }
    Ok(found)
}

/// What the repository lacks of what the ledger names: commits of revisions, trees of lines, and what the versions of areas
/// need. A sentence for each.
///
/// # Errors
/// A fault of the repository.
pub fn missing(desk: &Desk<'_>, state: &State) -> Result<Vec<String>, EngineFailure> {
    let mut found = Vec::new();
    for change in state.changes.iter() {
        for revision in &change.revisions {
            let gone = [revision.base, revision.tip].into_iter().find(|one| desk.repo.commit_info(*one).is_err());
            if let Some(commit) = gone {
                let (key, number) = (&change.key, revision.number);
                found.push(format!("commit {commit} of revision {number} of {key} is missing in the repository"));
            }
        }
    }
    let (names, trees): (Vec<_>, Vec<_>) = state.lines.iter().map(|(name, line)| (name, line.tree)).unzip();
    for one in desk.repo.lacking(&trees)? {
        let (id, path, stage) = (one.id, &one.path, names[one.tree]);
        found.push(format!("object {id} (`{path}`) of {stage} is missing in the repository"));
    }
    for area in state.pipeline().areas_in_use() {
        found.extend(lacking(desk, area, state.area(&area.name))?.into_iter().map(|one| one.told));
    }
    Ok(found)
}

/// A target that cannot be read holds nothing that could be taken from it now.
fn standing(desk: &Desk<'_>, area: &Area, what: (RepoPath, Oid)) -> Option<StandingFile> {
    let (path, id) = what;
    let found = desk.house.targets.open(area).read(std::slice::from_ref(&path)).ok()?;
    let holds = found.first().is_some_and(|leaf| leaf.is_some_and(|leaf| leaf.id.0 == id));
    holds.then(|| StandingFile { area: area.name.clone(), path, id })
}

/// Every file of a target that holds what the repository lacks.
///
/// # Errors
/// A fault of the ledger or the repository.
pub fn standing_files(desk: &Desk<'_>) -> Result<Vec<StandingFile>, EngineFailure> {
    let state = desk.look()?;
    let mut found = Vec::new();
    for area in state.pipeline().areas_in_use() {
        found.extend(lacking(desk, area, state.area(&area.name))?.into_iter().filter_map(|one| one.standing));
    }
    Ok(found)
}

/// Stores what files of targets hold and the repository lacks; a warning for each that changed in the meantime. The refs
/// of the areas' versions keep it from then on.
pub fn store(desk: &Desk<'_>, files: &[StandingFile]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for file in files {
        if let Err(fault) = store_one(desk, file) {
            warnings.push(fault.into());
        }
    }
    if let Err(fault) = desk.repo.store() {
        warnings.push(fault.into());
    }
    warnings
}

fn store_one(desk: &Desk<'_>, file: &StandingFile) -> Result<(), Fault> {
    let pipeline = desk.pipeline();
    let Some(area) = pipeline.area(&file.area) else { return Ok(()) };
    let bytes = desk.house.targets.open(area).fetch(&file.path)?;
    match desk.repo.blob(&bytes)?.0 == file.id {
        true => Ok(()),
        false => {
            let message = format!("`{}` in {} was edited meanwhile, and is not what is missing", file.path, file.area);
            Err(Fault::new("area-changed", message, "put it back as it was, then run this again"))
        }
    }
}
