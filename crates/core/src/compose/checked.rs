//! What is wrong with a content that is to settle a conflict. What a person gives, and what is remembered of it, is
//! checked like a merge's own result.

use crate::content::filetype::FileTypes;
use crate::content::{Content, Sides, Soundness, markers};
use crate::words::fault::Fault;
use crate::words::object::{BlobId, RepoPath};

/// What is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// Conflict markers were left, the first in this line.
    Markers {
        /// From 1.
        line: usize,
    },
    /// A structured file would not be sound.
    Broken {
        /// Its type.
        file_type: String,
        /// What is wrong.
        problem: String,
    },
}

/// Where a content is to go, and what is known about contents there.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// The path.
    pub path: &'a RepoPath,
    /// What it settles.
    pub sides: &'a Sides,
    /// The types of files.
    pub types: &'a FileTypes,
    /// How long conflict markers are there, where that is said.
    pub marker_size: Option<usize>,
}

/// What is wrong with a content for a path. One of the three sides may always be taken as it stands, and of what a side has
/// in it already nobody is accused.
///
/// # Errors
/// A fault of the content.
pub fn wrong(content: &dyn Content, goal: Goal<'_>, result: BlobId) -> Result<Option<Wrong>, Fault> {
    let Goal { path, sides, types, marker_size } = goal;
    let there: Vec<BlobId> = [sides.base, sides.ours, sides.theirs].into_iter().flatten().map(|leaf| leaf.id).collect();
    if there.contains(&result) {
        return Ok(None);
    }
    let left = markers::sets(&content.read(result)?, marker_size);
    if let Some(line) = left.first() {
        let mut before = 0;
        for side in &there {
            before = before.max(markers::sets(&content.read(*side)?, marker_size).len());
        }
        if left.len() > before {
            return Ok(Some(Wrong::Markers { line: *line }));
        }
    }
    let Some(file_type) = types.of(path) else { return Ok(None) };
    let Some(format) = file_type.written(path) else { return Ok(None) };
    Ok(match content.soundness(result, &there, (format, &file_type.keys))? {
        Soundness::Broken(problem) => Some(Wrong::Broken { file_type: file_type.name.clone(), problem }),
        Soundness::Sound | Soundness::Before(_) => None,
    })
}
