//! Which patch builds on which. A patch stands alone when `git apply` takes it on the base as it is. Any other is given
//! the smallest set of earlier patches on which git takes it.
//!
//! A branch has one tip, so patches that one later patch needs together have to lie on one another. [`stack`] lengthens
//! the needs until every patch's set is one chain, and says what that added.

use std::collections::{BTreeSet, HashMap};

use crate::git::Git;
use crate::queue::Patch;

/// Places in the queue, counted from 0.
pub type Places = BTreeSet<usize>;

/// Answers which sets of patches git takes on the base, and remembers what it answered.
pub struct Trials<'a> {
    git: Git,
    base: String,
    patches: &'a [Patch],
    taken: HashMap<Vec<usize>, bool>,
    trees: HashMap<Vec<usize>, String>,
}

impl<'a> Trials<'a> {
    /// Trials on the tree `base`.
    pub fn new(git: &Git, base: &str, patches: &'a [Patch]) -> Self {
        let git = git.with_index("trials");
        Self { git, base: base.to_owned(), patches, taken: HashMap::new(), trees: HashMap::new() }
    }

    fn text(&self, places: &Places) -> Vec<u8> {
        places.iter().flat_map(|place| self.patches[*place].text.iter().copied()).collect()
    }

    /// Does git take these patches, in the queue's order, on the base?
    pub fn takes(&mut self, places: &Places) -> bool {
        let key: Vec<usize> = places.iter().copied().collect();
        if let Some(answer) = self.taken.get(&key) {
            return *answer;
        }
        if self.taken.is_empty() {
            self.git.line(&["read-tree", &self.base]);
        }
        let answer = self.git.ask(&["apply", "--cached", "--check", "-"], &self.text(places)).status.success();
        self.taken.insert(key, answer);
        answer
    }

    /// The base with these patches, which git must take.
    pub fn tree(&mut self, places: &Places) -> String {
        if places.is_empty() {
            return self.base.clone();
        }
        let key: Vec<usize> = places.iter().copied().collect();
        if let Some(tree) = self.trees.get(&key) {
            return tree.clone();
        }
        let git = self.git.with_index("trees");
        git.line(&["read-tree", &self.base]);
        git.line_from(&["apply", "--cached", "--whitespace=nowarn", "-"], &self.text(places));
        let tree = git.line(&["write-tree"]);
        self.trees.insert(key, tree.clone());
        tree
    }

    /// Does a three-way merge bring the patch, made on `needs`, to its place in the queue?
    fn merges(&mut self, place: usize, needs: &Places) -> bool {
        let base = self.tree(needs);
        let theirs = self.tree(&with(needs, place));
        let ours = self.tree(&(0..place).collect());
        let expected = self.tree(&(0..=place).collect());
        self.git.merge(&base, &ours, &theirs).is_some_and(|tree| tree == expected)
    }
}

/// What every patch needs.
pub struct Needs {
    /// By `git apply` alone.
    pub applied: Vec<Places>,
    /// Also what a three-way merge at the patch's place in the queue asks for: git takes a patch beside lines that look
    /// like its context, where a merge sees two sides that touch.
    pub merged: Vec<Places>,
}

/// Finds what every patch needs.
pub fn find(trials: &mut Trials) -> Needs {
    let mut needs = Needs { applied: Vec::new(), merged: Vec::new() };
    for place in 0..trials.patches.len() {
        let applied = smallest(trials, place, &needs.applied, Demand::Applies);
        let merged: Places = applied.iter().flat_map(|other| with(&needs.merged[*other], *other)).collect();
        let merged = match trials.merges(place, &merged) {
            true => merged,
            false => smallest(trials, place, &needs.merged, Demand::AppliesAndMerges),
        };
        needs.applied.push(applied);
        needs.merged.push(merged);
    }
    needs
}

/// What a set of earlier patches must allow a patch.
#[derive(Clone, Copy)]
enum Demand {
    Applies,
    AppliesAndMerges,
}

impl Trials<'_> {
    fn meets(&mut self, demand: Demand, place: usize, needs: &Places) -> bool {
        self.takes(&with(needs, place))
            && match demand {
                Demand::Applies => true,
                Demand::AppliesAndMerges => self.merges(place, needs),
            }
    }
}

/// How many patches may be needed side by side before the search says that it is lost.
const WIDEST: usize = 4;

/// The smallest set of earlier patches, each with what it needs itself, that meets the demand.
fn smallest(trials: &mut Trials, place: usize, needs: &[Places], demand: Demand) -> Places {
    let paths = &trials.patches[place].paths;
    let near: Vec<usize> = (0..place).filter(|other| !trials.patches[*other].paths.is_disjoint(paths)).collect();
    for width in 0..=WIDEST.min(near.len()) {
        let mut sets: Vec<Places> = combinations(&near, width)
            .into_iter()
            .map(|chosen| chosen.iter().flat_map(|other| with(&needs[*other], *other)).collect())
            .collect();
        sets.sort_by_key(|set: &Places| {
            (set.len(), set.iter().rev().map(|place| usize::MAX - place).collect::<Vec<_>>())
        });
        sets.dedup();
        if let Some(found) = sets.into_iter().find(|set| trials.meets(demand, place, set)) {
            return found;
        }
    }
    panic!("{} applies to no set of earlier patches", trials.patches[place].name);
}

/// Lengthens the needs until each set is a chain: of any two patches that are needed together, the later builds on the
/// earlier. Afterwards the last of a patch's needs is the one it lies on.
pub fn stack(needs: &[Places]) -> Vec<Places> {
    let mut stacked = needs.to_vec();
    loop {
        let mut grown = false;
        for place in 0..stacked.len() {
            let mut below = Places::new();
            let set = stacked[place].iter().flat_map(|other| with(&stacked[*other], *other)).collect::<Places>();
            for member in &set {
                grown |= extend(&mut stacked[*member], &below);
                below.insert(*member);
            }
            grown |= extend(&mut stacked[place], &set);
        }
        if !grown {
            return stacked;
        }
    }
}

fn extend(set: &mut Places, more: &Places) -> bool {
    let before = set.len();
    set.extend(more);
    set.len() > before
}

/// The set with one place more.
pub fn with(places: &Places, place: usize) -> Places {
    places.iter().copied().chain([place]).collect()
}

fn combinations(from: &[usize], width: usize) -> Vec<Vec<usize>> {
    if width == 0 {
        return vec![Vec::new()];
    }
    let starts = from.iter().enumerate();
    starts
        .flat_map(|(at, first)| {
            let rest = combinations(&from[at + 1..], width - 1);
            rest.into_iter().map(move |tail| [&[*first], tail.as_slice()].concat())
        })
        .collect()
}
