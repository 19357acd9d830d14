//! What a version wants of every path it touches, and what stands there (`SPEC A7`).

use super::{Maker, refiltered};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::areas::adopted;
use switchback_core::areas::drift::{self, DriftDecision, Wish};
use switchback_core::areas::next_version::Draft;
use switchback_core::content::Content;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::ports::target::Target;
use switchback_core::records::version::{Version, VersionKind};
use switchback_core::words::details::Details;
use switchback_core::words::object::{Leaf, RepoPath};
use switchback_core::words::refusal::{Code, Refusal};

/// What earlier deployments would leave at paths of an area, once they are made.
pub(crate) type Left = BTreeMap<RepoPath, Option<Leaf>>;

impl Maker<'_> {
    /// What the version wants of every path it touches, and what stands there.
    pub(super) fn wishes(&self, state: &State, draft: &Draft) -> Result<Vec<Wish>, EngineFailure> {
        let mut wishes = wanted(self.desk, (self.area, self.target), (state, draft))?;
        let paths: Vec<RepoPath> = wishes.iter().map(|wish| wish.path.clone()).collect();
        for (wish, standing) in wishes.iter_mut().zip(self.target.read(&paths)?) {
            wish.standing = standing;
        }
        none_is_odd(self.area, wishes.iter().map(|wish| (&wish.path, wish.standing)))?;
        Ok(wishes)
    }
}

/// What a version wants of every path it touches. What stands there is not looked at.
pub(crate) fn wanted(
    desk: &Desk<'_>,
    place: (&Area, &dyn Target),
    (state, draft): (&State, &Draft),
) -> Result<Vec<Wish>, EngineFailure> {
    let (area, target) = place;
    let content: &dyn Content = &*desk.repo;
    let mut wishes: Vec<Wish> = match state.area(&area.name).current() {
        // What stands there is the version.
        _ if matches!(draft.kind, VersionKind::Adopt | VersionKind::Move) => Vec::new(),
        None => {
            let tree = area.filter.project(content, draft.wanted)?;
            let leaves = content.leaves(tree)?.into_iter();
            leaves.map(|(path, leaf)| wish(path, None, Some(leaf))).collect()
        }
        Some(version) if draft.kind == VersionKind::Repair => repairs(desk, (area, target), version)?,
        Some(version) => {
            let mut wishes = changed(desk, area, (version, draft))?;
            refiltered::add(desk, area, (state, version), &mut wishes)?;
            wishes
        }
    };
    restore(&mut wishes, draft);
    let shall: Vec<_> = wishes.iter().map(|wish| (wish.path.clone(), wish.after)).collect();
    let lost = adopted::lost_edits(&desk.snapshot(state), content, area, &shall)?;
    for wish in &mut wishes {
        wish.loses_edit = lost.contains(&wish.path);
    }
    Ok(wishes)
}

/// Every file the target should hold, and every file it holds beyond that.
fn repairs(desk: &Desk<'_>, place: (&Area, &dyn Target), version: &Version) -> Result<Vec<Wish>, EngineFailure> {
    let (area, target) = place;
    let tree = area.filter.project(&*desk.repo, version.wanted)?;
    let wanted = desk.repo.leaves(tree)?;
    let known: BTreeSet<_> = wanted.iter().map(|(path, _)| path.clone()).collect();
    let extra = target.managed()?.into_iter().filter(|(path, _)| !known.contains(path));
    // It goes; where no version says of it what it should be, it is kept like an edit.
    let mut wishes = Vec::new();
    for (path, _) in extra {
        let before = desk.repo.leaf(version.tree, &path)?;
        wishes.push(wish(path, before, None));
    }
    wishes.extend(wanted.into_iter().map(|(path, leaf)| wish(path, Some(leaf), Some(leaf))));
    Ok(wishes)
}

/// What a version wants of the paths at which it differs from the one before.
fn changed(desk: &Desk<'_>, area: &Area, what: (&Version, &Draft)) -> Result<Vec<Wish>, EngineFailure> {
    let (before, draft) = what;
    let delta = desk.repo.delta(before.wanted, draft.wanted)?;
    let mapped = delta.changes.iter().filter_map(|one| Some((area.filter.map(&one.path)?, one)));
    Ok(mapped.map(|(path, one)| wish(path, one.before, one.after)).collect())
}

/// What had been overwritten comes back (`SPEC R3`), where the area still has such a file.
fn restore(wishes: &mut Vec<Wish>, draft: &Draft) {
    for restored in &draft.restore {
        match wishes.iter_mut().find(|wish| wish.path == restored.path) {
            Some(wish) => wish.after = restored.before,
            None => wishes.push(wish(restored.path.clone(), restored.after, restored.before)),
        }
    }
}

/// What is known now of the drift that a version would meet, after what deployments before it would leave; `None` where
/// that cannot be seen without running a program, or while something is under way (`SPEC D11`).
///
/// # Errors
/// `area-drifted`, `area-blocked`; a fault of the repository. A target that cannot be read now says nothing about later.
pub(crate) fn foreseen(
    desk: &Desk<'_>,
    area: &Area,
    what: (&State, &Draft),
    left: &Left,
) -> Result<Option<DriftDecision>, EngineFailure> {
    let target = desk.house.targets.open(area);
    let is_seen = target.glance().is_ok_and(|seen| seen.is_some());
    if !is_seen || !target.underway().is_ok_and(|underway| underway.is_none()) {
        return Ok(None);
    }
    let Ok(mut wishes) = wanted(desk, (area, &*target), what) else { return Ok(None) };
    let paths: Vec<RepoPath> = wishes.iter().map(|wish| wish.path.clone()).collect();
    let Ok(standing) = target.read(&paths) else { return Ok(None) };
    for (wish, standing) in wishes.iter_mut().zip(standing) {
        wish.standing = left.get(&wish.path).copied().unwrap_or(standing);
    }
    none_is_odd(area, wishes.iter().map(|wish| (&wish.path, wish.standing)))?;
    Ok(Some(drift::settle(area, what.1.kind, wishes)?))
}

/// A pipe, a socket or a device is no file that could be kept or replaced.
pub(crate) fn none_is_odd<'a>(
    area: &Area,
    standing: impl IntoIterator<Item = (&'a RepoPath, Option<Leaf>)>,
) -> Result<(), Refusal> {
    let odd = standing.into_iter().find(|(_, leaf)| *leaf == Some(Leaf::ODD));
    let Some((path, _)) = odd else { return Ok(()) };
    let path = path.to_string();
    let message = format!("what stands at `{path}` in area {} is no file: a pipe, a socket or a device", area.name);
    let advice = "move it away, or leave the path out with the area's `exclude`";
    let details = Details::Drifted { area: area.name.clone(), files: vec![path] };
    Err(Refusal::new(Code::AreaBlocked, message, advice).with(details))
}

fn wish(path: RepoPath, before: Option<Leaf>, after: Option<Leaf>) -> Wish {
    Wish { path, before, after, standing: None, loses_edit: false }
}
