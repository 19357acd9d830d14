//! Which crate may know what: the absences that the design rests on.

use crate::files::{Complaint, Files, complaint};
use crate::tokens::{idents, tokens};
use proc_macro2::TokenTree;

/// The only dependencies of the core: none of them does I/O. jiff is for calendar arithmetic; its clock is
/// [forbidden](CORE_WORDS) like any other.
const CORE_MAY_USE: [&str; 13] = [
    "foldhash",
    "globset",
    "indexmap",
    "jiff",
    "memchr",
    "petgraph",
    "postcard",
    "regex",
    "roaring",
    "serde",
    "serde_json",
    "strsim",
    "thiserror",
];
/// Modules of std that are the outside world.
const WORLD: [&str; 4] = ["fs", "net", "process", "env"];
/// Names that read a clock.
const CORE_WORDS: [&str; 2] = ["SystemTime", "Instant"];
/// Crates of others that a crate does not name, neither in its manifest nor in its code.
const STRANGERS: [(&str, &[&str]); 12] = [
    ("machine", &["gix", "rusqlite", "axum", "clap"]),
    ("structural", &["gix", "rusqlite", "axum", "clap"]),
    ("git", &["rusqlite", "axum", "clap"]),
    ("ledger", &["gix", "axum", "clap"]),
    ("people", &["gix", "rusqlite", "axum", "clap", "http"]),
    ("notify", &["gix", "rusqlite", "axum", "clap"]),
    ("oidc", &["gix", "rusqlite", "axum", "clap"]),
    ("targets", &["gix", "rusqlite", "axum", "clap"]),
    ("telemetry", &["gix", "rusqlite", "axum", "clap"]),
    ("engine", &["gix", "rusqlite", "axum", "clap", "http", "tracing"]),
    ("api", &["gix", "rusqlite", "axum", "clap"]),
    ("server", &["gix", "rusqlite", "clap"]),
];
/// Our own crates, each with those it may know.
const OURS: [(&str, &[&str]); 14] = [
    ("core", &[]),
    ("machine", &["core"]),
    ("structural", &["core"]),
    ("git", &["core", "machine", "structural"]),
    ("ledger", &["core", "machine"]),
    ("people", &["core"]),
    ("notify", &[]),
    ("oidc", &[]),
    ("targets", &["core", "machine"]),
    ("telemetry", &["core"]),
    ("engine", &["core", "machine"]),
    ("api", &[]),
    ("server", &["api", "core", "engine", "git", "ledger", "notify", "oidc", "people", "targets", "telemetry"]),
    ("cli", &["api", "server"]),
];

/// What crates know that they should not.
pub fn complaints(files: &Files) -> Vec<Complaint> {
    let mut found = about_core(files);
    for (name, strangers) in STRANGERS {
        found.extend(about_strangers(files, name, strangers));
    }
    for (name, known) in OURS {
        let unknown = OURS.iter().map(|(other, _)| *other).filter(|other| *other != name && !known.contains(other));
        let unknown: Vec<String> = unknown.map(|other| format!("switchback_{other}")).collect();
        found.extend(about_strangers(files, name, &unknown.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    found
}

fn about_core(files: &Files) -> Vec<Complaint> {
    let manifest = "crates/core/Cargo.toml";
    let mut found = Vec::new();
    for name in files.text(manifest).map(dependencies).unwrap_or_default() {
        if !CORE_MAY_USE.contains(&name.as_str()) {
            let what = format!("the core depends on `{name}`, which is not on the list of crates without I/O");
            found.push(complaint(manifest, line_of(files, manifest, &name), what));
        }
    }
    for (path, text) in files.below("crates/core/src/").filter(|(path, _)| path.ends_with(".rs")) {
        for (line, word) in world(tokens(text)) {
            found.push(complaint(path, line, format!("the core names `{word}`: it has no I/O and no clock")));
        }
    }
    found
}

fn about_strangers(files: &Files, name: &str, strangers: &[&str]) -> Vec<Complaint> {
    let manifest = format!("crates/{name}/Cargo.toml");
    let mut found = Vec::new();
    for dependency in files.text(&manifest).map(dependencies).unwrap_or_default() {
        if strangers.contains(&dependency.replace('-', "_").as_str()) {
            let line = line_of(files, &manifest, &dependency);
            found.push(complaint(&manifest, line, format!("the {name} crate must not depend on `{dependency}`")));
        }
    }
    let source = format!("crates/{name}/src/");
    for (path, text) in files.below(&source).filter(|(path, _)| path.ends_with(".rs")) {
        for (line, word) in idents(tokens(text)) {
            if strangers.contains(&word.as_str()) {
                found.push(complaint(path, line, format!("the {name} crate must not name `{word}`")));
            }
        }
    }
    found
}

/// What a manifest's crate links, on any platform; what only its tests need is its own affair.
fn dependencies(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().expect("cargo has read this manifest");
    let platforms = manifest.get("target").and_then(toml::Value::as_table);
    let tables = platforms.into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table);
    std::iter::once(&manifest)
        .chain(tables)
        .flat_map(|table| [table.get("dependencies"), table.get("build-dependencies")])
        .flatten()
        .filter_map(toml::Value::as_table)
        .flat_map(|table| table.iter().map(|(name, how)| package(name, how)))
        .collect()
}

/// The crate behind a dependency that may have been given another name.
fn package(name: &str, how: &toml::Value) -> String {
    how.get("package").and_then(toml::Value::as_str).unwrap_or(name).to_owned()
}

fn line_of(files: &Files, path: &str, word: &str) -> usize {
    let lines = files.text(path).unwrap_or_default().lines();
    lines.enumerate().find(|(_, line)| line.contains(word)).map_or(1, |(before, _)| before + 1)
}

/// Every mention of the outside world: `std::fs`, `use std::{io, env}`, a clock by its name, and any `…::now`.
fn world(tokens: Vec<TokenTree>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // The path that leads up to this token: its last two names.
    let (mut before, mut last) = (String::new(), String::new());
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                let (line, word) = (ident.span().start().line, ident.to_string());
                let from_std = last == "std::" && WORLD.contains(&word.as_str());
                let clock = CORE_WORDS.contains(&word.as_str()) || (word == "now" && last.ends_with("::"));
                if from_std || clock {
                    found.push((line, format!("{last}{word}")));
                }
                before = word;
                last = String::new();
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                last = if before.ends_with(':') { format!("{before}:") } else { String::new() };
                before.push(':');
            }
            TokenTree::Group(group) => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                if last == "std::" {
                    found.extend(heads(inner.clone()));
                }
                found.extend(world(inner));
                (before, last) = Default::default();
            }
            _ => (before, last) = Default::default(),
        }
    }
    found
}

/// The first names inside `std::{…}` that are the outside world.
fn heads(tokens: Vec<TokenTree>) -> Vec<(usize, String)> {
    tokens
        .split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','))
        .filter_map(|part| match part.first() {
            Some(TokenTree::Ident(ident)) => Some((ident.span().start().line, ident.to_string())),
            _ => None,
        })
        .filter(|(_, word)| WORLD.contains(&word.as_str()))
        .map(|(line, word)| (line, format!("std::{word}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        complaints(&Files::new(&[(path, text)])).iter().map(Complaint::to_string).collect()
    }

    #[test]
    fn a_core_dependency_with_io() {
        let sound = "[dependencies]\nserde.workspace = true\n[dev-dependencies]\ntempfile = \"3\"";
        assert_eq!(found("crates/core/Cargo.toml", sound), [""; 0]);
        for bad in [
            "[dependencies]\nserde = \"1\"\ntokio = \"1\"",
            "[dependencies.tokio]\nversion = \"1\"",
            "[build-dependencies]\ntokio = \"1\"",
            "[target.'cfg(unix)'.dependencies]\ntokio = { version = \"1\" }",
            "[dependencies]\nserde = { package = \"tokio\", version = \"1\" }",
        ] {
            let found = found("crates/core/Cargo.toml", bad);
            assert_eq!(found.len(), 1, "{bad}");
            assert!(found[0].contains("the core depends on `tokio`"), "{found:?}");
        }
    }

    #[test]
    fn a_core_file_that_looks_outside() {
        for (text, word) in [
            ("use std::fs;", "std::fs"),
            ("fn f() { std::env::var(\"X\"); }", "std::env"),
            ("use std::{fmt, net::TcpStream};", "std::net"),
            ("use ::std::process;", "std::process"),
            ("fn f() { m!(std::fs::read(a)) }", "std::fs"),
            ("use std::time::SystemTime;", "SystemTime"),
            ("fn f(at: Instant) {}", "Instant"),
            ("fn f() { jiff::Timestamp::now(); }", "now"),
        ] {
            let found = found("crates/core/src/a.rs", &format!("// One.\n{text}"));
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].starts_with("crates/core/src/a.rs:2: the core names"), "{found:?}");
            assert!(found[0].contains(word), "{found:?}");
        }
    }

    #[test]
    fn a_core_file_that_does_not() {
        for text in [
            "//! Knows no std::fs and no SystemTime.\nuse std::fmt;",
            "use std::{collections::BTreeMap, fmt};",
            "fn f(now: Time, env: u8) { let fs = now; g(\"std::fs\"); }",
            "use crate::process;",
            "struct A { now: Time, net: u8 }",
        ] {
            assert_eq!(found("crates/core/src/a.rs", text), [""; 0], "{text}");
        }
        assert_eq!(found("crates/engine/src/a.rs", "use std::fs;"), [""; 0]);
    }

    #[test]
    fn a_stranger() {
        assert!(found("crates/engine/src/a.rs", "use axum::Router;").concat().contains("must not name `axum`"));
        assert!(found("crates/engine/src/a.rs", "fn f() { g(clap::Arg) }").concat().contains("must not name `clap`"));
        assert!(
            found("crates/engine/Cargo.toml", "[dependencies]\nclap = \"4\"").concat().contains("depend on `clap`")
        );
        let manifest = "[dependencies]\nswitchback-engine.workspace = true";
        assert!(found("crates/api/Cargo.toml", manifest).concat().contains("must not depend on `switchback-engine`"));
        assert_eq!(found("crates/server/Cargo.toml", manifest), [""; 0]);
        let people = found("crates/people/src/a.rs", "use switchback_ledger::SqlitePeople;");
        assert!(people.concat().contains("the people crate must not name `switchback_ledger`"), "{people:?}");
        let tests = "[dev-dependencies]\nswitchback-ledger.workspace = true";
        assert_eq!(found("crates/people/Cargo.toml", tests), [""; 0], "what only its tests need");
        assert_eq!(found("crates/engine/src/a.rs", "//! Knows no axum.\nfn clapping() {}"), [""; 0]);
    }
}
