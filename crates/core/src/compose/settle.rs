//! Settling what a plain merge left: what was decided for the very item, what is remembered, what the configuration says
//! about the file's type, what the repository's attributes say, and then what is shipped for the type (`SPEC X2`, `X3`,
//! `X5`), in this order.

use crate::compose::recall::Recalled;
use crate::compose::unclear::Open;
use crate::compose::{Composer, Decision, Recall, Rules, in_the_way};
use crate::content::attributes::MergeBy;
use crate::content::entry::{Entry, Taken, is_plain, merged_mode};
use crate::content::filetype::{Check, FileType, FileTypes, Strategy, made};
use crate::content::{Blended, Conflict, ConflictKind, Merged, PathSet, Sides, Soundness, Weave};
use crate::records::line::{Item, Source};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{BlobId, RepoPath, TreeId};
use crate::words::warning::Warning;

/// The warning about a file that is not sound, though no merge made it so.
pub(super) const UNSOUND: &str = "unsound-file";

/// What carrying a difference came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    /// The resulting tree. A path in conflict holds `ours`.
    pub tree: TreeId,
    /// What a person has to settle, in order of path.
    pub conflicts: Vec<Conflict>,
    /// What was settled, and by whom.
    pub decided: Vec<Resolution>,
    /// What somebody should know about files that were merged, by their paths.
    pub warnings: Vec<(RepoPath, Warning)>,
    /// The files that the tree has elsewhere than the item: `(there, here)`.
    pub followed: Vec<(RepoPath, RepoPath)>,
    /// What stayed where a file was to go, with where that was: `(there, what stayed)`.
    pub beside: Vec<(RepoPath, RepoPath)>,
    /// Where answers to what hangs together count together, whatever the source holds.
    pub together: PathSet,
}

impl Settled {
    /// A tree that nothing was carried onto.
    pub(super) fn unchanged(tree: TreeId) -> Self {
        let (conflicts, decided, warnings) = (Vec::new(), Vec::new(), Vec::new());
        Self { tree, conflicts, decided, warnings, followed: Vec::new(), beside: Vec::new(), together: PathSet::new() }
    }

    /// Leaves more to a person.
    pub(super) fn ask(&mut self, conflicts: impl IntoIterator<Item = Conflict>) {
        self.conflicts.extend(conflicts);
        self.conflicts.sort_by(|one, two| one.path.cmp(&two.path));
    }

    /// What is told of it, of some paths alone.
    pub(super) fn among(&self, paths: &PathSet) -> Self {
        let decided = self.decided.iter().filter(|one| one.paths().any(|path| paths.contains(path)));
        Self {
            tree: self.tree,
            conflicts: self.conflicts.iter().filter(|one| one.is_among(paths)).cloned().collect(),
            decided: decided.cloned().collect(),
            warnings: self.warnings.iter().filter(|(path, _)| paths.contains(path)).cloned().collect(),
            followed: self.followed.clone(),
            beside: self.beside.clone(),
            together: self.together.clone(),
        }
    }
}

/// On which occasion a difference is carried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Occasion {
    /// It comes onto the line.
    Arrives,
    /// It stays on the line when another leaves.
    Stays,
}

/// What becomes of a file that was merged line by line.
pub(super) enum Distrusted {
    /// Lines tell what it means: it is looked at as others are.
    No(Blended),
    /// It is no result, and the tree holds ours again.
    Yes(Conflict),
    /// It stays, and somebody is told.
    Told,
}

impl Composer<'_> {
    /// Settles what a merge left, as far as that goes without a person.
    ///
    /// What is `open` of a rebased revision is settled by less: theirs holds more than the item did.
    pub(super) fn settle(
        &self,
        (ours, merged): (TreeId, Merged),
        open: Vec<Open>,
        (item, occasion): (&Item, Occasion),
    ) -> Result<Settled, Fault> {
        let mut settled = Settled { tree: merged.tree, followed: merged.followed, ..Settled::unchanged(ours) };
        let (mut conflicts, mut again) = (merged.conflicts, Vec::new());
        for blended in merged.blended {
            match self.distrusted(blended, (item, occasion), &mut settled)? {
                Distrusted::No(blended) => self.look_at(blended, (ours, item), &mut settled)?,
                Distrusted::Yes(conflict) => conflicts.push(conflict),
                Distrusted::Told => {}
            }
        }
        let mut decisions = Vec::with_capacity(conflicts.len() + open.len());
        for conflict in conflicts {
            decisions.push((self.decide(&conflict, (ours, item))?, conflict));
        }
        for open in open {
            decisions.push((self.decide_open(&open, (ours, item))?, open.conflict));
        }
        in_the_way::reopen(&mut decisions);
        for (decision, conflict) in decisions {
            match decision {
                Ok(resolution) => {
                    settled.beside.extend(in_the_way::beside(&conflict, &resolution));
                    settled.decided.push(resolution);
                }
                Err(_) if is_edited_twice(&conflict) && self.maker(&conflict.path).is_some() => again.push(conflict),
                Err(why) => settled.conflicts.push(Conflict { why: why.or(conflict.why), ..conflict }),
            }
        }
        settled.conflicts.sort_by(|one, two| one.path.cmp(&two.path));
        if !settled.decided.is_empty() {
            let mut edits: Vec<_> = settled.decided.iter().flat_map(Resolution::edits).collect();
            // What one leaves may be where another goes.
            edits.sort_by_key(|(_, leaf)| leaf.is_some());
            settled.tree = self.content.edit(settled.tree, &edits)?;
        }
        self.make_again(again, &mut settled)?;
        Ok(settled)
    }

    /// What was decided about a conflict before; `None` where nothing was.
    pub(super) fn remembered(&self, conflict: &Conflict, item: &Item) -> Result<Option<Decision>, Fault> {
        let own = own(item, &conflict.path, &conflict.sides);
        if let Some(known) = own.filter(|known| conflict.dispute().is_known_to(&known.entry())) {
            return Ok(Some(Ok(known)));
        }
        let Rules::Now { types, remembered, recall, .. } = self.rules else { return Ok(None) };
        // Where the older revision of an update put the file, nobody else was asked.
        let is_recalled = recall == Recall::All && !matches!(item.source, Source::Update { .. });
        if !is_recalled && !conflict.kind.is_about_content() {
            return Ok(None);
        }
        Ok(match self.recall(conflict.dispute(), (types, remembered))? {
            Ok(Some(Recalled { by, entry })) => Some(Ok(resolution(conflict, entry, by))),
            Ok(None) => None,
            Err(why) => Some(Err(Some(why))),
        })
    }

    pub(super) fn decide(&self, conflict: &Conflict, (ours, item): (TreeId, &Item)) -> Result<Decision, Fault> {
        match self.remembered(conflict, item)? {
            Some(decision) => Ok(decision),
            None => match self.by_rules(conflict, ours)? {
                Err(why) => Ok(self.as_it_was_settled(conflict, item)?.ok_or(why)),
                settled => Ok(settled),
            },
        }
    }

    /// What the strategy makes of a conflict that settled it when the item came, whatever the configuration says of new ones.
    fn as_it_was_settled(&self, conflict: &Conflict, item: &Item) -> Result<Option<Resolution>, Fault> {
        let Rules::Now { types, .. } = self.rules else { return Ok(None) };
        let own = item.resolutions.iter().rev().find(|known| known.path == conflict.path);
        let Some(Settler::Type { name, strategy }) = own.map(|known| &known.by) else { return Ok(None) };
        let now = types.of(&conflict.path).cloned().unwrap_or_else(|| FileType::unknown(name));
        Ok(self.by_type(conflict, &FileType { strategy: *strategy, ..now })?.ok())
    }

    /// What the repository and the configuration say about a conflict of a tree.
    pub(super) fn by_rules(&self, conflict: &Conflict, ours: TreeId) -> Result<Decision, Fault> {
        let Rules::Now { types, .. } = self.rules else { return Ok(Err(None)) };
        let file_type = types.of(&conflict.path);
        if self.must_stop(&conflict.path) {
            let name = file_type.map_or("it", |one| &one.name);
            return Ok(Err(Some(format!("{name} is excluded from automatic resolution"))));
        }
        if let Some(decision) = self.by_attribute(conflict, (ours, types))? {
            return Ok(decision);
        }
        let Some(file_type) = file_type else { return Ok(Err(None)) };
        let why = match self.by_type(conflict, file_type)? {
            Err(why) => why,
            settled => return Ok(settled),
        };
        let Some(proposed) = self.taken(conflict.dispute(), types)? else { return Ok(Err(why)) };
        let by = Settler::Proposed { name: file_type.name.clone(), kinds: proposed.kinds };
        Ok(Ok(resolution(conflict, conflict.dispute().entry(Taken::Content(proposed.leaf.id)), by)))
    }

    /// Whether a path is of a type that must stop for a person (`SPEC X3`).
    pub(super) fn must_stop(&self, path: &RepoPath) -> bool {
        match self.rules {
            Rules::Now { types, excluded, .. } => excluded.has(path, types.of(path)),
            Rules::AsRecorded => false,
        }
    }

    /// What the repository says about a path, unless the configuration does.
    fn said(&self, path: &RepoPath, (ours, types): (TreeId, &FileTypes)) -> Result<MergeBy, Fault> {
        match types.says_how(path) {
            true => Ok(MergeBy::Lines),
            false => Ok(self.content.attributes(ours, path)?.merge),
        }
    }

    /// git asks attributes about contents that both sides changed, and about nothing else.
    fn by_attribute(&self, conflict: &Conflict, said: (TreeId, &FileTypes)) -> Result<Option<Decision>, Fault> {
        if !matches!(conflict.kind, ConflictKind::Content | ConflictKind::Binary | ConflictKind::AddAdd) {
            return Ok(None);
        }
        let merge = self.said(&conflict.path, said)?;
        let found = match &merge {
            MergeBy::Lines => return Ok(None),
            MergeBy::Union => self.woven(conflict, Weave::Union)?,
            MergeBy::Ours(_) => Ok(Taken::Ours),
            MergeBy::Never | MergeBy::Program(_) => Err(merge.forbids_lines()),
        };
        let by = Settler::Attribute(merge.written());
        Ok(Some(found.map(|taken| resolution(conflict, conflict.dispute().entry(taken), by))))
    }

    /// What merging a file by element makes of a conflict, where its type says so and that is possible.
    pub(super) fn by_element(&self, conflict: &Conflict) -> Result<Option<Resolution>, Fault> {
        let Rules::Now { types, .. } = self.rules else { return Ok(None) };
        let structural = types.of(&conflict.path).filter(|one| one.strategy == Strategy::Structural);
        let Some(file_type) = structural else { return Ok(None) };
        Ok(self.by_type(conflict, file_type)?.ok())
    }

    fn by_type(&self, conflict: &Conflict, file_type: &FileType) -> Result<Decision, Fault> {
        let (name, strategy) = (file_type.name.clone(), file_type.strategy);
        let by = Settler::Type { name, strategy };
        let found = match (strategy, file_type.format) {
            _ if !conflict.kind.is_about_content() => Err(None),
            (Strategy::Stop, _) if file_type.check == Check::Distrust => {
                let none = "none is named (`regenerate`) that makes it again";
                Err(Some(format!(
                    "{} files are made by a program, and {none}{}",
                    file_type.name,
                    by_hand(&conflict.path)
                )))
            }
            (Strategy::Stop, _) => Err(Some(format!("{} files are left to a person", file_type.name))),
            (Strategy::Regenerate, _) => Err(None),
            (Strategy::Source, _) => Ok(Taken::Theirs),
            (Strategy::Destination, _) => Ok(Taken::Ours),
            (Strategy::Union, _) => self.united(conflict, file_type)?,
            (Strategy::Structural, Some(format)) => self.woven(conflict, Weave::Structural(format, &file_type.keys))?,
            (Strategy::Structural, None) => Err(None),
        };
        Ok(found.map(|taken| resolution(conflict, conflict.dispute().entry(taken), by)))
    }

    fn woven(&self, conflict: &Conflict, how: Weave<'_>) -> Result<Result<Taken, Option<String>>, Fault> {
        let Sides { base, ours: Some(ours), theirs: Some(theirs) } = conflict.sides else {
            return Ok(Err(Some("one side deleted the file that the other changed".to_owned())));
        };
        if conflict.kind == ConflictKind::Binary {
            return Ok(Err(Some("it holds bytes that are no text".to_owned())));
        }
        if merged_mode(&conflict.sides).is_none() {
            return Ok(Err(None));
        }
        let texts = [base.filter(|base| is_plain(*base)).map(|base| base.id), Some(ours.id), Some(theirs.id)];
        Ok(match self.content.weave(texts, how)? {
            Ok(id) => Ok(Taken::Content(id)),
            Err(why) => Err(Some(why)),
        })
    }

    /// A clean text merge of a structured file may hold an element twice, or name what is not there any more: it is read
    /// again. What was wrong before in the same way is not the merge's doing.
    fn look_at(&self, blended: Blended, carried: (TreeId, &Item), settled: &mut Settled) -> Result<(), Fault> {
        if let Some(known) = own(carried.1, &blended.path, &blended.sides) {
            settled.decided.push(known);
            return Ok(());
        }
        let why = match self.judged(&blended, carried.0)? {
            None => return Ok(()),
            Some(Soundness::Sound) => return self.keep_both(blended, carried, settled),
            Some(Soundness::Before(problem)) => {
                let message = format!("{} was not sound before either: {problem}", blended.path);
                settled.warnings.push((blended.path, Warning::of(UNSOUND, message)));
                return Ok(());
            }
            Some(Soundness::Broken(why)) => why,
        };
        let Blended { path, sides, .. } = blended;
        let conflict = Conflict { why: Some(why), ..Conflict::new(path, ConflictKind::Content, sides) };
        match self.decide(&conflict, carried)? {
            Ok(resolution) => settled.decided.push(resolution),
            Err(_) => {
                // The merged text is taken back: nobody may mistake it for a result.
                settled.tree = self.content.edit(settled.tree, &[(conflict.path.clone(), sides.ours)])?;
                settled.conflicts.push(conflict);
            }
        }
        Ok(())
    }

    /// What a merge of lines made of a file of a tree, where the repository or its type say anything of it; `Broken` says why
    /// it is no result.
    pub(super) fn judged(&self, blended: &Blended, ours: TreeId) -> Result<Option<Soundness>, Fault> {
        let Rules::Now { types, .. } = self.rules else { return Ok(None) };
        if let Some(why) = self.said(&blended.path, (ours, types))?.forbids_lines() {
            return Ok(Some(Soundness::Broken(why)));
        }
        let Some(file_type) = types.of(&blended.path) else { return Ok(None) };
        Ok(Some(match self.soundness(file_type, &blended.sides, blended.result.id)? {
            Soundness::Broken(problem) => {
                Soundness::Broken(format!("merging it line by line would break it: {problem}"))
            }
            sound => sound,
        }))
    }

    /// Whether what was made of the sides is sound, as far as its type can be read and is to be.
    pub(super) fn soundness(&self, file_type: &FileType, sides: &Sides, made: BlobId) -> Result<Soundness, Fault> {
        let format = file_type.format.filter(|_| file_type.check == Check::Verify);
        let Some(format) = format else { return Ok(Soundness::Sound) };
        let versions: Vec<_> = [sides.base, sides.ours, sides.theirs].into_iter().flatten().map(|one| one.id).collect();
        self.content.soundness(made, &versions, (format, &file_type.keys))
    }

    /// The lines of both sides, unless that breaks the file.
    fn united(&self, conflict: &Conflict, file_type: &FileType) -> Result<Result<Taken, Option<String>>, Fault> {
        let united = self.woven(conflict, Weave::Union)?;
        let Ok(Taken::Content(made)) = united else { return Ok(united) };
        Ok(match self.soundness(file_type, &conflict.sides, made)? {
            Soundness::Broken(problem) => Err(Some(format!("keeping the lines of both would break it: {problem}"))),
            Soundness::Sound | Soundness::Before(_) => united,
        })
    }
}

/// What was decided about an item itself; the newest decision counts.
pub(super) fn own(item: &Item, path: &RepoPath, sides: &Sides) -> Option<Resolution> {
    item.resolutions
        .iter()
        .rev()
        .filter(|known| known.by != Settler::Followed)
        .find(|known| known.path == *path && known.sides == *sides)
        .cloned()
}

/// What a person lets make a file again.
fn by_hand(path: &RepoPath) -> String {
    let by = made::of(path).and_then(|made| made.by);
    by.map(|by| format!("; `{}` does, for one who settles it", by.join(" "))).unwrap_or_default()
}

fn resolution(conflict: &Conflict, entry: Entry, by: Settler) -> Resolution {
    Resolution::of((&conflict.path, conflict.sides), entry, by)
}

/// Whether both sides have a file and hold it differently.
fn is_edited_twice(conflict: &Conflict) -> bool {
    conflict.kind.is_about_content() && conflict.sides.ours.is_some() && conflict.sides.theirs.is_some()
}
