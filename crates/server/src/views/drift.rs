//! What deployments met of what somebody had edited on their targets (`SPEC A7`).

use super::remedy::step;
use switchback_api::Warning;
use switchback_api::operation::Deployment;
use switchback_core::ledger::state::State;
use switchback_core::records::deployment;
use switchback_core::words::names::AreaName;
use switchback_core::words::object::RepoPath;
use switchback_core::words::remedy::Remedy;

/// Edited files, by what became of them.
#[derive(Default)]
pub struct Met {
    /// Left alone.
    pub kept: Vec<String>,
    /// Replaced.
    pub overwritten: Vec<String>,
    /// Edited in the middle, and set aside.
    pub set_aside: Vec<String>,
}

/// What a deployment met.
pub fn met(state: &State, asked: &deployment::Deployment) -> Met {
    let line = state.area(&asked.area);
    let mut met = Met::default();
    for version in line.versions.iter().filter(|version| version.deployment == asked.id) {
        met.kept.extend(written(&version.kept));
        met.overwritten.extend(version.overwritten.iter().map(|one| one.path.to_string()));
    }
    for aside in line.set_aside.iter().filter(|aside| aside.deployment == asked.id) {
        met.set_aside.extend(aside.files.iter().map(|(path, _)| path.to_string()));
    }
    met
}

/// Paths as they are written.
pub fn written(paths: &[RepoPath]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

/// What somebody should know about a deployment.
pub fn warnings(one: &Deployment) -> Vec<Warning> {
    let (id, area) = (&one.deployment, &one.area);
    let told = [
        (&one.kept, "drift-kept", format!("{id} left alone what somebody had edited in {area}")),
        (&one.overwritten, "drift-overwritten", format!("{id} replaced what somebody had edited in {area}")),
        (
            &one.set_aside,
            "edit-set-aside",
            format!("{area} was edited while {id} was being made, and that was set aside"),
        ),
    ];
    let some = told.into_iter().filter(|(files, ..)| !files.is_empty());
    let warning = |(files, code, what): (&Vec<String>, &str, String)| Warning {
        code: code.to_owned(),
        message: format!("{what}: {}", files.join(", ")),
        remedy: step(&Remedy::ShowKept { area: AreaName::new(area) }),
    };
    some.map(warning).collect()
}
