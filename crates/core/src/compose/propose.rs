//! What a person would most likely choose where a merge stops (`SPEC X2`): proposed with the reason, and taken by itself
//! only for types of files that the configuration names.

use crate::compose::blocks::{Block, Lines, Parts, Texts};
use crate::compose::checked::{self, Goal};
use crate::compose::pointer::{self, Later};
use crate::compose::{Composer, Rules, touching};
use crate::content::entry::{Dispute, merged_mode};
use crate::content::filetype::{FileType, FileTypes};
use crate::content::proposal::Proposal;
use crate::content::{ConflictKind, Weave};
use crate::words::fault::Fault;
use crate::words::object::{BlobId, Leaf};

/// So many lines beside an addition show that a list is in order.
const EVIDENCE: usize = 2;

/// What is proposed for a conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// What it was made by, block after block.
    pub kinds: Vec<Proposal>,
    /// Why, in a sentence for each block.
    pub why: Vec<String>,
    /// What it comes to.
    pub leaf: Leaf,
}

/// What is proposed for one block: by what, why, and the lines.
type Part = (Proposal, String, Vec<u8>);

impl Composer<'_> {
    /// What is proposed for a conflict, by some kinds of proposals; `None` where there is nothing sound to propose.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn proposal(&self, dispute: Dispute<'_>, by: &[Proposal]) -> Result<Option<Proposed>, Fault> {
        let Rules::Now { types, .. } = self.rules else { return Ok(None) };
        let (Some(mode), ConflictKind::Content) = (merged_mode(dispute.sides), dispute.kind) else { return Ok(None) };
        // What a program made of other files is no matter of lines.
        if types.of(dispute.path).is_some_and(FileType::is_made) {
            return Ok(None);
        }
        let Some(texts) = Texts::read(self.content, dispute.sides)? else { return Ok(None) };
        let Some(parts) = Parts::of(self.content, dispute.sides, &texts)? else { return Ok(None) };
        let found: Vec<Option<Part>> = (0..parts.blocks.len()).map(|nth| for_block(&parts, nth, by)).collect();
        let Some(id) = self.together(&parts, &found, types.of(dispute.path))? else { return Ok(None) };
        let Dispute { path, sides, .. } = dispute;
        let goal = Goal { path, sides, types, marker_size: None };
        if checked::wrong(self.content, goal, id)?.is_some() {
            return Ok(None);
        }
        let (mut kinds, mut why) = (Vec::new(), Vec::new());
        for (kind, reason, _) in found.into_iter().flatten() {
            kinds.push(kind);
            why.push(reason);
        }
        Ok(Some(Proposed { kinds, why, leaf: Leaf { mode, id } }))
    }

    /// The whole text: what is open after the proposals is merged by element, where the type can be.
    fn together(
        &self,
        parts: &Parts<'_>,
        found: &[Option<Part>],
        file_type: Option<&FileType>,
    ) -> Result<Option<BlobId>, Fault> {
        let with = |open: &dyn Fn(usize) -> Vec<u8>| {
            let part = |(nth, one): (usize, &Option<Part>)| match one {
                Some((_, _, lines)) => lines.clone(),
                None => open(nth),
            };
            let lines: Vec<Vec<u8>> = found.iter().enumerate().map(part).collect();
            parts.filled(&lines.iter().map(|lines| vec![lines.as_slice()]).collect::<Vec<_>>())
        };
        let open = found.iter().filter(|one| one.is_none()).count();
        if open == 0 {
            return self.content.blob(&with(&|_| Vec::new())).map(Some);
        }
        let format = file_type.and_then(|one| Some((one.format?, &one.keys)));
        let (Some((format, keys)), true) = (format, open < found.len()) else { return Ok(None) };
        let text = |side: fn(&Block<'_>) -> Vec<u8>| self.content.blob(&with(&|nth| side(&parts.blocks[nth])));
        let (base, ours) = (text(|block| block.base.concat())?, text(|block| block.ours.concat())?);
        let theirs = text(|block| block.theirs.concat())?;
        let woven = self.content.weave([Some(base), Some(ours), Some(theirs)], Weave::Structural(format, keys))?;
        Ok(woven.ok())
    }

    /// The proposals that the configuration takes by itself for a type of files.
    pub(super) fn taken(&self, dispute: Dispute<'_>, types: &FileTypes) -> Result<Option<Proposed>, Fault> {
        match types.of(dispute.path) {
            Some(file_type) if !file_type.proposals.is_empty() => self.proposal(dispute, &file_type.proposals),
            _ => Ok(None),
        }
    }
}

fn for_block(parts: &Parts<'_>, nth: usize, by: &[Proposal]) -> Option<Part> {
    let block = &parts.blocks[nth];
    let each = [Proposal::Touching, Proposal::Later, Proposal::Ordered, Proposal::Insertions];
    each.into_iter().filter(|kind| by.contains(kind)).find_map(|kind| {
        let (why, lines) = match kind {
            Proposal::Touching => apart(block)?,
            Proposal::Later => later(block)?,
            Proposal::Ordered => ordered(parts, nth)?,
            Proposal::Insertions => additions(block)?,
        };
        Some((kind, why, lines))
    })
}

/// Edits that touch, and of which neither replaces a line of the other.
fn apart(block: &Block<'_>) -> Option<(String, Vec<u8>)> {
    let sides = [(block.ours.clone(), block.edits[0].clone()), (block.theirs.clone(), block.edits[1].clone())];
    let lines = touching::edited(&block.base, &sides)?;
    Some(("the two edits touch, and neither replaces a line of the other".to_owned(), lines))
}

/// Pointers that both sides moved: all of the side that has the later.
fn later(block: &Block<'_>) -> Option<(String, Vec<u8>)> {
    let count = block.base.len();
    if count == 0 || block.ours.len() != count || block.theirs.len() != count {
        return None;
    }
    let (mut taken, mut told) = (Later::Unordered, None);
    for nth in 0..count {
        let (ours, theirs) = (block.ours[nth], block.theirs[nth]);
        if ours == theirs {
            continue;
        }
        let (one, two, order) = pointer::later(block.base[nth], ours, theirs)?;
        match (taken, order) {
            (Later::Ours, Later::Theirs) | (Later::Theirs, Later::Ours) => return None,
            (_, Later::Unordered) => {}
            _ => taken = order,
        }
        if told.is_none() || order != Later::Unordered {
            told = Some((one, two));
        }
    }
    let (one, two) = told?;
    let why = match taken {
        Later::Ours => format!("`{one}` is later than the change's `{two}`"),
        Later::Theirs => format!("the change's `{two}` is later than `{one}`"),
        Later::Unordered => format!("the change moves it to `{two}` from what became `{one}` here"),
    };
    let lines = if taken == Later::Ours { &block.ours } else { &block.theirs };
    Some((why, lines.concat()))
}

/// Lines that both only added at one place.
fn additions(block: &Block<'_>) -> Option<(String, Vec<u8>)> {
    let has_text = |line: &&&[u8]| !line.trim_ascii().is_empty();
    let shared = block.theirs.iter().filter(has_text).any(|line| block.ours.contains(line));
    let whole = block.ours.last().is_some_and(|line| line.ends_with(b"\n"));
    if !block.base.is_empty() || block.ours.is_empty() || block.theirs.is_empty() || shared || !whole {
        return None;
    }
    let lines = [block.ours.concat(), block.theirs.concat()].concat();
    Some(("both sides only added lines here: those that came first stay first".to_owned(), lines))
}

/// Lines that both added to a list that is in order.
fn ordered(parts: &Parts<'_>, nth: usize) -> Option<(String, Vec<u8>)> {
    let block = &parts.blocks[nth];
    if !block.base.is_empty() || block.ours.is_empty() || block.theirs.is_empty() {
        return None;
    }
    let is_item = |line: &&&[u8]| line.ends_with(b"\n") && !line.trim_ascii().is_empty();
    let before: Lines<'_> = parts.agreed[nth].iter().rev().take_while(is_item).copied().collect();
    let after: Lines<'_> = parts.agreed[nth + 1].iter().take_while(is_item).copied().collect();
    let shape = shape(block.ours.first()?);
    let alike = |line: &&[u8]| self::shape(line) == shape;
    let before: Lines<'_> = before.into_iter().take_while(alike).collect();
    let after: Lines<'_> = after.into_iter().take_while(alike).collect();
    let added = block.ours.iter().chain(&block.theirs);
    if before.len() + after.len() < EVIDENCE || !added.clone().all(|line| is_item(&line) && alike(line)) {
        return None;
    }
    for side in [&block.ours, &block.theirs] {
        let list: Vec<Vec<u8>> = before.iter().rev().chain(side).chain(&after).map(|line| key(line)).collect();
        if !list.is_sorted() {
            return None;
        }
    }
    let mut lines: Lines<'_> = added.copied().collect();
    lines.sort_by_key(|line| key(line));
    lines.dedup();
    Some(("both sides added to a list that is in order".to_owned(), lines.concat()))
}

/// How a line of a list begins and ends: its indentation, its first word or sign, and its last sign.
fn shape(line: &[u8]) -> (usize, Vec<u8>, u8) {
    let text = line.trim_ascii();
    let indent = line.len() - line.trim_ascii_start().len();
    let first =
        text.split(|byte| byte.is_ascii_whitespace() || byte.is_ascii_alphanumeric()).next().unwrap_or_default();
    let word = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let is_keyword = [&b"import"[..], b"from", b"use", b"using", b"require", b"#include", b"include"].contains(&word);
    let begins = if is_keyword { word } else { first };
    let ends = text.last().copied().filter(u8::is_ascii_punctuation).unwrap_or_default();
    (indent, begins.to_vec(), ends)
}

/// What a list is in order by.
fn key(line: &[u8]) -> Vec<u8> {
    line.trim_ascii().to_ascii_lowercase()
}
