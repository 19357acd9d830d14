//! What the versions of an area need and the repository lacks: without it git can neither pack nor clone.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use switchback_core::pipeline::area::Area;
use switchback_core::records::area_line::AreaLine;

/// One sentence for each missing object.
///
/// # Errors
/// A fault of the repository.
pub(crate) fn lacking(desk: &Desk<'_>, area: &Area, line: &AreaLine) -> Result<Vec<String>, EngineFailure> {
    let named = |number| format!("{}@{number}", area.name);
    let mut found = Vec::new();
    for version in &line.versions {
        if desk.repo.commit_info(version.commit).is_err() {
            found.push(format!("commit {} of {} is missing in the repository", version.commit, named(version.number)));
        }
    }
    let both = line.versions.iter().flat_map(|version| [version.tree, version.wanted]);
    for one in desk.repo.lacking(&both.collect::<Vec<_>>())? {
        let number = line.versions[one.tree / 2].number;
        found.push(format!("object {} (`{}`) of {} is missing in the repository", one.id, one.path, named(number)));
    }
    for aside in &line.set_aside {
        if desk.repo.commit_info(aside.commit).is_err() {
            found.push(format!("commit {} with what was set aside at {} is missing", aside.commit, aside.deployment));
        }
    }
    Ok(found)
}
