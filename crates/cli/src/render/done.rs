//! What was done: one rendering for all operations.

use crate::render::page::{Page, count, reasons};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use crate::render::{conflicts, decision, resolution, sign, validation};
use switchback_api::Operation;
use switchback_api::operation::{ChangeResult, Deployment, Locked, Row};

/// What was done.
pub fn text(operation: &Operation, page: &mut Page) {
    head(operation, page);
    results(&operation.results, page);
    for one in &operation.rewritten {
        let (change, from, to) = (Tone::Strong.paint(&one.change), one.from, one.to);
        page.line(format!("  {} {change} stays, rewritten: revision {from} → {to}", Tone::Warn.paint("~")));
    }
    operation.promotions.iter().for_each(|one| row(one, page));
    operation.validation.iter().for_each(|tried| validation::text(tried, page));
    decision::list(&operation.auto_resolved, page);
    resolution::uses(&operation.used, page);
    if operation.promotions.is_empty() {
        deployments("", &operation.deployments, page);
    }
    if !operation.conflicts.is_empty() {
        conflicts::list(&operation.conflicts, page);
        if let Some(id) = &operation.operation {
            page.line(format!("{} look with `switchback conflicts {id}`,", Tone::Strong.paint("hint:")));
            page.line(format!(
                "      settle each with `switchback resolve {id} PATH {}`",
                conflicts::ways(&operation.conflicts)
            ));
        }
    }
    page.warnings(&operation.warnings);
}

fn head(operation: &Operation, page: &mut Page) {
    let said = match (operation.says.as_str(), &operation.operation) {
        ("", Some(id)) => format!("{id} {}", operation.kind),
        ("", None) => operation.kind.clone(),
        (says, _) => says.to_owned(),
    };
    match &operation.status {
        Some(status) => page.line(format!("{}  {}", Tone::Strong.paint(said), sign::both(status))),
        None => page.line(Tone::Strong.paint(said)),
    }
}

fn results(results: &[ChangeResult], page: &mut Page) {
    let mut table = Table::default();
    for result in results {
        let way = match (&result.from, &result.to) {
            (Some(from), Some(to)) => format!("{from} → {to}"),
            (Some(place), None) | (None, Some(place)) => place.clone(),
            (None, None) => String::new(),
        };
        let revision = result.revision.map(|number| format!("revision {number}")).unwrap_or_default();
        let along = result.because_of.as_ref().map(|other| format!("because of {other}"));
        let stays = result.stays_at.as_ref().filter(|stages| !stages.is_empty());
        let stays = stays.map(|stages| format!("stays at {}", stages.join(", ")));
        let withdrawn = (!result.withdrawn.is_empty()).then(|| format!("no longer {}", result.withdrawn.join(" and ")));
        let note = along.into_iter().chain(stays).chain(withdrawn).collect::<Vec<_>>().join(", ");
        table.row([
            "".into(),
            sign::cell(&result.status),
            Cell::toned(&result.change, Tone::Strong),
            sign::word(&result.status),
            revision.into(),
            way.into(),
            note.into(),
        ]);
    }
    let mut text = String::new();
    table.write(&mut text);
    for (line, result) in text.lines().zip(results) {
        page.line(format!("  {line}"));
        let said = result.refused.as_ref().map(|refused| (&refused.code, &refused.message, &refused.hint));
        let said = said.or(result.fault.as_ref().map(|fault| (&fault.code, &fault.message, &fault.hint)));
        if let Some((code, message, hint)) = said {
            page.line(format!("      {} {message}", Tone::Bad.paint(format!("[{code}]"))));
            page.line(format!("      {} {hint}", Tone::Strong.paint("hint:")));
        }
        deployments("    ", result.rollbacks.as_deref().unwrap_or_default(), page);
    }
}

/// Deployments and rollbacks, each with what became of it.
fn deployments(indent: &str, deployments: &[Deployment], page: &mut Page) {
    let mut table = Table::default();
    for one in deployments {
        let version = one.version.map_or_else(|| one.area.clone(), |number| format!("{}@{number}", one.area));
        table.row([
            sign::cell(&one.status),
            (&one.kind).into(),
            version.into(),
            (&one.deployment).into(),
            sign::word(&one.status),
            count(one.changes.len() as u64, "change").into(),
        ]);
    }
    let mut text = String::new();
    table.write(&mut text);
    for (line, one) in text.lines().zip(deployments) {
        page.line(format!("{indent}  {line}"));
        if let Some(problem) = &one.problem {
            page.problem(&format!("{indent}      "), problem);
        }
    }
}

/// One promotion of several.
fn row(row: &Row, page: &mut Page) {
    let id = row.operation.as_deref().unwrap_or("no promotion");
    let to = Tone::Strong.paint(format!("→ {}", row.destination));
    page.line(format!("{to}  {id}  {}", sign::both(&row.status)));
    let mut table = Table::default();
    for moved in &row.changes {
        table.row([
            "".into(),
            sign::cell(&moved.status),
            (&moved.change).into(),
            sign::word(&moved.status),
            format!("revision {}", moved.revision).into(),
        ]);
    }
    // What is there already is named, and takes no row each, as where `behind` lists it.
    let is_there = |one: &&Locked| one.reasons.iter().any(|reason| reason.code == "already-there");
    let (there, locked): (Vec<_>, Vec<_>) = row.locked.iter().partition(is_there);
    for locked in locked {
        table.row([
            "".into(),
            Cell::toned("✗", Tone::Dim),
            (&locked.change).into(),
            Cell::toned("locked", Tone::Dim),
            reasons(&locked.reasons).into(),
        ]);
    }
    let mut text = String::new();
    table.write(&mut text);
    text.lines().for_each(|line| page.line(format!("  {line}")));
    if !there.is_empty() {
        let names: Vec<_> = there.iter().map(|one| one.change.as_str()).collect();
        page.line(Tone::Dim.paint(format!("  there already: {}", names.join(", "))));
    }
    deployments("    ", &row.deployments, page);
    conflicts::list(&row.conflicts, page);
    if let Some(id) = row.operation.as_ref().filter(|_| !row.conflicts.is_empty()) {
        page.line(format!("  {} look with `switchback conflicts {id}`", Tone::Strong.paint("hint:")));
    }
    if let Some(problem) = &row.problem {
        page.problem("  ", problem);
    }
}
