//! Conflicts: each with its three contents, where they differ.

use crate::render::page::{Page, count, minute};
use crate::render::shell;
use crate::render::tone::Tone;
use switchback_api::conflict::{Conflict, ConflictPaths, Offered};
use switchback_api::verbs::conflicts::Conflicts;

/// So many lines of a content are shown.
const SHOWN: usize = 40;
/// Where what the destination loses is another name of the same file.
const RENAME: &str = "rename";
/// So many of the files that would go are named.
const NAMED: usize = 3;
/// So many lines around a difference are shown.
const AROUND: usize = 2;

/// Every conflict in full.
pub fn text(view: &Conflicts, page: &mut Page) {
    if view.conflicts.is_empty() {
        page.line("No conflicts.");
    }
    for conflict in &view.conflicts {
        page.gap();
        line(conflict, page);
        let sides = [
            ("base", &conflict.base),
            ("ours: the destination", &conflict.ours),
            ("theirs: the change", &conflict.theirs),
        ];
        contents(&sides, &conflict.encoding, page);
        offers(&view.promotion, conflict, page);
    }
}

/// What is proposed, and what was decided about other files and fits, each with the words that take it.
fn offers(promotion: &str, conflict: &Conflict, page: &mut Page) {
    let path = shell::word(&conflict.path);
    if let Some(proposal) = &conflict.proposal {
        page.line(Tone::Dim.paint(format!("    ── proposed: {}", proposal.why.join("; "))));
        offered(conflict, &proposal.content, page);
        page.line(format!("    take it with `switchback resolve {promotion} {path} --proposed`"));
    }
    for offer in &conflict.offers {
        page.line(Tone::Dim.paint(format!("    ── resolution {}", as_elsewhere(offer))));
        offered(conflict, &offer.content, page);
        let id = offer.resolution.get(..8).unwrap_or(&offer.resolution);
        page.line(format!("    take it with `switchback resolve {promotion} {path} --reuse {id}`"));
    }
}

/// A content that could be taken, where it differs from the sides.
fn offered(conflict: &Conflict, content: &Option<String>, page: &mut Page) {
    match content {
        None => page.line("    (nothing)"),
        Some(_) if conflict.encoding != "utf-8" => page.line("    (no text)"),
        Some(text) => {
            let sides = [&conflict.base, &conflict.ours, &conflict.theirs, content];
            let texts: Vec<_> = sides.iter().map(|side| side.as_deref().unwrap_or_default()).collect();
            side(text, Alike::of(&texts), page);
        }
    }
}

fn as_elsewhere(offer: &Offered) -> String {
    format!("{} of {}, by {}, {}", offer.resolution, offer.path, offer.by, minute(&offer.at))
}

/// Several contents under their names, where they differ.
pub fn contents(sides: &[(&str, &Option<String>)], encoding: &str, page: &mut Page) {
    let texts: Vec<_> = sides.iter().map(|(_, content)| content.as_deref().unwrap_or_default()).collect();
    let alike = Alike::of(&texts);
    for (name, content) in sides {
        page.line(Tone::Dim.paint(format!("    ── {name}")));
        match content {
            None => page.line("    (nothing)"),
            Some(content) if encoding != "utf-8" => {
                page.line(format!("    (no text: {} bytes in base64)", content.len()));
            }
            Some(content) => side(content, alike, page),
        }
    }
}

/// How many lines the sides have in common at their beginning and at their end.
#[derive(Clone, Copy)]
struct Alike {
    first: usize,
    last: usize,
}

impl Alike {
    fn of(sides: &[&str]) -> Self {
        let sides: Vec<Vec<&str>> = sides.iter().map(|side| side.lines().collect()).collect();
        let shortest = sides.iter().map(Vec::len).min().unwrap_or_default();
        let Some(one) = sides.first() else { return Self { first: 0, last: 0 } };
        let same = |place: &usize| sides.iter().all(|other| other[*place] == one[*place]);
        let first = (0..shortest).take_while(same).count();
        let same_end = |place: &usize| sides.iter().all(|other| other[other.len() - place] == one[one.len() - place]);
        let last = (1..=shortest - first).take_while(same_end).count();
        Self { first, last }
    }
}

/// The options of `resolve` with which some conflicts can be settled: what is proposed or fits comes first where there is
/// anything.
pub fn ways(conflicts: &[Conflict]) -> String {
    let proposed = conflicts.iter().any(|one| one.proposal.is_some()).then_some("--proposed");
    let fits = conflicts.iter().any(|one| !one.offers.is_empty()).then_some("--reuse ID");
    let always = ["--ours", "--theirs", "--base", "--file F", "--editor", "--tool"];
    proposed.into_iter().chain(fits).chain(always).collect::<Vec<_>>().join("|")
}

/// Every conflict in one line.
pub fn list(conflicts: &[Conflict], page: &mut Page) {
    conflicts.iter().for_each(|conflict| line(conflict, page));
}

fn line(conflict: &Conflict, page: &mut Page) {
    let against = conflict.other_side.as_ref().map_or("what the stage began with".to_owned(), Clone::clone);
    let head = Tone::Bad.paint("✗ conflict");
    let Conflict { path, change, stage, kind, .. } = conflict;
    page.line(format!("  {head} {path} ({kind}): {change} against {against}, on {stage}"));
    if let Some(paths) = &conflict.paths {
        page.line(Tone::Dim.paint(format!("      {}", places((path, kind), paths))));
    }
    if !conflict.needs.is_empty() {
        let names = conflict.needs.join(", ");
        page.line(Tone::Dim.paint(format!("      {change} edits what {names} made, which {stage} lacks")));
    }
    if let Some(proposal) = &conflict.proposal {
        page.line(Tone::Dim.paint(format!("      proposed: {}", proposal.why.join("; "))));
    }
    for offer in &conflict.offers {
        page.line(Tone::Dim.paint(format!("      this fits: resolution {}", as_elsewhere(offer))));
    }
    if let Some(why) = &conflict.why {
        page.line(Tone::Dim.paint(format!("      {why}")));
    }
}

/// Who has the file elsewhere, where it goes, and what goes because of it.
fn places((path, kind): (&str, &str), paths: &ConflictPaths) -> String {
    let sides = [("it began as", &paths.base), ("ours is", &paths.ours), ("theirs is", &paths.theirs)];
    let told = sides.into_iter().filter(|(_, place)| *place != path).map(|(who, place)| format!("{who} {place}"));
    let left = match paths.left.as_slice() {
        [] => Vec::new(),
        left if kind == RENAME => left.iter().map(|from| format!("the change moved it from {from}")).collect(),
        left if paths.result == paths.theirs => vec![format!("unless ours is taken, {} goes", few(left))],
        left => vec![format!("taking theirs takes {} away", few(left))],
    };
    let goes = (paths.result != path).then(|| format!("what settles it goes to {}", paths.result));
    told.chain(left).chain(goes).collect::<Vec<_>>().join("; ")
}

/// The first of some paths, and how many more there are.
fn few(paths: &[String]) -> String {
    let named = paths.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {}", count(more as u64, "more file")),
    }
}

/// Where the sides differ, with a little of what they have in common around it.
fn side(content: &str, alike: Alike, page: &mut Page) {
    let lines: Vec<_> = content.lines().collect();
    let from = alike.first.saturating_sub(AROUND);
    let to = lines.len().saturating_sub(alike.last.saturating_sub(AROUND));
    if from > 0 {
        page.line(Tone::Dim.paint(format!("    … {} alike", count(from as u64, "line"))));
    }
    let shown = lines.get(from..to).unwrap_or_default();
    shown.iter().take(SHOWN).for_each(|line| page.line(format!("    {line}")));
    if shown.len() > SHOWN {
        page.line(Tone::Dim.paint(format!("    … and {} more", count((shown.len() - SHOWN) as u64, "line"))));
    }
    if to < lines.len() {
        page.line(Tone::Dim.paint(format!("    … {} alike", count((lines.len() - to) as u64, "line"))));
    }
}
