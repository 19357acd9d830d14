//! What an operation would do, in full.

use crate::render::page::{Page, count, short};
use crate::render::tone::Tone;
use crate::render::{done, files};
use switchback_api::Preview;
use switchback_api::operation::{AreaForecast, StageForecast, Used};
use switchback_api::scope::Scope;

/// A plan.
pub fn text(plan: &Preview, page: &mut Page) {
    page.line(Tone::Warn.paint("A plan: nothing was written."));
    done::text(&plan.operation, page);
    plan.stages.iter().for_each(|stage| self::stage(stage, page));
    plan.areas.iter().for_each(|area| self::area(area, page));
    if !plan.dependents.is_empty() {
        page.heading("Goes along");
    }
    for dependent in &plan.dependents {
        page.line(format!("  {} because of {}", dependent.change, dependent.because_of));
    }
    if !plan.privileges.is_empty() {
        page.heading("Privileges");
    }
    for used in &plan.privileges {
        page.line(format!("  {}", privilege(used)));
    }
    approvable(&plan.hash, page);
}

/// How to have this plan carried out and no other. Several plans at once have no hash that could be approved.
pub fn approvable(hash: &str, page: &mut Page) {
    if hash.is_empty() {
        return;
    }
    page.gap();
    page.line(format!("{} repeat the command with `--plan {hash}`", Tone::Strong.paint("To do exactly this:")));
}

fn stage(stage: &StageForecast, page: &mut Page) {
    let (commits, files) = (stage.commits.len() as u64, stage.files.len() as u64);
    page.heading(format!("Stage {}", stage.stage));
    page.line(format!("  tree {}, {}, {}", stage.tree, count(commits, "commit"), count(files, "file")));
    for commit in &stage.commits {
        page.line(format!("  {:<7} {}  tree {}", commit.action, commit.change, short(&commit.tree)));
    }
    files::text("  ", &stage.files, page);
}

fn area(area: &AreaForecast, page: &mut Page) {
    page.heading(format!("Area {} of {}", area.area, area.stage));
    let version = match area.version {
        Some(version) => format!("makes {}@{version}", area.area),
        None => "makes no version".to_owned(),
    };
    let tree = area.tree.as_ref().map(|tree| format!(", tree {tree}")).unwrap_or_default();
    let files = count(area.files.len() as u64, "file");
    page.line(format!("  {} {} {version}{tree}, {files}", area.deployment, area.kind));
    files::text("  ", &area.files, page);
    for (what, files) in [("leaves alone", &area.kept), ("replaces", &area.overwritten)] {
        if !files.is_empty() {
            page.line(format!("  {what} what somebody edited: {}", files.join(", ")));
        }
    }
    if area.drift_unseen {
        page.line(Tone::Dim.paint("  what somebody edited there shows when it runs: a preview asks no program"));
    }
    if let Some(problem) = &area.problem {
        page.problem("  ", problem);
    }
}

fn privilege(used: &Used) -> String {
    let scope = scope(&used.scope);
    match &used.implicit {
        Some(why) => format!("{} on {scope} {}", used.privilege, Tone::Dim.paint(format!("(implicit: {why})"))),
        None => format!("{} on {scope} {}", used.privilege, Tone::Dim.paint("(explicit)")),
    }
}

/// Where a privilege holds, in words.
pub fn scope(scope: &Scope) -> String {
    match scope {
        Scope::Pipeline => "the pipeline".to_owned(),
        Scope::Stage(stage) => format!("stage {stage}"),
        Scope::Area(area) => format!("area {area}"),
    }
}
