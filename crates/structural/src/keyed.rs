//! Plans the children of a container whose children have names: who is in the result, made of what, and where.

use super::document::{By, Hashing, List, Name, Node, Order};
use super::lines::is_note;
use super::noted::{Linked, Links, Noted, touches};
use super::place::{Partner, Places, Standing};
use super::plan::{Step, Trouble, unchanged};
use super::three::{Side, Three};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

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
    let mut nameless = gone.iter().filter(|node| node.name.by == By::Content).peekable();
    let put_in = if nameless.peek().is_some() { plan.put_in() } else { HashSet::new() };
    if let Some(lost) = nameless.find(|node| put_in.contains(&*node.name.tag)) {
        return Err(Trouble::Lost(lost));
    }
    plan.notes()?;
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

    /// The tags of the children that one side put in and the other does not have.
    fn put_in(&self) -> HashSet<&'d str> {
        let mut found = HashSet::new();
        for side in self.linked(&inverse(&self.to_following, self.following.len())) {
            let new = (0..side.nodes.len()).filter(|at| side.is_new(*at));
            found.extend(new.map(|at| &*side.nodes[at].name.tag));
        }
        found
    }

    /// Both sides with their links, the one that leads first.
    fn linked<'l>(&'l self, to_leading: &'l Links) -> [Linked<'l, 'd, 'a>; 2] {
        let (lead, follow) = (self.lead, self.lead.other());
        let (text, other_text) = (self.texts.of(lead), self.texts.of(follow));
        let [to_base, other_to_base] = [&self.leading_to_base, &self.following_to_base];
        [
            Linked { side: lead, text, nodes: self.leading, to_base, to_other: &self.to_following },
            Linked {
                side: follow,
                text: other_text,
                nodes: self.following,
                to_base: other_to_base,
                to_other: to_leading,
            },
        ]
    }

    fn notes(&self) -> Result<(), Trouble<'d, 'a>> {
        let to_leading = inverse(&self.to_following, self.following.len());
        let base_text = self.texts.base.unwrap_or_default();
        Noted { base_text, base: self.base, sides: self.linked(&to_leading) }.check()
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
