//! A repository with the shape that Salesforce projects have: objects taken apart into folders of small XML files, classes
//! with a description beside each, permission sets that everybody adds to. Most changes touch a few files, many of them
//! files that the last changes brought; a few move, add, delete or edit thousands at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::corpus;
use crate::generate::{Dice, Stream};

/// How many changes stand on the lowest stage's branch.
pub const CHANGES: usize = 200;
/// Where everything lies that was not moved into a package.
const MAIN: &str = "force-app/main/default";
/// How many objects there are in the beginning, and fields in each.
const OBJECTS: usize = 500;
const FIELDS: usize = 36;
/// How many objects one large change moves, adds or deletes; fifteen files lie in each besides its fields.
const MOVED: usize = 250;
const ADDED: usize = 130;
/// Every change with this number, and every one of so many after it, is a large one.
const LARGE: (usize, usize) = (20, 40);
/// How many of the paths that came last are likely to be edited next.
const RECENT: usize = 60;

/// The key of a change, counted from 1.
pub fn key(number: usize) -> String {
    format!("US-{number:03}")
}

/// Writes the repository: `main` and `qa` stand at the beginning, `dev` after every change.
pub fn write(home: &Path) {
    let git = corpus::start_repository(home);
    let mut stream = Stream::start(&git);
    let mut org = Org::new();
    stream.files("main", "Start with the whole org", org.step());
    stream.branch("qa", "main");
    stream.branch("dev", "main");
    for number in 1..=CHANGES {
        let title = org.change(number);
        stream.files("dev", &format!("{}: {title}", key(number)), org.step());
    }
    stream.finish();
    git.line(&["pack-refs", "--all"]);
}

/// What stands in the org, and what the change under way did to it.
struct Org {
    files: BTreeMap<String, String>,
    done: BTreeMap<String, Option<String>>,
    recent: Vec<String>,
    dice: Dice,
    objects: usize,
}

impl Org {
    fn new() -> Self {
        let (files, done) = (BTreeMap::new(), BTreeMap::new());
        let mut org = Self { files, done, recent: Vec::new(), dice: Dice::new(7), objects: 0 };
        (0..OBJECTS).for_each(|_| org.add_object());
        for number in 0..1500 {
            org.put(format!("{MAIN}/classes/Class{number:04}.cls"), class(number));
            org.put(format!("{MAIN}/classes/Class{number:04}.cls-meta.xml"), described("ApexClass", number));
        }
        (0..600).for_each(|number| org.put(format!("{MAIN}/layouts/L{number:03}.layout-meta.xml"), layout(number)));
        (0..60).for_each(|number| org.put(permission_set(number), permissions(number)));
        org
    }

    /// The files that the change wrote, and those it deleted.
    fn step(&mut self) -> Vec<(String, Option<String>)> {
        std::mem::take(&mut self.done).into_iter().collect()
    }

    fn put(&mut self, path: String, text: String) {
        self.done.insert(path.clone(), Some(text.clone()));
        self.files.insert(path, text);
    }

    fn take_away(&mut self, path: &str) -> Option<String> {
        self.done.insert(path.to_owned(), None);
        self.files.remove(path)
    }

    /// Objects lie in ten different orders of folders below them, as they do.
    fn add_object(&mut self) {
        let (object, folder) = (self.objects, format!("{MAIN}/objects/Object{:04}__c", self.objects));
        self.objects += 1;
        self.put(format!("{folder}/Object{object:04}__c.object-meta.xml"), described("CustomObject", object));
        for number in 0..FIELDS {
            self.put(format!("{folder}/fields/Field{number:02}__c.field-meta.xml"), field(object, number));
        }
        for (kind, word, count) in
            [("listViews", "listView", 6), ("validationRules", "validationRule", 5), ("recordTypes", "recordType", 3)]
        {
            for number in 0..count {
                let text = described(word, object * 10 + number);
                self.put(format!("{folder}/{kind}/{word}{number}.{word}-meta.xml"), text);
            }
        }
    }

    /// Makes a change; what it is called.
    fn change(&mut self, number: usize) -> String {
        if number % LARGE.1 == LARGE.0 {
            return self.large(number / LARGE.1, number);
        }
        let (count, object) = (self.dice.files_of_a_change().min(60), self.any_object());
        let mut brought = Vec::new();
        for turn in 0..count {
            match self.dice.below(10) {
                0 | 1 => brought.extend(self.add_field(&object, number * 100 + turn)),
                2 | 3 if !self.recent.is_empty() => {
                    let path = self.recent[self.dice.below(self.recent.len())].clone();
                    self.edit(&path, number);
                }
                4 => self.edit(&format!("{MAIN}/classes/Class{:04}.cls", (number * 7 + turn) % 1500), number),
                _ => {
                    let fields = self.below(&object);
                    let path = fields[self.dice.below(fields.len())].clone();
                    self.edit(&path, number);
                    brought.push(path);
                }
            }
        }
        self.recent.extend(brought);
        let over = self.recent.len().saturating_sub(RECENT);
        self.recent.drain(..over);
        self.recent.retain(|path| self.files.contains_key(path));
        format!("edit {object} and what belongs to it")
    }

    /// One of the changes that touch thousands of files.
    fn large(&mut self, which: usize, number: usize) -> String {
        let from = OBJECTS / 5 * (which % 4);
        let objects: Vec<String> =
            (from..from + MOVED).map(|object| format!("Object{:04}__c/", object % OBJECTS)).collect();
        let is_among = |path: &&String| objects.iter().any(|object| path.contains(object.as_str()));
        match which % 5 {
            0 | 3 => {
                let paths: Vec<String> = self.files.keys().filter(is_among).cloned().collect();
                for (nth, path) in paths.iter().enumerate() {
                    let Some(text) = self.take_away(path) else { continue };
                    let name = path.split("/objects/").last().unwrap_or_default();
                    let text = if nth % 10 == 0 { edited(&text, number) } else { text };
                    self.put(format!("packages/part{which}/objects/{name}"), text);
                }
                format!("move {} files into a package", paths.len())
            }
            1 => {
                (0..ADDED).for_each(|_| self.add_object());
                format!("add {ADDED} objects")
            }
            2 => {
                let paths: Vec<String> = self.files.keys().filter(is_among).step_by(2).cloned().collect();
                paths.iter().for_each(|path| drop(self.take_away(path)));
                format!("delete {} files", paths.len())
            }
            _ => {
                let paths: Vec<String> =
                    self.files.keys().filter(|path| path.ends_with("-meta.xml")).step_by(3).cloned().collect();
                paths.iter().for_each(|path| self.edit(path, number));
                format!("raise the version in {} files", paths.len())
            }
        }
    }

    fn any_object(&mut self) -> String {
        loop {
            let object = format!("Object{:04}__c", self.dice.below(self.objects));
            if !self.below(&object).is_empty() {
                return object;
            }
        }
    }

    /// The fields of an object, wherever it lies by now.
    fn below(&self, object: &str) -> Vec<String> {
        let within = |root: &str| {
            let folder = format!("{root}/objects/{object}/fields/");
            let from = self.files.range(folder.clone()..);
            from.map(|(path, _)| path.clone()).take_while(move |path| path.starts_with(&folder)).collect::<Vec<_>>()
        };
        [MAIN, "packages/part0", "packages/part3"].into_iter().flat_map(within).collect()
    }

    /// A new field, which its object's permission set and layout know as well.
    fn add_field(&mut self, object: &str, number: usize) -> Option<String> {
        let folder = self.below(object).first()?.rsplit_once('/')?.0.to_owned();
        let path = format!("{folder}/New{number:06}__c.field-meta.xml");
        self.put(path.clone(), field(number, 99));
        let set = permission_set(number % 60);
        let text = self.files.get(&set)?;
        let entry = permission(object, &format!("New{number:06}__c"));
        let text = text.replacen("    <label>", &format!("{entry}    <label>"), 1);
        self.put(set, text);
        Some(path)
    }

    fn edit(&mut self, path: &str, number: usize) {
        if let Some(text) = self.files.get(path) {
            let text = edited(text, number);
            self.put(path.to_owned(), text);
        }
    }
}

/// A text with one line of it set anew.
fn edited(text: &str, number: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let at = (2 + number % lines.len().saturating_sub(3).max(1)).min(lines.len() - 1);
    let mut out = String::with_capacity(text.len() + 16);
    for (nth, line) in lines.iter().enumerate() {
        match line.split_once('>').filter(|_| nth == at) {
            Some((tag, rest)) if rest.contains("</") => {
                let _ = writeln!(out, "{tag}>{number}{rest}");
            }
            Some(_) | None if nth == at => {
                let _ = writeln!(out, "{line} // {number}");
            }
            _ => {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

fn head(kind: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{kind} xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n")
}

fn field(object: usize, number: usize) -> String {
    let (head, length) = (head("CustomField"), 20 + (object * 31 + number * 17) % 235);
    format!(
        "{head}    <fullName>Field{number:02}__c</fullName>\n    <description>What {object} knows of {number}</description>\n    <externalId>false</externalId>\n    <label>Field {number} of {object}</label>\n    <length>{length}</length>\n    <required>false</required>\n    <trackHistory>false</trackHistory>\n    <type>Text</type>\n    <unique>false</unique>\n</CustomField>\n"
    )
}

fn described(kind: &str, number: usize) -> String {
    let head = head(kind);
    format!(
        "{head}    <apiVersion>58.0</apiVersion>\n    <label>Number {number}</label>\n    <description>Row {}</description>\n    <status>Active</status>\n</{kind}>\n",
        number * 37 % 1009
    )
}

fn class(number: usize) -> String {
    let mut dice = Dice::new(number as u64 ^ 0xc1a55);
    let mut text = format!("public with sharing class Class{number:04} {{\n");
    for line in 0..30 + dice.below(120) {
        let _ = writeln!(text, "    Integer value{line} = {};", dice.below(1 << 20));
    }
    text.push_str("}\n");
    text
}

fn layout(number: usize) -> String {
    let mut text = head("Layout");
    for item in 0..40 {
        let _ = write!(
            text,
            "    <layoutItems>\n        <field>Field{item:02}__c</field>\n        <row>{number}</row>\n    </layoutItems>\n"
        );
    }
    text.push_str("</Layout>\n");
    text
}

fn permission_set(number: usize) -> String {
    format!("{MAIN}/permissionsets/Set{number:02}.permissionset-meta.xml")
}

fn permission(object: &str, field: &str) -> String {
    format!(
        "    <fieldPermissions>\n        <editable>true</editable>\n        <field>{object}.{field}</field>\n        <readable>true</readable>\n    </fieldPermissions>\n"
    )
}

fn permissions(number: usize) -> String {
    let mut text = head("PermissionSet");
    for field in 0..120 {
        text.push_str(&permission(
            &format!("Object{:04}__c", number * 8 + field / 20),
            &format!("Field{:02}__c", field % 20),
        ));
    }
    let _ = write!(text, "    <label>Set {number}</label>\n</PermissionSet>\n");
    text
}
