//! File types: what a path holds, and what may be done by itself when two sides changed it (`SPEC X2`, `X3`).
//!
//! Knows names, globs and keys. Reading and merging the files themselves is the business of an adapter, the crate
//! `switchback-structural`.

mod general;
mod globs;
mod known;
mod lists;
pub mod made;
mod salesforce;

use crate::content::filetype::globs::Globs;
use crate::content::filetype::known::Known;
use crate::content::proposal::Proposal;
use crate::content::remake::Program;
use crate::words::object::RepoPath;
use globset::{GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

/// What settles a file that a plain merge could not (`SPEC X2`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// Merge element by element, with a check of what comes out.
    Structural,
    /// Keep the lines of both sides: ours, then theirs.
    Union,
    /// Take the change's side.
    Source,
    /// Keep what the destination holds.
    Destination,
    /// Have a program make it again from the other files.
    Regenerate,
    /// Ask a person.
    Stop,
}

impl Strategy {
    /// Every strategy, in the words people write.
    pub const ALL: [(&'static str, Self); 6] = [
        ("structural", Self::Structural),
        ("union", Self::Union),
        ("source", Self::Source),
        ("destination", Self::Destination),
        ("regenerate", Self::Regenerate),
        ("stop", Self::Stop),
    ];

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, strategy)| *strategy)
    }

    /// The word shown.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, strategy)| *strategy == self).map_or("stop", |(name, _)| name)
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.as_str())
    }
}

/// A notation that can be read as elements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// XML 1.0.
    Xml,
    /// JSON; with comments and trailing commas where a file has them.
    Json,
    /// YAML 1.2.
    Yaml,
    /// TOML 1.
    Toml,
    /// Java properties, and whatever else is `key = value` line by line.
    Properties,
}

impl Format {
    /// Every format, in the words people write.
    pub const ALL: [(&'static str, Self); 5] = [
        ("xml", Self::Xml),
        ("json", Self::Json),
        ("yaml", Self::Yaml),
        ("toml", Self::Toml),
        ("properties", Self::Properties),
    ];

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, format)| *format)
    }

    /// The word shown.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}

/// Whether what a plain merge made without a conflict is looked at again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Check {
    /// It is read, and merged by element when the merge broke it: it does not parse any more, or holds a key twice.
    #[default]
    Verify,
    /// A clean text merge is taken as it is.
    Trust,
    /// It is taken back: a program makes such files, and their lines hang together.
    Distrust,
}

/// What tells the items of a list apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Keys {
    /// For items of this name, in XML their tag and elsewhere the name of the list: the keys they may have, the first
    /// that does it counts. Each is the members that together are the key, `layoutAssignments` → `layout`, `recordType`.
    pub by_item: BTreeMap<String, Vec<Vec<String>>>,
    /// For items without an entry: the first of these members that every item of the list has, each with another value.
    pub otherwise: Vec<String>,
    /// Items whose order means something, by name; `*` for all. Where one of their keys occurs twice they are told
    /// apart by position. In lists of other items the order means nothing, and a key that occurs twice is a fault.
    pub in_order: Vec<String>,
    /// Items, by name as in `by_item`, whose order decides what happens: rules, filters, steps. Which there are and where
    /// is never put together of what both sides did.
    pub order_decides: Vec<String>,
}

impl Keys {
    /// These before those of a shipped type: what is left out here is taken from there, key by key.
    fn over(self, shipped: Option<&Self>) -> Self {
        let Some(shipped) = shipped else { return self };
        let or = |own: Vec<String>, shipped: &Vec<String>| if own.is_empty() { shipped.clone() } else { own };
        let mut by_item = shipped.by_item.clone();
        by_item.extend(self.by_item);
        Self {
            by_item,
            otherwise: or(self.otherwise, &shipped.otherwise),
            in_order: or(self.in_order, &shipped.in_order),
            order_decides: or(self.order_decides, &shipped.order_decides),
        }
    }
}

/// One file type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileType {
    /// What it is called, in configurations and in `--exclude-from-auto-resolve`.
    pub name: String,
    /// Which paths are of this type. `*` stops at a slash, `**` does not.
    pub paths: Vec<String>,
    /// How it is written; `None` where no structure is known.
    pub format: Option<Format>,
    /// What settles it.
    pub strategy: Strategy,
    /// What a person would choose that is chosen by itself, where nothing else settles it.
    pub proposals: Vec<Proposal>,
    /// Whether a clean text merge is checked.
    pub check: Check,
    /// What tells the items of its lists apart.
    pub keys: Keys,
    /// What makes it again, with [`Strategy::Regenerate`].
    pub regenerate: Option<Program>,
}

impl FileType {
    /// A type of which nothing is known but its name: nothing settles it.
    pub fn unknown(name: &str) -> Self {
        let (name, strategy, check, keys) = (name.to_owned(), Strategy::Stop, Check::Trust, Keys::default());
        let (paths, proposals) = (Vec::new(), Vec::new());
        Self { name, paths, format: None, strategy, proposals, check, keys, regenerate: None }
    }

    /// Whether a program makes such files: their lines hang together, and no part of one says anything by itself.
    pub fn is_made(&self) -> bool {
        self.strategy == Strategy::Regenerate || self.check == Check::Distrust
    }

    /// How a file of this type is written, where a person is to give it: of what a program makes, its name tells.
    pub fn written(&self, path: &RepoPath) -> Option<Format> {
        self.format.or_else(|| made::of(path).filter(|_| self.is_made())?.format)
    }
}

/// What a configuration says about a file type. What it leaves out comes from the shipped type of that name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Configured {
    /// Its name.
    pub name: String,
    /// Its paths, as globs.
    pub paths: Option<Vec<String>>,
    /// How it is written.
    pub format: Option<Format>,
    /// What settles it; `structural` where a format is known, else `stop` (`SPEC X2`).
    pub strategy: Option<Strategy>,
    /// What a person would choose that is chosen by itself.
    pub proposals: Option<Vec<Proposal>>,
    /// Whether a clean text merge is checked.
    pub check: Option<Check>,
    /// What tells the items of its lists apart.
    pub keys: Option<Keys>,
    /// What makes it again. Where no strategy is named beside it, it is `regenerate`.
    pub regenerate: Option<Program>,
}

impl Configured {
    /// The types it makes of the shipped ones of its name, or by itself.
    fn complete(self, shipped: Vec<FileType>) -> Vec<FileType> {
        match (shipped.first(), &self.paths) {
            (None, _) => vec![self.over(None)],
            (Some(first), Some(_)) => vec![self.clone().over(Some(first))],
            (Some(_), None) => shipped.iter().map(|one| self.clone().over(Some(one))).collect(),
        }
    }

    fn over(self, shipped: Option<&FileType>) -> FileType {
        let format = self.format.or(shipped.and_then(|one| one.format));
        let usual = if format.is_some() { Strategy::Structural } else { Strategy::Stop };
        let made = self.regenerate.as_ref().map(|_| Strategy::Regenerate);
        FileType {
            paths: self.paths.or(shipped.map(|one| one.paths.clone())).unwrap_or_default(),
            format,
            strategy: self.strategy.or(made).or(shipped.map(|one| one.strategy)).unwrap_or(usual),
            proposals: self.proposals.or(shipped.map(|one| one.proposals.clone())).unwrap_or_default(),
            check: self.check.or(shipped.map(|one| one.check)).unwrap_or_default(),
            keys: self.keys.unwrap_or_default().over(shipped.map(|one| &one.keys)),
            regenerate: self.regenerate,
            name: self.name,
        }
    }
}

/// Every file type of a pipeline: the configured ones first, then those shipped. The first that fits a path is its type.
#[derive(Clone, Debug, Default)]
pub struct FileTypes {
    configured: Vec<Configured>,
    ready: OnceLock<Ready>,
}

#[derive(Clone, Debug)]
struct Ready {
    all: Vec<FileType>,
    globs: Globs,
    known: Known,
}

impl FileTypes {
    /// The configured types, before those shipped. One that is named like a shipped type replaces it. A glob that cannot
    /// be read matches nothing: the reader of the configuration says so.
    pub fn new(configured: Vec<Configured>) -> Self {
        Self { configured, ready: OnceLock::new() }
    }

    /// The shipped types; the table is made once in a process.
    pub fn shipped() -> &'static [FileType] {
        static SHIPPED: OnceLock<Vec<FileType>> = OnceLock::new();
        SHIPPED.get_or_init(|| salesforce::types().into_iter().chain(general::types()).collect())
    }

    /// Every type, in the order they are asked.
    pub fn all(&self) -> &[FileType] {
        &self.ready().all
    }

    /// The type of a path; `None` for a file of no known type.
    pub fn of(&self, path: &RepoPath) -> Option<&FileType> {
        let ready = self.ready();
        ready.known.of(path, || ready.globs.first(path.as_bytes())).map(|at| &ready.all[at])
    }

    /// Whether the configuration itself says what settles a path, and does not leave it to what is shipped.
    pub fn says_how(&self, path: &RepoPath) -> bool {
        let tells = |one: &Configured| one.strategy.is_some() || one.regenerate.is_some();
        let says = |file_type: &FileType| self.configured.iter().any(|one| one.name == file_type.name && tells(one));
        self.of(path).is_some_and(says)
    }

    /// The first entry of a list that names no type and is no glob: most likely a type misspelt.
    pub fn unknown<'l>(&self, list: &'l [String]) -> Option<&'l str> {
        let is_known = |name: &str| {
            Self::shipped().iter().any(|one| one.name == name) || self.configured.iter().any(|one| one.name == name)
        };
        let is_glob = |name: &str| name.contains(['*', '?', '[', '{', '/', '.']);
        list.iter().map(String::as_str).find(|name| !is_glob(name) && !is_known(name))
    }

    /// The names of all types, each once.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.all().iter().map(|one| one.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Globs are made ready when a path is asked for first: most commands never ask.
    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| {
            let mut shipped = Self::shipped().to_vec();
            let mut all = Vec::with_capacity(self.configured.len() + shipped.len());
            for configured in &self.configured {
                // Some types have files of two kinds, such as code and what describes it.
                let (known, others) = shipped.into_iter().partition(|one| one.name == configured.name);
                shipped = others;
                all.extend(configured.clone().complete(known));
            }
            all.extend(shipped);
            let paths =
                all.iter().enumerate().flat_map(|(at, one)| one.paths.iter().map(move |path| (at, path.as_str())));
            let globs = Globs::of(paths);
            Ready { all, globs, known: Known::default() }
        })
    }
}

/// Which types must stop for a person (`SPEC X3`): names of types, or globs.
#[derive(Clone, Debug, Default)]
pub struct Excluded {
    names: Vec<String>,
    globs: GlobSet,
}

impl Excluded {
    /// Reads a list as it is written.
    pub fn new(list: &[String]) -> Self {
        let mut all = GlobSetBuilder::new();
        for glob in list.iter().filter_map(|one| globs::read(one)) {
            all.add(glob);
        }
        Self { names: list.to_vec(), globs: all.build().unwrap_or_default() }
    }

    /// Whether a path of a type must stop.
    pub fn has(&self, path: &RepoPath, file_type: Option<&FileType>) -> bool {
        let named = file_type.is_some_and(|one| self.names.contains(&one.name));
        named || self.globs.is_match(OsStr::from_bytes(path.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(name: &str) -> Configured {
        Configured {
            name: name.to_owned(),
            paths: None,
            format: None,
            strategy: None,
            proposals: None,
            check: None,
            keys: None,
            regenerate: None,
        }
    }

    #[test]
    fn a_configured_type_comes_first_and_one_of_the_same_name_replaces_what_is_shipped() {
        let prices = Configured {
            paths: Some(vec!["prices/*.json".into()]),
            format: Some(Format::Json),
            ..configured("Prices")
        };
        let profile = Configured { strategy: Some(Strategy::Stop), ..configured("Profile") };
        let apex = Configured { strategy: Some(Strategy::Source), ..configured("ApexClass") };
        let types = FileTypes::new(vec![prices, profile, apex]);
        let of = |path: &str| types.of(&RepoPath::new(path)).map(|one| (one.name.as_str(), one.strategy));
        assert_eq!(of("prices/a.json"), Some(("Prices", Strategy::Structural)));
        assert_eq!(of("prices/deep/a.json"), Some(("JSON", Strategy::Structural)));
        assert_eq!(of("force-app/main/profiles/Admin.profile-meta.xml"), Some(("Profile", Strategy::Stop)));
        assert_eq!(of("classes/A.cls"), Some(("ApexClass", Strategy::Source)));
        assert_eq!(of("classes/A.cls-meta.xml"), Some(("ApexClass", Strategy::Source)));
        assert_eq!(of("a.unknown"), None);
        let profiles = types.all().iter().filter(|one| one.name == "Profile");
        assert_eq!(profiles.count(), 1);
    }

    #[test]
    fn a_type_is_excluded_by_name_or_by_glob() {
        let types = FileTypes::default();
        let excluded = Excluded::new(&["Profile".to_owned(), "web/**/*.json".to_owned()]);
        let has = |path: &str| excluded.has(&RepoPath::new(path), types.of(&RepoPath::new(path)));
        assert!(has("a/Admin.profile-meta.xml") && has("web/a/b.json"));
        assert!(!has("b.json") && !has("a/Admin.xml"));
    }
}
