//! Areas: what they take, where it goes, and what runs around it (`SPEC A1`).

use super::name_rule::name;
use super::schema;
use super::source::Located;
use super::stage::repeated;
use super::table::Table;
use std::path::{Path, PathBuf};
use switchback_core::pipeline::area::{
    Area, AreaClass, DriftPolicy, Hook, Hooks, Regression, RollbackPolicy, TargetSpec,
};
use switchback_core::pipeline::filter::Filter;
use switchback_core::words::names::{AreaName, StageName};
use toml::de::DeValue;

/// How long a hook may take unless it says otherwise, in seconds.
const HOOK_TIMEOUT_S: u32 = 60;
/// How long one call of a command target may take unless it says otherwise, in seconds.
const TARGET_TIMEOUT_S: u32 = 300;
/// How often a server compares a directory with its version unless the area says otherwise, in seconds.
const VERIFY_EVERY_S: u32 = 3600;
/// A year, in seconds: who wants to wait longer wants no look at all, which is 0.
const LONGEST_BETWEEN_LOOKS_S: u32 = 366 * 86_400;
/// A day, in seconds: what hangs longer is broken.
pub(super) const LONGEST_TIMEOUT_S: u32 = 86_400;

/// Reads an `[[area]]`; relative directories start at `folder`.
pub(super) fn area(table: &Table<'_>, folder: &Path) -> Option<Area> {
    let name = name(table, "name", "\"qa-web\"");
    table.need("stage", "\"QA\"");
    let stage = table.text("stage");
    let default = table.flag("default").unwrap_or(false);
    let class = table.word("class", schema::CLASSES).unwrap_or(AreaClass::Deployment);
    table.need("target", "{ dir = \"/srv/qa/web\" }");
    let target = table.table("target", &schema::TARGET).and_then(|target| target_spec(&target, folder));
    let sequence = table.number("sequence", 0..=u32::MAX).unwrap_or(1);
    let filter = filter(table);
    let on_drift = table.word("on_drift", schema::ON_DRIFT).unwrap_or(DriftPolicy::Refuse);
    let rollback = table.word("rollback", schema::ROLLBACKS).unwrap_or(RollbackPolicy::Files);
    let regression = table.word("regression", schema::REGRESSIONS).unwrap_or(Regression::Allow);
    let verify_every = table.number("verify_every_s", 0..=LONGEST_BETWEEN_LOOKS_S);
    let offline = table.flag("offline").unwrap_or(false);
    let retired = table.flag("retired").unwrap_or(false);
    let hooks = table.table("hooks", &schema::HOOKS).map(|table| hooks(&table)).unwrap_or_default();
    let target = target?;
    Some(Area {
        name: AreaName::new(name?.value),
        stage: StageName::new(stage?.value),
        default,
        class,
        verify_every_ms: verify_every_ms(&target, verify_every),
        target,
        sequence,
        filter: filter?,
        on_drift,
        rollback,
        regression,
        offline,
        retired,
        hooks,
    })
}

/// A directory is looked at every hour unless something else is written; a program is run for it only where that is written.
fn verify_every_ms(target: &TargetSpec, written_s: Option<u32>) -> Option<i64> {
    let unsaid = match target {
        TargetSpec::Dir(_) => VERIFY_EVERY_S,
        TargetSpec::Command { .. } => 0,
    };
    let every = written_s.unwrap_or(unsaid);
    (every > 0).then_some(i64::from(every) * 1000)
}

fn target_spec(target: &Table<'_>, folder: &Path) -> Option<TargetSpec> {
    let timeout = target.number("timeout_s", 1..=LONGEST_TIMEOUT_S).unwrap_or(TARGET_TIMEOUT_S);
    match (target.has("dir"), target.has("command")) {
        (true, true) => {
            let hint = "keep `dir` or `command`, and make another area for the other";
            target.source.note(&target.span_of("command"), "a target is one place, and this names two", hint);
            None
        }
        (true, false) => {
            if target.has("timeout_s") {
                let message = "`timeout_s` is for commands, and this target is a directory";
                target.source.note(&target.span_of("timeout_s"), message, "remove `timeout_s`");
            }
            if target.has("check_put") {
                let message = "`check_put` is for commands; a directory is always looked at";
                target.source.note(&target.span_of("check_put"), message, "remove `check_put`");
            }
            dir(target, folder)
        }
        (false, true) => {
            let program = program(target, "command")?;
            let check_put = target.flag("check_put").unwrap_or(false);
            Some(TargetSpec::Command { program, timeout_s: u64::from(timeout), check_put })
        }
        (false, false) if !target.lacks("dir") => None,
        (false, false) => {
            let hint = "write `target = { dir = \"/srv/qa/web\" }` or `target = { command = [\"program\"] }`";
            target.source.note(&target.span(), "the target names no place", hint);
            None
        }
    }
}

fn dir(target: &Table<'_>, folder: &Path) -> Option<TargetSpec> {
    let text = target.text("dir")?;
    let why = match text.value {
        "" => Some(("`dir` is empty", "name the directory the area's files go to")),
        written if written.contains('\0') => Some(("`dir` holds a NUL character", "no path can hold it; remove it")),
        written if written.starts_with('~') => Some(("`~` is not expanded here", "write the whole path")),
        _ => None,
    };
    if let Some((message, hint)) = why {
        target.source.note(&text.span, message, hint);
        return None;
    }
    Some(TargetSpec::Dir(absolute(text.value, folder)))
}

/// The directory seen from the root. `..` stays as written, for it may follow a link.
fn absolute(written: &str, folder: &Path) -> String {
    let path: PathBuf = folder.join(written).components().collect();
    path.to_string_lossy().into_owned()
}

/// A program and its arguments, none of them beyond what a process can be given.
pub(super) fn program(table: &Table<'_>, key: &str) -> Option<Vec<String>> {
    let words = table.texts(key);
    let Some(first) = words.first() else {
        table.source.note(&table.span_of(key), format!("`{key}` names no program"), "name the program first");
        return None;
    };
    if first.value.is_empty() {
        table.source.note(&first.span, format!("`{key}` names no program"), "name the program first");
    }
    if let Some(broken) = words.iter().find(|word| word.value.contains('\0')) {
        table.source.note(&broken.span, "an argument holds a NUL character", "remove it");
    }
    Some(words.iter().map(|word| word.value.to_owned()).collect())
}

fn filter(table: &Table<'_>) -> Option<Filter> {
    if table.get("include").is_some_and(|value| matches!(value.get_ref(), DeValue::Array(items) if items.is_empty())) {
        let hint = "remove it to let every file through, or name some";
        table.source.note(&table.span_of("include"), "`include` is empty, so no file would get through", hint);
        return None;
    }
    let include = globs(table, "include");
    let exclude = globs(table, "exclude");
    let prefix = table.text("strip_prefix");
    if let Some(bad) = prefix.as_ref().filter(|prefix| !is_folder(prefix.value)) {
        let message = format!("`strip_prefix` is `{}`, which is no folder of the repository", bad.value);
        table.source.note(&bad.span, message, "name a folder from the repository's top, such as `web`");
    }
    Filter::new(&include, &exclude, prefix.map(|prefix| prefix.value)).ok()
}

fn is_folder(prefix: &str) -> bool {
    let inner = prefix.strip_suffix('/').unwrap_or(prefix);
    !inner.is_empty() && inner.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn globs(table: &Table<'_>, key: &str) -> Vec<String> {
    let globs = table.texts(key);
    repeated(table, key, &globs);
    for glob in &globs {
        if let Some((message, hint)) = fault_in_glob(glob) {
            table.source.note(&glob.span, message, hint);
        }
    }
    globs.iter().map(|glob| glob.value.to_owned()).collect()
}

fn fault_in_glob(glob: &Located<&str>) -> Option<(String, String)> {
    let written = glob.value;
    if written.is_empty() {
        return Some(("a glob is empty".into(), "write `**` for every file".into()));
    }
    if let Some(rest) = written.strip_prefix('/').or_else(|| written.strip_prefix("./")) {
        let message = format!("`{written}` matches nothing: paths begin at the repository's top");
        return Some((message, format!("write `{rest}`")));
    }
    let why = Filter::new(&[written.to_owned()], &[], None).err()?;
    let hint = "`*` stops at a slash, `**` does not, `[ab]` is one of, `{a,b}` is either";
    Some((format!("`{written}` is no glob: {}", bare(&why)), hint.to_owned()))
}

/// What a glob's fault says after the glob, which the sentence already names.
fn bare(why: &str) -> &str {
    why.split_once("': ").map_or(why, |(_, rest)| rest)
}

fn hooks(table: &Table<'_>) -> Hooks {
    Hooks { before: hook(table, "before"), after: hook(table, "after"), on_failure: hook(table, "on_failure") }
}

/// A hook is a table with `run`, or the shell line alone.
fn hook(table: &Table<'_>, key: &str) -> Option<Hook> {
    if matches!(table.get(key)?.get_ref(), DeValue::String(_)) {
        return shell_line(table, key).map(|run| Hook { run, timeout_s: u64::from(HOOK_TIMEOUT_S) });
    }
    let hook = table.table(key, &schema::HOOK)?;
    hook.need("run", "[\"program\", \"argument\"]");
    let timeout = hook.number("timeout_s", 1..=LONGEST_TIMEOUT_S).unwrap_or(HOOK_TIMEOUT_S);
    let run = match hook.get("run")?.get_ref() {
        DeValue::String(_) => shell_line(&hook, "run"),
        _ => program(&hook, "run"),
    };
    Some(Hook { run: run?, timeout_s: u64::from(timeout) })
}

fn shell_line(table: &Table<'_>, key: &str) -> Option<Vec<String>> {
    let line = table.text(key)?;
    if line.value.trim().is_empty() || line.value.contains('\0') {
        table.source.note(&line.span, format!("`{key}` holds no command"), "write the command, or remove the hook");
        return None;
    }
    Some(["sh", "-c", line.value].map(str::to_owned).to_vec())
}
