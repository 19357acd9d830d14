//! What somebody had edited on a target, and where it is by now (`SPEC A7`): left alone, overwritten, or set aside.

use crate::content::Content;
use crate::pipeline::area::Area;
use crate::records::area_line::AreaLine;
use crate::words::details::Details;
use crate::words::fault::Fault;
use crate::words::names::{OperationId, Time, VersionNo};
use crate::words::object::{Leaf, RepoPath};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use std::collections::BTreeSet;

/// What became of an edited file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Became {
    /// It was left as it was (`on_drift = "keep"`).
    LeftAlone,
    /// A version replaced it.
    Overwritten,
    /// It was edited in the middle of a deployment that was taken back.
    SetAside,
}

impl Became {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeftAlone => "kept",
            Self::Overwritten => "overwritten",
            Self::SetAside => "set-aside",
        }
    }
}

/// An edited file whose content is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptFile {
    /// Where it stood, under the area's names.
    pub path: RepoPath,
    /// What somebody had written; `None` where they had removed it.
    pub content: Option<Leaf>,
    /// What became of it.
    pub became: Became,
    /// The deployment that met it.
    pub deployment: OperationId,
    /// The version that deployment made.
    pub version: Option<VersionNo>,
    /// When.
    pub at: Time,
}

/// Every edited file of an area whose content is kept, newest first.
///
/// # Errors
/// A fault of the content.
pub fn files(content: &dyn Content, line: &AreaLine) -> Result<Vec<KeptFile>, Fault> {
    let mut files = Vec::new();
    for version in &line.versions {
        let of_version = |path: &RepoPath, content, became| KeptFile {
            path: path.clone(),
            content,
            became,
            deployment: version.deployment,
            version: Some(version.number),
            at: version.at,
        };
        for path in &version.kept {
            files.push(of_version(path, content.leaf(version.tree, path)?, Became::LeftAlone));
        }
        let overwritten = version.overwritten.iter();
        files.extend(overwritten.map(|one| of_version(&one.path, one.before, Became::Overwritten)));
    }
    for aside in &line.set_aside {
        files.extend(aside.files.iter().map(|(path, leaf)| KeptFile {
            path: path.clone(),
            content: Some(*leaf),
            became: Became::SetAside,
            deployment: aside.deployment,
            version: None,
            at: aside.at,
        }));
    }
    files.sort_by_key(|file| std::cmp::Reverse((file.at, file.deployment)));
    Ok(files)
}

/// Which kept file is meant.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Where it was, as it is written.
    pub path: &'a str,
    /// The deployment that met it.
    pub at: Option<OperationId>,
    /// How the id of its content begins: one deployment that was interrupted may meet several edits of a file.
    pub content: Option<&'a str>,
}

impl Wanted<'_> {
    fn is(&self, file: &KeptFile) -> bool {
        let begins = |id: &str| file.content.is_some_and(|leaf| leaf.id.to_string().starts_with(id));
        file.path.to_string() == self.path
            && self.at.is_none_or(|id| file.deployment == id)
            && self.content.is_none_or(begins)
    }
}

/// The newest of some kept files that is meant.
///
/// # Errors
/// `nothing-kept`.
pub fn find(files: Vec<KeptFile>, area: &Area, wanted: Wanted<'_>) -> Result<KeptFile, Refusal> {
    files.into_iter().find(|file| wanted.is(file)).ok_or_else(|| {
        let with = wanted.content.map(|id| format!(" with the content {id}")).unwrap_or_default();
        let when = wanted.at.map(|id| format!(" that {id} met")).unwrap_or_default();
        let message = format!("no edit of `{}`{with}{when} is kept of {}", wanted.path, area.name);
        Refusal::new(Code::NothingKept, message, Remedy::ShowKept { area: area.name.clone() })
            .with(Details::Area { area: area.name.clone() })
    })
}

/// The files that stand on the target as somebody edited them, left alone by the versions since: the newest version's
/// tree has them, and the stage's content is another.
///
/// # Errors
/// A fault of the content.
pub fn left_alone(content: &dyn Content, area: &Area, line: &AreaLine) -> Result<Vec<RepoPath>, Fault> {
    let Some(current) = line.current() else { return Ok(Vec::new()) };
    let ever: BTreeSet<&RepoPath> = line.versions.iter().flat_map(|version| &version.kept).collect();
    if ever.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = area.filter.project(content, current.wanted)?;
    let mut left = Vec::new();
    for path in ever {
        if content.leaf(current.tree, path)? != content.leaf(wanted, path)? {
            left.push(path.clone());
        }
    }
    Ok(left)
}
