//! Who builds on whom: drawn as a tree, or for Graphviz.

use crate::render::page::{Page, count};
use crate::render::tone::Tone;
use std::collections::BTreeSet;
use switchback_api::verbs::depends::{Depends, Edge};

/// Which way a tree is drawn.
#[derive(Clone, Copy)]
enum Way {
    /// From what is built on to what builds on it.
    Up,
    /// From what builds to what it builds on.
    Down,
}

/// The tree of one change both ways, or of the whole stage from what others build on.
pub fn text(view: &Depends, page: &mut Page) {
    match &view.change {
        Some(change) => one(view, change, page),
        None => all(view, page),
    }
    untried(view, page);
}

/// Says what was left out.
fn untried(view: &Depends, page: &mut Page) {
    let number = view.untried.len() as u64;
    if let Some(first) = view.untried.first() {
        let others = if number > 1 { format!(" and {} more", number - 1) } else { String::new() };
        let what = format!("{first}{others}: too much to try; what builds on it is asked with `depends {first}`");
        page.line(Tone::Warn.paint(format!("  ! not known of {what}")));
    }
}

fn one(view: &Depends, change: &str, page: &mut Page) {
    let title = format!("{} on {}", change, view.stage);
    page.line(Tone::Strong.paint(title));
    for (way, some, none) in
        [(Way::Down, "builds on", "builds on nothing there"), (Way::Up, "carries", "carries nothing there")]
    {
        if next(view, change, way).is_empty() {
            page.line(format!("  {none}"));
            continue;
        }
        page.line(format!("  {some}"));
        Drawing { view, way, drawn: BTreeSet::new(), page: &mut *page }.below(change, "    ");
    }
}

fn all(view: &Depends, page: &mut Page) {
    page.line(Tone::Strong.paint(format!("Who builds on whom on {}", view.stage)));
    let mut drawing = Drawing { view, way: Way::Up, drawn: BTreeSet::new(), page: &mut *page };
    for root in view.changes.iter().filter(|change| next(view, change, Way::Down).is_empty()) {
        drawing.page.line(format!("  {}", Tone::Strong.paint(root)));
        drawing.below(root, "  ");
    }
    page.line(Tone::Dim.paint(format!("  {} alone", stands(view.alone))));
}

fn stands(number: u64) -> String {
    format!("{} {}", count(number, "change"), if number == 1 { "stands" } else { "stand" })
}

fn next<'a>(view: &'a Depends, change: &str, way: Way) -> Vec<(&'a str, &'a Edge)> {
    let ends = |edge: &'a Edge| match way {
        Way::Up => (edge.on.as_str(), edge.change.as_str()),
        Way::Down => (edge.change.as_str(), edge.on.as_str()),
    };
    let edges = view.edges.iter().map(|edge| (ends(edge), edge));
    let mut next: Vec<_> = edges.filter(|((from, _), _)| *from == change).map(|((_, to), edge)| (to, edge)).collect();
    next.sort_by_key(|(to, _)| view.changes.iter().position(|change| change == to));
    next
}

struct Drawing<'a> {
    view: &'a Depends,
    way: Way,
    /// What was drawn with everything below it; it is not drawn so again.
    drawn: BTreeSet<&'a str>,
    page: &'a mut Page,
}

impl<'a> Drawing<'a> {
    fn below(&mut self, change: &str, indent: &str) {
        let next = next(self.view, change, self.way);
        for (nth, (other, edge)) in next.iter().enumerate() {
            let (branch, bar) = if nth + 1 == next.len() { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let again = !self.drawn.insert(*other) && !is_end(self.view, other, self.way);
            let note = if again { " (drawn above)" } else { "" };
            let (name, why) = (Tone::Strong.paint(*other), Tone::Dim.paint(format!("{}{note}", why(edge))));
            self.page.line(format!("{indent}{branch}{name}  {why}"));
            if !again {
                self.below(other, &format!("{indent}{bar}"));
            }
        }
    }
}

/// Whether nothing comes after a change, so that drawing it again costs nothing.
fn is_end(view: &Depends, change: &str, way: Way) -> bool {
    next(view, change, way).is_empty()
}

fn why(edge: &Edge) -> String {
    match (edge.declared, edge.content) {
        (true, true) => format!("declared, and by {}", edge.files.join(", ")),
        (true, false) => "declared".to_owned(),
        (false, _) => format!("by {}", edge.files.join(", ")),
    }
}

/// A graph for Graphviz: arrows lead from what builds to what it builds on; dashed where that is declared alone.
pub fn dot(view: &Depends, page: &mut Page) {
    page.line("digraph depends {");
    page.line("  rankdir = BT;");
    page.line("  node [shape = box];");
    for change in &view.changes {
        page.line(format!("  {};", quoted(change)));
    }
    for edge in &view.edges {
        let style = if edge.content { "solid" } else { "dashed" };
        let label = quoted(&edge.files.join("\n"));
        page.line(format!("  {} -> {} [style = {style}, label = {label}];", quoted(&edge.change), quoted(&edge.on)));
    }
    page.line("}");
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
