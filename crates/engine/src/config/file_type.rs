//! File types: paths, format, strategy and keys (`SPEC X2`).

use super::area::{LONGEST_TIMEOUT_S, program};
use super::glob::fault_in_glob;
use super::schema;
use super::stage::repeated;
use super::table::{Table, suggest};
use switchback_core::content::filetype::{Check, Configured, FileTypes, Format, Keys, Strategy};
use switchback_core::content::proposal::Proposal;
use switchback_core::content::remake::Program;
use toml::de::DeValue;

/// The entry of `keys` for lists whose items have no entry of their own.
const OTHERWISE: &str = "*";
/// How long a program may take to make a file again, unless it is told.
const TIMEOUT_S: u32 = 300;

/// Reads every `[[file_type]]`.
pub(super) fn file_types(root: &Table<'_>) -> FileTypes {
    let tables = root.tables("file_type", &schema::FILE_TYPE);
    let mut configured: Vec<Configured> = Vec::new();
    for table in &tables {
        let Some(one) = file_type(table) else { continue };
        if configured.iter().any(|other| other.name == one.name) {
            let message = format!("the file type `{}` stands here twice", one.name);
            table.source.note(&table.span_of("name"), message, "keep one of the two");
        }
        configured.push(one);
    }
    FileTypes::new(configured)
}

fn file_type(table: &Table<'_>) -> Option<Configured> {
    table.need("name", "\"PriceList\"");
    let name = table.text("name");
    let shipped = name.as_ref().and_then(|name| FileTypes::shipped().iter().find(|one| one.name == name.value));
    if shipped.is_none() {
        table.need("paths", "[\"prices/**/*.xml\"]");
    }
    let paths = paths(table);
    let format = table.word::<Format>("format", &Format::ALL);
    let strategy = table.word::<Strategy>("strategy", &Strategy::ALL);
    let known = format.or(shipped.as_ref().and_then(|one| one.format));
    if strategy == Some(Strategy::Structural) && known.is_none() && !table.has("format") {
        let words: Vec<&str> = Format::ALL.iter().map(|(word, _)| *word).collect();
        let message = "`structural` wants to know how the files are written";
        table.source.note(&table.span_of("strategy"), message, format!("add `format`: {}", words.join(", ")));
    }
    let check = table.flag("verify").map(|verify| if verify { Check::Verify } else { Check::Trust });
    let regenerate = regenerate(table, strategy);
    let (name, proposals, keys) = (name?.value.to_owned(), proposals(table), keys(table));
    Some(Configured { name, paths, format, strategy, proposals, check, keys, regenerate })
}

/// `proposals = ["later", "touching"]`
fn proposals(table: &Table<'_>) -> Option<Vec<Proposal>> {
    table.get("proposals")?;
    let words = table.texts("proposals");
    repeated(table, "proposals", &words);
    let mut read = Vec::new();
    for word in &words {
        match Proposal::ALL.iter().find(|(name, _)| *name == word.value) {
            Some((_, kind)) => read.push(*kind),
            None => {
                let known: Vec<&str> = Proposal::ALL.iter().map(|(name, _)| *name).collect();
                let message = format!("`{}` is no kind of proposal", word.value);
                table.source.note(&word.span, message, suggest(word.value, &known));
            }
        }
    }
    Some(read)
}

/// `regenerate = ["make", "lock"]`, which is nothing without its strategy, as that is without it.
fn regenerate(table: &Table<'_>, strategy: Option<Strategy>) -> Option<Program> {
    let named = table.has("regenerate");
    if strategy == Some(Strategy::Regenerate) && !named {
        let message = "`regenerate` wants to know which program makes the files";
        let hint = "add `regenerate = [\"make\", \"lock\"]`";
        table.source.note(&table.span_of("strategy"), message, hint);
    }
    if named && strategy.is_some_and(|one| one != Strategy::Regenerate) {
        let message = "the files are not made again: another strategy settles them";
        table.source.note(&table.span_of("regenerate"), message, "remove `regenerate`, or the `strategy`");
    }
    let timeout = table.number("timeout_s", 1..=LONGEST_TIMEOUT_S);
    if timeout.is_some() && !named {
        let message = "`timeout_s` is for the program that makes the files, and none is named";
        table.source.note(&table.span_of("timeout_s"), message, "remove `timeout_s`, or add `regenerate`");
    }
    table.get("regenerate")?;
    let words = program(table, "regenerate")?;
    Some(Program { words, timeout_s: u64::from(timeout.unwrap_or(TIMEOUT_S)) })
}

fn paths(table: &Table<'_>) -> Option<Vec<String>> {
    table.get("paths")?;
    let globs = table.texts("paths");
    repeated(table, "paths", &globs);
    for glob in &globs {
        if let Some(why) = fault_in_glob(glob.value) {
            let message = format!("`{}` is no glob: {why}", glob.value);
            table.source.note(&glob.span, message, "write a pattern such as `prices/**/*.xml`");
        }
    }
    if globs.is_empty() {
        table.source.note(&table.span_of("paths"), "`paths` names no files", suggest("", &["prices/**/*.xml"]));
    }
    Some(globs.iter().map(|glob| glob.value.to_owned()).collect())
}

/// `keys = { price = ["sku"], port = [["port", "protocol"], ["name"]], "*" = ["id", "name"] }`, `ordered = ["step"]` and
/// `order_decides = ["rule"]`.
fn keys(table: &Table<'_>) -> Option<Keys> {
    if !["keys", "ordered", "order_decides"].into_iter().any(|key| table.has(key)) {
        return None;
    }
    let items = |key: &str| -> Vec<String> {
        let items = table.texts(key);
        repeated(table, key, &items);
        items.iter().map(|item| item.value.to_owned()).collect()
    };
    let (in_order, order_decides) = (items("ordered"), items("order_decides"));
    let mut keys = Keys { in_order, order_decides, ..Keys::default() };
    let Some(free) = table.free_table("keys", "keys") else { return Some(keys) };
    for (item, members) in free.entries() {
        let read = |members| -> Vec<String> {
            let members = free.texts_in(item.value, members);
            repeated(&free, item.value, &members);
            members.iter().map(|member| member.value.to_owned()).collect()
        };
        match (item.value, members.get_ref()) {
            (OTHERWISE, _) => keys.otherwise = read(members),
            (name, DeValue::Array(ways)) if ways.iter().any(|way| matches!(way.get_ref(), DeValue::Array(_))) => {
                drop(keys.by_item.insert(name.to_owned(), ways.iter().map(read).collect()));
            }
            (name, _) => drop(keys.by_item.insert(name.to_owned(), vec![read(members)])),
        }
    }
    Some(keys)
}
