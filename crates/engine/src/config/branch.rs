//! What the ledger and the repository say against a configuration: a branch that is not there, another name.

use super::ConfigDefect;
use super::source::Source;
use std::path::Path;
use switchback_core::pipeline::stage::Stage;
use switchback_machine::shell::word;
use toml::de::{DeTable, DeValue};

/// The defect of a stage's branch, with the line that names it.
pub fn missing_branch(source: (&str, &Path), stage: &Stage) -> ConfigDefect {
    let (text, file) = source;
    let message = format!("stage `{}` has the branch `{}`, which does not exist", stage.name, stage.branch);
    let hint = format!("make it with `git branch {}`, or name one that exists", word(&stage.branch));
    let source = Source::new(text, file);
    if let Some(span) = place(text, stage) {
        source.note(&span, message.clone(), hint.clone());
    }
    source.first_defect().unwrap_or_else(|| ConfigDefect::of_file("config-defect", file.to_owned(), message, hint))
}

/// The defect of a configuration that names another pipeline than the one it is to be in force for.
pub fn renamed(source: (&str, &Path), names: (&str, &str)) -> ConfigDefect {
    let ((text, file), (kept, written)) = (source, names);
    let message = format!("this file names the pipeline `{written}`, and the ledger keeps it as `{kept}`");
    let hint = format!("write `name = \"{kept}\"`; a pipeline keeps its name");
    let source = Source::new(text, file);
    let (root, _) = DeTable::parse_recoverable(text);
    let table = root.get_ref().get("pipeline").and_then(|table| table.get_ref().as_table());
    if let Some(name) = table.and_then(|table| table.get("name")) {
        source.note(&name.span(), message.clone(), hint.clone());
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
