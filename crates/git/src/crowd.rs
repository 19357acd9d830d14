//! Scores one file against many, to the same number as pair by pair. Files of one kind share most of their pieces with all
//! others: what is common is compared once for each set of common pieces, and what is rare is looked up.

use super::similar::{HASH_BASE, Pieces, shared};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// A piece is common when more than one file of so many has it.
const COMMON: usize = 16;
/// How many sums over common pieces are remembered before all are forgotten.
const SUMS_KEPT: usize = 4 << 20;

/// Pieces by hash, with their bytes.
type Counts = Vec<(u32, u64)>;

/// Many files, in order.
pub(super) struct Crowd {
    files: Vec<Member>,
    /// In how many files each piece is.
    spread: Vec<u32>,
    /// Which files have a rare piece, and how much of it.
    rare: HashMap<u32, Vec<(usize, u64)>>,
    /// The sets of common pieces.
    common: Vec<Counts>,
    /// What sets of common pieces share with each of those.
    sums: HashMap<Counts, Rc<Vec<u64>>>,
    /// What the file asked about shares with each by rare pieces; zero between questions.
    shared: Vec<u64>,
}

/// A file: its size, and which of the sets of common pieces it has. `None` for what is no file.
type Member = Option<(u64, usize)>;

impl Crowd {
    /// Files that may be asked about; what is no file is like no other.
    pub fn of(files: &[Option<Arc<Pieces>>]) -> Self {
        let mut spread = vec![0_u32; HASH_BASE as usize];
        for (hash, _) in files.iter().flatten().flat_map(|file| &file.counts) {
            spread[*hash as usize] += 1;
        }
        let mut crowd = Self {
            files: Vec::with_capacity(files.len()),
            spread,
            rare: HashMap::new(),
            common: Vec::new(),
            sums: HashMap::new(),
            shared: vec![0; files.len()],
        };
        let mut known: HashMap<Counts, usize> = HashMap::new();
        for (at, file) in files.iter().enumerate() {
            let Some(file) = file else {
                crowd.files.push(None);
                continue;
            };
            let (common, rare) = crowd.parted(file);
            for (hash, count) in rare {
                crowd.rare.entry(hash).or_default().push((at, count));
            }
            let next = known.len();
            let set = *known.entry(common).or_insert(next);
            crowd.files.push(Some((file.size, set)));
        }
        crowd.common = vec![Counts::new(); known.len()];
        known.into_iter().for_each(|(counts, at)| crowd.common[at] = counts);
        crowd
    }

    /// The common and the rare pieces of a file.
    fn parted(&self, file: &Pieces) -> (Counts, Counts) {
        let is_common = |(hash, _): &(u32, u64)| self.spread[*hash as usize] as usize * COMMON > self.shared.len();
        file.counts.iter().copied().partition(is_common)
    }

    /// The score of a rename from each of the files, in order, to another one; 0 where it cannot reach `minimum`.
    pub fn scores(&mut self, to: &Pieces, minimum: u64) -> Vec<u64> {
        let (common, rare) = self.parted(to);
        let sums = self.sums(common);
        for (hash, count) in &rare {
            for (at, theirs) in self.rare.get(hash).into_iter().flatten() {
                self.shared[*at] += (*count).min(*theirs);
            }
        }
        let score = |(file, shared): (&Member, &mut u64)| {
            let copied = std::mem::take(shared);
            file.map_or(0, |(size, set)| to.scored(size, minimum, || copied + sums[set]))
        };
        self.files.iter().zip(&mut self.shared).map(score).collect()
    }

    fn sums(&mut self, common: Counts) -> Rc<Vec<u64>> {
        if let Some(known) = self.sums.get(&common) {
            return Rc::clone(known);
        }
        if (self.sums.len() + 1) * self.common.len() > SUMS_KEPT {
            self.sums.clear();
        }
        let sums: Rc<Vec<u64>> = Rc::new(self.common.iter().map(|set| shared(set, &common)).collect());
        self.sums.insert(common, Rc::clone(&sums));
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::super::similar::MAX_SCORE;
    use super::*;

    /// Numbers that look random and are the same every time.
    fn next(seed: &mut u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *seed >> 33
    }

    fn file(seed: &mut u64) -> Option<Arc<Pieces>> {
        let mut bytes = Vec::new();
        for line in 0..next(seed) % 12 {
            let choices = if line < 6 { 3 } else { 400 };
            bytes.extend(format!("line {line} says {}\n", next(seed) % choices).into_bytes());
        }
        (!next(seed).is_multiple_of(20)).then(|| Arc::new(Pieces::of(&bytes)))
    }

    #[test]
    fn a_crowd_scores_as_each_of_its_files_does() {
        let mut seed = 7;
        for size in [0, 1, 3, 40, 300] {
            let files: Vec<_> = (0..size).map(|_| file(&mut seed)).collect();
            let mut crowd = Crowd::of(&files);
            for _ in 0..60 {
                let Some(to) = file(&mut seed) else { continue };
                let minimum = MAX_SCORE / (1 + next(&mut seed) % 4);
                let one = |from: &Option<Arc<Pieces>>| from.as_ref().map_or(0, |from| from.score(&to, minimum));
                assert_eq!(crowd.scores(&to, minimum), files.iter().map(one).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn what_all_have_is_compared_once_for_all_of_them() {
        let text = |own: usize| format!("{}own {own}\n", "what all of them have\nand this as well\n".repeat(3));
        let files: Vec<_> = (0..500).map(|own| Some(Arc::new(Pieces::of(text(own).as_bytes())))).collect();
        let mut crowd = Crowd::of(&files);
        for own in 0..500 {
            let scores = crowd.scores(&Pieces::of(text(own).as_bytes()), 0);
            assert_eq!(scores.iter().filter(|score| **score == MAX_SCORE).count(), 1);
        }
        assert_eq!((crowd.common.len(), crowd.sums.len()), (1, 1));
        assert_eq!(crowd.rare.values().map(Vec::len).sum::<usize>(), 500);
    }
}
