//! Where one change's edits meet what another wrote, down to the lines (`SPEC D4`, `H5`).

use crate::compose::touching;
use crate::content::{Content, Hunk};
use crate::records::change::Revision;
use crate::words::fault::Fault;
use crate::words::object::{BlobId, Leaf, RepoPath, TreeId};
use std::ops::Range;

/// One place where a change edits what another wrote, or right beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meeting {
    /// The file.
    pub path: RepoPath,
    /// How close they are.
    pub how: Closeness,
    /// What the other wrote, as its tip has it; no lines where it only took some out.
    pub wrote: Lines,
    /// What the change took out there, as its base has it.
    pub removed: Lines,
    /// What the change put there, as its tip has it.
    pub added: Lines,
}

/// How close two edits are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Closeness {
    /// They edit the same lines.
    Overlaps,
    /// One begins where the other ends, which git's merge calls a conflict too.
    Adjoins,
    /// Both edit a file that is no text.
    SameFile,
}

impl Closeness {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overlaps => "overlaps",
            Self::Adjoins => "adjoins",
            Self::SameFile => "same-file",
        }
    }
}

/// Some lines of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lines {
    /// The number of the first, from 1; of the line after them where there are none.
    pub first: usize,
    /// Their text, without line feeds. What is no UTF-8 is replaced.
    pub text: Vec<String>,
}

/// Every place where a revision edits what another wrote, in order of path and line.
///
/// # Errors
/// A fault of the content.
pub fn meetings(content: &dyn Content, upper: &Revision, lower: &Revision) -> Result<Vec<Meeting>, Fault> {
    let mine = content.delta(upper.base_tree, upper.tip_tree)?;
    let theirs = content.delta(lower.base_tree, lower.tip_tree)?;
    let mut found = Vec::new();
    for change in &mine.changes {
        if theirs.changes.iter().any(|other| other.path == change.path) {
            found.extend(at(content, &change.path, (upper, lower))?);
        }
    }
    Ok(found)
}

/// A file on the way from one tree to another: its bytes, or nothing.
struct Text {
    blob: Option<BlobId>,
    bytes: Vec<u8>,
}

impl Text {
    fn read(content: &dyn Content, tree: TreeId, path: &RepoPath) -> Result<Self, Fault> {
        let blob = content.leaf(tree, path)?.map(|leaf: Leaf| leaf.id);
        let bytes = blob.map(|blob| content.read(blob)).transpose()?.unwrap_or_default();
        Ok(Self { blob, bytes })
    }

    fn lines(&self) -> Vec<&[u8]> {
        touching::lines(&self.bytes)
    }

    fn cut(&self, range: &Range<usize>) -> Lines {
        let lines = self.lines();
        let text = lines[range.clone()]
            .iter()
            .map(|line| String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line)).into_owned());
        Lines { first: range.start + 1, text: text.collect() }
    }
}

/// How one text became another; a file that is not there has no lines. `None` where one is no text.
fn hunks(content: &dyn Content, before: &Text, after: &Text) -> Result<Option<Vec<Hunk>>, Fault> {
    match (before.blob, after.blob) {
        (Some(before), Some(after)) => content.hunks(before, after),
        _ => {
            let whole = Hunk { old: 0..before.lines().len(), new: 0..after.lines().len() };
            let some = !whole.old.is_empty() || !whole.new.is_empty();
            Ok(Some(some.then_some(whole).into_iter().collect()))
        }
    }
}

fn at(content: &dyn Content, path: &RepoPath, (upper, lower): (&Revision, &Revision)) -> Result<Vec<Meeting>, Fault> {
    let [before, wrote] = [lower.base_tree, lower.tip_tree].map(|tree| Text::read(content, tree, path));
    let [base, tip] = [upper.base_tree, upper.tip_tree].map(|tree| Text::read(content, tree, path));
    let (before, wrote, base, tip) = (before?, wrote?, base?, tip?);
    let all = (hunks(content, &before, &wrote)?, hunks(content, &wrote, &base)?, hunks(content, &base, &tip)?);
    let (Some(written), Some(moved), Some(edits)) = all else {
        let (how, none) = (Closeness::SameFile, Lines::default());
        let (path, wrote, removed, added) = (path.clone(), none.clone(), none.clone(), none);
        return Ok(vec![Meeting { path, how, wrote, removed, added }]);
    };
    let mut found = Vec::new();
    for hunk in &written {
        let there = carried(&hunk.new, &moved);
        for edit in edits.iter().filter(|edit| edit.old.start <= there.end && there.start <= edit.old.end) {
            let apart = edit.old.end <= there.start || there.end <= edit.old.start;
            found.push(Meeting {
                path: path.clone(),
                how: if apart { Closeness::Adjoins } else { Closeness::Overlaps },
                wrote: wrote.cut(&hunk.new),
                removed: base.cut(&edit.old),
                added: tip.cut(&edit.new),
            });
        }
    }
    Ok(found)
}

/// Where some lines of a text stand in the text that it became: what replaced them, where they are gone.
fn carried(lines: &Range<usize>, hunks: &[Hunk]) -> Range<usize> {
    let (mut start, mut end) = (lines.start, lines.end);
    for hunk in hunks {
        // What was added right before the first line, or right after the last, is none of them.
        start = if hunk.old.end <= lines.start {
            hunk.new.end + (lines.start - hunk.old.end)
        } else if hunk.old.start <= lines.start {
            hunk.new.start
        } else {
            start
        };
        end = if hunk.old.start >= lines.end {
            end
        } else if hunk.old.end <= lines.end {
            hunk.new.end + (lines.end - hunk.old.end)
        } else {
            hunk.new.end
        };
    }
    start.min(end)..start.max(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_again_after_others_came_and_went() {
        let added = [Hunk { old: 0..0, new: 0..2 }];
        assert_eq!(carried(&(3..5), &added), 5..7);
        assert_eq!(carried(&(3..5), &[Hunk { old: 7..8, new: 7..7 }]), 3..5);
        assert_eq!(carried(&(3..5), &[Hunk { old: 3..5, new: 3..3 }]), 3..3, "they are gone");
        assert_eq!(carried(&(3..5), &[Hunk { old: 4..5, new: 4..8 }]), 3..8, "one became four");
        assert_eq!(carried(&(3..5), &[Hunk { old: 1..4, new: 1..2 }]), 1..3, "the first gave way to another");
    }
}
