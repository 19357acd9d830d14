//! Which file looks at which: no circles between files that are not parent and child, and no look upward in the core.

use crate::files::{Complaint, Files, complaint};
use crate::tokens::{flatten, tokens};
use std::collections::{BTreeMap, BTreeSet};

/// The rooms of the core, bottom up: each looks at itself and at those before it.
const ROOMS: [&str; 14] = [
    "words",
    "content",
    "pipeline",
    "records",
    "ledger",
    "ports",
    "compose",
    "depend",
    "moving",
    "areas",
    "foresee",
    "adopting",
    "recording",
    "notices",
];
/// The top room, where nobody looks at a neighbour.
const TOP: &str = "ops";

/// A file that looks at another, and the line where it first does.
type Looks = BTreeMap<String, BTreeMap<String, usize>>;

/// Circles, and looks upward.
pub fn complaints(files: &Files) -> Vec<Complaint> {
    let mut found = Vec::new();
    for name in crates(files) {
        let source = format!("crates/{name}/src/");
        let looks = looks(files, &source);
        found.extend(circles(&source, &looks));
        if name == "core" {
            found.extend(upward(&source, &looks));
        }
    }
    found
}

fn crates(files: &Files) -> BTreeSet<&str> {
    let names = files.below("crates/").filter_map(|(path, _)| path.strip_prefix("crates/")?.split_once("/src/"));
    names.map(|(name, _)| name).collect()
}

/// `crates/core/src/ops/mod.rs` is `ops`, `…/ops/promote.rs` is `ops/promote`; the root is the table of contents and
/// is not asked.
fn module<'a>(path: &'a str, source: &str) -> Option<&'a str> {
    let name = path.strip_prefix(source)?.strip_suffix(".rs")?;
    let name = name.strip_suffix("/mod").unwrap_or(name);
    (!["lib", "main"].contains(&name)).then_some(name)
}

/// What each file looks at, in code that is not a test. What is said in `mod.rs` of its children is theirs.
fn looks(files: &Files, source: &str) -> Looks {
    let all: Vec<_> = files.below(source).filter_map(|(path, text)| Some((module(path, source)?, text))).collect();
    let names: BTreeSet<&str> = all.iter().map(|(name, ..)| *name).collect();
    let mut looks = Looks::new();
    for (name, text) in all {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let seen = looks.entry(name.to_owned()).or_default();
        for (line, wanted) in paths(text, name) {
            if let Some(other) = nearest(&names, &wanted)
                && !kin(name, other)
            {
                seen.entry(other.to_owned()).or_insert(line);
            }
        }
    }
    looks
}

/// The file that a path of names comes to.
fn nearest<'a>(names: &BTreeSet<&'a str>, wanted: &[String]) -> Option<&'a str> {
    (1..=wanted.len()).rev().find_map(|count| names.get(wanted[..count].join("/").as_str()).copied())
}

/// The same file, a parent and its child, or an ancestor.
fn kin(one: &str, other: &str) -> bool {
    let above = |up: &str, down: &str| down == up || down.strip_prefix(up).is_some_and(|rest| rest.starts_with('/'));
    above(one, other) || above(other, one)
}

/// Every path in a text that begins with `crate::`, `super::` or `self::`, from the crate's root, with its line.
fn paths(text: &str, name: &str) -> Vec<(usize, Vec<String>)> {
    let mut flat = Vec::new();
    flatten(tokens(text), &mut flat);
    let split = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let mut found = Vec::new();
    let mut at = 0;
    while at + 1 < flat.len() {
        let root = match flat[at].1.as_str() {
            "crate" => Some(Vec::new()),
            "super" => Some(split(name.rsplit_once('/').map_or("", |(folder, _)| folder))),
            "self" => Some(split(name)),
            _ => None,
        };
        match root {
            Some(mut root) if flat[at + 1].1 == "::" => {
                at += 2;
                while flat.get(at).is_some_and(|(_, word)| word == "super") {
                    root.pop();
                    at += 2;
                }
                at = tree(&flat, at, &root, &mut found);
            }
            _ => at += 1,
        }
    }
    found
}

/// Reads `a::b::{c, d::e}` from a place on; answers where it ends.
fn tree(flat: &[(usize, String)], from: usize, root: &[String], found: &mut Vec<(usize, Vec<String>)>) -> usize {
    let mut path = root.to_vec();
    let mut at = from;
    while let Some((line, word)) = flat.get(at) {
        if word == "{" {
            at += 1;
            while flat.get(at).is_some_and(|(_, word)| word != "}") {
                at = if flat[at].1 == "," { at + 1 } else { tree(flat, at, &path, found).max(at + 1) };
            }
            return at + 1;
        }
        path.push(word.clone());
        at += 1;
        if flat.get(at).is_none_or(|(_, word)| word != "::") {
            found.push((*line, path));
            return at;
        }
        at += 1;
    }
    at
}

/// One complaint for each group of files that look at each other.
fn circles(source: &str, looks: &Looks) -> Vec<Complaint> {
    let reach: BTreeMap<&str, BTreeSet<&str>> = looks.keys().map(|name| (name.as_str(), reach(looks, name))).collect();
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for (name, seen) in &reach {
        if !seen.contains(name) || !told.insert(*name) {
            continue;
        }
        let ring: Vec<&str> = seen.iter().copied().filter(|other| reach[other].contains(name)).collect();
        told.extend(&ring);
        let line = ring.iter().filter_map(|other| looks[*name].get(*other)).min().copied().unwrap_or(1);
        let what = format!("looks at files that look back: {}", ring.join(", "));
        found.push(complaint(&format!("{source}{name}.rs"), line, what));
    }
    found
}

/// Everything a file comes to by looking.
fn reach<'a>(looks: &'a Looks, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = looks.get(from).into_iter().flat_map(BTreeMap::keys).map(String::as_str).collect();
    while let Some(name) = next.pop() {
        if seen.insert(name) {
            next.extend(looks.get(name).into_iter().flat_map(BTreeMap::keys).map(String::as_str));
        }
    }
    seen
}

fn upward(source: &str, looks: &Looks) -> Vec<Complaint> {
    let level = |name: &str| {
        let room = name.split('/').next().unwrap_or(name);
        ROOMS.iter().position(|known| *known == room).or((room == TOP).then_some(ROOMS.len()))
    };
    let mut found = Vec::new();
    for (name, seen) in looks {
        let file = format!("{source}{name}.rs");
        if level(name).is_none() {
            found.push(complaint(&file, 1, "is in no room of the core"));
        }
        for (other, line) in seen {
            if level(other) > level(name) {
                found.push(complaint(&file, *line, format!("looks upward at `{other}`")));
            }
            if [name, other].iter().all(|file| file.starts_with("ops/")) {
                found.push(complaint(&file, *line, format!("asks its neighbour `{other}`: verbs share nouns only")));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        complaints(&Files::new(files)).iter().map(Complaint::to_string).collect()
    }

    #[test]
    fn a_circle() {
        let (a, b) = ("crates/git/src/a.rs", "crates/git/src/b.rs");
        let told = found(&[(a, "//! One.\nuse crate::b::B;"), (b, "fn f() { crate::a::g() }")]);
        assert_eq!(told, ["crates/git/src/a.rs:2: looks at files that look back: a, b"]);
        for back in
            ["use crate::{a::A, c};", "use crate::{c, d::{self}, a};", "use super::a::A;", "fn f(a: &crate::a::A) {}"]
        {
            assert_eq!(found(&[(a, "use crate::b::B;"), (b, back)]).len(), 1, "{back}");
        }
        let ring = [(a, "use crate::b::B;"), (b, "use crate::c::C;"), ("crates/git/src/c.rs", "use crate::a::A;")];
        assert_eq!(found(&ring).len(), 1);
        assert!(found(&ring).concat().contains("a, b, c"));
    }

    #[test]
    fn what_is_no_circle() {
        let (a, b) = ("crates/git/src/a.rs", "crates/git/src/b.rs");
        for back in ["use crate::c::A;", "// crate::a", "#[cfg(test)]\nmod tests { use crate::a::A; }"] {
            assert_eq!(found(&[(a, "use crate::b::B;"), (b, back)]), [""; 0], "{back}");
        }
        let child = ("crates/git/src/a/c.rs", "use crate::a::A;\nuse super::A as B;");
        assert_eq!(found(&[(a, "use crate::a::c::C;"), child]), [""; 0], "parent and child");
        let other = ("crates/api/src/b.rs", "use crate::a::A;");
        assert_eq!(found(&[(a, "use crate::b::B;"), other]), [""; 0], "another crate's");
    }

    #[test]
    fn a_look_upward() {
        let (low, high) = ("crates/core/src/records/line.rs", "crates/core/src/moving/route.rs");
        assert!(found(&[(low, "use crate::moving::route::Route;"), (high, "")]).concat().contains("looks upward"));
        assert_eq!(found(&[(low, ""), (high, "use crate::records::line::Line;")]), [""; 0]);
        assert!(found(&[("crates/core/src/bag.rs", "")]).concat().contains("in no room"));
    }

    #[test]
    fn a_verb_that_asks_a_verb() {
        let (one, other) = ("crates/core/src/ops/mass.rs", "crates/core/src/ops/promote.rs");
        assert!(found(&[(one, "use crate::ops::promote;"), (other, "")]).concat().contains("asks its neighbour"));
        assert!(found(&[(one, "use super::promote::plan;"), (other, "")]).concat().contains("asks its neighbour"));
    }
}
