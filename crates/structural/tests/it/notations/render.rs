//! Sample documents written in each notation, and read back by the simplest means there are: so that what is judged
//! is not its own judge.

use super::sample::{Entry, Facts, Shape, Value};
use switchback_core::content::filetype::{Format, Keys};

pub fn shape(format: Format) -> Shape {
    match format {
        Format::Properties => Shape { depth: 0, items: false, notes: true },
        Format::Toml => Shape { depth: 1, items: true, notes: true },
        Format::Json => Shape { depth: 2, items: true, notes: false },
        Format::Xml | Format::Yaml => Shape { depth: 2, items: true, notes: true },
    }
}

/// What tells the items of a list apart.
pub fn keys(format: Format) -> Keys {
    let member = if format == Format::Xml { "fullName" } else { "id" };
    let in_order = if format == Format::Xml { Vec::new() } else { vec!["*".to_owned()] };
    Keys { otherwise: vec![member.to_owned()], in_order, ..Keys::default() }
}

pub fn render(format: Format, document: &[Entry]) -> String {
    let mut out = String::new();
    match format {
        Format::Properties => flat(document, ("=", &mut out)),
        Format::Toml => toml(document, &mut out),
        Format::Yaml => yaml(document, (0, &mut out)),
        Format::Json => {
            json(document, (0, &mut out));
            out.push('\n');
        }
        Format::Xml => {
            out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CustomObject>\n");
            xml(document, (4, &mut out));
            out.push_str("</CustomObject>\n");
        }
    }
    out
}

fn note(entry: &Entry, (indent, out): (usize, &mut String)) {
    if let Some(note) = entry.note {
        out.push_str(&format!("{:indent$}# n{note}\n", ""));
    }
}

fn flat(entries: &[Entry], (sign, out): (&str, &mut String)) {
    for entry in entries {
        if let Value::Leaf(value) = entry.value {
            note(entry, (0, out));
            out.push_str(&format!("{}{sign}v{value}\n", entry.key));
        }
    }
}

fn toml(document: &[Entry], out: &mut String) {
    let leaves = |entries: &[Entry]| {
        let mut out = String::new();
        for entry in entries {
            if let Value::Leaf(value) = entry.value {
                note(entry, (0, &mut out));
                out.push_str(&format!("{} = \"v{value}\"\n", entry.key));
            }
        }
        out
    };
    out.push_str(&leaves(document));
    for entry in document {
        match &entry.value {
            Value::Leaf(_) => {}
            Value::Group(inner) => {
                out.push('\n');
                note(entry, (0, out));
                out.push_str(&format!("[{}]\n{}", entry.key, leaves(inner)));
            }
            Value::Items(items) => {
                for item in items {
                    let Value::Group(members) = &item.value else { continue };
                    out.push('\n');
                    note(item, (0, out));
                    out.push_str(&format!("[[{}]]\nid = \"{}\"\n{}", entry.key, item.key, leaves(members)));
                }
            }
        }
    }
}

fn yaml(entries: &[Entry], (indent, out): (usize, &mut String)) {
    for entry in entries {
        note(entry, (indent, out));
        match &entry.value {
            Value::Leaf(value) => out.push_str(&format!("{:indent$}{}: v{value}\n", "", entry.key)),
            Value::Group(inner) => {
                out.push_str(&format!("{:indent$}{}:\n", "", entry.key));
                yaml(inner, (indent + 2, out));
            }
            Value::Items(items) => {
                out.push_str(&format!("{:indent$}{}:\n", "", entry.key));
                for item in items {
                    let Value::Group(members) = &item.value else { continue };
                    note(item, (indent, out));
                    out.push_str(&format!("{:indent$}- id: {}\n", "", item.key));
                    yaml(members, (indent + 2, out));
                }
            }
        }
    }
}

fn json(entries: &[Entry], (indent, out): (usize, &mut String)) {
    out.push_str("{\n");
    members(entries, (indent + 2, out));
    out.push_str(&format!("{:indent$}}}", ""));
}

fn members(entries: &[Entry], (indent, out): (usize, &mut String)) {
    for (at, entry) in entries.iter().enumerate() {
        out.push_str(&format!("{:indent$}\"{}\": ", "", entry.key));
        match &entry.value {
            Value::Leaf(value) => out.push_str(&format!("\"v{value}\"")),
            Value::Group(inner) => json(inner, (indent, out)),
            Value::Items(items) => {
                out.push_str("[\n");
                for (at, item) in items.iter().enumerate() {
                    let Value::Group(inner) = &item.value else { continue };
                    let deeper = indent + 4;
                    let brace = " ".repeat(indent + 2);
                    out.push_str(&format!("{brace}{{\n{brace}  \"id\": \"{}\",\n", item.key));
                    members(inner, (deeper, out));
                    out.push_str(&format!("{brace}}}{}\n", if at + 1 < items.len() { "," } else { "" }));
                }
                out.push_str(&format!("{:indent$}]", ""));
            }
        }
        out.push_str(if at + 1 < entries.len() { ",\n" } else { "\n" });
    }
}

fn xml(entries: &[Entry], (indent, out): (usize, &mut String)) {
    for entry in entries {
        let noted = |entry: &Entry, out: &mut String| {
            out.push_str(&entry.note.map(|note| format!("{:indent$}<!-- n{note} -->\n", "")).unwrap_or_default());
        };
        noted(entry, out);
        let key = &entry.key;
        match &entry.value {
            Value::Leaf(value) => out.push_str(&format!("{:indent$}<{key}>v{value}</{key}>\n", "")),
            Value::Group(inner) => {
                out.push_str(&format!("{:indent$}<{key}>\n", ""));
                xml(inner, (indent + 4, out));
                out.push_str(&format!("{:indent$}</{key}>\n", ""));
            }
            Value::Items(items) => {
                for item in items {
                    let Value::Group(members) = &item.value else { continue };
                    let deeper = indent + 4;
                    noted(item, out);
                    out.push_str(&format!("{:indent$}<{key}>\n{:deeper$}<fullName>{}</fullName>\n", "", "", item.key));
                    xml(members, (deeper, out));
                    out.push_str(&format!("{:indent$}</{key}>\n", ""));
                }
            }
        }
    }
}

/// What a text says. A fact that is there twice, or a line that is not understood, becomes a fact of its own.
pub fn read_back(format: Format, text: &str) -> Facts {
    let mut read = Read { ways: vec![(0, String::new())], note: None, facts: Facts::new() };
    match format {
        Format::Json => {
            let value: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
            read.json(&value, "");
        }
        Format::Xml => text.lines().skip(2).for_each(|line| read.xml(line.trim())),
        Format::Toml => text.lines().for_each(|line| read.toml(line.trim())),
        Format::Yaml => text.lines().for_each(|line| read.yaml(line)),
        Format::Properties => text.lines().for_each(|line| read.toml(line.trim())),
    }
    read.facts
}

struct Read {
    /// The groups that are open: how deep they stand, and the way to them.
    ways: Vec<(usize, String)>,
    note: Option<String>,
    facts: Facts,
}

impl Read {
    fn add(&mut self, way: String, value: &str) {
        let note = self.note.take().map(|note| (format!("{way}#"), note));
        for (way, value) in note.into_iter().chain([(way, value.to_owned())]) {
            if let Some(before) = self.facts.insert(way.clone(), value) {
                self.facts.insert(format!("{way} twice"), before);
            }
        }
    }

    fn way(&self) -> String {
        self.ways.last().map(|(_, way)| way.clone()).unwrap_or_default()
    }

    /// Opens a group, once its members or its id come.
    fn open(&mut self, depth: usize, name: &str) {
        let way = format!("{}/{name}", self.way());
        if !name.starts_with("list") {
            let note = self.note.take();
            self.facts.extend(note.map(|note| (format!("{way}#"), note)));
            self.add(format!("{way}/"), "");
        }
        self.ways.push((depth, way));
    }

    fn toml(&mut self, line: &str) {
        if let Some(note) = line.strip_prefix("# ") {
            self.note = Some(note.to_owned());
        } else if let Some(name) = line.strip_prefix('[') {
            self.ways.truncate(1);
            self.open(0, name.trim_matches(['[', ']']));
        } else if let Some(id) = line.strip_prefix("id = ") {
            self.open(1, id.trim_matches('"'));
        } else if let Some((key, value)) = line.split_once('=') {
            self.add(format!("{}/{}", self.way(), key.trim()), value.trim().trim_matches('"'));
        } else if !line.is_empty() {
            self.facts.insert(line.to_owned(), "not understood".to_owned());
        }
    }

    fn yaml(&mut self, line: &str) {
        let bare = line.trim_start();
        let depth = line.len() - bare.len();
        if let Some(note) = bare.strip_prefix("# ") {
            self.note = Some(note.to_owned());
            return;
        }
        // An item stands deeper than its list, though its dash may not.
        let (depth, bare, is_item) = match bare.strip_prefix("- ") {
            Some(bare) => (depth + 1, bare, true),
            None => (depth, bare, false),
        };
        while self.ways.len() > 1 && self.ways.last().is_some_and(|(open, _)| *open >= depth) {
            self.ways.pop();
        }
        match bare.split_once(':') {
            Some(("id", id)) if is_item => self.open(depth, id.trim()),
            Some((key, "")) => self.open(depth, key),
            Some((key, value)) => self.add(format!("{}/{key}", self.way()), value.trim()),
            None => drop(self.facts.insert(line.to_owned(), "not understood".to_owned())),
        }
    }

    fn xml(&mut self, line: &str) {
        if let Some(note) = line.strip_prefix("<!-- ").and_then(|note| note.strip_suffix(" -->")) {
            self.note = Some(note.to_owned());
        } else if line.starts_with("</") {
            // An item opened its list too.
            let items = self.ways.last().is_some_and(|(depth, _)| *depth == 1);
            self.ways.truncate(self.ways.len().saturating_sub(1 + usize::from(items)).max(1));
        } else if let Some(id) = line.strip_prefix("<fullName>") {
            self.open(1, id.trim_end_matches("</fullName>"));
        } else if let Some((key, value)) = line.trim_start_matches('<').split_once('>') {
            match value.split_once('<') {
                Some((value, _)) => self.add(format!("{}/{key}", self.way()), value),
                None => self.open(0, key),
            }
        } else {
            self.facts.insert(line.to_owned(), "not understood".to_owned());
        }
    }

    fn json(&mut self, value: &serde_json::Value, way: &str) {
        for (key, value) in value.as_object().into_iter().flatten().filter(|(key, _)| *key != "id") {
            let way = format!("{way}/{key}");
            match value {
                serde_json::Value::Object(_) => {
                    self.add(format!("{way}/"), "");
                    self.json(value, &way);
                }
                serde_json::Value::Array(items) => {
                    for item in items {
                        let way = format!("{way}/{}", item["id"].as_str().unwrap_or_default());
                        self.add(format!("{way}/"), "");
                        self.json(item, &way);
                    }
                }
                value => self.add(way, value.as_str().unwrap_or_default()),
            }
        }
    }
}
