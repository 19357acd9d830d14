//! A table of the configuration, read key by key. What is wrong is noted at its place, and the reader goes on with
//! `None`.

use super::schema::{Choice, Shape};
use super::source::{Located, Source, Span};
use std::ops::RangeInclusive;
use switchback_core::words::refusal::closest;
use switchback_core::words::remedy::Remedy;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// An open table: its unknown keys are already noted.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    /// Where defects are noted.
    pub source: &'a Source<'a>,
    entries: &'a DeTable<'a>,
    /// How a sentence calls it.
    called: &'static str,
    start: usize,
    end: usize,
    /// Whether a key is misspelt; then one that is missing is likely the one that is meant.
    misspelt: bool,
}

/// How sentences call what stands there.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `did you mean …?` when a name is near a known one, else all of them.
pub(super) fn suggest(name: &str, known: &[&str]) -> Remedy {
    let known: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
    match closest(name, &known) {
        Some(name) => Remedy::DidYouMean { name },
        None => format!("write one of: {}", known.join(", ")).into(),
    }
}

/// A whole number as it is written, in any radix TOML knows.
fn whole(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

impl<'a> Table<'a> {
    /// Opens a table and notes the keys that its shape does not have.
    pub fn open(source: &'a Source<'a>, table: &'a DeTable<'a>, span: Span, shape: &'static Shape) -> Self {
        let mut misspelt = false;
        for key in table.keys().filter(|key| !shape.keys.contains(&key.get_ref().as_ref())) {
            let message = format!("`{}` is no key of {}", key.get_ref().escape_debug(), shape.called);
            source.note(&key.span(), message, suggest(key.get_ref(), shape.keys));
            misspelt = true;
        }
        Self { source, entries: table, called: shape.called, start: span.start, end: span.end, misspelt }
    }

    /// Where the table begins.
    pub fn span(&self) -> Span {
        self.start..self.end
    }

    /// Where the value of a key stands; the table itself when the key is not written.
    pub fn span_of(&self, key: &str) -> Span {
        self.entries.get(key).map_or_else(|| self.span(), Spanned::span)
    }

    /// The keys with their places, and their values, for tables whose keys are free.
    pub fn entries(&self) -> impl Iterator<Item = (Located<&'a str>, &'a Spanned<DeValue<'a>>)> + use<'a> {
        self.entries.iter().map(|(key, value)| (Located { value: key.get_ref().as_ref(), span: key.span() }, value))
    }

    /// Whether a key is written.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The value of a key, of whatever kind.
    pub fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.entries.get(key)
    }

    /// Whether a key is missing, and not merely misspelt.
    pub fn lacks(&self, key: &str) -> bool {
        !self.has(key) && !self.misspelt
    }

    /// Notes that a key is missing, with an example of its value.
    pub fn need(&self, key: &str, example: &str) {
        if self.lacks(key) {
            let called = self.called;
            self.source.note(&self.span(), format!("{called} has no `{key}`"), format!("add `{key} = {example}`"));
        }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let message = format!("`{key}` wants {wanted}, and this is {}", kind(value.get_ref()));
        let hint = match (wanted, value.get_ref()) {
            ("a list of texts", DeValue::String(text)) => format!("write `{key} = [\"{text}\"]`"),
            ("true or false", DeValue::String(_)) => "write it without quotes".to_owned(),
            ("a text", DeValue::Integer(_) | DeValue::Boolean(_)) => "write it in quotes".to_owned(),
            _ => format!("write {wanted}"),
        };
        self.source.note(&value.span(), message, hint);
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<Located<&'a str>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Located { value: text.as_ref(), span: value.span() }),
            _ => {
                self.wrong(key, value, "a text");
                None
            }
        }
    }

    /// A list of texts; empty when the key is not written.
    pub fn texts(&self, key: &str) -> Vec<Located<&'a str>> {
        self.get(key).map(|value| self.texts_in(key, value)).unwrap_or_default()
    }

    /// The texts of a value that should be a list of them.
    pub fn texts_in(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Vec<Located<&'a str>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, "a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => texts.push(Located { value: text.as_ref(), span: item.span() }),
                other => {
                    let message = format!("`{key}` wants a list of texts, and this is {}", kind(other));
                    self.source.note(&item.span(), message, "write each entry in quotes");
                }
            }
        }
        texts
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                self.wrong(key, value, "true or false");
                None
            }
        }
    }

    /// A whole number within a range.
    pub fn number(&self, key: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.get(key)?;
        let DeValue::Integer(written) = value.get_ref() else {
            self.wrong(key, value, "a whole number");
            return None;
        };
        let number = whole(written).and_then(|number| u32::try_from(number).ok()).filter(|n| range.contains(n));
        if number.is_none() {
            let message = format!("`{key}` is {written}, which is out of range");
            let hint = format!("write a number from {} to {}", range.start(), range.end());
            self.source.note(&value.span(), message, hint);
        }
        number
    }

    /// One of some words.
    pub fn word<T: Copy>(&self, key: &str, choice: Choice<T>) -> Option<T> {
        self.text(key).and_then(|text| self.choose(key, &text, choice))
    }

    /// The meaning of a word.
    pub fn choose<T: Copy>(&self, key: &str, text: &Located<&str>, choice: Choice<T>) -> Option<T> {
        let meant = choice.iter().find(|(word, _)| *word == text.value).map(|(_, meaning)| *meaning);
        if meant.is_none() {
            let words: Vec<&str> = choice.iter().map(|(word, _)| *word).collect();
            let message = format!("`{key}` knows no `{}`", text.value);
            self.source.note(&text.span, message, suggest(text.value, &words));
        }
        meant
    }

    /// A table within this one.
    pub fn table(&self, key: &str, shape: &'static Shape) -> Option<Table<'a>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Table::open(self.source, table, value.span(), shape)),
            _ => {
                self.wrong(key, value, "a table");
                None
            }
        }
    }

    /// A table within this one whose keys are names people choose.
    pub fn free_table(&self, key: &str, called: &'static str) -> Option<Table<'a>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(entries) => {
                let Span { start, end } = value.span();
                Some(Table { source: self.source, entries, called, start, end, misspelt: false })
            }
            _ => {
                self.wrong(key, value, "a table");
                None
            }
        }
    }

    /// A list of tables; empty when the key is not written.
    pub fn tables(&self, key: &str, shape: &'static Shape) -> Vec<Table<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            let message = format!("`{key}` wants a list of tables, and this is {}", kind(value.get_ref()));
            let hint = match value.get_ref() {
                DeValue::Table(_) if !self.called.starts_with('a') => format!("write `[[{key}]]`, in double brackets"),
                DeValue::Table(_) => format!("write `{key} = [{{ … }}]`"),
                _ => "write a list of tables".to_owned(),
            };
            self.source.note(&value.span(), message, hint);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Table::open(self.source, table, item.span(), shape)),
                other => {
                    let message = format!("`{key}` wants a list of tables, and this is {}", kind(other));
                    self.source.note(&item.span(), message, "write each entry as a table");
                }
            }
        }
        tables
    }
}
