//! The globs of all types. Most of them say only how the name of a file ends: these are looked up, and only the others
//! are tried, which is many times faster for whoever asks about thousands of paths.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Globs, each with the type that it belongs to.
#[derive(Clone, Debug, Default)]
pub(super) struct Globs {
    /// What comes after `**/*`, from the dot on, with the first of its types.
    endings: HashMap<Box<[u8]>, usize, foldhash::fast::RandomState>,
    others: GlobSet,
    /// The type each of the others belongs to.
    owner: Vec<usize>,
}

/// A glob as types have it: `*` stays within a folder.
pub(super) fn read(glob: &str) -> Option<Glob> {
    GlobBuilder::new(glob).literal_separator(true).build().ok()
}

impl Globs {
    /// Globs in order of their types. One that cannot be read matches nothing.
    pub(super) fn of<'g>(globs: impl Iterator<Item = (usize, &'g str)>) -> Self {
        let (mut all, mut others) = (Self::default(), GlobSetBuilder::new());
        for (at, glob) in globs {
            if let Some(ending) = ending(glob) {
                all.endings.entry(ending.as_bytes().into()).or_insert(at);
            } else if let Some(glob) = read(glob) {
                others.add(glob);
                all.owner.push(at);
            }
        }
        all.others = others.build().unwrap_or_default();
        all
    }

    /// The first type that has a glob for a path.
    pub(super) fn first(&self, path: &[u8]) -> Option<usize> {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let dots = (0..name.len()).filter(|at| name[*at] == b'.');
        let by_ending = dots.filter_map(|at| self.endings.get(&name[at..])).copied();
        let others = self.others.matches(OsStr::from_bytes(path));
        by_ending.chain(others.into_iter().map(|glob| self.owner[glob])).min()
    }
}

/// What names end in that a glob means, if it says nothing else of a path.
fn ending(glob: &str) -> Option<&str> {
    let ending = glob.strip_prefix("**/*").filter(|ending| ending.starts_with('.'))?;
    (!ending.contains(['*', '?', '[', ']', '{', '}', '\\', '/'])).then_some(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_up_matches_as_what_is_tried() {
        let globs =
            ["**/*.json", "**/*.app-meta.xml", "**/*.xml", "**/.*.toml", "a/*.yaml", "**/*.y{a,}ml", "**/pom.xml"];
        let paths = [
            "a.json",
            "a/b.json",
            ".json",
            "a/.json/b",
            "x.app-meta.xml",
            "a/.app-meta.xml",
            "app-meta.xml",
            "a.b.json.xml",
            "a/.b.toml",
            "b.toml",
            "a/c.yaml",
            "b/c.yaml",
            "pom.xml",
            "a/pom.xml",
            "",
            "a/",
            "json",
        ];
        for glob in globs {
            let (found, tried) = (Globs::of([(7, glob)].into_iter()), read(glob).expect("a glob").compile_matcher());
            for path in paths {
                assert_eq!(found.first(path.as_bytes()).is_some(), tried.is_match(path), "{glob} {path}");
            }
        }
        let first = Globs::of([(0, "**/*.xml"), (1, "**/*.app-meta.xml"), (2, "**/a.xml")].into_iter());
        assert_eq!(first.first(b"b.app-meta.xml"), Some(0));
    }
}
