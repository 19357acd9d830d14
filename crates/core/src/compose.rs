//! How a line's tree comes about: carrying differences onto it, and recomposing what is left when one is taken out
//! (`SPEC L1`, `L3`, `L4`).

mod as_decided;
mod as_it_came;
pub mod as_source;
mod blocks;
mod came;
pub mod carry;
pub mod checked;
mod comes_after;
pub mod dependents;
mod followed;
mod gave_back;
pub mod ground;
mod in_order;
mod in_the_way;
mod kept;
pub mod made_of;
pub mod making;
pub mod meeting;
mod moved;
pub mod never_held;
mod other_side;
mod paths;
mod pointer;
pub mod propose;
pub mod recall;
pub mod recompose;
mod renamed_since;
pub mod settle;
mod soundly;
pub mod standing;
pub mod touching;
pub mod trail;
pub mod trial;
pub mod unclear;
mod unmoved;
pub mod update;
pub mod void;
mod within;

use crate::compose::making::Making;
use crate::compose::paths::{moved, touched};
use crate::compose::settle::{Occasion, Settled};
use crate::compose::unclear::Unclear;
use crate::content::filetype::{Excluded, FileTypes};
use crate::content::sketch::{Hashes, SketchView};
use crate::content::{Conflict, Content, Merge, Merged, PathSet};
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::records::line::{Item, Line, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::{Redecided, Resolution, Resolutions};
use crate::words::fault::Fault;
use crate::words::object::{RepoPath, TreeId};
use crate::words::warning::Warning;

impl Snapshot<'_> {
    /// Composes by what is known and configured now.
    pub fn composer<'b>(&'b self, content: &'b dyn Content) -> Composer<'b> {
        self.composer_without(content, self.pipeline.excluded())
    }

    /// The same where other file types must stop for a person (`SPEC X3`).
    pub fn composer_without<'b>(&'b self, content: &'b dyn Content, excluded: &'b Excluded) -> Composer<'b> {
        let types = &self.pipeline.settings().file_types;
        let (remembered, making) = (&self.state.resolutions, Making::Suppose);
        let rules = Rules::Now { types, excluded, remembered, making, recall: Recall::All };
        Composer { state: self.state, content, rules }
    }
}

/// So many paths cost as much to carry as one more change does: what searches may spend is counted so.
pub const PATHS_OF_ONE: usize = 64;

/// The state and the content, which every composition needs together.
#[derive(Clone, Copy)]
pub struct Composer<'a> {
    /// Where revisions are found.
    pub state: &'a State,
    /// Where trees are found.
    pub content: &'a dyn Content,
    /// How conflicts are settled without a person.
    pub rules: Rules<'a>,
}

/// By which rules conflicts are settled without a person.
#[derive(Clone, Copy)]
pub enum Rules<'a> {
    /// Only by what was decided when the line was made: for making it again, to the last bit.
    AsRecorded,
    /// By what is remembered and configured now as well.
    Now {
        /// The types of files (`SPEC X2`).
        types: &'a FileTypes,
        /// Those that must stop for a person (`SPEC X3`).
        excluded: &'a Excluded,
        /// What people decided about the same contents (`SPEC X5`).
        remembered: &'a Resolutions,
        /// Whether programs are run that make files again.
        making: Making,
        /// What of that counts.
        recall: Recall,
    },
}

/// What of what people decided before counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recall {
    /// All of it.
    All,
    /// What they decided about contents, and not about where files stand.
    Contents,
}

/// What makes a tree: a base, and items in order.
#[derive(Clone, Copy, Debug)]
pub struct Composition<'a> {
    /// The tree before the first item.
    pub base: TreeId,
    /// The tree after the last.
    pub tree: TreeId,
    /// The items.
    pub items: &'a [Item],
}

impl<'a> Composition<'a> {
    /// What makes a line's tree.
    pub fn of(line: &'a Line) -> Self {
        Self { base: line.base_tree, tree: line.tree, items: &line.items }
    }
}

/// What came of taking changes out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recomposed {
    /// What is left.
    Left(Remainder),
    /// This change builds on them.
    Blocked {
        /// Which.
        change: ChangeIx,
        /// Where it could not be carried any more.
        conflicts: Vec<Conflict>,
    },
}

/// What is left without some changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remainder {
    /// The tree.
    pub tree: TreeId,
    /// What was decided on the way about items that stay, and that nobody had decided before.
    pub decided: Vec<Redecided>,
    /// What somebody should know about files that stay, by their paths.
    pub warnings: Vec<(RepoPath, Warning)>,
}

/// A decision about a conflict, or why there is none.
type Decision = Result<Resolution, Option<String>>;

/// The two trees between which an item's difference lies, and paths where a rebased revision could not be told apart
/// from what it was rebased onto.
#[derive(Clone)]
struct Difference {
    base: TreeId,
    theirs: TreeId,
    unclear: Vec<Unclear>,
    /// Paths of a rebased revision that were put together by lines where it stood before.
    put_together: Vec<Unclear>,
}

impl Difference {
    /// What lies between two trees, all of it clear.
    fn between(base: TreeId, theirs: TreeId) -> Self {
        Self { base, theirs, unclear: Vec::new(), put_together: Vec::new() }
    }
}

impl Composer<'_> {
    /// Carries an item onto a tree; `scope` limits it to some paths.
    pub fn carry(&self, ours: TreeId, item: &Item, scope: Option<&PathSet>) -> Result<Settled, Fault> {
        let Some(difference) = self.difference(item)? else {
            return Ok(Settled::unchanged(ours));
        };
        self.carry_difference((ours, item, Occasion::Arrives), &difference, scope)
    }

    fn carry_difference(
        &self,
        (ours, item, occasion): (TreeId, &Item, Occasion),
        difference: &Difference,
        scope: Option<&PathSet>,
    ) -> Result<Settled, Fault> {
        let difference = &*self.as_unmoved((ours, item), difference)?;
        let merge = Merge { base: difference.base, ours, theirs: difference.theirs, scope };
        let merged = self.content.merge(merge)?;
        self.settle_merged((merge, merged), difference, (item, occasion))
    }

    /// Settles what a merge of an item made, with the paths that are not clear.
    fn settle_merged(
        &self,
        (merge, mut merged): (Merge<'_>, Merged),
        difference: &Difference,
        (item, occasion): (&Item, Occasion),
    ) -> Result<Settled, Fault> {
        self.ask_again(merge, item, &mut merged)?;
        let open = self.open(merge, &mut merged, difference)?;
        let settled = self.settle((merge.ours, merged), open, (item, occasion))?;
        let mut settled = self.come_after(merge, self.as_decided(merge, item, settled)?)?;
        let followed = self.followed(merge, &settled)?;
        settled.decided.extend(followed);
        Ok(settled)
    }

    fn difference(&self, item: &Item) -> Result<Option<Difference>, Fault> {
        let trees = |base, theirs| Ok(Some(Difference::between(base, theirs)));
        match item.source {
            Source::Held => Ok(None),
            Source::Commit { base, theirs } => trees(base, theirs),
            Source::Revision => match self.state.outline(item.change, item.revision) {
                Some(revision) => trees(revision.base_tree(), revision.tip_tree()),
                None => Ok(None),
            },
            Source::Update { from } => {
                let change = self.state.at(item.change);
                let (Some(old), Some(new)) = (change.revision(from), change.revision(item.revision)) else {
                    return Ok(None);
                };
                update::difference(self.content, (old, new), &item.resolutions).map(Some)
            }
        }
    }

    /// The two trees between which an item's difference lies; `None` for what the base holds already.
    pub fn trees(&self, item: &Item) -> Result<Option<(TreeId, TreeId)>, Fault> {
        Ok(self.difference(item)?.map(|difference| (difference.base, difference.theirs)))
    }

    /// Every path an item touches; both ends of a rename, and where settling its conflicts put files.
    pub fn touched(&self, item: &Item) -> Result<PathSet, Fault> {
        let Some(difference) = self.difference(item)? else { return Ok(PathSet::new()) };
        Ok(touched(item, &*self.content.delta(difference.base, difference.theirs)?, &difference))
    }

    /// Some paths with the other ends of an item's own renames.
    pub fn renamed(&self, item: &Item, paths: PathSet) -> Result<PathSet, Fault> {
        let Some(difference) = self.difference(item)? else { return Ok(paths) };
        Ok(self.content.delta(difference.base, difference.theirs)?.with_other_ends(paths))
    }

    /// The sketch of an item that carried a whole revision, and of which nothing was settled elsewhere.
    pub fn sketch(&self, item: &Item) -> Option<SketchView<'_>> {
        let sketch = match item.source {
            _ if moved(item).next().is_some() => None,
            Source::Revision => self.state.outline(item.change, item.revision)?.sketch(),
            // What was imported is nearly always just what its revision is.
            Source::Commit { base, theirs } => {
                let revision = self.state.outline(item.change, item.revision)?;
                revision.sketch().filter(|_| revision.trees() == (base, theirs))
            }
            Source::Update { .. } | Source::Held => None,
        }?;
        item.resolutions.iter().all(|one| sketch.may_touch(&Hashes::of([&one.path]))).then_some(sketch)
    }

    /// Whether an item may touch one of some paths, by its sketch alone.
    pub fn may_touch(&self, item: &Item, paths: &Hashes) -> bool {
        self.sketch(item).is_none_or(|sketch| sketch.may_touch(paths))
    }
}
