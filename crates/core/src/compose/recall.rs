//! What is remembered about a conflict (`SPEC X5`). A resolution belongs to a file, under whatever name it goes by: there
//! it settles the same three contents, and the same blocks within the same lines. Elsewhere it is offered, and not taken.

use crate::compose::blocks::{Lines, Parts, Texts};
use crate::compose::checked::{self, Goal, Wrong};
use crate::compose::{Composer, Rules};
use crate::content::entry::{Dispute, Entry, Taken, merged_mode};
use crate::content::filetype::{FileType, FileTypes};
use crate::content::sketch::{Hashes, SketchView};
use crate::content::{Conflict, ConflictKind, PathSet};
use crate::records::outline::Outlines;
use crate::records::resolution::{Remembered, ResolutionId, Resolutions, Settler};
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath};

/// So many resolutions of files of one name are looked through for blocks to offer.
const LOOKED_THROUGH: usize = 64;

/// Something remembered that fits a conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recalled {
    /// Whose.
    pub by: Settler,
    /// What it puts where.
    pub entry: Entry,
}

/// Something remembered about another file, which may be taken for this one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// Which.
    pub id: ResolutionId,
    /// What it would put there.
    pub leaf: Option<Leaf>,
}

impl Composer<'_> {
    /// What settles a conflict because a person settled the same one; or why that must not be.
    pub(crate) fn recall(
        &self,
        dispute: Dispute<'_>,
        (types, remembered): (&FileTypes, &Resolutions),
    ) -> Result<Result<Option<Recalled>, String>, Fault> {
        if !dispute.kind.is_about_content() {
            return Ok(recall_places(dispute, remembered));
        }
        if remembered.iter().next().is_none() {
            return Ok(Ok(None));
        }
        let found = match self.recall_whole(dispute, remembered)? {
            Some(found) => Some(found),
            None if types.of(dispute.path).is_some_and(FileType::is_made) => None,
            None => self.recall_blocks(dispute, remembered)?,
        };
        let Some(leaf) = found.as_ref().and_then(|found| found.entry.leaf) else { return Ok(Ok(found)) };
        let goal = Goal { path: dispute.path, sides: dispute.sides, types, marker_size: None };
        Ok(match checked::wrong(self.content, goal, leaf.id)? {
            None => Ok(found),
            Some(Wrong::Markers { .. }) => Err("what is remembered of it has conflict markers in it".to_owned()),
            Some(Wrong::Broken { problem, .. }) => Err(format!("what is remembered of it would break it: {problem}")),
        })
    }

    /// Whether a conflict is no conflict because a person settled the same one.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn is_recalled(&self, conflict: &Conflict) -> Result<bool, Fault> {
        let Rules::Now { types, remembered, .. } = self.rules else { return Ok(false) };
        Ok(self.recall(conflict.dispute(), (types, remembered))?.is_ok_and(|found| found.is_some()))
    }

    fn recall_whole(&self, dispute: Dispute<'_>, remembered: &Resolutions) -> Result<Option<Recalled>, Fault> {
        // What took other files away was no answer about contents alone.
        let alike: Vec<_> = remembered.alike(dispute.sides).filter(|(_, known)| known.left.is_empty()).collect();
        let taken = |(id, known): (ResolutionId, &Remembered)| Recalled {
            by: Settler::Remembered(id),
            entry: dispute.entry_as_theirs(known.result),
        };
        let here = alike.iter().find(|(_, known)| is_named(dispute, &known.path));
        if here.is_some() || alike.is_empty() {
            return Ok(here.map(|one| taken(*one)));
        }
        let names = self.names(dispute)?;
        Ok(alike.into_iter().find(|(_, known)| names.contains(&known.path)).map(taken))
    }

    fn recall_blocks(&self, dispute: Dispute<'_>, remembered: &Resolutions) -> Result<Option<Recalled>, Fault> {
        if !has_blocks(dispute.kind) {
            return Ok(None);
        }
        let names = self.names(dispute)?;
        let here = remembered.newest(|known| names.contains(&known.path));
        let found = self.blocks(dispute, here.collect())?;
        let entry = |leaf: Leaf| dispute.entry(Taken::Content(leaf.id));
        Ok(found.map(|(ids, leaf)| Recalled { by: Settler::Blocks(ids), entry: entry(leaf) }))
    }

    /// The content that what is remembered of blocks makes, where it knows all of them; the newest first.
    fn blocks(
        &self,
        dispute: Dispute<'_>,
        known: Vec<(ResolutionId, &Remembered)>,
    ) -> Result<Option<(Vec<ResolutionId>, Leaf)>, Fault> {
        let (Some(mode), false) = (merged_mode(dispute.sides), known.is_empty()) else { return Ok(None) };
        if !has_blocks(dispute.kind) {
            return Ok(None);
        }
        let Some(texts) = Texts::read(self.content, dispute.sides)? else { return Ok(None) };
        let Some(parts) = Parts::of(self.content, dispute.sides, &texts)? else { return Ok(None) };
        let mut filled: Vec<Option<(ResolutionId, Vec<Vec<u8>>)>> = vec![None; parts.blocks.len()];
        for (id, known) in known {
            let (Some(result), Some(texts)) = (known.result, Texts::read(self.content, &known.sides)?) else {
                continue;
            };
            let Some(theirs) = Parts::of(self.content, &known.sides, &texts)? else { continue };
            let result = self.content.read(result.id)?;
            let Some(decided) = theirs.decided(&result) else { continue };
            for (nth, open) in filled.iter_mut().enumerate().filter(|(_, one)| one.is_none()) {
                let there = (0..decided.len()).find(|there| parts.is_alike(nth, (&theirs, *there)));
                let own = |there: usize| decided[there].iter().map(|line| line.to_vec()).collect();
                *open = there.map(|there| (id, own(there)));
            }
        }
        let Some(filled) = filled.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
        let with: Vec<Lines<'_>> = filled.iter().map(|(_, lines)| lines.iter().map(Vec::as_slice).collect()).collect();
        let id = self.content.blob(&parts.filled(&with))?;
        let mut ids: Vec<_> = filled.iter().map(|(id, _)| *id).collect();
        ids.sort();
        ids.dedup();
        Ok(Some((ids, Leaf { mode, id })))
    }

    /// What is remembered about other files and fits here: it is a person's to take.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn offers(&self, dispute: Dispute<'_>) -> Result<Vec<Offer>, Fault> {
        let Rules::Now { remembered, .. } = self.rules else { return Ok(Vec::new()) };
        let whole = remembered.alike(dispute.sides).map(|(id, known)| Offer { id, leaf: known.result });
        let mut offers: Vec<Offer> = whole.collect();
        let alike = |(_, known): &(ResolutionId, &Remembered)| name(&known.path) == name(dispute.path);
        for one in remembered.live().filter(alike).take(LOOKED_THROUGH) {
            if let Some((_, leaf)) = self.blocks(dispute, vec![one])? {
                offers.push(Offer { id: one.0, leaf: Some(leaf) });
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        offers.retain(|offer| seen.insert(offer.id));
        Ok(offers)
    }

    /// Every name that a file in conflict goes by, or went by.
    fn names(&self, dispute: Dispute<'_>) -> Result<PathSet, Fault> {
        let mut names: PathSet = dispute.names().cloned().collect();
        let mut new: Vec<RepoPath> = names.iter().cloned().collect();
        while !new.is_empty() {
            let (hashes, mut found) = (Hashes::of(&new), Vec::new());
            let may_rename = |sketch: SketchView<'_>| sketch.renames() && sketch.may_touch(&hashes);
            for revision in self.state.outlines.iter().flat_map(Outlines::iter) {
                if revision.sketch().is_none_or(may_rename) {
                    let (base, tip) = revision.trees();
                    let did = self.content.delta(base, tip)?;
                    let ends = new.iter().flat_map(|path| did.renames_at(path)).flat_map(|(from, to)| [from, to]);
                    found.extend(ends.cloned());
                }
            }
            found.retain(|path| names.insert(path.clone()));
            new = found;
        }
        Ok(names)
    }
}

/// Whether a conflict may be settled block by block.
fn has_blocks(kind: ConflictKind) -> bool {
    matches!(kind, ConflictKind::Content | ConflictKind::AddAdd)
}

/// What was decided about where files stand counts for the very same conflict alone: what it did is still one of the
/// ways to settle it. What a person made of it counts where all it was made of is the same.
fn recall_places(dispute: Dispute<'_>, remembered: &Resolutions) -> Result<Option<Recalled>, String> {
    let entry = |known: &Remembered| Entry { at: known.place.clone(), left: known.left.clone(), leaf: known.result };
    let is_way = |known: &Remembered| match dispute.is_met() {
        true => dispute.is_side(&entry(known)),
        false => dispute.is_way(&entry(known)),
    };
    let same = || remembered.newest(|known| known.path == *dispute.path && known.sides == *dispute.sides);
    match same().find(|(_, known)| is_way(known)) {
        // Nobody saw what those hold by now.
        Some((_, known)) if dispute.takes_away(&entry(known)) => Err(taking_away(&known.left)),
        Some((id, known)) => Ok(Some(Recalled { by: Settler::Remembered(id), entry: entry(known) })),
        None if dispute.is_met() && same().next().is_some() => Err(UNKNOWN_TO_IT.to_owned()),
        None => Ok(None),
    }
}

/// Why what a person made of two files that met waits for a person.
const UNKNOWN_TO_IT: &str = "what is remembered of it may not have in it what the moved file holds by now";

/// Why what is remembered waits for a person.
fn taking_away(left: &[RepoPath]) -> String {
    let more = if left.len() > 1 { format!(" and {} more", left.len() - 1) } else { String::new() };
    let first = left.first().map(ToString::to_string).unwrap_or_default();
    format!("what is remembered of it takes {first}{more} away, which may hold something else by now")
}

/// Whether the file goes by that name in this very conflict.
fn is_named(dispute: Dispute<'_>, path: &RepoPath) -> bool {
    dispute.names().any(|name| name == path)
}

/// The last part of a path.
fn name(path: &RepoPath) -> &[u8] {
    path.as_bytes().rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}
