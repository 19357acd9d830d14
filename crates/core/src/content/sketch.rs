//! A sketch of what a revision touches: small enough to be kept with it, and enough to pass over most revisions without
//! looking at their trees. It may err on the side of "perhaps", never on the side of "no".

use crate::content::Delta;
use crate::words::object::RepoPath;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a revision touches, roughly.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sketch {
    /// A hash of each path, in order.
    #[serde(with = "numbers")]
    paths: Vec<[u8; 4]>,
    /// Whether it renames anything.
    renames: bool,
}

/// A sketch, wherever it is kept.
#[derive(Clone, Copy, Debug)]
pub struct SketchView<'a> {
    pub(crate) paths: &'a [[u8; 4]],
    pub(crate) renames: bool,
}

impl Sketch {
    /// The sketch of a difference.
    pub fn of(delta: &Delta) -> Self {
        let mut paths: Vec<u32> = delta.changes.iter().map(|change| hash(&change.path)).collect();
        paths.sort_unstable();
        paths.dedup();
        Self { paths: paths.into_iter().map(u32::to_le_bytes).collect(), renames: !delta.renames.is_empty() }
    }

    /// It, to be asked.
    pub fn view(&self) -> SketchView<'_> {
        SketchView { paths: &self.paths, renames: self.renames }
    }
}

impl<'a> SketchView<'a> {
    /// The hashes, in order.
    pub(crate) fn hashes(self) -> impl Iterator<Item = u32> {
        self.paths.iter().map(|path| u32::from_le_bytes(*path))
    }

    /// Whether it may touch one of some paths.
    pub fn may_touch(self, paths: &Hashes) -> bool {
        if self.paths.len() > paths.0.len().saturating_mul(8) {
            let mut asked = paths.0.iter();
            return asked.any(|path| self.paths.binary_search_by_key(path, |one| u32::from_le_bytes(*one)).is_ok());
        }
        self.hashes().any(|path| paths.0.binary_search(&path).is_ok())
    }

    /// Whether it may touch nothing beside some paths.
    pub fn touches_only(self, paths: &Hashes) -> bool {
        self.hashes().all(|path| paths.0.binary_search(&path).is_ok())
    }

    /// How many paths it touches, but for those of one hash.
    pub fn count(self) -> usize {
        self.paths.len()
    }

    /// Whether it renames anything, so that paths are tied to each other.
    pub fn renames(self) -> bool {
        self.renames
    }
}

/// Hashes as numbers where they are stored for good.
mod numbers {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(hashes: &[[u8; 4]], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(hashes.iter().map(|hash| u32::from_le_bytes(*hash)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<[u8; 4]>, D::Error> {
        Ok(Vec::<u32>::deserialize(from)?.into_iter().map(u32::to_le_bytes).collect())
    }
}

/// Paths, ready to be compared with sketches: a hash of each, in order.
pub struct Hashes(Vec<u32>);

impl Hashes {
    /// The hashes of some paths.
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p RepoPath>) -> Self {
        let mut hashes: Vec<u32> = paths.into_iter().map(hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// Each of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().copied()
    }

    /// Those of what a sketch touches.
    pub fn of_sketch(sketch: SketchView<'_>) -> Self {
        Self(sketch.hashes().collect())
    }
}

/// Many sketches, by the hashes in them: who of many may touch some paths, without asking each.
pub struct ByHash {
    /// Each hash with the place of a sketch that has it, in order.
    hashes: Vec<(u32, u32)>,
    /// The places of those without a sketch: each may touch anything.
    unknown: Vec<usize>,
}

impl ByHash {
    /// Sketches in order.
    pub fn of<'s>(sketches: impl Iterator<Item = Option<SketchView<'s>>>) -> Self {
        let (mut hashes, mut unknown) = (Vec::new(), Vec::new());
        for (place, sketch) in sketches.enumerate() {
            match sketch {
                Some(sketch) => hashes.extend(sketch.hashes().map(|path| (path, place as u32))),
                None => unknown.push(place),
            }
        }
        hashes.sort_unstable();
        Self { hashes, unknown }
    }

    /// Whether one of the first few may touch what another sketch touches.
    pub fn meets_among(&self, first: usize, other: SketchView<'_>) -> bool {
        let meets = |hash: u32| {
            let from = self.hashes.partition_point(|one| *one < (hash, 0));
            self.hashes.get(from).is_some_and(|(one, place)| *one == hash && (*place as usize) < first)
        };
        self.unknown.first().is_some_and(|place| *place < first) || other.hashes().any(meets)
    }

    /// The places of those that may touch one of some paths.
    pub fn may_touch(&self, paths: &Hashes) -> BTreeSet<usize> {
        let having = |hash: &u32| {
            let first = self.hashes.partition_point(|(one, _)| one < hash);
            let hash = *hash;
            self.hashes[first..].iter().take_while(move |(one, _)| *one == hash).map(|(_, place)| *place as usize)
        };
        paths.0.iter().flat_map(having).chain(self.unknown.iter().copied()).collect()
    }
}

/// FNV-1a, 32 bits: part of the stored form.
fn hash(path: &RepoPath) -> u32 {
    path.as_bytes().iter().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::object::PathChange;

    fn delta(paths: &[&str]) -> Delta {
        let change = |path: &&str| PathChange { path: RepoPath::new(path), before: None, after: None };
        Delta::new(paths.iter().map(change).collect(), Vec::new())
    }

    #[test]
    fn many_are_asked_at_once_as_each_alone() {
        let sketches = [Some(Sketch::of(&delta(&["a", "b"]))), None, Some(Sketch::of(&delta(&["b", "c"])))];
        let all = ByHash::of(sketches.iter().map(|one| one.as_ref().map(Sketch::view)));
        let places = |path: &str| all.may_touch(&Hashes::of([&RepoPath::new(path)]));
        assert_eq!(places("a"), BTreeSet::from([0, 1]));
        assert_eq!(places("b"), BTreeSet::from([0, 1, 2]));
        assert_eq!(places("d"), BTreeSet::from([1]));
    }

    #[test]
    fn the_first_few_meet_another_as_each_alone_does() {
        let all = [Sketch::of(&delta(&["a", "b"])), Sketch::of(&delta(&["b", "c"])), Sketch::of(&delta(&["a"]))];
        let meets = |first: usize, path: &str| {
            ByHash::of(all.iter().map(|one| Some(one.view()))).meets_among(first, Sketch::of(&delta(&[path])).view())
        };
        assert!(meets(1, "a") && meets(1, "b") && meets(2, "c") && meets(3, "c"));
        assert!(!meets(0, "a") && !meets(1, "c") && !meets(3, "d"));
        let unknown = ByHash::of([all.first().map(Sketch::view), None].into_iter());
        assert!(unknown.meets_among(2, Sketch::of(&delta(&["d"])).view()));
        assert!(!unknown.meets_among(1, Sketch::of(&delta(&["d"])).view()));
    }

    #[test]
    fn a_touched_path_is_never_denied_and_an_untouched_one_usually_is() {
        let sketch = Sketch::of(&delta(&["a/b", "c"]));
        let asks = |path: &str| sketch.view().may_touch(&Hashes::of([&RepoPath::new(path)]));
        assert!(asks("a/b") && asks("c"));
        let within = |paths: &[&str]| {
            let paths: Vec<RepoPath> = paths.iter().map(RepoPath::new).collect();
            sketch.view().touches_only(&Hashes::of(&paths))
        };
        assert!(within(&["a/b", "c", "d"]) && !within(&["c", "d"]));
        assert!(!asks("a/c") && !asks("d"));
        assert!(!sketch.view().renames());
    }
}
