//! Plans the children of a container whose children have names: who is in the result, made of what, and where.

use super::document::{List, Name, Node, Order};
use super::place::{Places, Standing};
use super::three::{Side, Three, squeeze};
use super::weave::Step;
use std::collections::HashMap;

/// Why there is no plan.
#[derive(Debug)]
pub(super) enum Trouble<'d, 'a> {
    /// A side deleted what the other changed: the node as the other has it.
    Deleted(Side, &'d Node<'a>),
    /// Both sides changed the same items, here in ours and there in theirs.
    Overlap(usize, usize),
    /// Both sides reordered the children, each in its own way.
    Orders,
}

/// Children by their name.
type Index<'d, 'a> = HashMap<&'d Name<'a>, usize>;

struct Keyed<'t, 'd, 'a> {
    texts: Three<&'t [u8]>,
    base: &'d [Node<'a>],
    /// The side whose order the result has.
    lead: Side,
    leading: &'d [Node<'a>],
    following: &'d [Node<'a>],
    in_base: Index<'d, 'a>,
    in_leading: Index<'d, 'a>,
    in_following: Index<'d, 'a>,
}

/// The steps that make the children of the result, in its order.
pub(super) fn plan<'d, 'a>(
    texts: Three<&[u8]>,
    lists: Three<&'d List<'a>>,
    order: Order,
) -> Result<Vec<Step<'d, 'a>>, Trouble<'d, 'a>> {
    let nodes = Three {
        base: Some(lists.base.map_or(&[][..], |list| &list.nodes[..])),
        ours: &lists.ours.nodes[..],
        theirs: &lists.theirs.nodes[..],
    };
    let base = nodes.base.unwrap_or_default();
    let indexes = nodes.map(index);
    let in_base = indexes.base.unwrap_or_default();
    let moved = Three { base: None, ours: &nodes.ours, theirs: &nodes.theirs }.map(|side| reordered(side, &in_base));
    if moved.ours && moved.theirs && order == Order::KeyedInOrder {
        let common = |side: &'d [Node<'a>], other: &Index<'_, '_>| -> Vec<&'d Name<'a>> {
            let common = side.iter().map(|node| &node.name);
            common.filter(|name| in_base.contains_key(*name) && other.contains_key(*name)).collect()
        };
        if common(nodes.ours, &indexes.theirs) != common(nodes.theirs, &indexes.ours) {
            return Err(Trouble::Orders);
        }
    }
    let lead = if moved.theirs && !moved.ours { Side::Theirs } else { Side::Ours };
    let (leading, following) = (nodes.of(lead), nodes.of(lead.other()));
    let (in_leading, in_following) = match lead {
        Side::Ours => (indexes.ours, indexes.theirs),
        Side::Theirs => (indexes.theirs, indexes.ours),
    };
    Keyed { texts, base, lead, leading, following, in_base, in_leading, in_following }.plan()
}

fn index<'d, 'a>(nodes: &'d [Node<'a>]) -> Index<'d, 'a> {
    nodes.iter().enumerate().map(|(at, node)| (&node.name, at)).collect()
}

/// Whether what stood in the base stands in another order here.
fn reordered(side: &[Node<'_>], in_base: &Index<'_, '_>) -> bool {
    let mut places = side.iter().filter_map(|node| in_base.get(&node.name));
    let mut last = places.next();
    places.any(|place| {
        let back = last > Some(place);
        last = Some(place);
        back
    })
}

impl<'d, 'a> Keyed<'_, 'd, 'a> {
    fn plan(&self) -> Result<Vec<Step<'d, 'a>>, Trouble<'d, 'a>> {
        let leading = self.leading.iter().map(|node| self.leading_step(node)).collect::<Result<Vec<_>, _>>()?;
        let mut places = Places::new(self.leading, |at| {
            let name = &self.leading[at].name;
            match &leading[at] {
                None => Standing::Gone,
                Some(_) if self.in_base.contains_key(name) || self.in_following.contains_key(name) => Standing::Shared,
                Some(_) => Standing::Added,
            }
        });
        places.add(self.following, &self.partners(&leading)?);
        let copy = |node| Step::Copy(self.lead.other(), node);
        let mut steps = Vec::with_capacity(leading.len());
        for (at, step) in leading.into_iter().enumerate() {
            steps.extend(places.before(at).map(copy));
            steps.extend(step);
            steps.extend(places.after(at).map(copy));
        }
        steps.extend(places.at_the_end().map(copy));
        Ok(steps)
    }

    fn leading_step(&self, node: &'d Node<'a>) -> Result<Option<Step<'d, 'a>>, Trouble<'d, 'a>> {
        let base = self.in_base.get(&node.name).map(|at| &self.base[*at]);
        let other = self.in_following.get(&node.name).map(|at| &self.following[*at]);
        match (base, other) {
            (None, None) => Ok(Some(Step::Copy(self.lead, node))),
            (base, Some(other)) => Ok(Some(Step::Merge(match self.lead {
                Side::Ours => Three { base, ours: node, theirs: other },
                Side::Theirs => Three { base, ours: other, theirs: node },
            }))),
            (Some(base), None) if unchanged(self.texts, base, (self.lead, node)) => Ok(None),
            (Some(_), None) => Err(Trouble::Deleted(self.lead.other(), node)),
        }
    }

    /// For each node of the side that follows: what becomes of it.
    fn partners(&self, leading: &[Option<Step<'d, 'a>>]) -> Result<Vec<Partner>, Trouble<'d, 'a>> {
        let partner = |node: &'d Node<'a>| match (self.in_leading.get(&node.name), self.in_base.get(&node.name)) {
            (Some(at), _) if leading[*at].is_some() => Ok(Partner::With(*at)),
            (Some(_), _) => Ok(Partner::Gone),
            (None, None) => Ok(Partner::Added),
            (None, Some(at)) if unchanged(self.texts, &self.base[*at], (self.lead.other(), node)) => Ok(Partner::Gone),
            (None, Some(_)) => Err(Trouble::Deleted(self.lead, node)),
        };
        self.following.iter().map(partner).collect()
    }
}

/// What becomes of a node of the side that does not give the order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Partner {
    /// It is merged with this one of the side that does.
    With(usize),
    /// It is not in the result.
    Gone,
    /// It is put in.
    Added,
}

/// Whether a side left a node as it was, but for blanks and separators.
pub(super) fn unchanged(texts: Three<&[u8]>, base: &Node<'_>, (side, node): (Side, &Node<'_>)) -> bool {
    let before = &texts.base.unwrap_or_default()[base.span.clone()];
    let after = &texts.of(side)[node.span.clone()];
    before == after || (base.gist == node.gist && squeeze(before) == squeeze(after))
}
