//! A configuration that was put in force.

use crate::render::page::Page;
use crate::render::plan;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::Answer;
use switchback_api::verbs::configure::{Configured, Difference, Program};

/// What it says otherwise, and what runs because of it.
pub fn text(answer: &Answer<Configured>, page: &mut Page) {
    let view = match answer {
        Answer::Done(view) => view,
        Answer::Plan(view) => {
            page.line(Tone::Warn.paint("A plan: nothing was written."));
            view
        }
    };
    page.line(Tone::Strong.paint(format!("Pipeline {}: {}", view.pipeline, view.says)));
    if !view.changes.is_empty() {
        let mut table = Table::new(["What", "Key", "Was", "Is"]);
        view.changes.iter().for_each(|one| table.row(difference(one)));
        page.table(&table);
    }
    if !view.programs.is_empty() {
        page.heading("Programs that run because of it");
        let mut table = Table::new(["Area", "When", "Program", ""]);
        view.programs.iter().for_each(|one| table.row(program(one)));
        page.table(&table);
    }
    page.warnings(&view.warnings);
    plan::approvable(&view.hash, page);
}

fn difference(one: &Difference) -> [Cell<'_>; 4] {
    let what = match one.name.as_str() {
        "" => format!("[{}]", one.table),
        name => format!("{} {name}", one.table),
    };
    let side = |written: &Option<String>| written.clone().unwrap_or_else(|| "—".to_owned());
    [Cell::toned(what, Tone::Strong), one.key.as_str().into(), side(&one.before).into(), side(&one.after).into()]
}

fn program(one: &Program) -> [Cell<'_>; 4] {
    let new = if one.new { Cell::toned("new", Tone::Warn) } else { "".into() };
    [Cell::toned(&one.area, Tone::Strong), one.occasion.as_str().into(), one.run.join(" ").into(), new]
}
