//! What stands on a line by now, and on the one that its changes come from. Who of both may touch some paths is asked for
//! each of many that arrive, so that nobody looks through both for each.

use crate::compose::Composer;
use crate::compose::paths::Ties;
use crate::compose::trail::Earlier;
use crate::content::PathSet;
use crate::content::sketch::{Hashes, SketchView};
use crate::records::line::{Item, Source};
use crate::records::receipt::ChangeIx;
use crate::words::object::TreeId;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};

/// A change that came onto a line.
#[derive(Clone)]
pub(super) struct Step {
    pub item: Item,
    pub tree: TreeId,
}

/// A line as it was before anything came, the one that changes come from, and what is known about both.
pub struct Both<'a> {
    line: &'a [Item],
    source: &'a [Item],
    asked: Cell<usize>,
    /// The same by what they touch, once many arrived.
    indexed: OnceCell<[Index; 2]>,
    /// Of what came, likewise.
    came: RefCell<Index>,
    /// What of the source was lacking on the line, in order.
    lacking: OnceCell<Vec<(usize, ChangeIx)>>,
    /// How many of those came by now, from the first on.
    arrived: Cell<usize>,
}

/// So many arrive before what stands on the lines is brought in order for it.
const FEW: usize = 4;

/// Items by what they touch, and by whose they are: by their places.
#[derive(Default)]
struct Index {
    count: usize,
    by_hash: HashMap<u32, Vec<usize>, foldhash::fast::FixedState>,
    /// Those of which nobody knows what they touch.
    unknown: Vec<usize>,
    renaming: Vec<usize>,
    by_change: HashMap<ChangeIx, Vec<usize>, foldhash::fast::FixedState>,
}

impl Index {
    fn of<'i>(composer: Composer<'_>, items: impl IntoIterator<Item = &'i Item>) -> Self {
        let mut index = Self::default();
        items.into_iter().for_each(|item| index.add(composer, item));
        index
    }

    fn add(&mut self, composer: Composer<'_>, item: &Item) {
        let (place, sketch) = (self.count, composer.sketch(item));
        self.count += 1;
        self.by_change.entry(item.change).or_default().push(place);
        match sketch {
            None => self.unknown.push(place),
            Some(sketch) => sketch.hashes().for_each(|hash| self.by_hash.entry(hash).or_default().push(place)),
        }
        if sketch.is_none_or(SketchView::renames) {
            self.renaming.push(place);
        }
    }

    fn may_touch(&self, paths: &Hashes) -> BTreeSet<usize> {
        let touching = paths.iter().filter_map(|hash| self.by_hash.get(&hash)).flatten();
        touching.chain(&self.unknown).copied().collect()
    }

    fn of_changes(&self, changes: &BTreeSet<ChangeIx>) -> BTreeSet<usize> {
        changes.iter().filter_map(|change| self.by_change.get(change)).flatten().copied().collect()
    }
}

impl<'a> Both<'a> {
    /// A line, and the one that its changes come from.
    pub fn of(line: &'a [Item], source: &'a [Item]) -> Self {
        let (asked, arrived) = (Cell::new(0), Cell::new(0));
        let (indexed, came, lacking) = (OnceCell::new(), RefCell::default(), OnceCell::new());
        Self { line, source, asked, indexed, came, lacking, arrived }
    }

    /// As it stands.
    pub fn as_it_stands(&self) -> Standing<'_> {
        self.standing(&[])
    }

    /// As it stands when some came. Whoever asks again says what came since as well.
    pub(super) fn standing<'s>(&'s self, moved: &'s [Step]) -> Standing<'s> {
        self.asked.set(self.asked.get() + 1);
        Standing { both: self, moved, arriving: None }
    }

    fn indexed(&self, composer: Composer<'_>) -> Option<&[Index; 2]> {
        let is_many = self.asked.get() > FEW;
        is_many.then(|| self.indexed.get_or_init(|| [self.line, self.source].map(|items| Index::of(composer, items))))
    }
}

/// What stands on a line.
#[derive(Clone, Copy)]
pub struct Standing<'a> {
    both: &'a Both<'a>,
    /// What came by now.
    moved: &'a [Step],
    /// What is about to come.
    arriving: Option<&'a Item>,
}

impl<'a> Standing<'a> {
    /// The same when one more is about to come.
    pub(super) fn with(self, arriving: &'a Item) -> Self {
        Self { arriving: Some(arriving), ..self }
    }

    /// The changes that came.
    pub(super) fn moved(self) -> BTreeSet<ChangeIx> {
        self.moved.iter().map(|step| step.item.change).collect()
    }

    /// All of it, in order.
    pub(super) fn items(self) -> impl Iterator<Item = &'a Item> {
        self.both.line.iter().chain(self.moved.iter().map(|step| &step.item)).chain(self.arriving)
    }

    /// Those that may touch some paths, in order.
    pub(super) fn may_touch(self, composer: Composer<'_>, paths: &Hashes) -> Vec<&'a Item> {
        let last = self.arriving.filter(|item| composer.may_touch(item, paths));
        match self.both.indexed(composer) {
            None => self.items().filter(|item| composer.may_touch(item, paths)).collect(),
            Some([line, _]) => self.chosen(composer, line, |index| index.may_touch(paths)).chain(last).collect(),
        }
    }

    /// Those of the line that it comes from that may touch some paths, in order.
    pub(super) fn source_may_touch(self, composer: Composer<'_>, paths: &Hashes) -> Vec<&'a Item> {
        let source = self.both.source;
        match self.both.indexed(composer) {
            None => source.iter().filter(|item| composer.may_touch(item, paths)).collect(),
            Some([_, index]) => index.may_touch(paths).into_iter().map(|place| &source[place]).collect(),
        }
    }

    /// Those of some changes, in order.
    pub(super) fn of_changes(self, composer: Composer<'_>, changes: &BTreeSet<ChangeIx>) -> Vec<&'a Item> {
        let last = self.arriving.filter(|item| changes.contains(&item.change));
        match self.both.indexed(composer) {
            None => self.items().filter(|item| changes.contains(&item.change)).collect(),
            Some([line, _]) => self.chosen(composer, line, |index| index.of_changes(changes)).chain(last).collect(),
        }
    }

    /// The same of the line that it comes from.
    pub(super) fn source_of_changes(self, composer: Composer<'_>, changes: &BTreeSet<ChangeIx>) -> Vec<&'a Item> {
        let source = self.both.source;
        match self.both.indexed(composer) {
            None => source.iter().filter(|item| changes.contains(&item.change)).collect(),
            Some([_, index]) => index.of_changes(changes).into_iter().map(|place| &source[place]).collect(),
        }
    }

    /// Those of both lines that may rename something.
    pub(super) fn may_rename(self, composer: Composer<'_>) -> Vec<&'a Item> {
        let source = self.both.source;
        match self.both.indexed(composer) {
            None => self.items().chain(source).filter(|item| may_rename(composer, item)).collect(),
            Some([line, index]) => {
                let here = self.chosen(composer, line, |index| index.renaming.iter().copied().collect());
                here.chain(self.arriving).chain(index.renaming.iter().map(|place| &source[*place])).collect()
            }
        }
    }

    /// Those of the line and of what came that are chosen by their places.
    fn chosen(
        self,
        composer: Composer<'_>,
        line: &Index,
        places: impl Fn(&Index) -> BTreeSet<usize>,
    ) -> impl Iterator<Item = &'a Item> {
        let came = places(&self.came(composer));
        let here = places(line).into_iter().map(move |place| &self.both.line[place]);
        here.chain(came.into_iter().map(move |place| &self.moved[place].item))
    }

    fn came(&self, composer: Composer<'_>) -> std::cell::Ref<'a, Index> {
        let mut came = self.both.came.borrow_mut();
        self.moved.iter().skip(came.count).for_each(|step| came.add(composer, &step.item));
        drop(came);
        self.both.came.borrow()
    }

    /// Whether nobody is lacking that came before a change on the line that it comes from. `false` where nobody has looked
    /// yet: few arrive.
    pub(super) fn lacks_nobody(
        self,
        composer: Composer<'_>,
        change: ChangeIx,
        is_held: impl Fn(&Item) -> bool,
    ) -> bool {
        let Some([_, source]) = self.both.indexed(composer) else { return false };
        let lacking = self.both.lacking.get_or_init(|| {
            let all = self.both.source.iter().enumerate();
            let lacking = all.filter(|(_, item)| item.source != Source::Held && !is_held(item));
            lacking.map(|(place, item)| (place, item.change)).collect()
        });
        let came = self.came(composer);
        let mut arrived = self.both.arrived.get();
        while lacking.get(arrived).is_some_and(|(_, change)| came.by_change.contains_key(change)) {
            arrived += 1;
        }
        self.both.arrived.set(arrived);
        let before = source.by_change.get(&change).and_then(|places| places.last()).copied().unwrap_or(0);
        lacking.get(arrived).is_none_or(|(place, _)| *place >= before)
    }
}

fn may_rename(composer: Composer<'_>, item: &Item) -> bool {
    composer.sketch(item).is_none_or(SketchView::renames)
}

/// What an item meets on a line.
#[derive(Clone, Copy)]
pub struct Met<'a> {
    /// What the line began with.
    pub begun: TreeId,
    /// The tree it is carried onto.
    pub tree: TreeId,
    /// What stands there, in order.
    pub before: &'a [&'a Item],
    /// What renames tie together, where that is known.
    pub ties: Option<&'a Ties>,
    /// What came before it elsewhere.
    pub earlier: &'a [Earlier<'a>],
    /// The paths that are asked about; all where none are named.
    pub within: Option<&'a PathSet>,
    /// How many such answers need this one; none where it arrives.
    pub depth: Option<usize>,
}
