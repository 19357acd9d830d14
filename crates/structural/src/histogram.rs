//! Which lines differ between two texts: the histogram diff as git's merge runs it, so that the
//! pieces it finds are git's. Knows nothing of merging.

use gix_imara_diff::{Algorithm, Diff, InternedInput};
use std::ops::Range;

/// A line, as a number: equal lines have equal numbers.
pub type Line = u32;

/// Lines of the old text replaced by lines of the new.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hunk {
    /// Which lines of the old text, from 0.
    pub old: Range<usize>,
    /// By which lines of the new text.
    pub new: Range<usize>,
}

/// Longest chain of equal lines that is looked through before another algorithm takes over.
const MAX_CHAIN: u32 = 64;

/// The hunks that lead from one text to another.
pub fn hunks(old: &[Line], new: &[Line]) -> Vec<Hunk> {
    let mut marks = Marks { old: vec![false; old.len()], new: vec![false; new.len()] };
    let highest = old.iter().chain(new).max().map_or(0, |line| *line as usize + 1);
    let mut search = Search { old, new, chains: vec![Chain::default(); highest], next: vec![0; old.len() + 1] };
    search.diff(Region { old: 0..old.len(), new: 0..new.len() }, &mut marks);
    compact(old, &mut marks.old, &mut marks.new);
    compact(new, &mut marks.new, &mut marks.old);
    marks.hunks()
}

/// Which lines of either text have no partner.
struct Marks {
    old: Vec<bool>,
    new: Vec<bool>,
}

impl Marks {
    fn hunks(&self) -> Vec<Hunk> {
        let (mut hunks, mut old, mut new) = (Vec::new(), 0, 0);
        while old < self.old.len() || new < self.new.len() {
            let starts = (old, new);
            while self.old.get(old) == Some(&true) {
                old += 1;
            }
            while self.new.get(new) == Some(&true) {
                new += 1;
            }
            if starts == (old, new) {
                old += 1;
                new += 1;
            } else {
                hunks.push(Hunk { old: starts.0..old, new: starts.1..new });
            }
        }
        hunks
    }
}

#[derive(Clone, Debug)]
struct Region {
    old: Range<usize>,
    new: Range<usize>,
}

/// Where a line stands in the old text: its first place (from 1; 0 for none) and how often.
#[derive(Clone, Copy, Default)]
struct Chain {
    first: usize,
    count: u32,
}

struct Search<'a> {
    old: &'a [Line],
    new: &'a [Line],
    chains: Vec<Chain>,
    /// The next place of the same line, both counted from 1; 0 ends.
    next: Vec<usize>,
}

/// What a search for common lines found.
enum Sighting {
    /// The best common piece.
    Common(Region),
    Nothing,
    /// Only lines that occur too often to be told apart.
    TooCommon,
}

impl Search<'_> {
    /// Texts cut into more and more pieces wait in a list, not on the stack: there may be many, and their order means
    /// nothing.
    fn diff(&mut self, whole: Region, marks: &mut Marks) {
        let mut open = vec![whole];
        while let Some(region) = open.pop() {
            let found = match region.old.is_empty() || region.new.is_empty() {
                true => Sighting::Nothing,
                false => self.common(&region),
            };
            match found {
                Sighting::Nothing => {
                    marks.old[region.old].fill(true);
                    marks.new[region.new].fill(true);
                }
                Sighting::TooCommon => self.classic(&region, marks),
                Sighting::Common(common) => {
                    open.push(Region { old: common.old.end..region.old.end, new: common.new.end..region.new.end });
                    open.push(Region {
                        old: region.old.start..common.old.start,
                        new: region.new.start..common.new.start,
                    });
                }
            }
        }
    }

    /// The algorithm that git takes where histograms do not help.
    fn classic(&self, region: &Region, marks: &mut Marks) {
        let mut input = InternedInput::default();
        input.update_before(self.old[region.old.clone()].iter().copied());
        input.update_after(self.new[region.new.clone()].iter().copied());
        let diff = Diff::compute(Algorithm::Myers, &input);
        for hunk in diff.hunks() {
            let shift = |range: Range<u32>, by: usize| range.start as usize + by..range.end as usize + by;
            marks.old[shift(hunk.before, region.old.start)].fill(true);
            marks.new[shift(hunk.after, region.new.start)].fill(true);
        }
    }

    fn index(&mut self, old: &Range<usize>) {
        for at in old.clone().rev() {
            let chain = &mut self.chains[self.old[at] as usize];
            self.next[at + 1] = chain.first;
            *chain = Chain { first: at + 1, count: chain.count + 1 };
        }
    }

    fn common(&mut self, region: &Region) -> Sighting {
        self.index(&region.old);
        let mut best = Best { region: None, count: MAX_CHAIN + 1, any: false };
        let mut at = region.new.start;
        while at < region.new.end {
            at = self.try_at(at, region, &mut best);
        }
        for at in region.old.clone() {
            self.chains[self.old[at] as usize] = Chain::default();
        }
        match best.region {
            _ if best.any && best.count > MAX_CHAIN => Sighting::TooCommon,
            Some(region) => Sighting::Common(region),
            None => Sighting::Nothing,
        }
    }

    /// Tries every place of the old text that holds the new text's line `at`; answers the next line to try.
    fn try_at(&self, at: usize, region: &Region, best: &mut Best) -> usize {
        let mut next_at = at + 1;
        let chain = self.chains[self.new[at] as usize];
        if chain.count == 0 {
            return next_at;
        }
        best.any = true;
        if chain.count > best.count {
            return next_at;
        }
        let mut place = chain.first;
        loop {
            let mut next_place = self.next[place];
            let (piece, rarest) = self.grow(place - 1, at, region);
            next_at = next_at.max(piece.new.end);
            let longest = best.region.as_ref().map_or(0, |region| region.old.len());
            if best.region.is_none() && piece.old.len() > 1
                || longest != 0 && longest < piece.old.len()
                || rarest < best.count
            {
                best.count = rarest;
                best.region = Some(piece.clone());
            }
            while next_place != 0 && next_place <= piece.old.end {
                next_place = self.next[next_place];
            }
            if next_place == 0 {
                return next_at;
            }
            place = next_place;
        }
    }

    /// The longest common piece around a pair of lines, and how rare its rarest line is.
    fn grow(&self, old: usize, new: usize, region: &Region) -> (Region, u32) {
        let mut rarest = self.chains[self.old[old] as usize].count;
        let (mut start, mut end) = ((old, new), (old + 1, new + 1));
        while start.0 > region.old.start && start.1 > region.new.start && self.old[start.0 - 1] == self.new[start.1 - 1]
        {
            start = (start.0 - 1, start.1 - 1);
            if rarest > 1 {
                rarest = rarest.min(self.chains[self.old[start.0] as usize].count);
            }
        }
        while end.0 < region.old.end && end.1 < region.new.end && self.old[end.0] == self.new[end.1] {
            if rarest > 1 {
                rarest = rarest.min(self.chains[self.old[end.0] as usize].count);
            }
            end = (end.0 + 1, end.1 + 1);
        }
        (Region { old: start.0..end.0, new: start.1..end.1 }, rarest)
    }
}

struct Best {
    region: Option<Region>,
    count: u32,
    /// Whether anything is common at all.
    any: bool,
}

/// A run of marked lines, possibly empty, between two lines that are not marked.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    fn first(marks: &[bool]) -> Self {
        Self { start: 0, end: run_end(marks, 0) }
    }

    /// Moves on to the next run; `false` at the end of the text.
    fn next(&mut self, marks: &[bool]) -> bool {
        if self.end == marks.len() {
            return false;
        }
        self.start = self.end + 1;
        self.end = run_end(marks, self.start);
        true
    }

    fn previous(&mut self, marks: &[bool]) -> bool {
        if self.start == 0 {
            return false;
        }
        self.end = self.start - 1;
        self.start = run_start(marks, self.end);
        true
    }

    fn slide_down(&mut self, lines: &[Line], marks: &mut [bool]) -> bool {
        if self.end >= marks.len() || lines[self.start] != lines[self.end] {
            return false;
        }
        marks[self.start] = false;
        marks[self.end] = true;
        self.start += 1;
        self.end = run_end(marks, self.end + 1);
        true
    }

    fn slide_up(&mut self, lines: &[Line], marks: &mut [bool]) -> bool {
        if self.start == 0 || lines[self.start - 1] != lines[self.end - 1] {
            return false;
        }
        marks[self.start - 1] = true;
        marks[self.end - 1] = false;
        self.end -= 1;
        self.start = run_start(marks, self.start - 1);
        true
    }

    fn len(&self) -> usize {
        self.end - self.start
    }
}

fn run_end(marks: &[bool], from: usize) -> usize {
    from + marks[from..].iter().take_while(|mark| **mark).count()
}

fn run_start(marks: &[bool], from: usize) -> usize {
    from - marks[..from].iter().rev().take_while(|mark| **mark).count()
}

/// Slides each run of marked lines down as far as it goes, or back to where the other text has a run too.
fn compact(lines: &[Line], marks: &mut [bool], other: &mut [bool]) {
    let mut group = Group::first(marks);
    let mut partner = Group::first(other);
    loop {
        if group.len() > 0 {
            slide(lines, marks, (&mut group, &mut partner, other));
        }
        if !group.next(marks) || !partner.next(other) {
            return;
        }
    }
}

fn slide(lines: &[Line], marks: &mut [bool], (group, partner, other): (&mut Group, &mut Group, &[bool])) {
    let mut matching;
    let mut earliest;
    loop {
        let before = group.len();
        while group.slide_up(lines, marks) {
            partner.previous(other);
        }
        earliest = group.end;
        matching = (partner.len() > 0).then_some(group.end);
        while group.slide_down(lines, marks) {
            partner.next(other);
            if partner.len() > 0 {
                matching = Some(group.end);
            }
        }
        if group.len() == before {
            break;
        }
    }
    if group.end != earliest && matching.is_some() {
        while partner.len() == 0 && group.slide_up(lines, marks) {
            partner.previous(other);
        }
    }
}
