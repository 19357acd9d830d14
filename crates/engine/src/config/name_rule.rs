//! Names as they stand in the configuration. What a name may look like is the core's to say.

use super::source::Located;
use super::table::Table;
use switchback_core::words::name_rule::{NameFault, fault_in_name, fault_in_shown, shown};

/// Reads a stage's or an area's name, which must be there.
pub(super) fn name<'a>(table: &Table<'a>, key: &str, example: &str) -> Option<Located<&'a str>> {
    name_by(table, (key, example), fault_in_name)
}

/// Reads a name that must be there, by a rule of its own.
pub(super) fn name_by<'a>(
    table: &Table<'a>,
    (key, example): (&str, &str),
    fault_in: fn(&str) -> Option<NameFault>,
) -> Option<Located<&'a str>> {
    table.need(key, example);
    let text = table.text(key)?;
    if let Some(why) = fault_in(text.value) {
        let message = format!("`{key}` is `{}`, which {why}", shown(text.value));
        table.source.note(&text.span, message, "use letters, digits, `-`, `_` and `.`");
        return None;
    }
    Some(text)
}

/// Reads the short name of a branch.
pub(super) fn branch<'a>(table: &Table<'a>, key: &str) -> Option<Located<&'a str>> {
    let text = table.text(key)?;
    if let Some(short) = text.value.strip_prefix("refs/heads/") {
        let message = format!("`{key}` is `{}`, a full ref", text.value);
        table.source.note(&text.span, message, format!("write the branch alone: `{key} = \"{short}\"`"));
        return None;
    }
    let full = format!("refs/heads/{}", text.value);
    let valid = gix_validate::reference::branch_name(full.as_str().into()).is_ok() && !text.value.starts_with('-');
    if let Some(why) = fault_in_shown(text.value) {
        let message = format!("`{key}` is `{}`, which {why}", shown(text.value));
        table.source.note(&text.span, message, "write a name that people can read");
        return None;
    }
    if !valid {
        let message = format!("`{key}` is `{}`, which git takes for no branch", shown(text.value));
        table.source.note(&text.span, message, "write a name that `git branch --list` shows");
        return None;
    }
    Some(text)
}
