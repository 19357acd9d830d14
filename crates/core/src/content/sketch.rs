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
    paths: Vec<u32>,
    /// Whether it renames anything.
    renames: bool,
}

impl Sketch {
    /// The sketch of a difference.
    pub fn of(delta: &Delta) -> Self {
        let mut paths: Vec<u32> = delta.changes.iter().map(|change| hash(&change.path)).collect();
        paths.sort_unstable();
        paths.dedup();
        Self { paths, renames: !delta.renames.is_empty() }
    }

    /// Whether it may touch one of some paths.
    pub fn may_touch(&self, paths: &Hashes) -> bool {
        if self.paths.len() > paths.0.len().saturating_mul(8) {
            return paths.0.iter().any(|path| self.paths.binary_search(path).is_ok());
        }
        self.paths.iter().any(|path| paths.0.binary_search(path).is_ok())
    }

    /// Whether it may touch nothing beside some paths.
    pub fn touches_only(&self, paths: &Hashes) -> bool {
        self.paths.iter().all(|path| paths.0.contains(path))
    }

    /// How many paths it touches, but for those of one hash.
    pub fn paths(&self) -> usize {
        self.paths.len()
    }

    /// Whether it renames anything, so that paths are tied to each other.
    pub fn renames(&self) -> bool {
        self.renames
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
}

/// Many sketches, by the hashes in them: who of many may touch some paths, without asking each.
pub struct ByHash {
    /// Each hash with the place of a sketch that has it, in order.
    hashes: Vec<(u32, usize)>,
    /// The places of those without a sketch: each may touch anything.
    unknown: Vec<usize>,
}

impl ByHash {
    /// Sketches in order.
    pub fn of<'s>(sketches: impl Iterator<Item = Option<&'s Sketch>>) -> Self {
        let (mut hashes, mut unknown) = (Vec::new(), Vec::new());
        for (place, sketch) in sketches.enumerate() {
            match sketch {
                Some(sketch) => hashes.extend(sketch.paths.iter().map(|path| (*path, place))),
                None => unknown.push(place),
            }
        }
        hashes.sort_unstable();
        Self { hashes, unknown }
    }

    /// Whether one of the first few may touch what another sketch touches.
    pub fn meets_among(&self, first: usize, other: &Sketch) -> bool {
        let meets = |hash: &u32| {
            let from = self.hashes.partition_point(|one| one < &(*hash, 0));
            self.hashes.get(from).is_some_and(|(one, place)| one == hash && *place < first)
        };
        self.unknown.first().is_some_and(|place| *place < first) || other.paths.iter().any(meets)
    }

    /// The places of those that may touch one of some paths.
    pub fn may_touch(&self, paths: &Hashes) -> BTreeSet<usize> {
        let having = |hash: &u32| {
            let first = self.hashes.partition_point(|(one, _)| one < hash);
            let hash = *hash;
            self.hashes[first..].iter().take_while(move |(one, _)| *one == hash).map(|(_, place)| *place)
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
        let all = ByHash::of(sketches.iter().map(Option::as_ref));
        let places = |path: &str| all.may_touch(&Hashes::of([&RepoPath::new(path)]));
        assert_eq!(places("a"), BTreeSet::from([0, 1]));
        assert_eq!(places("b"), BTreeSet::from([0, 1, 2]));
        assert_eq!(places("d"), BTreeSet::from([1]));
    }

    #[test]
    fn the_first_few_meet_another_as_each_alone_does() {
        let all = [Sketch::of(&delta(&["a", "b"])), Sketch::of(&delta(&["b", "c"])), Sketch::of(&delta(&["a"]))];
        let meets = |first: usize, path: &str| {
            ByHash::of(all.iter().map(Some)).meets_among(first, &Sketch::of(&delta(&[path])))
        };
        assert!(meets(1, "a") && meets(1, "b") && meets(2, "c") && meets(3, "c"));
        assert!(!meets(0, "a") && !meets(1, "c") && !meets(3, "d"));
        let unknown = ByHash::of([all.first(), None].into_iter());
        assert!(unknown.meets_among(2, &Sketch::of(&delta(&["d"]))));
        assert!(!unknown.meets_among(1, &Sketch::of(&delta(&["d"]))));
    }

    #[test]
    fn a_touched_path_is_never_denied_and_an_untouched_one_usually_is() {
        let sketch = Sketch::of(&delta(&["a/b", "c"]));
        let asks = |path: &str| sketch.may_touch(&Hashes::of([&RepoPath::new(path)]));
        assert!(asks("a/b") && asks("c"));
        let within = |paths: &[&str]| {
            let paths: Vec<RepoPath> = paths.iter().map(RepoPath::new).collect();
            sketch.touches_only(&Hashes::of(&paths))
        };
        assert!(within(&["a/b", "c", "d"]) && !within(&["c", "d"]));
        assert!(!asks("a/c") && !asks("d"));
        assert!(!sketch.renames());
    }
}
