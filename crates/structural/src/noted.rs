//! Comments that are children of their own, among named ones: what each stands above, and whether both sides' comments
//! go together. Each is looked at once, however many stand one below the other.

use super::document::Node;
use super::lines::is_note;
use super::plan::Trouble;
use super::three::{Side, squeeze};
use std::collections::HashSet;

/// For each child of one list, where the child of the same name stands in another.
pub(super) type Links = Vec<Option<usize>>;

/// The children of one side, with their links to the base and to the other side.
#[derive(Clone, Copy)]
pub(super) struct Linked<'l, 'd, 'a> {
    pub(super) side: Side,
    pub(super) text: &'l [u8],
    pub(super) nodes: &'d [Node<'a>],
    pub(super) to_base: &'l Links,
    pub(super) to_other: &'l Links,
}

/// Both sides, and what they started from.
pub(super) struct Noted<'l, 'd, 'a> {
    pub(super) base_text: &'l [u8],
    pub(super) base: &'d [Node<'a>],
    pub(super) sides: [Linked<'l, 'd, 'a>; 2],
}

/// The entries around each child of one side.
struct Around {
    /// The one directly below a comment, with nothing but comments between.
    below: Links,
    /// The one above, whatever stands between.
    above: Links,
}

impl Linked<'_, '_, '_> {
    fn around(&self) -> Around {
        let count = self.nodes.len();
        let (mut below, mut above) = (vec![None; count], vec![None; count]);
        for at in (1..count).rev().filter(|at| touches(self.text, self.nodes, *at)) {
            below[at - 1] = if is_note(&self.nodes[at]) { below[at] } else { Some(at) };
        }
        for at in 1..count {
            above[at] = if is_note(&self.nodes[at - 1]) { above[at - 1] } else { Some(at - 1) };
        }
        Around { below, above }
    }

    /// Whether only this side has a child.
    pub(super) fn is_new(&self, at: usize) -> bool {
        self.to_base[at].is_none() && self.to_other[at].is_none()
    }
}

impl<'d, 'a> Noted<'_, 'd, 'a> {
    /// Looks at the comments of both sides. None was added above what the other side deleted, or by both above the same
    /// child, or the same by both at two places; and none that both took away was replaced.
    pub(super) fn check(&self) -> Result<(), Trouble<'d, 'a>> {
        let all = self.sides.iter().flat_map(|side| side.nodes).chain(self.base);
        if !all.into_iter().any(is_note) {
            return Ok(());
        }
        let around = self.sides.each_ref().map(Linked::around);
        let above = [self.new_notes(0, &around[0])?, self.new_notes(1, &around[1])?];
        let both = |at: usize| {
            let mut others = above[at].iter().filter_map(|one| self.sides[at].to_other[*one]);
            others.any(|one| above[1 - at].contains(&one) || self.is_reworded(1 - at, one))
        };
        if both(0) || both(1) || self.stand_apart(&around) || self.rewords() { Err(Trouble::Orders) } else { Ok(()) }
    }

    /// Whether a side changed the comments that a child has with it.
    fn is_reworded(&self, side: usize, at: usize) -> bool {
        let side = &self.sides[side];
        let lead = |text: &[u8], node: &Node<'_>| squeeze(&text[node.span.start..node.core.start]);
        let before = side.to_base[at].map(|base| lead(self.base_text, &self.base[base]));
        lead(side.text, &side.nodes[at]) != before.unwrap_or_default()
    }

    /// The children below comments that only this side added.
    fn new_notes(&self, side: usize, around: &Around) -> Result<HashSet<usize>, Trouble<'d, 'a>> {
        let side = &self.sides[side];
        let mut found = HashSet::new();
        for at in (0..side.nodes.len()).filter(|at| is_note(&side.nodes[*at]) && side.is_new(*at)) {
            let Some(entry) = around.below[at] else { continue };
            if side.to_base[entry].is_some() && side.to_other[entry].is_none() {
                return Err(Trouble::Deleted(side.side.other(), &side.nodes[entry]));
            }
            found.insert(entry);
        }
        Ok(found)
    }

    /// Whether both sides put in the same comment at two places.
    fn stand_apart(&self, around: &[Around; 2]) -> bool {
        let [lead, _] = &self.sides;
        let is_new = |at: usize| is_note(&lead.nodes[at]) && lead.to_base[at].is_none();
        let mut shared = lead.to_other.iter().enumerate().filter_map(|(at, one)| Some((at, (*one)?)));
        shared.any(|(at, one)| is_new(at) && !self.same_place(around, (at, one)))
    }

    /// Whether a comment of either side stands at the same place: below the same child, and above the same one or above
    /// what only that side has.
    fn same_place(&self, around: &[Around; 2], (one, other): (usize, usize)) -> bool {
        let [lead, follow] = &self.sides;
        if around[0].above[one].map(|at| lead.to_other[at]) != around[1].above[other].map(Some) {
            return false;
        }
        match (around[0].below[one], around[1].below[other]) {
            (Some(one), Some(other)) => lead.to_other[one] == Some(other) || lead.is_new(one) && follow.is_new(other),
            _ => true,
        }
    }

    /// Whether both sides took a comment away, and one put another in its place.
    fn rewords(&self) -> bool {
        let mut places = HashSet::new();
        let mut is_left = vec![false; self.base.len()];
        for side in &self.sides {
            let mut place = None;
            for (at, node) in side.nodes.iter().enumerate() {
                match (is_note(node), side.to_base[at]) {
                    (true, None) if side.to_other[at].is_none() => drop(places.insert(place)),
                    (false, Some(base)) => place = Some(base),
                    _ => {}
                }
            }
            side.to_base.iter().flatten().for_each(|at| is_left[*at] = true);
        }
        let mut place = None;
        for (at, node) in self.base.iter().enumerate() {
            if !is_note(node) {
                place = Some(at);
            } else if places.contains(&place) && !is_left[at] {
                return true;
            }
        }
        false
    }
}

/// Whether no blank line stands between a node and the one before it.
pub(super) fn touches(text: &[u8], nodes: &[Node<'_>], at: usize) -> bool {
    let above = at.checked_sub(1).map_or(0, |above| nodes[above].core.end);
    let between = text.get(above..nodes[at].core.start).unwrap_or_default();
    between.iter().filter(|byte| **byte == b'\n').count() < 2
}
