//! What came before an item where it comes from, and what of it is about the item's files: each earlier one knew them by
//! the names that they had then.

use crate::compose::Composer;
use crate::compose::paths::moved;
use crate::content::Delta;
use crate::content::sketch::{ByHash, Hashes, SketchView};
use crate::records::line::{Item, Line, Source};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::cell::{Cell, OnceCell};
use std::collections::HashSet;
use std::sync::Arc;

/// One that came before an item where it comes from.
#[derive(Clone, Copy)]
pub enum Earlier<'a> {
    /// It is there where the item goes as well.
    There(&'a Item),
    /// It is not.
    Lacking(&'a Item),
}

impl<'a> Earlier<'a> {
    fn item(self) -> &'a Item {
        match self {
            Self::There(item) | Self::Lacking(item) => item,
        }
    }

    /// Whether it is not there.
    pub fn is_lacking(&self) -> bool {
        matches!(self, Self::Lacking(_))
    }
}

impl Composer<'_> {
    /// The tree that the revision of an item was cut from; `None` where the item is a commit, or nothing.
    fn cut_from(&self, item: &Item) -> Option<TreeId> {
        match item.source {
            Source::Revision | Source::Update { .. } => {
                Some(self.state.outline(item.change, item.revision)?.base_tree())
            }
            Source::Commit { .. } | Source::Held => None,
        }
    }

    /// Whether what came between two items of a change cannot be what the later one was made on: both were cut from the same.
    fn is_cut_alike(&self, one: &Item, later: &Item) -> bool {
        self.cut_from(later).is_some_and(|base| self.cut_from(one) == Some(base))
    }
}

/// Where a change begins on a line, of whose items there the places are given, the last first: with the first that was cut
/// from the same as the last. The line's first place where it has none.
fn begins(composer: Composer<'_>, line: &Line, mut places: impl Iterator<Item = usize>) -> usize {
    let Some(last) = places.next() else { return 0 };
    let alike = places.filter(|place| composer.is_cut_alike(&line.items[*place], &line.items[last]));
    alike.last().unwrap_or(last)
}

/// What came before a change on the line that it moves from, in order; before where it begins there.
pub fn earlier<'a>(
    composer: Composer<'_>,
    source: &'a Line,
    change: ChangeIx,
    is_there: impl Fn(&Item) -> bool,
) -> Vec<Earlier<'a>> {
    let own = (0..source.items.len()).rev().filter(|place| source.items[*place].change == change);
    let before = begins(composer, source, own);
    let others = source.items[..before].iter().filter(|item| item.change != change && item.source != Source::Held);
    let all: Vec<_> =
        others.map(|item| if is_there(item) { Earlier::There(item) } else { Earlier::Lacking(item) }).collect();
    match all.iter().any(Earlier::is_lacking) {
        true => all,
        false => Vec::new(),
    }
}

/// A line that changes move from, seen from where they go: who on it may matter to whom that comes later, so that nobody
/// looks through the line for each of many.
pub struct Way {
    /// The last place of each change, by its number.
    last: Vec<Option<u32>>,
    /// The place of the same change before it, by place.
    previous: Vec<Option<u32>>,
    /// The places of those that are lacking where the changes go, or may have renamed something, in order.
    near: Vec<(usize, Nearness)>,
    /// The same by what they touch, once many were asked about.
    touching: OnceCell<ByHash>,
    asked: Cell<usize>,
}

/// So many changes are asked about one by one, before what stands on the line is brought in order for it.
const FEW: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nearness {
    Lacking,
    Renames,
}

impl Way {
    /// Looks through a line once.
    pub fn new(composer: Composer<'_>, source: &Line, is_there: impl Fn(&Item) -> bool) -> Self {
        let (mut last, mut previous): (Vec<Option<u32>>, _) = (Vec::new(), Vec::with_capacity(source.items.len()));
        let mut near = Vec::new();
        for (place, item) in source.items.iter().enumerate() {
            let number = item.change.0 as usize;
            if last.len() <= number {
                last.resize(number + 1, None);
            }
            previous.push(last[number].replace(place as u32));
            if item.source == Source::Held {
                continue;
            }
            if !is_there(item) {
                near.push((place, Nearness::Lacking));
            } else if composer.sketch(item).is_none_or(SketchView::renames) {
                near.push((place, Nearness::Renames));
            }
        }
        Self { last, previous, near, touching: OnceCell::new(), asked: Cell::new(0) }
    }

    /// Whether one of the first few that are near may touch what an item touches.
    fn meets(&self, composer: Composer<'_>, source: &Line, (first, item): (usize, &Item)) -> bool {
        let Some(own) = composer.sketch(item) else { return true };
        let sketches = self.near.iter().map(|(place, _)| composer.sketch(&source.items[*place]));
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() <= FEW {
            let hashes = Hashes::of_sketch(own);
            return sketches.take(first).any(|other| other.is_none_or(|other| other.may_touch(&hashes)));
        }
        self.touching.get_or_init(|| ByHash::of(sketches)).meets_among(first, own)
    }

    /// What of the line came before an item and may matter to it, in order; nothing where nobody that is lacking does.
    pub fn before<'a>(&self, composer: Composer<'_>, source: &'a Line, item: &Item) -> Vec<Earlier<'a>> {
        let last = self.last.get(item.change.0 as usize).copied().flatten();
        let own = std::iter::successors(last, |place| self.previous[*place as usize]).map(|place| place as usize);
        let end = begins(composer, source, own);
        let near = &self.near[..self.near.partition_point(|(place, _)| *place < end)];
        let is_lacking = near.iter().any(|(_, nearness)| *nearness == Nearness::Lacking);
        if !is_lacking || !self.meets(composer, source, (near.len(), item)) {
            return Vec::new();
        }
        let others = near.iter().map(|(place, nearness)| (&source.items[*place], nearness));
        let others = others.filter(|(other, _)| other.change != item.change);
        let earlier = others.map(|(other, nearness)| match nearness {
            Nearness::Lacking => Earlier::Lacking(other),
            Nearness::Renames => Earlier::There(other),
        });
        earlier.collect()
    }
}

/// The renames of what came before, from the last to the first.
pub(super) struct Trails(Vec<Step>);

struct Step {
    place: usize,
    did: Arc<Delta>,
}

/// Where what a difference brought under a name stood before.
fn origin<'a>(did: &'a Delta, path: &'a RepoPath) -> Option<&'a RepoPath> {
    did.renames_to(path).next().map(|(from, _)| from)
}

impl Trails {
    /// The names of a file.
    pub fn of(&self, path: &RepoPath) -> Trail {
        let mut names = vec![(usize::MAX, path.clone())];
        for step in &self.0 {
            let origin = names.last().and_then(|(_, name)| origin(&step.did, name));
            if let Some(origin) = origin.cloned() {
                names.push((step.place, origin));
            }
        }
        Trail(names)
    }
}

/// Names of files, in no order: there may be thousands.
pub(super) type Names<'a> = HashSet<&'a RepoPath, foldhash::fast::FixedState>;

/// The names of a file, the last first, each with the place of the one that took it away.
pub(super) struct Trail(Vec<(usize, RepoPath)>);

impl Trail {
    /// All of them.
    pub fn names(&self) -> impl Iterator<Item = &RepoPath> {
        self.0.iter().map(|(_, name)| name)
    }

    /// As it was called when the one at a place had come.
    fn at(&self, place: usize) -> &RepoPath {
        let older = self.0.iter().skip(1).take_while(|(end, _)| place < *end).count();
        &self.0[older].1
    }
}

impl Composer<'_> {
    /// Follows files back through what came before.
    pub(super) fn trails(&self, earlier: &[Earlier<'_>]) -> Result<Trails, Fault> {
        let mut steps = Vec::new();
        for (place, one) in earlier.iter().enumerate().rev() {
            if self.sketch(one.item()).is_some_and(|sketch| !sketch.renames()) {
                continue;
            }
            let Some((base, theirs)) = self.trees(one.item())? else { continue };
            let did = self.content.delta(base, theirs)?;
            if !did.renames.is_empty() {
                steps.push(Step { place, did });
            }
        }
        Ok(Trails(steps))
    }

    /// What those of the earlier ones that are lacking did that may have to do with some names of files.
    pub(super) fn works(&self, earlier: &[Earlier<'_>], names: &Names<'_>) -> Result<Vec<Work>, Fault> {
        let hashes = Hashes::of(names.iter().copied());
        let mut works = Vec::new();
        for (place, one) in earlier.iter().enumerate().filter(|(_, one)| one.is_lacking()) {
            let item = one.item();
            if !self.may_touch(item, &hashes) {
                continue;
            }
            let Some((base, theirs)) = self.trees(item)? else { continue };
            let did = self.content.delta(base, theirs)?;
            let elsewhere: Vec<_> = moved(item).filter_map(|one| Some((one.at.clone()?, one.path.clone()))).collect();
            let meets = did.changes.iter().any(|one| names.contains(&one.path));
            if meets || elsewhere.iter().any(|(at, _)| names.contains(at)) {
                works.push(Work { change: item.change, place, did, elsewhere });
            }
        }
        Ok(works)
    }
}

/// What a lacking item did.
pub(super) struct Work {
    change: ChangeIx,
    place: usize,
    did: Arc<Delta>,
    /// Files that the line knew by another name when it came: that one, and its own.
    elsewhere: Vec<(RepoPath, RepoPath)>,
}

/// What a lacking item did to one path.
#[derive(Clone, Copy)]
pub(super) struct Made {
    pub change: ChangeIx,
    /// What stood at the path, and then stands there.
    pub before: Option<Leaf>,
    pub after: Option<Leaf>,
    /// What the content was made from: the file under its old name, where it was renamed.
    pub from: Option<Leaf>,
}

impl Work {
    /// What it did to a file.
    pub fn on(&self, trail: &Trail) -> Option<Made> {
        let name = trail.at(self.place);
        let own = self.elsewhere.iter().find(|(at, _)| at == name).map_or(name, |(_, own)| own);
        let one = self.did.change(own)?;
        let from = match (one.before, one.after) {
            (None, Some(_)) => {
                origin(&self.did, own).and_then(|origin| self.did.change(origin)).and_then(|one| one.before)
            }
            (before, _) => before,
        };
        Some(Made { change: self.change, before: one.before, after: one.after, from })
    }
}
