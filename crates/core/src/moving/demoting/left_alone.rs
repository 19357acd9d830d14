//! Files that stay in a folder which goes back to where it was: who stays added them where a change that leaves had moved it.

use crate::compose::Composer;
use crate::content::folders::{folder_of, is_in};
use crate::content::sketch::Hashes;
use crate::content::{Delta, PathSet};
use crate::depend::stay::Departure;
use crate::ledger::entry::Event;
use crate::ledger::snapshot::Snapshot;
use crate::moving::demoting::stays::{after, some_of};
use crate::records::line::Line;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::object::RepoPath;
use crate::words::refusal::Code;
use crate::words::warning::Warning;
use std::collections::BTreeMap;

/// What somebody should know about such files, once `events` have happened.
///
/// # Errors
/// A fault of the content.
pub(super) fn warnings(
    composer: Composer<'_>,
    snapshot: &Snapshot<'_>,
    departure: &Departure<'_>,
    events: &[Event],
) -> Result<Vec<Warning>, Fault> {
    let mut warnings = Vec::new();
    for (stage, line) in departure.leaving.stages() {
        let after = after(events, stage, line);
        let back = folders_back(&*composer.content.delta(line.tree, after)?);
        if back.is_empty() {
            continue;
        }
        let gone = |ix: &ChangeIx| departure.closures.get(stage).is_some_and(|closure| closure.leaving.contains(ix));
        let mut within: BTreeMap<&RepoPath, PathSet> = BTreeMap::new();
        for (path, _) in composer.content.leaves(after)? {
            if let Some((folder, _)) = back.iter().find(|(folder, _)| is_in(&path, folder)) {
                within.entry(folder).or_default().insert(path);
            }
        }
        for (folder, paths) in within {
            for (ix, paths) in since_it_moved(composer, (line, &gone), (folder, paths))? {
                let (paths, change, home) = (some_of(&paths), snapshot.state.key(ix), &back[folder]);
                let message = format!(
                    "{stage} keeps {paths}, which {change} added there, though the rest of {folder} goes back to {home}"
                );
                warnings.push(Warning::new(Code::DependsOn, message));
            }
        }
    }
    Ok(warnings)
}

/// The folders whose files go elsewhere, each with where; the root is none.
fn folders_back(did: &Delta) -> BTreeMap<RepoPath, RepoPath> {
    let folders = did.renames.iter().filter_map(|(from, to)| Some((folder_of(from)?, folder_of(to)?)));
    folders.filter(|(from, to)| from != to).collect()
}

/// Who added which of all the files in a folder since one that leaves moved it there; nobody where one of them did not come
/// since: then the folder itself stays.
fn since_it_moved(
    composer: Composer<'_>,
    (line, gone): (&Line, &dyn Fn(&ChangeIx) -> bool),
    (folder, mut paths): (&RepoPath, PathSet),
) -> Result<BTreeMap<ChangeIx, Vec<RepoPath>>, Fault> {
    let mut added: BTreeMap<ChangeIx, Vec<RepoPath>> = BTreeMap::new();
    let hashes = Hashes::of(&paths);
    for item in line.items.iter().rev() {
        let leaves = gone(&item.change);
        if !leaves && !composer.may_touch(item, &hashes) {
            continue;
        }
        let Some((base, theirs)) = composer.trees(item)? else { continue };
        let did = composer.content.delta(base, theirs)?;
        if leaves && did.renames.iter().any(|(_, to)| is_in(to, folder)) {
            break;
        }
        let settled = item.resolutions.iter().filter(|one| one.sides.base.is_none()).filter_map(|one| one.at.as_ref());
        let new = did.changes.iter().filter(|one| one.before.is_none() && did.renames_to(&one.path).next().is_none());
        let found = new.map(|one| &one.path).chain(settled).filter(|path| paths.remove(path));
        let found: Vec<RepoPath> = found.cloned().collect();
        if !found.is_empty() {
            added.entry(item.change).or_default().extend(found);
        }
    }
    Ok(if paths.is_empty() { added } else { BTreeMap::new() })
}
