//! Every rule and every refusal code has a scenario.

use crate::scenarios::{folder, parse, read};
use std::collections::BTreeSet;

/// What the scenarios of all files cite and refuse.
fn told() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut rules, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for file in std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name()) {
        let file = file.to_string_lossy().into_owned();
        if !file.ends_with(".txt") {
            continue;
        }
        for scenario in parse(&read(&file)) {
            let (cited, _) = scenario.title.split_once(':').unwrap_or_else(|| panic!("{file}: {}", scenario.title));
            rules.extend(cited.split(' ').map(str::to_owned));
            let lines = scenario.lines.iter().map(|(_, line)| line);
            codes.extend(lines.filter_map(|line| code(line)).map(str::to_owned));
        }
    }
    (rules, codes)
}

/// The code a line expects of a request, of a failed deployment, or of a draft.
fn code(line: &str) -> Option<&str> {
    let job = line.split_once(" failed ").filter(|(id, _)| id.starts_with("D-")).map(|(_, code)| code);
    let draft = line.strip_prefix("draft ").and_then(|line| line.split_once(": ")).map(|(_, code)| code);
    line.strip_prefix("refused ").or(job).or(draft)
}

/// Codes that only the engine says, and rules that only the engine keeps, as the guide lists them.
fn left_to_the_engine() -> BTreeSet<String> {
    let guide = read("README.md");
    let (_, list) = guide.split_once("<!-- engine -->").unwrap();
    let (list, _) = list.split_once("<!-- /engine -->").unwrap();
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The codes, as the table in `refusal.rs` prints them.
fn table() -> Vec<String> {
    let source = include_str!("../../src/words/refusal.rs");
    let (_, table) = source.split_once("pub fn as_str(self)").unwrap();
    let (table, _) = table.split_once("fn noun(self)").unwrap();
    let codes = table.lines().filter_map(|line| line.split_once("=> \"")?.1.strip_suffix("\","));
    let codes: Vec<_> = codes.map(str::to_owned).collect();
    let codes: Vec<_> = codes.into_iter().filter(|code| code != "unknown").collect();
    assert!(codes.len() > 50, "the table was not found");
    codes
}

/// The table falls back on a word that is no code, so it must hold them all.
#[test]
fn every_code_is_printed() {
    let source = include_str!("../../src/words/refusal.rs");
    let (_, codes) = source.split_once("pub enum Code {").unwrap();
    let (codes, _) = codes.split_once('}').unwrap();
    assert_eq!(codes.lines().filter(|line| line.trim().ends_with(',')).count(), table().len());
}

#[test]
fn every_code_is_refused_somewhere() {
    let (_, codes) = told();
    let engine = left_to_the_engine();
    let missing: Vec<_> = table().into_iter().filter(|code| !codes.contains(code) && !engine.contains(code)).collect();
    assert!(missing.is_empty(), "no scenario is refused {missing:?}");
    let told_twice: Vec<_> = engine.iter().filter(|code| codes.contains(*code)).collect();
    assert!(told_twice.is_empty(), "the list of the engine's codes names {told_twice:?}, which have scenarios");
}

#[test]
fn every_rule_is_cited_somewhere() {
    let (rules, _) = told();
    let engine = left_to_the_engine();
    let counted = [("L", 10), ("C", 7), ("P", 13), ("D", 11), ("A", 15), ("R", 8), ("S", 5)];
    let all = counted.iter().flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number}")));
    let all = all.chain(["X1", "X4", "X5"].map(str::to_owned));
    let missing: Vec<_> = all.filter(|rule| !rules.contains(rule) && !engine.contains(rule)).collect();
    assert!(missing.is_empty(), "no scenario cites {missing:?}");
}
