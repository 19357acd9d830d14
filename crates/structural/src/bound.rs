//! What comments stand above: one that somebody wrote above an entry may not come to stand above another, and goes
//! where its entry goes. A comment that stays where it is while entries come and go below it is bound to none of them.

use super::comments::Census;
use super::document::{Gist, Hashing};
use super::sequence;
use super::shelves::{Placed, Shelf, Shelves};
use super::three::Three;
use std::collections::{BTreeSet, HashMap, HashSet};

/// How a side has a comment that was there before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bond {
    /// Above the same entry.
    Same,
    /// Above another one, which came to stand below it.
    Near,
    /// Somewhere else.
    Moved,
}

/// For each comment, the entry that it stands above wherever it stands in any of some documents: where entries of this
/// name come and go, they take it along. `censuses` say how often each stands anywhere.
pub(super) fn of_one_entry<'t>(documents: &[(Census<'t>, Shelves<'t>)]) -> HashSet<&'t [u8], Hashing> {
    let mut entries = HashMap::<&[u8], BTreeSet<Option<Gist>>, Hashing>::default();
    for (census, shelves) in documents {
        let mut free: HashMap<&[u8], usize, Hashing> = HashMap::default();
        census.iter().for_each(|((_, comment), times)| *free.entry(comment).or_default() += times);
        for (comment, all) in shelves.values().flat_map(|shelf| &shelf.comments) {
            free.entry(comment).and_modify(|times| *times = times.saturating_sub(all.len()));
            entries.entry(comment).or_default().extend(all.iter().map(|placed| placed.below));
        }
        for comment in free.into_iter().filter(|(_, times)| *times > 0).map(|(comment, _)| comment) {
            entries.entry(comment).or_default().insert(None);
        }
    }
    let is_of_one = |all: &BTreeSet<Option<Gist>>| all.len() == 1 && !all.contains(&None);
    entries.into_iter().filter(|(_, all)| is_of_one(all)).map(|(comment, _)| comment).collect()
}

/// Whether both sides put in a comment at one place: below the same comment, or beside the same entry and not directly above
/// two that differ.
pub(super) fn is_at_one_place([base, ours, theirs]: [&Shelves<'_>; 3], words: &[u8]) -> bool {
    let is_one = |(way, shelf): (&Gist, &Shelf<'_>)| {
        let is_old = base.get(way).is_some_and(|shelf| !shelf.placed(words).is_empty());
        let Some(other) = theirs.get(way).filter(|_| !is_old) else { return false };
        let ([one], [another]) = (shelf.placed(words), other.placed(words)) else { return false };
        let is_shared = |placed: &Placed<'_>| {
            placed.below.is_some_and(|below| shelf.known.contains(&below) && other.known.contains(&below))
        };
        let is_apart = is_shared(one) && is_shared(another) && one.below != another.below;
        let is_near = shelf.above(one, other) == other.above(another, shelf)
            || shelf.below(one, other) == other.below(another, shelf);
        one.previous.is_some() && one.previous == another.previous || is_near && !is_apart
    };
    ours.iter().any(is_one)
}

/// A comment of a result that does not stand above what its writer put it above. `was_entry` says whether a comment is an
/// entry that was commented out: such a one replaces no other comment.
pub(super) fn misplaced<'t>(
    versions: Three<&Shelves<'t>>,
    result: &Shelves<'t>,
    was_entry: &dyn Fn(&[u8]) -> bool,
) -> Option<&'t [u8]> {
    let empty = Shelf::default();
    let mut found = BTreeSet::new();
    for (way, shelf) in result {
        let of = |shelves: &'_ Shelves<'t>| -> bool { shelves.get(way).is_some_and(|shelf| shelf.is_by_place) };
        let all = [versions.base, Some(versions.ours), Some(versions.theirs), Some(result)];
        if all.into_iter().flatten().any(of) {
            continue;
        }
        let before = versions.base.and_then(|base| base.get(way)).unwrap_or(&empty);
        let sides = [versions.ours, versions.theirs].map(|side| side.get(way).unwrap_or(&empty));
        let words: HashSet<&[u8]> =
            sides.into_iter().chain([shelf]).flat_map(|one| one.comments.keys().copied()).collect();
        let judge = Judge { before, sides, result: shelf, was_entry };
        found.extend(words.into_iter().filter(|words| !judge.fits(words)));
        found.extend(judge.out_of_order());
        found.extend(sides.into_iter().flat_map(|side| side.bound.keys()).find_map(|entry| judge.reworded(*entry)));
    }
    found.extend(no_longer_alone([versions.ours, versions.theirs], result));
    found.into_iter().next()
}

/// The comments that stand alone on each side that has them, however often, and somewhere above something in the result.
fn no_longer_alone<'t>(sides: [&Shelves<'t>; 2], result: &Shelves<'t>) -> impl Iterator<Item = &'t [u8]> {
    let sides = sides.map(alone);
    let was_alone = move |words: &&[u8]| {
        let found = || sides.iter().filter_map(|side| side.get(words));
        found().next().is_some() && found().all(|is_alone| *is_alone)
    };
    alone(result).into_iter().filter(|(_, is_alone)| !is_alone).map(|(words, _)| words).filter(was_alone)
}

/// The comments of a document, and whether each stands alone wherever it is.
fn alone<'t>(shelves: &Shelves<'t>) -> HashMap<&'t [u8], bool, Hashing> {
    let mut found = HashMap::default();
    for (words, all) in shelves.values().flat_map(|shelf| &shelf.comments) {
        *found.entry(*words).or_insert(true) &= all.iter().all(|placed| placed.is_alone);
    }
    found
}

/// One container in all versions.
struct Judge<'s, 't> {
    before: &'s Shelf<'t>,
    sides: [&'s Shelf<'t>; 2],
    result: &'s Shelf<'t>,
    was_entry: &'s dyn Fn(&[u8]) -> bool,
}

impl<'s, 't> Judge<'s, 't> {
    fn fits(&self, words: &[u8]) -> bool {
        let (before, result) = (self.before.placed(words), self.result.placed(words));
        let sides = self.sides.map(|side| side.placed(words));
        if [before, sides[0], sides[1], result].into_iter().any(|all| all.len() > 1) {
            return self.fit_often([before, sides[0], sides[1], result]);
        }
        let sides = sides.map(|side| side.first().copied());
        let next = result.first().and_then(|result| result.next);
        // What stood above an entry stands above it still where that was commented out, or got another comment.
        let is_new = |next: &[u8]| (self.was_entry)(next) || !self.before.comments.contains_key(next);
        let is_kept = |next: &&[u8]| is_new(next) && self.result.comments.contains_key(next);
        let was_next = before.first().and_then(|before| before.next);
        let mut new = sides.iter().flatten().filter(|side| side.next != was_next).filter_map(|side| side.next);
        let wanted = new.find(is_kept);
        if !result.is_empty() && wanted.is_some() && wanted != next {
            return false;
        }
        if next.is_some() && sides.iter().flatten().all(|side| side.next == next) {
            return true;
        }
        match (before.first(), sides, result.first()) {
            (None, _, Some(result)) if (self.was_entry)(words) => self.stands_below(sides, *result),
            (None, _, Some(result)) => sides.into_iter().flatten().any(|side| side.below == result.below),
            (Some(before), [Some(side), None], _) => self.may_go(*before, (0, side)),
            (Some(before), [None, Some(side)], _) => self.may_go(*before, (1, side)),
            (Some(before), [Some(ours), Some(theirs)], Some(result)) => self.stays(*before, [ours, theirs], *result),
            // How many there are is looked at elsewhere.
            _ => true,
        }
    }

    /// A comment that one side wrote above an entry where the other wrote another, or took away what it replaces.
    fn reworded(&self, entry: Gist) -> Option<&'t [u8]> {
        let of = |shelf: &'s Shelf<'t>| shelf.bound.get(&entry).into_iter().flatten().copied();
        let all = |shelf| of(shelf).collect::<BTreeSet<_>>();
        let (before, [ours, theirs]) = (all(self.before), self.sides.map(all));
        let both_took = before.iter().any(|one| !ours.contains(one) && !theirs.contains(one));
        let new = |[side, other]: [&BTreeSet<&'t [u8]>; 2]| -> Vec<&'t [u8]> {
            side.iter().filter(|one| !before.contains(*one) && !other.contains(*one)).copied().collect()
        };
        let (mine, yours) = (new([&ours, &theirs]), new([&theirs, &ours]));
        if !mine.is_empty() && !yours.is_empty() {
            return mine.first().copied();
        }
        mine.into_iter().chain(yours).find(|one| both_took && !(self.was_entry)(one))
    }

    /// A comment that does not stand where both sides together have it.
    fn out_of_order(&self) -> Option<&'t [u8]> {
        let [ours, theirs] = self.sides;
        let all = [self.before, ours, theirs, self.result];
        if all.iter().any(|shelf| shelf.comments.is_empty()) {
            return None;
        }
        sequence::out_of_order(all.map(|shelf| shelf.sequence.as_slice()))
    }

    /// Each pair of a comment and an entry comes and goes by itself.
    fn fit_often(&self, [before, ours, theirs, result]: [&[Placed<'_>]; 4]) -> bool {
        let all = || [before, ours, theirs, result].into_iter().flatten().filter_map(|placed| placed.below);
        let fits = |entry: Gist| {
            let count = |all: &[Placed<'_>]| all.iter().filter(|placed| placed.below == Some(entry)).count();
            let counts = Three { base: Some(count(before)), ours: count(ours), theirs: count(theirs) };
            !self.result.known.contains(&entry) || counts.settle().is_none_or(|side| counts.of(side) == count(result))
        };
        all().all(fits)
    }

    /// Whether one side may take away a comment that the other has: not one that it took away with its entry, or that the
    /// other moved, where the other has it above something else.
    fn may_go(&self, before: Placed<'_>, (at, side): (usize, Placed<'_>)) -> bool {
        let other = self.sides[1 - at];
        match self.bond(before, (at, side)) {
            Bond::Same => true,
            Bond::Near => before.below.is_none_or(|entry| other.known.contains(&entry)),
            Bond::Moved => false,
        }
    }

    /// Whether a comment stands below the same entry as on one of both sides, as far as all have it.
    fn stands_below(&self, sides: [Option<Placed<'_>>; 2], result: Placed<'_>) -> bool {
        let is_known =
            |entry: &&Gist| [self.sides[0], self.sides[1], self.result].iter().all(|one| one.known.contains(*entry));
        let above =
            |shelf: &Shelf<'_>, placed: Placed<'_>| shelf.entries[..placed.above].iter().rev().find(is_known).copied();
        let found = above(self.result, result);
        let mut sides = sides.into_iter().zip(self.sides);
        sides.any(|(placed, shelf)| placed.is_some_and(|placed| above(shelf, placed) == found))
    }

    /// Whether a comment that both sides have stands where it must.
    fn stays(&self, before: Placed<'_>, [ours, theirs]: [Placed<'_>; 2], result: Placed<'_>) -> bool {
        let goes_along = ours.below.is_some() && ours.below == theirs.below;
        if !goes_along && !self.stands_below([Some(ours), Some(theirs)], result) {
            return false;
        }
        let is_gone = |entry: Option<Gist>| entry.is_some_and(|entry| !self.result.known.contains(&entry));
        let drifts = |at: usize, side: Placed<'_>| {
            let mut below = self.sides[at].entries[side.above..].iter();
            let next = below.find(|entry| self.result.known.contains(*entry)).copied();
            is_gone(side.below) && (result.below.is_none() || result.below == next)
        };
        let follows = |at: usize, side: Placed<'_>| result.below == side.below || drifts(at, side);
        match [self.bond(before, (0, ours)), self.bond(before, (1, theirs))] {
            // What stands below may be commented out on one side: it is above the next then, or where it was.
            [Bond::Same, Bond::Same] => {
                [before, ours, theirs].iter().any(|one| one.below == result.below) || is_gone(before.below)
            }
            [Bond::Same, Bond::Near] => follows(1, theirs),
            [Bond::Near, Bond::Same] => follows(0, ours),
            [Bond::Same, Bond::Moved] => result.below == theirs.below,
            [Bond::Moved, Bond::Same] => result.below == ours.below,
            [Bond::Near, Bond::Near] if ours.below != theirs.below => {
                !is_gone(before.below) && (follows(0, ours) || follows(1, theirs))
                    || drifts(0, ours) && drifts(1, theirs)
            }
            _ => ours.below == theirs.below && (result.below == ours.below || drifts(0, ours)),
        }
    }

    fn bond(&self, before: Placed<'_>, (at, side): (usize, Placed<'_>)) -> Bond {
        if side.below == before.below {
            return Bond::Same;
        }
        let (base, shelf) = (self.before, self.sides[at]);
        let is_near = base.below(&before, shelf) == shelf.below(&side, base)
            || base.above(&before, shelf) == shelf.above(&side, base);
        // Where the entry below was commented out it is still there.
        let is_same = side.next.is_some_and(self.was_entry);
        match is_near {
            true if is_same => Bond::Same,
            true => Bond::Near,
            false => Bond::Moved,
        }
    }
}
