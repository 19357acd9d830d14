//! The documentation of the configuration is complete, and its examples are right.

use super::{parse, schema};
use std::path::Path;

const PAGE: &str = include_str!("../../../../docs/configuration.md");

/// The examples of the page.
fn examples() -> Vec<&'static str> {
    PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// A part of a file, made whole by what the other parts of the page say.
fn completed(example: &str) -> String {
    let mut whole = String::new();
    if !example.contains("[pipeline]") {
        whole.push_str("[pipeline]\nname = \"acme\"\n");
    }
    whole.push_str(example);
    for (name, branch) in [("DEV", "dev"), ("QA", "qa"), ("PROD", "main")] {
        let there = example.contains(&format!("[[stage]]\nname = \"{name}\""));
        let next = match name {
            "DEV" => "QA",
            "QA" => "PROD",
            _ => "",
        };
        if !there {
            let next = if next.is_empty() { String::new() } else { format!("next = [\"{next}\"]\n") };
            whole.push_str(&format!("[[stage]]\nname = \"{name}\"\nbranch = \"{branch}\"\n{next}"));
        }
    }
    whole
}

#[test]
fn every_example_is_read() {
    let examples = examples();
    assert!(examples.len() > 5, "the page has lost its examples");
    for example in examples {
        if let Err(defect) = parse(&completed(example), Path::new("/repo/switchback.toml")) {
            panic!("{defect}\n{example}");
        }
    }
}

/// What the page says below a heading, up to the next one of any depth.
fn section(heading: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no `{heading}` in the page"));
    rest.split("\n#").next().unwrap_or(rest)
}

#[test]
fn every_key_has_a_line_in_its_section() {
    let sections = [
        (&schema::PIPELINE, "## `[pipeline]`"),
        (&schema::CHANGES, "## `[changes]`"),
        (&schema::WORDS, "## `[words]`"),
        (&schema::STAGE, "## `[[stage]]`"),
        (&schema::GATE, "### Gates"),
        (&schema::FREEZE, "### Freeze windows"),
        (&schema::AREA, "## `[[area]]`"),
        (&schema::TARGET, "### Targets"),
        (&schema::HOOKS, "### Hooks"),
        (&schema::HOOK, "### Hooks"),
        (&schema::SCHEDULE, "## `[[schedule]]`"),
        (&schema::FILE_TYPE, "## `[[file_type]]`"),
    ];
    for (shape, heading) in sections {
        let section = section(heading);
        let written: Vec<&str> =
            section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(key, _)| key)).collect();
        for key in shape.keys {
            assert!(written.contains(key), "`{key}` is not below {heading}");
        }
        let known = |key: &&str| sections.iter().any(|(shape, other)| *other == heading && shape.keys.contains(key));
        assert_eq!(written.iter().find(|key| !known(key)), None, "{heading} describes a key that is none");
    }
    for table in schema::ROOT.keys {
        let headed = PAGE.contains(&format!("\n## `[{table}]`\n")) || PAGE.contains(&format!("\n## `[[{table}]]`\n"));
        assert!(headed, "`{table}` has no section");
    }
}

#[test]
fn every_word_of_a_choice_is_explained() {
    fn words<T>(choice: schema::Choice<T>) -> Vec<&'static str> {
        choice.iter().map(|(word, _)| *word).collect()
    }
    let all = [
        words(schema::ATTESTATIONS),
        words(schema::UNPROMOTED),
        words(schema::MODES),
        words(schema::ON_FAILURE),
        words(schema::CLASSES),
        words(schema::ON_DRIFT),
        words(schema::ROLLBACKS),
        words(schema::REGRESSIONS),
        words(&switchback_core::pipeline::order_by::OrderBy::ALL),
        words(&switchback_core::content::filetype::Format::ALL),
        words(&switchback_core::content::filetype::Strategy::ALL),
    ];
    for word in all.concat() {
        assert!(PAGE.contains(&format!("`\"{word}\"`")), "`{word}` is not in the page");
    }
}

#[test]
fn every_known_program_that_makes_a_file_is_in_the_table() {
    let page = include_str!("../../../../docs/file-types.md");
    for made in switchback_core::content::filetype::made::ALL {
        let Some(by) = made.by else { continue };
        let words: Vec<String> = by.iter().map(|word| format!("\"{word}\"")).collect();
        let (file, array) = (format!("`{}`", made.file), format!("`[{}]`", words.join(", ")));
        assert!(page.lines().any(|line| line.contains(&file) && line.contains(&array)), "no row for {file}: {array}");
    }
}

#[test]
fn every_shipped_file_type_has_its_row() {
    let page = include_str!("../../../../docs/file-types.md");
    for shipped in switchback_core::content::filetype::FileTypes::shipped() {
        let paths: Vec<String> = shipped.paths.iter().map(|path| format!("`{path}`")).collect();
        let (name, paths) = (format!("| `{}` |", shipped.name), paths.join(", "));
        let is_row = |line: &&str| line.starts_with(&name) && line.contains(&paths);
        assert!(page.lines().any(|line| is_row(&line)), "no row of `{}` lists {paths}", shipped.name);
    }
}
