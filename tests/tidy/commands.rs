//! Who may word a next step: only the command line names commands and options. Whoever is below it says the same as data
//! (`core/src/words/remedy.rs`), or a page would tell people to type.

use crate::files::{Complaint, Files, complaint};
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// The crates that know no command line.
const SPEECHLESS: [&str; 12] = [
    "core",
    "engine",
    "git",
    "ledger",
    "notify",
    "oidc",
    "people",
    "targets",
    "structural",
    "machine",
    "api",
    "server",
];

/// Texts that name a command or an option of ours.
pub fn complaints(files: &Files) -> Vec<Complaint> {
    let mut found = Vec::new();
    for name in SPEECHLESS {
        let source = format!("crates/{name}/src/");
        let rust = || files.below(&source).filter(|(path, _)| path.ends_with(".rs"));
        let tests: BTreeSet<String> = rust().flat_map(|(path, text)| test_files(path, text)).collect();
        for (path, text) in rust().filter(|(path, _)| !tests.contains(*path)) {
            for literal in literals(tokens(text)) {
                if let Some(what) = typed(&literal.to_string()) {
                    let what = format!("`{what}` is a word of the command line; say it as a remedy");
                    found.push(complaint(path, literal.span().start().line, what));
                }
            }
        }
    }
    found
}

/// The command or option that a literal tells people to type. What git is told, and what people are told to tell git,
/// is not ours.
fn typed(literal: &str) -> Option<String> {
    let argument = literal.trim_matches('"');
    if argument.starts_with("--") && argument.chars().all(|c| c.is_ascii_alphanumeric() || "-_=.{}".contains(c)) {
        return None;
    }
    let ours: String = literal
        .split('`')
        .enumerate()
        .filter(|(at, part)| at % 2 == 0 || !part.starts_with("git "))
        .map(|(at, part)| if at % 2 == 0 { part.to_owned() } else { format!("`{part}`") })
        .collect();
    let from = ours.find("`switchback ").or_else(|| option(&ours))?;
    let end = |c: char| c == ' ' || c == '"';
    Some(ours[from..].trim_start_matches('`').split(['`', '"', '{']).next()?.trim_end_matches(end).to_owned())
}

/// Where an option begins: two dashes and a letter, after no letter, dash or slash.
fn option(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(2)).find(|&at| {
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        &bytes[at..at + 2] == b"--" && bytes[at + 2].is_ascii_lowercase() && matches!(before, b' ' | b'`' | b'"' | b'(')
    })
}

/// Every literal outside attributes, documentation and what only tests see.
fn literals(tokens: Vec<TokenTree>) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                // `#![…]` is an attribute of what it stands in.
                rest.next_if(|next| matches!(next, TokenTree::Punct(mark) if mark.as_char() == '!'));
                let attribute = rest.next_if(|next| matches!(next, TokenTree::Group(_)));
                if attribute.is_some_and(|group| is_test(&group)) {
                    skip_item(&mut rest);
                }
            }
            TokenTree::Group(group) => found.extend(literals(group.stream().into_iter().collect())),
            TokenTree::Literal(literal) if literal.to_string().contains('"') => found.push(literal),
            _ => {}
        }
    }
    found
}

/// Passes over the item that follows an attribute: up to its body or its semicolon.
fn skip_item(rest: &mut impl Iterator<Item = TokenTree>) {
    for token in rest {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}

fn is_test(attribute: &TokenTree) -> bool {
    let text: String = attribute.to_string().split_whitespace().collect();
    text == "[cfg(test)]" || text == "[test]"
}

/// The files that a file includes for its tests only.
fn test_files(path: &str, text: &str) -> Vec<String> {
    let folder = match path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix("/lib.rs")) {
        Some(folder) => folder.to_owned(),
        None => path.trim_end_matches(".rs").to_owned(),
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let included = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]").filter_map(|pair| {
        let after = pair[1].split_once("mod ")?.1;
        after.strip_suffix(';')
    });
    included.map(|name| format!("{folder}/{name}.rs")).collect()
}

fn tokens(text: &str) -> Vec<TokenTree> {
    text.parse::<TokenStream>().map(|stream| stream.into_iter().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        complaints(&Files::new(&[(path, text)])).iter().map(Complaint::to_string).collect()
    }

    #[test]
    fn commands_and_options_below_the_command_line() {
        for (text, what) in [
            ("fn f() -> &'static str { \"see `switchback status`\" }", "switchback status"),
            ("fn f(k: u8) -> String {\n format!(\"run `switchback where {k}`\") }", "switchback where"),
            ("const A: &str = \"say why with `--reason TEXT`\";", "--reason TEXT"),
            ("fn f(s: &str) -> String { format!(\" --stage {s}\") }", "--stage"),
            ("fn f() { g(\"`git branch` or `switchback init`\") }", "switchback init"),
            ("fn f() { g(r\"leave `--from` away\") }", "--from"),
        ] {
            for name in SPEECHLESS {
                let found = found(&format!("crates/{name}/src/a.rs"), text);
                assert_eq!(found.len(), 1, "{text}: {found:?}");
                assert!(found[0].contains(&format!("`{what}` is a word of the command line")), "{found:?}");
            }
        }
    }

    #[test]
    fn texts_that_are_fine() {
        for text in [
            "//! Run `switchback status --json`.\n/// With `--from`.\nfn f() {}",
            "#[expect(dead_code, reason = \"`--plan` names it\")]\nfn f() {}",
            "fn f() { git(&[\"update-index\", \"--refresh\", \"--\", \"--abbrev=7\"]) }",
            "fn f() { g(\"run `git fetch --unshallow` in the repository\") }",
            "fn f() { g(\"Switchback-Change: US-1\", \"a -- b\", '\"') }",
            "#[cfg(test)]\nmod tests { fn f() { g(\"`switchback init`\") } }",
        ] {
            assert_eq!(found("crates/core/src/a.rs", text), [""; 0], "{text}");
        }
        assert_eq!(found("crates/cli/src/a.rs", "const A: &str = \"`switchback init`\";"), [""; 0]);
    }

    #[test]
    fn what_only_tests_include() {
        let bad = "const A: &str = \"`switchback init`\";";
        let files =
            [("crates/core/src/a/mod.rs", "#[cfg(test)]\nmod cases;\nmod b;"), ("crates/core/src/a/cases.rs", bad)];
        assert_eq!(complaints(&Files::new(&files)).len(), 0);
        let files = [("crates/core/src/a.rs", "mod cases;"), ("crates/core/src/a/cases.rs", bad)];
        assert_eq!(complaints(&Files::new(&files)).len(), 1);
    }
}
