//! What a version wants of every path it touches, and what stands there (`SPEC A7`).

use super::Maker;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use switchback_core::areas::drift::{self, DriftDecision, Wish};
use switchback_core::areas::next_version::Draft;
use switchback_core::content::Content;
use switchback_core::pipeline::area::Area;
use switchback_core::records::version::{Version, VersionKind};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, RepoPath};

impl Maker<'_> {
    /// What the version wants of every path it touches, and what stands there.
    pub(super) fn wishes(&self, before: Option<&Version>, draft: &Draft) -> Result<Vec<Wish>, EngineFailure> {
        let filter = &self.area.filter;
        let content: &dyn Content = &*self.desk.repo;
        let mut wishes: Vec<Wish> = match before {
            // What stands there is the version.
            _ if matches!(draft.kind, VersionKind::Adopt | VersionKind::Move) => Vec::new(),
            None => {
                let tree = filter.project(content, draft.wanted)?;
                let leaves = content.leaves(tree)?.into_iter();
                leaves.map(|(path, leaf)| wish(path, None, Some(leaf))).collect()
            }
            Some(version) if draft.kind == VersionKind::Repair => self.repairs(version)?,
            Some(version) => changed(self.desk, self.area, (version, draft))?,
        };
        restore(&mut wishes, draft);
        let paths: Vec<RepoPath> = wishes.iter().map(|wish| wish.path.clone()).collect();
        for (wish, standing) in wishes.iter_mut().zip(self.target.read(&paths)?) {
            if standing == Some(Leaf::ODD) {
                return Err(blocked(&wish.path).into());
            }
            wish.standing = standing;
        }
        Ok(wishes)
    }

    /// Every file the target should hold, and every file it holds beyond that.
    fn repairs(&self, version: &Version) -> Result<Vec<Wish>, EngineFailure> {
        let filter = &self.area.filter;
        let tree = filter.project(&*self.desk.repo, version.wanted)?;
        let wanted = self.desk.repo.leaves(tree)?;
        let known: std::collections::BTreeSet<_> = wanted.iter().map(|(path, _)| path.clone()).collect();
        let extra = self.target.managed()?.into_iter().filter(|(path, _)| !known.contains(path));
        // No version says of it what it should be: it goes, and is kept like an edit.
        let mut wishes: Vec<Wish> = extra.map(|(path, _)| wish(path, None, None)).collect();
        wishes.extend(wanted.into_iter().map(|(path, leaf)| wish(path, Some(leaf), Some(leaf))));
        Ok(wishes)
    }
}

/// What a version wants of the paths at which it differs from the one before.
fn changed(desk: &Desk<'_>, area: &Area, what: (&Version, &Draft)) -> Result<Vec<Wish>, EngineFailure> {
    let (before, draft) = what;
    let delta = desk.repo.delta(before.wanted, draft.wanted)?;
    let mapped = delta.changes.iter().filter_map(|one| Some((area.filter.map(&one.path)?, one)));
    Ok(mapped.map(|(path, one)| wish(path, one.before, one.after)).collect())
}

/// What had been overwritten comes back (`SPEC R3`).
fn restore(wishes: &mut Vec<Wish>, draft: &Draft) {
    for restored in &draft.restore {
        match wishes.iter_mut().find(|wish| wish.path == restored.path) {
            Some(wish) => wish.after = restored.before,
            None => wishes.push(wish(restored.path.clone(), restored.after, restored.before)),
        }
    }
}

/// What is known now of the drift that a version would meet; `None` where that cannot be seen without running a program,
/// or while something is under way (`SPEC D11`).
///
/// # Errors
/// `area-drifted`; a fault of the repository. A target that cannot be read now says nothing about later.
pub(crate) fn foreseen(
    desk: &Desk<'_>,
    area: &Area,
    what: (&Version, &Draft),
) -> Result<Option<DriftDecision>, EngineFailure> {
    let target = desk.house.targets.open(area);
    let at_rest = target.underway().is_ok_and(|underway| underway.is_none());
    if !target.glance().is_ok_and(|seen| seen.is_some()) || !at_rest {
        return Ok(None);
    }
    let mut wishes = changed(desk, area, what)?;
    restore(&mut wishes, what.1);
    let paths: Vec<RepoPath> = wishes.iter().map(|wish| wish.path.clone()).collect();
    let Ok(standing) = target.read(&paths) else { return Ok(None) };
    for (wish, standing) in wishes.iter_mut().zip(standing) {
        wish.standing = standing;
    }
    Ok(Some(drift::settle(area, what.1.kind, wishes)?))
}

fn blocked(path: &RepoPath) -> Fault {
    let message = format!("What stands at `{path}` in the area is no file: a pipe, a socket or a device.");
    Fault::new("area-blocked", message, "Move it away, or leave the path out with the area's `exclude`.")
}

fn wish(path: RepoPath, before: Option<Leaf>, after: Option<Leaf>) -> Wish {
    Wish { path, before, after, standing: None }
}
