//! From the text of a configuration to a pipeline.

use super::area::area;
use super::cross;
use super::defect::ConfigDefect;
use super::glob::fault_in_glob;
use super::key_pattern::fault_in_pattern;
use super::name_rule::{branch, name_by};
use super::schema;
use super::source::Source;
use super::stage::{Inherited, repeated, stage};
use super::table::{Table, suggest};
use crate::clock::find_zone;
use crate::schedule::check_cron;
use std::collections::BTreeMap;
use std::path::Path;
use switchback_core::content::filetype::FileTypes;
use switchback_core::pipeline::order_by::OrderBy;
use switchback_core::pipeline::stage::OnFailure;
use switchback_core::pipeline::{Pipeline, Recording, Schedule, Settings, Was};
use switchback_core::words::name_rule::{
    NameFault, fault_in_label, fault_in_name, fault_in_pipeline, fault_in_shown, fault_in_user, shown,
};
use switchback_core::words::names::{StageName, UserName};
use switchback_core::words::remedy::Remedy;
use toml::de::DeTable;

const DEFAULT_KEY: &str = r"[A-Z]+-\d+";
const DEFAULT_BRANCHES: &str = "feature/*";
const DEFAULT_ZONE: &str = "UTC";

/// Reads a configuration whose relative directories start where its file lies.
///
/// # Errors
/// As [`parse_from`].
pub fn parse(text: &str, file: &Path) -> Result<Pipeline, ConfigDefect> {
    parse_from(text, file, file.parent().unwrap_or(Path::new(".")))
}

/// The text of a configuration file.
///
/// # Errors
/// `config-unreadable`, or where it is no UTF-8.
pub fn load(path: &Path) -> Result<String, ConfigDefect> {
    let unreadable = |message: String, hint| ConfigDefect::of_file("config-unreadable", path.to_owned(), message, hint);
    let bytes = std::fs::read(path).map_err(|error| {
        let message = format!("the configuration cannot be read: {error}");
        unreadable(message, "check that the file is there and that you may read it")
    })?;
    String::from_utf8(bytes).map_err(|error| not_utf8(error.as_bytes(), error.utf8_error().valid_up_to(), path))
}

fn not_utf8(bytes: &[u8], offset: usize, path: &Path) -> ConfigDefect {
    let text = String::from_utf8_lossy(bytes);
    let source = Source::new(&text, path);
    source.note(&(offset..offset + 1), "the configuration is not UTF-8 here", "save the file in UTF-8");
    let fallback = || ConfigDefect::of_file("config-unreadable", path.to_owned(), "not UTF-8".into(), "save as UTF-8");
    source.first_defect().unwrap_or_else(fallback)
}

/// Reads a configuration from its text. `file` names it in defects; relative directories start at `folder`.
///
/// # Errors
/// The first defect in the order of the file.
pub fn parse_from(text: &str, file: &Path, folder: &Path) -> Result<Pipeline, ConfigDefect> {
    let source = Source::new(text, file);
    let pipeline = match DeTable::parse(text) {
        Ok(document) => build(&Table::open(&source, document.get_ref(), 0..0, &schema::ROOT), folder),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            source.note(&span, format!("this is no TOML: {}", error.message()), syntax_hint(error.message()));
            None
        }
    };
    source.settle(pipeline)
}

fn syntax_hint(message: &str) -> &'static str {
    match message {
        message if message.contains("escape") => "write a backslash twice, or put the text in single quotes",
        message if message.contains("duplicate key") => "keep one of the two",
        message if message.contains("string") => "put texts in quotes",
        _ => "mend the line; https://toml.io shows the syntax",
    }
}

fn build(root: &Table<'_>, folder: &Path) -> Option<Pipeline> {
    let (mut settings, on_failure) = settings(root)?;
    let inherited = Inherited { time_zone: &settings.time_zone, on_failure };
    let tables = cross::Tables {
        source: root.source,
        stages: root.tables("stage", &schema::STAGE),
        areas: root.tables("area", &schema::AREA),
        schedules: root.tables("schedule", &schema::SCHEDULE),
    };
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let stages = tables.stages.iter().filter_map(|table| stage(table, inherited)).collect();
    let areas = tables.areas.iter().filter_map(|table| area(table, &folder)).collect();
    settings.was.stages = super::was::stages(&tables.stages);
    settings.was.areas = super::was::areas(&tables.areas);
    settings.schedules = tables.schedules.iter().filter_map(schedule).collect();
    // What follows compares whole stages and areas; half of them would only mislead.
    if root.source.has_findings() {
        return None;
    }
    cross::pipeline(&tables, settings, (stages, areas))
}

/// Reads what belongs to the pipeline as a whole, and what its stages inherit.
fn settings(root: &Table<'_>) -> Option<(Settings, OnFailure)> {
    if root.lacks("pipeline") {
        root.source.note(&(0..0), "this file has no [pipeline]", "add `[pipeline]` with a `name`");
    }
    let (key, branches, recording) = changes(root);
    let groups = groups(root);
    let words = words(root);
    let file_types = super::file_type::file_types(root);
    let table = root.table("pipeline", &schema::PIPELINE)?;
    let name = name_by(&table, ("name", "\"acme\""), fault_in_pipeline);
    if let Some(name) = &name
        && let Some(wanted) = name_in_file_name(root.source.file).filter(|wanted| *wanted != name.value)
    {
        let message = format!("this file is for the pipeline `{wanted}`, and names it `{}`", name.value);
        root.source.note(&name.span, message, format!("write `name = \"{wanted}\"`, or rename the file"));
    }
    let settings = Settings {
        name: name.map(|name| name.value.to_owned()).unwrap_or_default(),
        time_zone: time_zone(&table),
        key,
        branches,
        recording,
        base_branch: branch(&table, "base_branch").map(|branch| branch.value.to_owned()),
        order_by: table.word("order_by", &OrderBy::ALL).unwrap_or_default(),
        exclude_from_auto_resolve: excluded(&table, &file_types),
        file_types,
        four_eyes: table.flag("four_eyes").unwrap_or(false),
        groups,
        words,
        was: Was::default(),
        schedules: Vec::new(),
    };
    Some((settings, table.word("on_failure", schema::ON_FAILURE).unwrap_or(OnFailure::Stop)))
}

/// The pipeline that `switchback.NAME.toml` is for.
fn name_in_file_name(file: &Path) -> Option<&str> {
    file.file_name()?.to_str()?.strip_prefix("switchback.")?.strip_suffix(".toml")
}

fn time_zone(table: &Table<'_>) -> String {
    let Some(zone) = table.text("time_zone") else { return DEFAULT_ZONE.to_owned() };
    if let Err(fault) = find_zone(zone.value) {
        table.source.note(&zone.span, fault.message, fault.remedy);
    }
    zone.value.to_owned()
}

/// File types are words such as `ApexClass`, or globs (`SPEC X3`).
fn excluded(table: &Table<'_>, known: &FileTypes) -> Vec<String> {
    let types = table.texts("exclude_from_auto_resolve");
    repeated(table, "exclude_from_auto_resolve", &types);
    for written in &types {
        if let Some(why) = fault_in_glob(written.value) {
            let message = format!("`{}` is no file type: {why}", written.value);
            table.source.note(&written.span, message, "write a type such as `ApexClass`, or a glob such as `**/*.xml`");
        }
    }
    let list: Vec<String> = types.iter().map(|written| written.value.to_owned()).collect();
    for (written, name) in types.iter().zip(&list) {
        if known.unknown(std::slice::from_ref(name)).is_some() && fault_in_glob(name).is_none() {
            let names = known.names();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let message = format!("there is no file type `{name}`");
            table.source.note(&written.span, message, suggest(name, &names));
        }
    }
    list
}

/// The key pattern, the branch pattern, and when such branches become revisions.
fn changes(root: &Table<'_>) -> (String, String, Recording) {
    let defaults = (DEFAULT_KEY.to_owned(), DEFAULT_BRANCHES.to_owned(), Recording::default());
    let Some(table) = root.table("changes", &schema::CHANGES) else { return defaults };
    let key = table.text("key");
    if let Some(key) = &key
        && let Some((message, hint)) = fault_in_pattern(key.value)
    {
        table.source.note(&key.span, message, hint);
    }
    let branches = table.text("branches");
    if let Some(branches) = &branches
        && let Some(why) = fault_in_glob(branches.value)
    {
        let message = format!("`branches` is `{}`, which is no glob: {why}", branches.value);
        table.source.note(&branches.span, message, "write a pattern such as `feature/*`");
    }
    let owned = |written: Option<super::source::Located<&str>>| written.map(|written| written.value.to_owned());
    let recording = table.word("record", schema::RECORDINGS).unwrap_or(defaults.2);
    (owned(key).unwrap_or(defaults.0), owned(branches).unwrap_or(defaults.1), recording)
}

fn words(root: &Table<'_>) -> BTreeMap<String, String> {
    let Some(table) = root.table("words", &schema::WORDS) else { return BTreeMap::new() };
    let mut words = BTreeMap::new();
    for (word, _) in table.entries() {
        let Some(shown) = table.text(word.value) else { continue };
        if fault_in_label(shown.value).or(fault_in_shown(shown.value)).is_some() {
            let message = format!("`{}` would be shown as nothing people can read", word.value);
            table.source.note(&shown.span, message, "write the word people know, or remove the line");
        }
        words.insert(word.value.to_owned(), shown.value.to_owned());
    }
    words
}

fn groups(root: &Table<'_>) -> BTreeMap<String, Vec<UserName>> {
    let Some(table) = root.free_table("groups", "[groups]") else { return BTreeMap::new() };
    let mut groups = BTreeMap::new();
    for (group, members) in table.entries() {
        if let Some(why) = fault_in_name(group.value) {
            let message = format!("the group `{}` has a name that {why}", shown(group.value));
            let hint = match group.value.strip_prefix('@') {
                Some(bare) => Remedy::BareGroup { name: bare.to_owned() },
                None => "use letters, digits, `-`, `_` and `.`".into(),
            };
            table.source.note(&group.span, message, hint);
        }
        let members = table.texts_in(group.value, members);
        repeated(&table, group.value, &members);
        for member in &members {
            if let Some(why) = fault_in_user(member.value) {
                let why = if why == NameFault::Group {
                    format!("{why}, and a group holds no groups")
                } else {
                    why.to_string()
                };
                let message = format!("`{}` is no user: it {why}", shown(member.value));
                table.source.note(&member.span, message, "write the name the person signs in with");
            }
        }
        groups.insert(group.value.to_owned(), members.iter().map(|member| UserName::new(member.value)).collect());
    }
    groups
}

fn schedule(table: &Table<'_>) -> Option<Schedule> {
    table.need("cron", "\"0 2 * * 1-5\"");
    let cron = table.text("cron");
    if let Some(cron) = &cron
        && let Err(bad) = check_cron(cron.value)
    {
        table.source.note(&cron.span, bad.message, bad.hint);
    }
    table.need("from", "\"PROD\"");
    let from = table.text("from");
    let to = table.texts("to");
    repeated(table, "to", &to);
    let moves = table.word("move", schema::MOVES).unwrap_or_default();
    let deploy = table.flag("deploy").unwrap_or(false);
    Some(Schedule {
        moves,
        cron: cron?.value.to_owned(),
        from: StageName::new(from?.value),
        to: to.iter().map(|stage| StageName::new(stage.value)).collect(),
        deploy,
    })
}
