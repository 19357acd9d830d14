//! Areas, their versions, and what their targets really hold.

use crate::render::history::changes;
use crate::render::page::{Page, count, minute, short};
use crate::render::shell;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::area::{Area, Areas, Checked, Kept, KeptFile, Shown, Verified, VerifiedArea};

/// One line each.
pub fn list(view: &Areas, page: &mut Page) {
    if view.areas.is_empty() {
        page.line("The pipeline has no areas.");
        return;
    }
    let mut table = Table::new(["Area", "Stage", "Kind", "Order", "Version", "Changes", "Pending", "Target", "Note"]);
    for area in &view.areas {
        let pending = match area.pending {
            0 => Cell::toned("–", Tone::Dim),
            pending => Cell::toned(pending.to_string(), Tone::Warn),
        };
        table.row([
            Cell::toned(&area.name, Tone::Strong),
            (&area.stage).into(),
            kind(area).into(),
            area.sequence.to_string().into(),
            area.version.map(|version| format!("@{version}")).into(),
            area.changes.to_string().into(),
            pending,
            (&area.target).into(),
            note(area),
        ]);
    }
    page.table(&table);
    for area in &view.areas {
        area.problem.iter().for_each(|problem| page.problem("", problem));
    }
}

fn note(area: &Area) -> Cell<'_> {
    if area.retired {
        return Cell::toned("retired", Tone::Dim);
    }
    match (area.offline, &area.problem, area.failed.as_slice()) {
        (true, ..) => Cell::toned("offline", Tone::Bad),
        (false, Some(problem), _) => Cell::toned(&problem.code, Tone::Bad),
        (false, None, []) => "".into(),
        (false, None, failed) => Cell::toned(format!("{} failed", failed.join(", ")), Tone::Bad),
    }
}

/// One area with its versions.
pub fn show(view: &Shown, page: &mut Page) {
    let area = &view.area;
    page.line(Tone::Strong.paint(format!("{} of {}", area.name, area.stage)));
    page.fact("kind", Some(kind(area)));
    page.fact("target", Some(&area.target));
    page.fact("include", (!area.include.is_empty()).then(|| area.include.join(", ")));
    page.fact("exclude", (!area.exclude.is_empty()).then(|| area.exclude.join(", ")));
    page.fact("strip prefix", area.strip_prefix.as_ref());
    page.fact("on drift", Some(&area.on_drift));
    page.fact("rollback", Some(&area.rollback));
    page.fact("regression", Some(&area.regression));
    page.fact("order", Some(area.sequence));
    page.fact("offline", area.offline.then_some("yes: it takes no deployment"));
    page.fact("retired", area.retired.then_some("yes: it takes nothing any more"));
    page.fact("tree", area.tree.as_ref());
    page.fact("failed", (!area.failed.is_empty()).then(|| area.failed.join(", ")));
    area.problem.iter().for_each(|problem| page.problem("", problem));
    page.fact("compared", area.checked.as_ref().map(compared));
    page.fact("kept", (!view.kept.is_empty()).then(|| view.kept.join(", ")));
    page.fact("on hold", (!view.on_hold.is_empty()).then(|| view.on_hold.join(", ")));
    let held: Vec<_> = view.held.iter().map(|one| format!("{}@{}", one.change, one.revision)).collect();
    page.fact("holds", (!held.is_empty()).then(|| held.join(", ")));
    if view.versions.is_empty() {
        page.line("Nothing was ever deployed here.");
        return;
    }
    let mut table = Table::new(["Version", "Kind", "Deployment", "When", "Who", "Tree", "Changes"]);
    for version in &view.versions {
        let kind = version.reverts.map(|reverts| format!("{} of @{reverts}", version.kind));
        table.row([
            Cell::toned(format!("@{}", version.version), Tone::Strong),
            kind.unwrap_or_else(|| version.kind.clone()).into(),
            (&version.deployment).into(),
            minute(&version.at).into(),
            (&version.by).into(),
            Cell::toned(short(&version.tree), Tone::Dim),
            changes(&version.changes).into(),
        ]);
    }
    page.gap();
    page.table(&table);
    for version in &view.versions {
        let edited = [("left alone", &version.kept), ("overwrote", &version.overwritten)];
        for (what, files) in edited.into_iter().filter(|(_, files)| !files.is_empty()) {
            page.line(format!("@{} {what} what somebody had edited: {}", version.version, files.join(", ")));
        }
    }
}

/// What comparing the target with the version found last.
fn compared(checked: &Checked) -> String {
    let at = minute(&checked.at);
    match (&checked.problem, checked.deviations.as_slice()) {
        (Some(problem), _) => format!("not at {at}: [{}] {}", problem.code, problem.message),
        (None, []) => format!("at {at}: every file is as @{} has it", checked.version),
        (None, deviations) => {
            let named: Vec<_> = deviations.iter().map(|one| format!("{} is {}", one.path, one.what)).collect();
            format!("at {at}: {}", named.join(", "))
        }
    }
}

/// What somebody had edited, or what one file of it held.
pub fn kept(view: &Kept, page: &mut Page) {
    match (&view.encoding, &view.content, view.files.as_slice()) {
        (None, _, []) => page.line("Nothing that somebody edited on a target was met."),
        (None, ..) => kept_list(&view.files, page),
        (Some(encoding), Some(content), _) if encoding == "utf-8" => page.verbatim(content),
        (Some(_), Some(_), files) => {
            let blob = files.iter().find_map(|file| file.blob.as_deref()).unwrap_or_default();
            page.line(format!("It is no text. Take it with `git cat-file blob {blob}`, or from `--json`."));
        }
        (Some(_), None, _) => page.line("Somebody had removed the file."),
    }
}

fn kept_list(files: &[KeptFile], page: &mut Page) {
    let mut table = Table::new(["Area", "File", "What", "Deployment", "Version", "When", "Content"]);
    for file in files {
        table.row([
            Cell::toned(&file.area, Tone::Strong),
            (&file.path).into(),
            (&file.what).into(),
            (&file.deployment).into(),
            file.version.map(|version| format!("@{version}")).into(),
            minute(&file.at).into(),
            Cell::toned(file.blob.as_deref().map_or("removed", short), Tone::Dim),
        ]);
    }
    page.table(&table);
    let area = files.first().map_or("AREA", |file| file.area.as_str());
    let area = shell::word(area);
    page.line(format!("{} `switchback area kept {area} FILE --content ID` prints one", Tone::Strong.paint("hint:")));
}

/// What targets hold, compared with what they should.
pub fn verify(view: &Verified, page: &mut Page) {
    if view.areas.is_empty() {
        page.line("The pipeline has no areas.");
    }
    view.areas.iter().for_each(|area| verified(area, page));
}

fn verified(area: &VerifiedArea, page: &mut Page) {
    let name = area.version.map_or_else(|| area.area.clone(), |version| format!("{}@{version}", area.area));
    let files = count(area.files, "file");
    match (&area.problem, area.clean) {
        (Some(problem), _) => {
            page.line(format!("{} {name} cannot be compared", Tone::Bad.paint("✗")));
            page.problem("    ", problem);
        }
        (None, true) if area.version.is_none() => {
            page.line(format!("{} {name} was never deployed to", Tone::Dim.paint("–")));
        }
        (None, true) => {
            page.line(format!("{} {name} holds what it should: {files}", Tone::Good.paint("✓")));
            kept_here(area, page);
        }
        (None, false) => {
            let deviations = count(area.deviations.len() as u64, "deviation");
            page.line(format!("{} {name} differs: {deviations} in {files}", Tone::Bad.paint("✗")));
            for deviation in &area.deviations {
                let what = Tone::Bad.paint(format!("{:<10}", deviation.what));
                page.line(format!("    {what} {}", deviation.path));
            }
            kept_here(area, page);
            page.line(format!("{} `switchback area repair {}`", Tone::Strong.paint("hint:"), shell::word(&area.area)));
        }
    }
}

fn kept_here(area: &VerifiedArea, page: &mut Page) {
    area.kept.iter().for_each(|path| page.line(format!("    {} {path}", Tone::Warn.paint(format!("{:<10}", "kept")))));
}

fn kind(area: &Area) -> String {
    let default = if area.default { "default" } else { "manual" };
    match area.class.as_str() {
        "development" => format!("{default}, development"),
        _ => default.to_owned(),
    }
}
