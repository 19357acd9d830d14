//! A pipeline that began.

use crate::render::page::Page;
use crate::render::plan;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::Answer;
use switchback_api::verbs::init::Initialized;

/// Its stages, and what was found on them.
pub fn text(answer: &Answer<Initialized>, page: &mut Page) {
    let (view, begun) = match answer {
        Answer::Done(view) => (view, "begins"),
        Answer::Plan(view) => {
            page.line(Tone::Warn.paint("A plan: nothing was written."));
            (view, "would begin")
        }
    };
    page.line(Tone::Strong.paint(format!("Pipeline {} {begun}; {} administers it", view.pipeline, view.administrator)));
    let mut table = Table::new(["Stage", "Branch", "Leads to", "Imported"]);
    for stage in &view.stages {
        table.row([
            Cell::toned(&stage.stage, Tone::Strong),
            (&stage.branch).into(),
            stage.next.join(", ").into(),
            imported(&stage.imported).into(),
        ]);
    }
    page.table(&table);
    let how = match (view.wrote_configuration, answer) {
        (true, Answer::Done(_)) => "is written to",
        (true, Answer::Plan(_)) => "would be written to",
        (false, _) => "is taken from",
    };
    page.line(format!("The configuration {how} {}.", view.configuration));
    page.warnings(&view.warnings);
    plan::approvable(&view.hash, page);
}

fn imported(keys: &[String]) -> String {
    match keys.len() {
        0 => "nothing".to_owned(),
        1..=4 => keys.join(", "),
        many => format!("{}, … {many} in all", keys[..3].join(", ")),
    }
}
