//! What names may look like: they become parts of refs, of paths and of command lines.

use super::source::Located;
use super::table::Table;

/// More would not fit into a file name beside what is put around it.
const LONGEST: usize = 100;

/// Characters that git refuses in refs, that part paths, or that part names on the command line
/// (`AREA@VERSION`, `--to A,B`, `NAME=BRANCH`, `#SEQ`).
const REFUSED: &str = "/\\~^:?*[]{}@#,=\"'`<>|&;$()!";

/// Why a name cannot be used; `None` when it can.
pub(super) fn fault_in(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("is empty".into());
    }
    if name.len() > LONGEST {
        return Some(format!("is longer than {LONGEST} bytes"));
    }
    if let Some(bad) = name.chars().find(|c| c.is_control() || c.is_whitespace() || REFUSED.contains(*c)) {
        return Some(match bad {
            bad if bad.is_control() => "holds a control character".into(),
            bad if bad.is_whitespace() => "holds a space".into(),
            bad => format!("holds `{bad}`"),
        });
    }
    let awkward = name.starts_with(['.', '-']) || name.ends_with(['.', '-']) || name.ends_with(".lock");
    if awkward {
        return Some("begins or ends with `.` or `-`, or ends with `.lock`".into());
    }
    name.contains("..").then(|| "holds `..`".into())
}

/// Reads a name that must be there.
pub(super) fn name<'a>(table: &Table<'a>, key: &str, example: &str) -> Option<Located<&'a str>> {
    table.need(key, example);
    let text = table.text(key)?;
    if let Some(why) = fault_in(text.value) {
        let message = format!("`{key}` is `{}`, which {why}", text.value.escape_debug());
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
    if !valid {
        let message = format!("`{key}` is `{}`, which git takes for no branch", text.value.escape_debug());
        table.source.note(&text.span, message, "write a name that `git branch --list` shows");
        return None;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::fault_in;

    #[test]
    fn names_that_break_refs_paths_or_command_lines_are_refused() {
        for name in ["DEV", "qa-web", "Prüfung", "v1.2", "a_b", "9"] {
            assert_eq!(fault_in(name), None, "{name}");
        }
        let long = "x".repeat(101);
        let bad = ["", "a b", "a/b", "..", "a..b", "a\tb", "a\u{7}", "qa@1", "-x", "x.lock", ".x", "A,B", "A=B", &long];
        for name in bad {
            assert!(fault_in(name).is_some(), "{name}");
        }
    }
}
