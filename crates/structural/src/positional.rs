//! Plans the children of a container whose children only their place tells apart: a merge as of lines, where a line is
//! what an item means.

use super::document::{Hashing, List, Node};
use super::lines::{is_note, line_start};
use super::plan::{Step, Trouble, unchanged};
use super::three::{Side, Three};
use crate::histogram::{Hunk, Line, hunks};
use std::collections::{HashMap, HashSet};

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
    if both_shift(base, (&mine, ours), (&yours, theirs)) && !may_shift(texts, lists) {
        return Err(Trouble::Sequence);
    }
    if let Some(at) = revived([&from, &our_lines, &their_lines], [&mine, &yours]) {
        let start = |nodes: &[Node<'_>], at: usize| nodes.get(at).or(nodes.last()).map_or(0, |node| node.core.start);
        return Err(Trouble::Overlap(start(ours, at), start(theirs, at)));
    }
    let mut plan = Positional { texts, base, ours, theirs, steps: Vec::new(), done: [0; 3] };
    plan.all(&mine, &yours)?;
    Ok(plan.steps)
}

/// Whether both sides put items in or take them out, besides what both do alike.
fn both_shift(
    base: &[Node<'_>],
    (mine, ours): (&[Hunk], &[Node<'_>]),
    (yours, theirs): (&[Hunk], &[Node<'_>]),
) -> bool {
    type Change = (usize, usize, Vec<u64>);
    let change = |hunk: &Hunk, nodes: &[Node<'_>]| -> Change {
        (hunk.old.start, hunk.old.end, nodes[hunk.new.clone()].iter().map(|node| node.gist).collect())
    };
    let shifts = |hunks: &[Hunk], nodes: &[Node<'_>], others: &[Hunk], other_nodes: &[Node<'_>]| {
        let others: HashSet<Change> = others.iter().map(|hunk| change(hunk, other_nodes)).collect();
        hunks.iter().any(|hunk| shifts_entries(hunk, base, nodes) && !others.contains(&change(hunk, nodes)))
    };
    shifts(mine, ours, yours, theirs) && shifts(yours, theirs, mine, ours)
}

/// Whether a hunk has more or fewer items than it replaces; comments do not count.
fn shifts_entries(hunk: &Hunk, base: &[Node<'_>], nodes: &[Node<'_>]) -> bool {
    let entries = |nodes: &[Node<'_>]| nodes.iter().filter(|node| !is_note(node)).count();
    entries(&base[hunk.old.clone()]) != entries(&nodes[hunk.new.clone()])
}

/// Whether items may come and go on both sides: not where their order decides, and where they do not stand on lines of
/// their own, not either. There a merge of lines would stop, and no more is known here.
fn may_shift(texts: Three<&[u8]>, lists: Three<&List<'_>>) -> bool {
    let own_line =
        |text: &[u8], node: &Node<'_>| text[line_start(text, node.core.start)..node.core.start].trim_ascii().is_empty();
    let free = |text: &[u8], list: &List<'_>| !list.decides && list.nodes.iter().all(|node| own_line(text, node));
    let base = lists.base.zip(texts.base).is_none_or(|(list, text)| free(text, list));
    base && free(texts.ours, lists.ours) && free(texts.theirs, lists.theirs)
}

/// The place of an item that one side moved and the other took away, in the side that moved it.
fn revived([base, ours, theirs]: [&[Line]; 3], [mine, yours]: [&[Hunk]; 2]) -> Option<usize> {
    let highest = [base, ours, theirs].into_iter().flatten().max().map_or(0, |line| *line as usize + 1);
    let counts = |lines: &[Line]| {
        let mut counts = vec![0_usize; highest];
        lines.iter().for_each(|line| counts[*line as usize] += 1);
        counts
    };
    let before = counts(base);
    let from = |hunks: &[Hunk], lines: &[Line], others: &[Line]| {
        let others = counts(others);
        let is_gone = |at: &usize| others[lines[*at] as usize] < before[lines[*at] as usize];
        hunks.iter().flat_map(|hunk| hunk.new.clone()).find(is_gone)
    };
    from(mine, ours, theirs).or_else(|| from(yours, theirs, ours))
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
                return Err(Trouble::Uncovered(side, after));
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
        // As many as before: then each has replaced the one that stood in its place.
        let before = &self.base[mine.old.clone()];
        let before = |at: usize| before.get(at).filter(|_| before.len() == ours.len());
        let merge = |(at, (ours, theirs))| Step::Merge(Three { base: before(at), ours, theirs });
        self.steps.extend(ours.iter().zip(theirs).enumerate().map(merge));
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
