//! Plans the children of a container whose children have names: who is in the result, made of what, and where.

use super::document::{By, Hashing, List, Name, Node, Order};
use super::lines::NOTE;
use super::place::{Partner, Places, Standing};
use super::plan::{Step, Trouble, unchanged};
use super::three::{Side, Three};
use std::cell::OnceCell;
use std::collections::HashMap;

/// For each child of one list, where the child of the same name stands in another.
type Links = Vec<Option<usize>>;

struct Keyed<'t, 'd, 'a> {
    texts: Three<&'t [u8]>,
    base: &'d [Node<'a>],
    /// The side whose order the result has.
    lead: Side,
    leading: &'d [Node<'a>],
    following: &'d [Node<'a>],
    /// From the side that leads to the one that follows.
    to_following: Links,
    /// From either side to the base.
    leading_to_base: Links,
    following_to_base: Links,
}

/// What becomes of the children of a container.
pub(super) struct Arrangement<'d, 'a> {
    /// The steps that make the children of the result, in its order.
    pub(super) steps: Vec<Step<'d, 'a>>,
    /// What neither side has any more.
    pub(super) gone: Vec<&'d Node<'a>>,
}

/// Plans children that have names.
pub(super) fn plan<'d, 'a>(
    texts: Three<&[u8]>,
    lists: Three<&'d List<'a>>,
    order: Order,
) -> Result<Arrangement<'d, 'a>, Trouble<'d, 'a>> {
    let base = lists.base.map_or(&[][..], |list| &list.nodes[..]);
    let (ours, theirs) = (&lists.ours.nodes[..], &lists.theirs.nodes[..]);
    if decides(lists) {
        return Err(Trouble::Sequence);
    }
    let in_base = Index::new(base);
    let (ours_to_base, theirs_to_base) = (in_base.links(ours), in_base.links(theirs));
    let ours_to_theirs = Index::new(theirs).links(ours);
    let theirs_to_ours = inverse(&ours_to_theirs, theirs.len());
    let moved = [reordered(&ours_to_base), reordered(&theirs_to_base)];
    if moved == [true, true] && order == Order::KeyedInOrder {
        let common = |to_base: &Links, to_other: &Links| -> Links {
            let common = to_base.iter().zip(to_other).filter(|(base, other)| base.is_some() && other.is_some());
            common.map(|(base, _)| *base).collect()
        };
        if common(&ours_to_base, &ours_to_theirs) != common(&theirs_to_base, &theirs_to_ours) {
            return Err(Trouble::Orders);
        }
    }
    let plan = match moved {
        [false, true] => Keyed {
            texts,
            base,
            lead: Side::Theirs,
            leading: theirs,
            following: ours,
            to_following: theirs_to_ours,
            leading_to_base: theirs_to_base,
            following_to_base: ours_to_base,
        },
        _ => Keyed {
            texts,
            base,
            lead: Side::Ours,
            leading: ours,
            following: theirs,
            to_following: ours_to_theirs,
            leading_to_base: ours_to_base,
            following_to_base: theirs_to_base,
        },
    };
    let mut is_left = vec![false; base.len()];
    for at in plan.leading_to_base.iter().chain(&plan.following_to_base).flatten() {
        is_left[*at] = true;
    }
    let gone: Vec<_> = base.iter().zip(is_left).filter(|(_, is_left)| !is_left).map(|(node, _)| node).collect();
    if let Some(lost) = gone.iter().find(|node| node.name.by == By::Content && plan.puts_in(&node.name.tag)) {
        return Err(Trouble::Lost(lost));
    }
    Ok(Arrangement { steps: plan.steps()?, gone })
}

/// Whether both sides changed which children there are, or where, where that decides what happens.
fn decides(lists: Three<&List<'_>>) -> bool {
    let all = [lists.base, Some(lists.ours), Some(lists.theirs)];
    if !all.into_iter().flatten().any(|list| list.decides) {
        return false;
    }
    let names = lists.map(|list| list.nodes.iter().map(|node| &node.name).filter(|name| name.tag != NOTE));
    let names = Three {
        base: Some(names.base.into_iter().flatten().collect::<Vec<_>>()),
        ours: names.ours.collect(),
        theirs: names.theirs.collect(),
    };
    names.by_ref().settle().is_none()
}

/// Children by their name. The table is made when one is asked for that does not follow the one before: most lists
/// are in the same order in all versions, and then names need not be hashed.
struct Index<'d, 'a> {
    nodes: &'d [Node<'a>],
    by_name: OnceCell<HashMap<&'d Name<'a>, usize, Hashing>>,
}

impl<'d, 'a> Index<'d, 'a> {
    fn new(nodes: &'d [Node<'a>]) -> Self {
        Self { nodes, by_name: OnceCell::new() }
    }

    fn links(&self, others: &[Node<'a>]) -> Links {
        let mut next = 0;
        let mut link = |other: &Node<'a>| {
            let found = match self.nodes.get(next) {
                Some(node) if node.name == other.name => Some(next),
                _ => self.by_name().get(&other.name).copied(),
            };
            next = found.map_or(next, |found| found + 1);
            found
        };
        others.iter().map(&mut link).collect()
    }

    fn by_name(&self) -> &HashMap<&'d Name<'a>, usize, Hashing> {
        self.by_name.get_or_init(|| self.nodes.iter().enumerate().map(|(at, node)| (&node.name, at)).collect())
    }
}

fn inverse(links: &Links, count: usize) -> Links {
    let mut inverse = vec![None; count];
    for (from, to) in links.iter().enumerate() {
        if let Some(to) = to {
            inverse[*to] = Some(from);
        }
    }
    inverse
}

/// Whether what stood in the base stands in another order here.
fn reordered(to_base: &Links) -> bool {
    !to_base.iter().flatten().is_sorted()
}

impl<'d, 'a> Keyed<'_, 'd, 'a> {
    fn steps(&self) -> Result<Vec<Step<'d, 'a>>, Trouble<'d, 'a>> {
        let leading = (0..self.leading.len()).map(|at| self.leading_step(at)).collect::<Result<Vec<_>, _>>()?;
        let mut places = Places::new(self.leading, |at| match &leading[at] {
            None => Standing::Gone,
            Some(Step::Copy(..)) => Standing::Added,
            Some(Step::Merge(_)) => Standing::Shared,
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

    /// Whether a side put in a child of this tag that the other does not have.
    fn puts_in(&self, tag: &str) -> bool {
        let to_leading = inverse(&self.to_following, self.following.len());
        let sides = [
            (self.leading, &self.leading_to_base, &self.to_following),
            (self.following, &self.following_to_base, &to_leading),
        ];
        sides.into_iter().any(|(nodes, to_base, to_other)| {
            let mut links = nodes.iter().zip(to_base.iter().zip(to_other));
            links.any(|(node, links)| links == (&None, &None) && node.name.tag == tag)
        })
    }

    fn leading_step(&self, at: usize) -> Result<Option<Step<'d, 'a>>, Trouble<'d, 'a>> {
        let node = &self.leading[at];
        let base = self.leading_to_base[at].map(|at| &self.base[at]);
        let other = self.to_following[at].map(|at| &self.following[at]);
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
        let to_leading = inverse(&self.to_following, self.following.len());
        let links = to_leading.into_iter().zip(&self.following_to_base);
        let partner = |(node, (leader, base)): (&'d Node<'a>, (Option<usize>, &Option<usize>))| match (leader, base) {
            (Some(at), _) if leading[at].is_some() => Ok(Partner::With(at)),
            (Some(_), _) => Ok(Partner::Gone),
            (None, None) => Ok(Partner::Added),
            (None, Some(at)) if unchanged(self.texts, &self.base[*at], (self.lead.other(), node)) => Ok(Partner::Gone),
            (None, Some(_)) => Err(Trouble::Deleted(self.lead, node)),
        };
        self.following.iter().zip(links).map(partner).collect()
    }
}
