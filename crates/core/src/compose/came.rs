//! Who came later where changes come from: lines say it, each of those that it holds.

use crate::records::line::Line;
use crate::records::receipt::ChangeIx;
use std::cell::OnceCell;

/// The order in which changes were made: of two, the lowest line that holds both says it.
pub(super) struct Orders<'a> {
    /// The line that changes come from and those below it, the lowest last.
    lines: Vec<&'a Line>,
    /// Where each change stands first on each of them, by its number, the lowest line first; made once somebody asks.
    places: OnceCell<Vec<Vec<u32>>>,
}

/// A change that stands on no line of some.
const NOWHERE: u32 = u32::MAX;

impl<'a> Orders<'a> {
    /// That of some lines, the lowest last.
    pub fn of(lines: Vec<&'a Line>) -> Self {
        Self { lines, places: OnceCell::new() }
    }

    /// The lines, the lowest first.
    pub fn lines(&self) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().rev().copied()
    }

    fn places(&self) -> &[Vec<u32>] {
        self.places.get_or_init(|| self.lines().map(places_on).collect())
    }

    /// Where a change stands on each line.
    fn of_change(&self, change: ChangeIx) -> impl Iterator<Item = Option<u32>> {
        let place = move |places: &Vec<u32>| places.get(change.0 as usize).copied().filter(|place| *place != NOWHERE);
        self.places().iter().map(place)
    }

    /// Whether one came later than another.
    pub fn is_later(&self, one: ChangeIx, other: ChangeIx) -> bool {
        let mut both = self.of_change(one).zip(self.of_change(other)).filter_map(|(one, other)| one.zip(other));
        both.next().is_some_and(|(one, other)| one > other)
    }
}

fn places_on(line: &Line) -> Vec<u32> {
    let mut places = Vec::new();
    for (place, item) in line.items.iter().enumerate() {
        let number = item.change.0 as usize;
        if places.len() <= number {
            places.resize(number + 1, NOWHERE);
        }
        if places[number] == NOWHERE {
            places[number] = place as u32;
        }
    }
    places
}

/// Changes that were met by now, so that one can be asked about all of them at once.
pub(super) struct Met<'o, 'a> {
    orders: &'o Orders<'a>,
    /// Of all that stand on the same lines, the last place on each.
    last: Vec<Vec<Option<u32>>>,
}

impl<'o, 'a> Met<'o, 'a> {
    /// Nobody yet.
    pub fn nobody(orders: &'o Orders<'a>) -> Self {
        Self { orders, last: Vec::new() }
    }

    /// Whether one of them came later than a change.
    pub fn came_later(&self, change: ChangeIx) -> bool {
        let is_later = |last: &Vec<Option<u32>>| {
            let mut both = last.iter().zip(self.orders.of_change(change)).filter_map(|(last, place)| last.zip(place));
            both.next().is_some_and(|(last, place)| last > place)
        };
        self.last.iter().any(is_later)
    }

    /// Meets one more.
    pub fn meet(&mut self, change: ChangeIx) {
        let places: Vec<Option<u32>> = self.orders.of_change(change).collect();
        let stand_alike =
            |last: &&mut Vec<Option<u32>>| last.iter().map(Option::is_some).eq(places.iter().map(Option::is_some));
        match self.last.iter_mut().find(stand_alike) {
            Some(last) => last.iter_mut().zip(places).for_each(|(last, place)| *last = (*last).max(place)),
            None => self.last.push(places),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::line::{Item, Source};
    use crate::words::names::RevisionNo;
    use crate::words::object::{CommitId, Oid, TreeId};

    const COMMIT: CommitId = CommitId(Oid([0; 20]));

    fn line(changes: &[u32]) -> Line {
        let item = |change: &u32| Item {
            change: ChangeIx(*change),
            revision: RevisionNo(1),
            source: Source::Revision,
            commit: COMMIT,
            operation: None,
            resolutions: Vec::new(),
        };
        Line { items: changes.iter().map(item).collect::<Vec<_>>().into(), ..Line::new(COMMIT, TreeId::EMPTY) }
    }

    /// The same, one by one: those behind a change on the lowest line that holds both.
    fn later_than(lines: &[Line], change: u32) -> Vec<u32> {
        let first = |line: &Line, one: u32| line.items.iter().position(|item| item.change.0 == one);
        let is_later = |other: &u32| {
            let mut both = lines.iter().rev().filter_map(|line| first(line, *other).zip(first(line, change)));
            both.next().is_some_and(|(other, itself)| other > itself)
        };
        (0..8).filter(is_later).collect()
    }

    #[test]
    fn many_are_asked_about_at_once_as_each_alone() {
        let worlds: [&[&[u32]]; 4] = [
            &[&[3, 1, 2, 0], &[0, 1, 2, 3, 4]],
            &[&[5, 4, 3, 2, 1, 0], &[4, 5, 1], &[0, 3, 5, 1, 3]],
            &[&[1, 2], &[3, 4], &[5, 6, 7]],
            &[&[0, 1, 2, 3, 4, 5, 6, 7], &[7, 6, 5, 4], &[4, 6], &[]],
        ];
        for world in worlds {
            let lines: Vec<Line> = world.iter().map(|changes| line(changes)).collect();
            let orders = Orders::of(lines.iter().collect());
            let mut met = (Met::nobody(&orders), Vec::new());
            for change in [2, 5, 0, 7, 3, 1, 4, 6] {
                let later = later_than(&lines, change);
                let alone: Vec<u32> =
                    (0..8).filter(|other| orders.is_later(ChangeIx(*other), ChangeIx(change))).collect();
                assert_eq!(alone, later, "later than {change} in {world:?}");
                let wanted = met.1.iter().any(|one| later.contains(one));
                assert_eq!(met.0.came_later(ChangeIx(change)), wanted, "before {change} in {world:?}");
                met.0.meet(ChangeIx(change));
                met.1.push(change);
            }
        }
    }
}
