//! Plans the children of a container whose children only their place tells apart: a merge as of lines, where a line is
//! what an item means.

use super::document::{Hashing, List, Node};
use super::plan::{Step, Trouble, unchanged};
use super::three::{Side, Three};
use crate::histogram::{Hunk, Line, hunks};
use std::collections::HashMap;

struct Positional<'t, 'd, 'a> {
    texts: Three<&'t [u8]>,
    base: &'d [Node<'a>],
    ours: &'d [Node<'a>],
    theirs: &'d [Node<'a>],
    steps: Vec<Step<'d, 'a>>,
    /// How far the three lists are written.
    done: [usize; 3],
}

/// The steps that make the children of the result, in its order.
pub(super) fn plan<'d, 'a>(
    texts: Three<&[u8]>,
    lists: Three<&'d List<'a>>,
) -> Result<Vec<Step<'d, 'a>>, Trouble<'d, 'a>> {
    let base = lists.base.map_or(&[][..], |list| &list.nodes[..]);
    let (ours, theirs) = (&lists.ours.nodes[..], &lists.theirs.nodes[..]);
    let mut numbers = HashMap::<_, _, Hashing>::default();
    let mut lines = |nodes: &[Node<'_>]| -> Vec<Line> {
        let mut number = |node: &Node<'_>| {
            let next = Line::try_from(numbers.len()).unwrap_or(Line::MAX);
            *numbers.entry(node.gist).or_insert(next)
        };
        nodes.iter().map(&mut number).collect()
    };
    let (from, our_lines, their_lines) = (lines(base), lines(ours), lines(theirs));
    let mine = hunks(&from, &our_lines);
    let yours = hunks(&from, &their_lines);
    let mut plan = Positional { texts, base, ours, theirs, steps: Vec::new(), done: [0; 3] };
    plan.all(&mine, &yours)?;
    Ok(plan.steps)
}

impl<'d, 'a> Positional<'_, 'd, 'a> {
    fn all(&mut self, mut mine: &[Hunk], mut yours: &[Hunk]) -> Result<(), Trouble<'d, 'a>> {
        loop {
            match (mine.first(), yours.first()) {
                (None, None) => break,
                (Some(one), Some(other)) if meet(one, other) => {
                    self.same(one, other)?;
                    (mine, yours) = (&mine[1..], &yours[1..]);
                }
                (Some(one), other) if other.is_none_or(|other| one.old.end <= other.old.start) => {
                    self.one_sided(Side::Ours, one)?;
                    mine = &mine[1..];
                }
                (_, Some(other)) => {
                    self.one_sided(Side::Theirs, other)?;
                    yours = &yours[1..];
                }
                (Some(_), None) => break,
            }
        }
        self.common(self.base.len());
        Ok(())
    }

    /// Items that nobody replaced, up to an item of the base.
    fn common(&mut self, until: usize) {
        let [base, ours, theirs] = self.done;
        for step in 0..until.saturating_sub(base) {
            self.steps.push(Step::Merge(Three {
                base: Some(&self.base[base + step]),
                ours: &self.ours[ours + step],
                theirs: &self.theirs[theirs + step],
            }));
        }
        let count = until.saturating_sub(base);
        self.done = [base + count, ours + count, theirs + count];
    }

    fn one_sided(&mut self, side: Side, hunk: &Hunk) -> Result<(), Trouble<'d, 'a>> {
        self.common(hunk.old.start);
        let [base, ours, theirs] = self.done;
        let (nodes, others, other_at) = match side {
            Side::Ours => (self.ours, self.theirs, theirs),
            Side::Theirs => (self.theirs, self.ours, ours),
        };
        let count = hunk.old.len();
        for (before, after) in self.base[base..base + count].iter().zip(&others[other_at..other_at + count]) {
            if !unchanged(self.texts, before, (side.other(), after)) {
                return Err(Trouble::Deleted(side, after));
            }
        }
        self.steps.extend(nodes[hunk.new.clone()].iter().map(|node| Step::Copy(side, node)));
        self.done = match side {
            Side::Ours => [hunk.old.end, hunk.new.end, theirs + count],
            Side::Theirs => [hunk.old.end, ours + count, hunk.new.end],
        };
        Ok(())
    }

    /// Both sides replaced items there: only the same by the same.
    fn same(&mut self, mine: &Hunk, yours: &Hunk) -> Result<(), Trouble<'d, 'a>> {
        let (ours, theirs) = (&self.ours[mine.new.clone()], &self.theirs[yours.new.clone()]);
        let alike = ours.iter().map(|node| node.gist).eq(theirs.iter().map(|node| node.gist));
        if mine.old != yours.old || !alike {
            let start =
                |nodes: &[Node<'_>], at: usize| nodes.get(at).or(nodes.last()).map_or(0, |node| node.core.start);
            return Err(Trouble::Overlap(start(self.ours, mine.new.start), start(self.theirs, yours.new.start)));
        }
        self.common(mine.old.start);
        self.steps
            .extend(ours.iter().zip(theirs).map(|(ours, theirs)| Step::Merge(Three { base: None, ours, theirs })));
        self.done = [mine.old.end, mine.new.end, yours.new.end];
        Ok(())
    }
}

/// Whether two hunks touch the same items, or one puts items in where the other ends: then their order is a guess.
fn meet(one: &Hunk, other: &Hunk) -> bool {
    if one.old.is_empty() || other.old.is_empty() {
        one.old.start <= other.old.end && other.old.start <= one.old.end
    } else {
        one.old.start < other.old.end && other.old.start < one.old.end
    }
}
