//! Promotion records.

use crate::render::page::{Page, count, minute};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use crate::render::{conflicts, decision, schedule, sign, validation};
use switchback_api::verbs::promote::Deploy;
use switchback_api::verbs::promotion::{PrBody, Promotion, Promotions, RecordOptions, Shown};

/// One line each.
pub fn list(view: &Promotions, page: &mut Page) {
    if view.promotions.is_empty() {
        page.line("No promotions.");
        schedule::list(&view.schedules, page);
        return;
    }
    let mut table = Table::new(["", "Promotion", "Way", "Status", "Changes", "Owner", "Made", "Runs"]);
    for one in &view.promotions {
        table.row([
            sign::cell(&one.status),
            Cell::toned(&one.id, Tone::Strong),
            way(one).into(),
            sign::word(&one.status),
            one.changes.len().to_string().into(),
            (&one.owner).into(),
            minute(&one.created_at).into(),
            one.scheduled_at.as_deref().map(minute).unwrap_or_default().into(),
        ]);
    }
    page.table(&table);
    schedule::list(&view.schedules, page);
}

/// Everything about one.
pub fn show(view: &Shown, page: &mut Page) {
    let one = &view.promotion;
    page.line(format!("{}  {}", Tone::Strong.paint(format!("{} {}", one.id, way(one))), sign::both(&one.status)));
    page.fact("made", Some(minute(&one.created_at)));
    page.fact("runs", one.scheduled_at.as_deref().map(minute));
    page.fact("owner", Some(&one.owner));
    page.fact("project", one.project.as_ref());
    page.fact("release", one.release.as_ref());
    page.fact("to be merged", one.ready_branch.as_ref());
    page.fact("note", one.note.as_ref());
    for left in &one.left_out {
        page.fact("left out", Some(format!("{}: [{}] {}", left.change, left.code, left.message)));
    }
    page.fact("cloned as", one.cloned_as.as_ref());
    options(&one.options, page);
    one.validation.iter().for_each(|tried| validation::text(tried, page));
    let mut table = Table::default();
    for moved in &one.changes {
        table.row([
            "".into(),
            sign::cell(&moved.status),
            Cell::toned(&moved.change, Tone::Strong),
            format!("revision {}", moved.revision).into(),
            sign::word(&moved.status),
        ]);
    }
    page.heading(count(one.changes.len() as u64, "change"));
    page.table(&table);
    conflicts::list(&one.conflicts, page);
    decision::list(&one.auto_resolved, page);
    for deployment in &one.deployments {
        let version = deployment.version.map(|number| format!("@{number}")).unwrap_or_default();
        let place = format!("{} {} {}{version}", deployment.kind, deployment.deployment, deployment.area);
        page.line(format!("  {place}  {}", sign::both(&deployment.status)));
    }
}

/// The text alone, so that it can be piped to whatever makes the pull request.
pub fn pr_body(view: &PrBody, page: &mut Page) {
    page.line(&view.body);
}

fn options(options: &RecordOptions, page: &mut Page) {
    page.fact("order", Some(&options.order_by));
    let types = options.exclude_from_auto_resolve.join(", ");
    page.fact("not resolved", (!types.is_empty()).then_some(types));
    let switches = [
        (options.create_full_profiles_step, "full profiles"),
        (options.create_full_permission_sets_step, "full permission sets"),
        (options.send_deployment_complete_email, "mail on completion"),
        (options.with_dependencies, "with dependencies"),
        (options.skip_conflicted, "skip conflicted"),
        (options.recursive, "recursive"),
        (options.pull_request, "pull request"),
    ];
    let on: Vec<_> = switches.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    page.fact("options", (!on.is_empty()).then(|| on.join(", ")));
    let deploys = match &options.deploy {
        Deploy::Nothing => "nothing".to_owned(),
        Deploy::Defaults => "the default areas".to_owned(),
        Deploy::Areas(areas) => areas.join(", "),
    };
    page.fact("deploys", Some(deploys));
}

fn way(one: &Promotion) -> String {
    let back = if one.direction == "back" { " (back)" } else { "" };
    format!("{} → {}{back}", one.source, one.destination)
}
