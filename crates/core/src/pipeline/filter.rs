//! Which of a stage's files an area gets, and under which names (`SPEC A1`).

use crate::content::{Content, Delta};
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Include and exclude globs, and a folder that is stripped from the front of every path.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    include: Globs,
    exclude: Globs,
    strip: Vec<u8>,
}

/// Globs, as they were written and as they match; nothing where none were written.
#[derive(Clone, Debug, Default)]
struct Globs {
    written: Vec<String>,
    set: Option<GlobSet>,
}

impl Filter {
    /// Builds a filter. Without `include` everything is in; `exclude` wins. `*` stops at a slash, `**` does not.
    ///
    /// # Errors
    /// The sentence of the first glob that cannot be read.
    pub fn new(include: &[String], exclude: &[String], strip_prefix: Option<&str>) -> Result<Self, String> {
        let strip = strip_prefix.map(|prefix| prefix.trim_matches('/')).filter(|prefix| !prefix.is_empty());
        Ok(Self {
            include: globs(include)?,
            exclude: globs(exclude)?,
            strip: strip.map(|prefix| format!("{prefix}/").into_bytes()).unwrap_or_default(),
        })
    }

    /// The include globs, as written.
    pub fn include(&self) -> &[String] {
        &self.include.written
    }

    /// The exclude globs, as written.
    pub fn exclude(&self) -> &[String] {
        &self.exclude.written
    }

    /// The folder that is stripped, without its slash.
    pub fn strip_prefix(&self) -> Option<String> {
        let prefix = self.strip.strip_suffix(b"/")?;
        Some(String::from_utf8_lossy(prefix).into_owned())
    }

    /// Whether another one is written the same.
    pub fn is_written_as(&self, other: &Self) -> bool {
        (self.include(), self.exclude(), &self.strip) == (other.include(), other.exclude(), &other.strip)
    }

    /// Whether every file passes under its own name.
    pub fn is_everything(&self) -> bool {
        self.include.set.is_none() && self.exclude.set.is_none() && self.strip.is_empty()
    }

    /// The name a stage's file has in the area; `None` when the area does not get it.
    pub fn map(&self, path: &RepoPath) -> Option<RepoPath> {
        let bytes = path.as_bytes();
        let name = OsStr::from_bytes(bytes);
        let included = self.include.set.as_ref().is_none_or(|globs| globs.is_match(name));
        let excluded = self.exclude.set.as_ref().is_some_and(|globs| globs.is_match(name));
        if !included || excluded {
            return None;
        }
        bytes.strip_prefix(self.strip.as_slice()).map(RepoPath::new)
    }

    /// The name that a file of the area would have in its stage; `None` where the area would not get it.
    pub fn origin(&self, path: &RepoPath) -> Option<RepoPath> {
        let origin = RepoPath::new([self.strip.as_slice(), path.as_bytes()].concat());
        self.map(&origin).map(|_| origin)
    }

    /// The area's tree of a whole stage tree.
    pub fn project(&self, content: &dyn Content, tree: TreeId) -> Result<TreeId, Fault> {
        if self.is_everything() {
            return Ok(tree);
        }
        let leaves = content.leaves(tree)?;
        let kept: Vec<_> =
            leaves.iter().filter_map(|(path, leaf)| self.map(path).map(|path| (path, Some(*leaf)))).collect();
        content.edit(TreeId::EMPTY, &kept)
    }

    /// What a delta of the stage's tree asks of the area: its paths, renamed, with what shall stand there.
    pub fn edits(&self, delta: &Delta) -> Vec<(RepoPath, Option<Leaf>)> {
        delta.changes.iter().filter_map(|change| self.map(&change.path).map(|path| (path, change.after))).collect()
    }
}

fn globs(patterns: &[String]) -> Result<Globs, String> {
    if patterns.is_empty() {
        return Ok(Globs::default());
    }
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| error.to_string())?;
        set.add(glob);
    }
    let set = set.build().map_err(|error| error.to_string())?;
    Ok(Globs { written: patterns.to_vec(), set: Some(set) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(filter: &Filter, path: &str) -> Option<String> {
        filter.map(&RepoPath::new(path)).map(|path| path.to_string())
    }

    #[test]
    fn globs_and_strip_prefix_decide_the_name_in_the_area() {
        let filter = Filter::new(&["web/**".into()], &["**/*.md".into()], Some("web/")).unwrap();
        assert_eq!(map(&filter, "web/a/b.js"), Some("a/b.js".into()));
        assert_eq!(map(&filter, "web/a/README.md"), None);
        assert_eq!(map(&filter, "docs/x"), None);
        let origin = |path: &str| filter.origin(&RepoPath::new(path)).map(|path| path.to_string());
        assert_eq!((origin("a/b.js"), origin("README.md")), (Some("web/a/b.js".into()), None));
        assert_eq!(map(&Filter::default(), "docs/x"), Some("docs/x".into()));
    }

    #[test]
    fn a_broken_glob_is_named() {
        assert!(Filter::new(&["a[".into()], &[], None).unwrap_err().contains("a["));
    }
}
