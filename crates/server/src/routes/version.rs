//! The versions of an area.

use crate::failure::Said;
use crate::page::{Order, Page};
use crate::routes::{area, jobs};
use crate::views::drift::{Met, met};
use crate::views::{decision, files};
use switchback_api::Failure;
use switchback_api::verbs::version::{Edited, FileEntry, ListRequest, ShowRequest, Shown, Versions};
use switchback_core::foresee::settled;
use switchback_core::ledger::state::State;
use switchback_core::records::version::Version;
use switchback_core::words::names::{AreaName, VersionNo};
use switchback_core::words::object::{Leaf, Mode, PathChange, TreeId};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_engine::desk::Desk;

/// Lists them, newest first.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Versions, Failure> {
    let state = desk.look().said()?;
    let name = &desk.snapshot(&state).area(&AreaName::new(&request.area)).said()?.name;
    let page = Page::of("versions", request.limit, request.cursor.as_deref())?;
    let (found, next) =
        page.cut(state.area(name).versions.iter().rev(), Order::NewestFirst, |version| version.number.0);
    Ok(Versions { versions: found.into_iter().map(|one| area::version(desk, &state, one)).collect(), next })
}

/// Shows one, whole.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let area = snapshot.area(&AreaName::new(&request.area)).said()?;
    let line = state.area(&area.name);
    let number = request.version.parse().ok().map(VersionNo);
    let unknown = || Refusal::unknown(Code::UnknownVersion, &format!("{}@{}", area.name, request.version), &[]);
    let version = number.and_then(|number| line.version(number)).ok_or_else(unknown).said()?;
    let before = VersionNo(version.number.0.saturating_sub(1));
    let before = line.version(before).map_or(TreeId::EMPTY, |version| version.tree);
    let settled = settled::by_version(&snapshot, &area.name, version.number);
    let here: Vec<_> = settled.into_iter().filter(|one| one.stage.is_none()).collect();
    Ok(Shown {
        area: area.name.to_string(),
        stage: area.stage.to_string(),
        version: area::version(desk, &state, version),
        is_current: line.current().is_some_and(|current| current.number == version.number),
        wanted: version.wanted.to_string(),
        commit: version.commit.0.to_string(),
        stage_head: version.stage_head.0.to_string(),
        files: desk.repo.delta(before, version.tree).said()?.changes.iter().map(entry).collect(),
        drift: drift(&state, version),
        auto_resolved: decision::automatic(desk, &state, &here),
        said: jobs::of(desk, version.deployment)?.map(|job| job.said).unwrap_or_default(),
    })
}

fn entry(one: &PathChange) -> FileEntry {
    let file = files::file(one);
    let entry = |leaf: Option<Leaf>| leaf.map(|leaf| format!("{} {}", octal(leaf.mode), leaf.id));
    FileEntry { path: file.path, change: file.change, before: entry(one.before), after: entry(one.after) }
}

/// A mode as git writes it.
fn octal(mode: Mode) -> &'static str {
    match mode {
        Mode::File => "100644",
        Mode::Executable => "100755",
        Mode::Symlink => "120000",
        Mode::Submodule => "160000",
    }
}

/// What the deployment met of what somebody had edited.
fn drift(state: &State, version: &Version) -> Vec<Edited> {
    let Some(asked) = state.deployment(version.deployment) else { return Vec::new() };
    let Met { kept, overwritten, set_aside } = met(state, asked);
    let each = [("kept", kept), ("overwritten", overwritten), ("set-aside", set_aside)];
    let told = each
        .into_iter()
        .flat_map(|(what, paths)| paths.into_iter().map(move |path| Edited { path, what: what.to_owned() }));
    told.collect()
}
