//! How operations are numbered: one after the other, but for the numbers that another record of the pipeline gave, which
//! must never mean two things (`SPEC L11`).

use crate::words::names::{OperationId, OperationKind};
use serde::{Deserialize, Serialize};

/// The numbers of every kind.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Numbering {
    /// In order.
    leaps: Vec<Leap>,
}

/// From a position on, numbers go on after another record's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Leap {
    /// Among the operations of its kind.
    position: u32,
    /// The last that is another record's.
    after: OperationId,
}

impl Numbering {
    /// The id of the operation at a position.
    pub fn at(&self, kind: OperationKind, position: usize) -> OperationId {
        let position = position as u32;
        let leap = self.of(kind).rev().find(|leap| leap.position <= position);
        let number = leap.map_or(position, |leap| leap.after.number.saturating_add(position - leap.position));
        OperationId { kind, number: number.saturating_add(1) }
    }

    /// The position of an operation; `None` for a number that is another record's.
    pub fn position(&self, id: OperationId) -> Option<usize> {
        let leap = self.of(id.kind).rev().find(|leap| leap.after.number < id.number);
        let (from, after) = leap.map_or((0, 0), |leap| (leap.position, leap.after.number));
        let position = (from + id.number.checked_sub(after + 1)?) as usize;
        (self.at(id.kind, position) == id).then_some(position)
    }

    /// From a position on, numbers go on after one of another record.
    pub fn leap(&mut self, position: usize, after: OperationId) {
        self.leaps.push(Leap { position: position as u32, after });
    }

    fn of(&self, kind: OperationKind) -> impl DoubleEndedIterator<Item = &Leap> {
        self.leaps.iter().filter(move |leap| leap.after.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OperationId {
        OperationId::parse(text).unwrap()
    }

    #[test]
    fn numbers_leap_over_those_of_another_record() {
        let mut numbering = Numbering::default();
        numbering.leap(0, id("P-12"));
        numbering.leap(2, id("P-20"));
        numbering.leap(2, id("M-3"));
        let promotions: Vec<_> = (0..4).map(|at| numbering.at(OperationKind::Promotion, at).to_string()).collect();
        assert_eq!(promotions, ["P-13", "P-14", "P-21", "P-22"]);
        let demotions: Vec<_> = (0..4).map(|at| numbering.at(OperationKind::Demotion, at).to_string()).collect();
        assert_eq!(demotions, ["M-1", "M-2", "M-4", "M-5"]);
        for (at, name) in promotions.iter().enumerate() {
            assert_eq!(numbering.position(id(name)), Some(at), "{name}");
        }
        for name in ["P-0", "P-1", "P-12", "P-15", "P-20", "M-3"] {
            assert_eq!(numbering.position(id(name)), None, "{name}");
        }
        assert_eq!(numbering.position(id("D-1")), Some(0));
    }
}
