//! Attributes of paths, from the `.gitattributes` of a tree and the repository's own `info/attributes`. Those of the
//! machine and of a person are not asked: what a merge makes must not depend on who makes it.

use super::objects::Objects;
use super::renames::folder_of;
use gix::bstr::ByteSlice as _;
use gix_attributes::search::{MetadataCollection, Outcome};
use gix_attributes::{Search, StateRef};
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use switchback_core::content::attributes::{Attributes, LineEnds, MergeBy};
use switchback_core::content::entry::is_plain;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Oid, RepoPath};

/// The file's name.
const FILE: &[u8] = b".gitattributes";

/// What is asked for.
const ASKED: [&str; 5] = ["merge", "text", "eol", "crlf", "conflict-marker-size"];

/// What is said about a path of a tree.
pub(super) fn of(
    (git, objects): (&gix::Repository, &Objects),
    tree: Oid,
    path: &RepoPath,
) -> Result<Attributes, Fault> {
    let mut files = Vec::new();
    let mut folder = folder_of(path.as_bytes());
    loop {
        let name = if folder.is_empty() { FILE.to_vec() } else { [folder, b"/", FILE].concat() };
        // git follows no link to attributes.
        if let Some(leaf) = objects.leaf(tree, &name)?.filter(|leaf| is_plain(*leaf)) {
            files.push((name, objects.blob(leaf.id)?));
        }
        if folder.is_empty() {
            break;
        }
        folder = folder_of(folder);
    }
    let info = own(git);
    if files.is_empty() && info.is_empty() {
        return Ok(Attributes::default());
    }
    let (mut search, mut names) = (Search::default(), MetadataCollection::default());
    let mut add = |bytes: &[u8], source: PathBuf, root: Option<&Path>, macros: bool| {
        let added = search.add_patterns_buffer(bytes, source, root, &mut names, macros);
        added.map_err(|error| {
            let message = format!("the attributes of {path} cannot be read: {error}");
            Fault::new("repository-unreadable", message, "run `git check-attr --all` on it")
        })
    };
    add(b"[attr]binary -diff -merge -text", "[builtin]".into(), None, true)?;
    for (name, bytes) in files.iter().rev() {
        let source = Path::new(std::ffi::OsStr::from_bytes(name)).to_owned();
        add(bytes, source, Some(Path::new("")), name == FILE)?;
    }
    add(&info, "info/attributes".into(), None, true)?;
    Ok(read(git, &said(&search, &names, path)))
}

/// The repository's own attributes.
fn own(git: &gix::Repository) -> Vec<u8> {
    std::fs::read(git.common_dir().join("info/attributes")).unwrap_or_default()
}

/// Everything that is asked beside trees: the repository's own attributes, and drivers with their commands.
pub(super) fn beside(git: &gix::Repository) -> String {
    let mut said = String::from_utf8_lossy(&own(git)).into_owned();
    let config = git.config_snapshot();
    let named = config.sections_by_name("merge").into_iter().flatten();
    for name in named.filter_map(|section| section.header().subsection_name().map(ToString::to_string)) {
        said.push_str(&format!("\n{name}: {:?}", driver(git, &name)));
    }
    said
}

/// What is said, by attribute; a state that has no value is `true` or `false`.
fn said(search: &Search, names: &MetadataCollection, path: &RepoPath) -> BTreeMap<String, String> {
    let mut outcome = Outcome::default();
    outcome.initialize_with_selection(names, ASKED);
    search.pattern_matching_relative_path(
        path.as_bytes().as_bstr(),
        gix_glob::pattern::Case::Sensitive,
        Some(false),
        &mut outcome,
    );
    let mut said = BTreeMap::new();
    for found in outcome.iter_selected() {
        let state = match found.assignment.state {
            StateRef::Set => "true".to_owned(),
            StateRef::Unset => "false".to_owned(),
            StateRef::Value(value) => value.as_bstr().to_string(),
            StateRef::Unspecified => continue,
        };
        said.insert(found.assignment.name.as_str().to_owned(), state);
    }
    said
}

fn read(git: &gix::Repository, said: &BTreeMap<String, String>) -> Attributes {
    let get = |name: &str| said.get(name).map(String::as_str);
    let merge = match get("merge") {
        None | Some("true" | "text") => MergeBy::Lines,
        Some("false" | "binary") => MergeBy::Never,
        Some("union") => MergeBy::Union,
        Some(name) => driver(git, name),
    };
    let line_ends = match (get("text").or(get("crlf")), get("eol")) {
        (Some("false"), _) => LineEnds::Keep,
        (Some("auto"), _) => LineEnds::FeedIfText,
        (Some(_), _) | (None, Some(_)) => LineEnds::Feed,
        (None, None) => LineEnds::Keep,
    };
    Attributes { merge, line_ends, marker_size: get("conflict-marker-size").and_then(|size| size.parse().ok()) }
}

/// A driver that git's configuration gives a command. One that it does not know is the merge line by line.
fn driver(git: &gix::Repository, name: &str) -> MergeBy {
    let command = git.config_snapshot().string(format!("merge.{name}.driver").as_str()).map(|one| one.to_string());
    match command.as_deref().map(str::trim) {
        None | Some("") => MergeBy::Lines,
        Some("true" | ":" | "/bin/true" | "/usr/bin/true") => MergeBy::Ours(name.to_owned()),
        Some(_) => MergeBy::Program(name.to_owned()),
    }
}
