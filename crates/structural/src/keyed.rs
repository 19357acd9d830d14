//! Plans the children of a container whose children have names: who is in the result, made of what, and where.

use super::document::{By, Hashing, List, Name, Node, Order};
use super::lines::is_note;
use super::place::{Partner, Places, Standing};
use super::plan::{Step, Trouble, unchanged};
use super::three::{Side, Three, squeeze};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// For each child of one list, where the child of the same name stands in another.
type Links = Vec<Option<usize>>;
/// The children of one side, with their links to the base and to the other side.
type Links3<'l, 'd, 'a> = (&'d [Node<'a>], &'l Links, &'l Links);

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
    plan.notes(&gone)?;
    Ok(Arrangement { steps: plan.steps()?, gone })
}

/// Whether both sides changed which children there are, or where, where that decides what happens.
fn decides(lists: Three<&List<'_>>) -> bool {
    let all = [lists.base, Some(lists.ours), Some(lists.theirs)];
    if !all.into_iter().flatten().any(|list| list.decides) {
        return false;
    }
    let names = lists.map(|list| list.nodes.iter().filter(|node| !is_note(node)).map(|node| &node.name));
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

fn deleted<'d, 'a>(by: Side, base: &Node<'_>, node: &'d Node<'a>) -> Trouble<'d, 'a> {
    match base.gist == node.gist {
        true => Trouble::Uncovered(by, node),
        false => Trouble::Deleted(by, node),
    }
}

/// The child directly below a comment, with nothing but comments between.
fn entry_below(text: &[u8], nodes: &[Node<'_>], note: usize) -> Option<usize> {
    let mut below = (note + 1..nodes.len()).take_while(|below| touches(text, nodes, *below));
    below.find(|below| !is_note(&nodes[*below]))
}

/// Whether no blank line stands between a node and the one before it.
fn touches(text: &[u8], nodes: &[Node<'_>], at: usize) -> bool {
    let above = at.checked_sub(1).map_or(0, |above| nodes[above].core.end);
    let between = text.get(above..nodes[at].core.start).unwrap_or_default();
    between.iter().filter(|byte| **byte == b'\n').count() < 2
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
        let standing = |at: usize| match &leading[at] {
            None => Standing::Gone,
            Some(Step::Copy(..)) => Standing::Added,
            Some(Step::Merge(_)) => Standing::Shared,
        };
        let (text, other_text) = (self.texts.of(self.lead), self.texts.of(self.lead.other()));
        let mut places = Places::new(self.leading, standing, |at| touches(text, self.leading, at));
        places.add(self.following, &self.partners(&leading)?, |at| touches(other_text, self.following, at));
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

    /// Looks at the comments of both sides, as far as they are children of their own. None was added above what the
    /// other side deleted, or by both above the same child, or the same by both at two places; and none that both took
    /// away was replaced.
    fn notes(&self, gone: &[&'d Node<'a>]) -> Result<(), Trouble<'d, 'a>> {
        if !self.leading.iter().chain(self.following).any(is_note) && !gone.iter().any(|node| is_note(node)) {
            return Ok(());
        }
        let to_leading = inverse(&self.to_following, self.following.len());
        let leading = (self.leading, &self.leading_to_base, &self.to_following);
        let following = (self.following, &self.following_to_base, &to_leading);
        let above = self.new_notes(self.lead, leading)?;
        let above_other = self.new_notes(self.lead.other(), following)?;
        let other = self.lead.other();
        let both = above.iter().any(|at| {
            let partner = self.to_following[*at];
            partner.is_some_and(|one| above_other.contains(&one) || self.is_reworded(other, following, one))
        }) || above_other
            .iter()
            .any(|at| to_leading[*at].is_some_and(|one| self.is_reworded(self.lead, leading, one)));
        let shared = |(at, one): (usize, &Option<usize>)| Some((at, (*one)?));
        let is_new = |at: &usize| is_note(&self.leading[*at]) && self.leading_to_base[*at].is_none();
        let mut shared = self.to_following.iter().enumerate().filter_map(shared).filter(|(at, _)| is_new(at));
        let apart = shared.any(|(at, one)| !self.same_place(at, one));
        if both || apart || self.rewords(gone, [leading, following]) { Err(Trouble::Orders) } else { Ok(()) }
    }

    /// Whether a side changed the comments that a child has with it.
    fn is_reworded(&self, side: Side, (nodes, to_base, _): Links3<'_, 'd, 'a>, at: usize) -> bool {
        let lead = |text: &[u8], node: &Node<'_>| squeeze(&text[node.span.start..node.core.start]);
        let before = to_base[at].map(|base| lead(self.texts.base.unwrap_or_default(), &self.base[base]));
        lead(self.texts.of(side), &nodes[at]) != before.unwrap_or_default()
    }

    /// The children below comments that only this side added.
    fn new_notes(
        &self,
        side: Side,
        (nodes, to_base, to_other): Links3<'_, 'd, 'a>,
    ) -> Result<HashSet<usize>, Trouble<'d, 'a>> {
        let text = self.texts.of(side);
        let mut found = HashSet::new();
        let is_new = |at: &usize| is_note(&nodes[*at]) && to_base[*at].is_none() && to_other[*at].is_none();
        for at in (0..nodes.len()).filter(is_new) {
            let Some(entry) = entry_below(text, nodes, at) else { continue };
            if to_base[entry].is_some() && to_other[entry].is_none() {
                return Err(Trouble::Deleted(side.other(), &nodes[entry]));
            }
            found.insert(entry);
        }
        Ok(found)
    }

    /// Whether both sides took a comment away, and one put another in its place.
    fn rewords(&self, gone: &[&'d Node<'a>], sides: [Links3<'_, 'd, 'a>; 2]) -> bool {
        let mut places = HashSet::new();
        for (nodes, to_base, to_other) in sides {
            let mut place = None;
            for (at, node) in nodes.iter().enumerate() {
                match (is_note(node), to_base[at]) {
                    (true, None) if to_other[at].is_none() => drop(places.insert(place)),
                    (false, Some(base)) => place = Some(base),
                    _ => {}
                }
            }
        }
        let mut place = None;
        for (at, node) in self.base.iter().enumerate() {
            if !is_note(node) {
                place = Some(at);
            } else if places.contains(&place) && gone.iter().any(|gone| std::ptr::eq(*gone, node)) {
                return true;
            }
        }
        false
    }

    /// Whether a comment of either side stands at the same place: below the same child, and above the same one or above
    /// what only that side has.
    fn same_place(&self, leading: usize, following: usize) -> bool {
        let above = |nodes: &[Node<'_>], at: usize| (0..at).rev().find(|above| !is_note(&nodes[*above]));
        let one = above(self.leading, leading);
        if one.map(|at| self.to_following[at]) != above(self.following, following).map(Some) {
            return false;
        }
        let text = self.texts.of(self.lead);
        let other_text = self.texts.of(self.lead.other());
        match (entry_below(text, self.leading, leading), entry_below(other_text, self.following, following)) {
            (Some(one), Some(other)) => {
                let is_linked = self.to_following[one] == Some(other);
                let is_new = self.to_following[one].is_none() && self.leading_to_base[one].is_none();
                let other_is_new = !self.to_following.contains(&Some(other)) && self.following_to_base[other].is_none();
                is_linked || is_new && other_is_new
            }
            _ => true,
        }
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
            (Some(base), None) => Err(deleted(self.lead.other(), base, node)),
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
            (None, Some(at)) => Err(deleted(self.lead, &self.base[*at], node)),
        };
        self.following.iter().zip(links).map(partner).collect()
    }
}
