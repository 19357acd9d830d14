//! A branch that a stage names and the repository does not have.

use super::ConfigDefect;
use super::source::Source;
use std::path::Path;
use switchback_core::pipeline::stage::Stage;
use toml::de::{DeTable, DeValue};

/// The defect of a stage's branch, with the line that names it.
pub fn missing_branch(file: &Path, stage: &Stage) -> ConfigDefect {
    let message = format!("stage `{}` has the branch `{}`, which does not exist", stage.name, stage.branch);
    let hint = format!("make it with `git branch {}`, or name one that exists", stage.branch);
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let source = Source::new(&text, file);
    if let Some(span) = place(&text, stage) {
        source.note(&span, message.clone(), hint.clone());
    }
    source.first_defect().unwrap_or_else(|| ConfigDefect::of_file("config-defect", file.to_owned(), message, hint))
}

fn place(text: &str, stage: &Stage) -> Option<std::ops::Range<usize>> {
    let (root, _) = DeTable::parse_recoverable(text);
    let stages = root.get_ref().get("stage")?.get_ref().as_array()?;
    let branches = stages.iter().filter_map(|table| table.get_ref().as_table()?.get("branch"));
    branches.into_iter().find(|value| is(value.get_ref(), &stage.branch)).map(toml::Spanned::span)
}

fn is(value: &DeValue<'_>, branch: &str) -> bool {
    value.as_str() == Some(branch)
}
