//! The Salesforce types, in source format and in metadata format, named as the Metadata API names them.
//!
//! One [`Row`] for each type that is kept as XML, in files by what the types are about; code, bundles and manifests are
//! listed here.

mod access;
mod automation;
mod interface;
mod objects;
mod words;

use super::{Check, FileType, Format, Keys, Strategy};

/// A type that is kept as XML.
struct Row {
    /// What the Metadata API calls it.
    name: &'static str,
    /// The folder it has in metadata format.
    folder: &'static str,
    /// What its files end in; in source format `-meta.xml` follows.
    suffix: &'static str,
    /// What tells the items of its lists apart: the item's name, then the members that together are the key. `.` is the
    /// item's text, `#` its place. A key that occurs twice is a fault of the file, unless the list is ordered.
    keys: &'static [&'static str],
    /// The items whose order means something.
    ordered: &'static [&'static str],
}

/// For lists that no row names. Their order is taken to mean nothing only where each item has one of these.
const OTHERWISE: [&str; 3] = ["fullName", "name", "developerName"];

/// The items that are sequences, where their order means something: rules and filters are asked in turn, steps are taken
/// one after another.
const SEQUENCES: &[&str] = &[
    "action",
    "approvalStep",
    "approver",
    "assignmentItems",
    "conditions",
    "criteria",
    "criteriaItems",
    "escalationAction",
    "filters",
    "matchingRuleItems",
    "ruleEntry",
    "rules",
    "stageSteps",
    "workflowTimeTriggers",
];

/// The shipped Salesforce types.
pub(super) fn types() -> Vec<FileType> {
    let rows = [access::ROWS, automation::ROWS, interface::ROWS, objects::ROWS, words::ROWS];
    let mut types: Vec<FileType> = rows.into_iter().flatten().map(Row::file_type).collect();
    types.extend(CODE.iter().map(|(name, paths)| described(name, paths)));
    types.extend(CODE.iter().map(|(name, paths)| code(name, paths)));
    types.push(xml("Package", &["**/package.xml", "**/destructiveChanges*.xml"], &["types name", "members ."]));
    types.push(xml("Metadata", &["**/*-meta.xml"], &[]));
    types
}

/// Types that are code or other files as they are: no structure is known, and what describes them stands beside them.
const CODE: &[(&str, &[&str])] = &[
    ("ApexClass", &["**/*.cls"]),
    ("ApexTrigger", &["**/*.trigger"]),
    ("ApexPage", &["**/*.page"]),
    ("ApexComponent", &["**/components/**/*.component"]),
    ("LightningComponentBundle", &["**/lwc/*/**"]),
    ("AuraDefinitionBundle", &["**/aura/*/**"]),
    ("StaticResource", &["**/staticresources/**", "**/*.resource"]),
    ("EmailTemplate", &["**/email/**/*.email"]),
];

fn code(name: &str, paths: &[&str]) -> FileType {
    FileType {
        name: name.to_owned(),
        paths: paths.iter().map(|&path| path.to_owned()).collect(),
        format: None,
        strategy: Strategy::Stop,
        proposals: Vec::new(),
        check: Check::Verify,
        keys: Keys::default(),
        regenerate: None,
    }
}

/// The files that describe code, `-meta.xml` and the definition of a component for design: XML of the same type.
fn described(name: &str, paths: &[&str]) -> FileType {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| match path.strip_suffix("**") {
            Some(folder) => format!("{folder}**/*-meta.xml"),
            None => format!("{path}-meta.xml"),
        })
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    xml(name, &paths, &["packageVersions namespace", "targets .", "target .", "property name", "objects ."])
}

fn xml(name: &str, paths: &[&str], keys: &[&str]) -> FileType {
    FileType {
        name: name.to_owned(),
        paths: paths.iter().map(|&path| path.to_owned()).collect(),
        format: Some(Format::Xml),
        strategy: Strategy::Structural,
        proposals: Vec::new(),
        check: Check::Verify,
        keys: keys_of(keys, &[]),
        regenerate: None,
    }
}

fn keys_of(keys: &[&str], ordered: &[&str]) -> Keys {
    let by_item = keys.iter().filter_map(|line| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?, vec![words.collect()]))
    });
    Keys {
        by_item: by_item.collect(),
        otherwise: OTHERWISE.map(str::to_owned).to_vec(),
        in_order: ordered.iter().map(|&item| item.to_owned()).collect(),
        order_decides: ordered.iter().filter(|item| SEQUENCES.contains(item)).map(|&item| item.to_owned()).collect(),
    }
}

impl Row {
    fn file_type(&self) -> FileType {
        let (folder, suffix) = (self.folder, self.suffix);
        let paths = [format!("**/{folder}/**/*.{suffix}"), format!("**/*.{suffix}-meta.xml")];
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let keys = keys_of(self.keys, self.ordered);
        FileType { keys, ..xml(self.name, &paths, &[]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::filetype::FileTypes;
    use crate::words::object::RepoPath;

    fn of(path: &str) -> Option<(String, Option<Format>)> {
        let types = FileTypes::default();
        types.of(&RepoPath::parse(path)).map(|found| (found.name.clone(), found.format))
    }

    #[test]
    fn every_type_is_found_in_both_formats() {
        let samples = include_str!("salesforce/samples.txt");
        for line in samples.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let (name, kind) = (words.next().unwrap(), words.next().unwrap());
            let format = (kind == "xml").then_some(Format::Xml);
            for path in words {
                assert_eq!(of(path), Some((name.to_owned(), format)), "{path}");
            }
        }
    }

    #[test]
    fn every_type_has_a_sample() {
        let samples = include_str!("salesforce/samples.txt");
        for one in types() {
            let kind = if one.format.is_some() { "xml" } else { "code" };
            let line = format!("{} {kind} ", one.name);
            assert!(samples.lines().any(|sample| sample.starts_with(&line)), "no sample for {line}");
        }
    }

    #[test]
    fn no_type_names_a_list_twice() {
        let rows = [access::ROWS, automation::ROWS, interface::ROWS, objects::ROWS, words::ROWS];
        for row in rows.into_iter().flatten() {
            let keys = keys_of(row.keys, row.ordered);
            assert_eq!(keys.by_item.len(), row.keys.len(), "{}", row.name);
            assert!(keys.by_item.values().all(|members| !members.is_empty()), "{}", row.name);
        }
    }

    #[test]
    fn other_files_are_of_no_salesforce_type() {
        assert_eq!(of("docs/customMetadata.md"), None);
        assert_eq!(of("src/app.rs"), None);
        assert_eq!(of("config.json"), Some(("JSON".to_owned(), Some(Format::Json))));
    }
}
