//! Which commit follows which. Stages' branches go their own ways for years, and whether one holds a commit is known only
//! once its whole way is walked: reading every commit on it takes a hundred times as long as knowing what it follows. So
//! what was read is kept in a file beside the ledger. A commit never changes, so nothing in it can be out of date; where
//! the file is gone or damaged, commits are read again.

use super::blocks;
use super::faults::missing;
use super::ids::IdMap;
use super::ids::from_git;
use super::objects::Objects;
use gix::objs::Kind as ObjectKind;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, BinaryHeap, VecDeque};
use std::fs;
use std::path::PathBuf;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{CommitId, Oid};

/// After so many commits that were read, the file is asked: reading these takes as long as reading some thousands there.
const SOME: usize = 32;

/// So many that are not in it are added to it.
const MANY: usize = 256;

/// So many common ancestors are compared with each other.
const FEW: usize = 8;

/// What a commit follows, and when it was made. Commits are known by numbers: walks are long, and a number needs no search.
struct Link {
    time: i64,
    /// The first it follows, or [`NONE`].
    first: u32,
    others: Box<[u32]>,
}

const NONE: u32 = u32::MAX;

impl Link {
    fn parents(&self) -> impl Iterator<Item = u32> {
        Some(self.first).filter(|first| *first != NONE).into_iter().chain(self.others.iter().copied())
    }
}

/// The links that are known.
#[derive(Default)]
pub(super) struct Links {
    graph: RefCell<Graph>,
    is_loaded: Cell<bool>,
}

#[derive(Default)]
struct Graph {
    numbers: IdMap<u32>,
    ids: Vec<Oid>,
    /// By number; `None` for what another follows and nobody has asked for yet.
    links: Vec<Option<Link>>,
    /// What the last one follows first. Links are kept in the order of a walk, so that it mostly comes next, and needs no
    /// search.
    next: Option<u32>,
    /// Those that were read from commits, and are not in the file.
    new: Vec<u32>,
}

impl Graph {
    fn number(&mut self, id: Oid) -> u32 {
        let next = self.ids.len() as u32;
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.ids.push(id);
            self.links.push(None);
        }
        number
    }

    fn put(&mut self, id: Oid, time: i64, parents: impl Iterator<Item = Oid>) -> u32 {
        let expected = self.next.filter(|next| self.ids[*next as usize] == id);
        let number = expected.unwrap_or_else(|| self.number(id));
        let mut parents = parents.map(|parent| self.number(parent));
        let (first, others) = (parents.next().unwrap_or(NONE), parents.collect());
        self.next = Some(first).filter(|first| *first != NONE);
        self.links[number as usize] = Some(Link { time, first, others });
        number
    }
}

/// From which ends of a walk a commit is reached.
const VISIBLE: u8 = 1;
const HIDDEN: u8 = 2;
const BOTH: u8 = VISIBLE | HIDDEN;
/// What it follows was told so.
const PASSED: u8 = 4;
/// The walk cannot end before it is passed.
const WANTED: u8 = 8;

/// What a walk from two commits found, by number.
struct Reached {
    marks: Vec<u8>,
    visible: u32,
    hidden: u32,
}

impl Reached {
    fn of(&self, number: u32) -> u8 {
        self.marks.get(number as usize).map_or(0, |marks| marks & BOTH)
    }
}

impl Links {
    /// Whether a commit is reachable from another.
    pub fn reaches(&self, objects: &Objects, tip: CommitId, ancestor: CommitId) -> Result<bool, Fault> {
        let reached = self.paint(objects, ancestor, tip)?;
        Ok(reached.of(reached.visible) & HIDDEN != 0)
    }

    /// The commits of `tip` that `base` lacks, as they are met going back.
    pub fn range(&self, objects: &Objects, base: CommitId, tip: CommitId) -> Result<Vec<CommitId>, Fault> {
        let reached = self.paint(objects, tip, base)?;
        let is_lacking = |number: &u32| reached.of(*number) == VISIBLE;
        let (mut order, mut open) = (Vec::new(), VecDeque::new());
        let mut seen = vec![false; reached.marks.len()];
        open.extend(Some(reached.visible).filter(is_lacking));
        while let Some(number) = open.pop_front() {
            if std::mem::replace(&mut seen[number as usize], true) {
                continue;
            }
            self.with(objects, number, |link| open.extend(link.parents().filter(is_lacking)))?;
            order.push(CommitId(self.graph.borrow().ids[number as usize]));
        }
        Ok(order)
    }

    /// The common ancestor of two commits that every other one is an ancestor of; `None` where there are several such, or
    /// none.
    pub fn merge_base(&self, objects: &Objects, one: CommitId, two: CommitId) -> Result<Option<CommitId>, Fault> {
        let mut shared = self.last_shared(objects, one, two)?;
        if shared.len() > FEW {
            return Ok(None);
        }
        let mut at = 0;
        while at < shared.len() {
            let (mut others, this) = (shared.iter().filter(|other| **other != shared[at]), shared[at]);
            match others
                .try_fold(false, |below, other| Ok::<_, Fault>(below || self.reaches(objects, *other, this)?))?
            {
                true => drop(shared.remove(at)),
                false => at += 1,
            }
        }
        Ok(Some(shared).filter(|shared| shared.len() == 1).and_then(|shared| shared.first().copied()))
    }

    /// Of what both of two commits reach, what something follows that only one of them does.
    fn last_shared(&self, objects: &Objects, one: CommitId, two: CommitId) -> Result<Vec<CommitId>, Fault> {
        let reached = self.paint(objects, one, two)?;
        let is_shared = |number: &u32| reached.of(*number) == BOTH;
        let mut shared: BTreeSet<u32> = [reached.visible, reached.hidden].into_iter().filter(is_shared).collect();
        let graph = self.graph.borrow();
        for (number, marks) in reached.marks.iter().enumerate() {
            if marks & PASSED != 0 && marks & BOTH != BOTH {
                let link = graph.links[number].as_ref();
                shared.extend(link.into_iter().flat_map(Link::parents).filter(is_shared));
            }
        }
        Ok(shared.into_iter().map(|number| CommitId(graph.ids[number as usize])).collect())
    }

    /// What a commit follows.
    pub fn parents(&self, objects: &Objects, commit: CommitId) -> Result<Vec<CommitId>, Fault> {
        let number = self.graph.borrow_mut().number(commit.0);
        let mut parents = Vec::new();
        self.with(objects, number, |link| parents.extend(link.parents()))?;
        let graph = self.graph.borrow();
        Ok(parents.into_iter().map(|number| CommitId(graph.ids[number as usize])).collect())
    }

    /// Goes back from two commits until nothing is left that only one of them reaches.
    fn paint(&self, objects: &Objects, visible: CommitId, hidden: CommitId) -> Result<Reached, Fault> {
        let (visible, hidden) = {
            let mut graph = self.graph.borrow_mut();
            (graph.number(visible.0), graph.number(hidden.0))
        };
        let (mut marks, mut wanted): (Vec<u8>, usize) = (Vec::new(), 0);
        // Of those that only one end reached when they were passed. What is as old may still be on a way to one of them.
        let mut oldest = i64::MAX;
        let mut open: BinaryHeap<(i64, u32)> = BinaryHeap::new();
        let mut todo: Vec<(u32, u8)> = vec![(visible, VISIBLE), (hidden, HIDDEN)];
        loop {
            for (number, from) in todo.drain(..) {
                let at = number as usize;
                if marks.len() <= at {
                    marks.resize(self.graph.borrow().ids.len(), 0);
                }
                if marks[at] & from == from {
                    continue;
                }
                marks[at] |= from;
                open.push((self.with(objects, number, |link| link.time)?, number));
                // One that only one end reaches, or that told what it follows too little.
                let is_wanted = marks[at] & BOTH != BOTH || marks[at] & PASSED != 0;
                match (is_wanted, marks[at] & WANTED != 0) {
                    (true, false) => (marks[at], wanted) = (marks[at] | WANTED, wanted + 1),
                    (false, true) => (marks[at], wanted) = (marks[at] & !WANTED, wanted - 1),
                    _ => {}
                }
            }
            let Some((time, number)) = open.pop().filter(|(time, _)| wanted > 0 || *time >= oldest) else { break };
            let at = number as usize;
            wanted -= usize::from(marks[at] & WANTED != 0);
            marks[at] = marks[at] & BOTH | PASSED;
            let from = marks[at] & BOTH;
            if from != BOTH {
                oldest = oldest.min(time);
            }
            self.with(objects, number, |link| todo.extend(link.parents().map(|parent| (parent, from))))?;
        }
        self.keep(objects);
        Ok(Reached { marks, visible, hidden })
    }

    fn with<R>(&self, objects: &Objects, number: u32, ask: impl FnOnce(&Link) -> R) -> Result<R, Fault> {
        if let Some(Some(link)) = self.graph.borrow().links.get(number as usize) {
            return Ok(ask(link));
        }
        if !self.is_loaded.get() && self.graph.borrow().new.len() >= SOME {
            self.load(objects);
            return self.with(objects, number, ask);
        }
        let id = self.graph.borrow().ids[number as usize];
        let (time, parents) = read(objects, id)?;
        let mut graph = self.graph.borrow_mut();
        graph.put(id, time, parents.into_iter());
        graph.new.push(number);
        drop(graph);
        self.with(objects, number, ask)
    }

    fn load(&self, objects: &Objects) {
        self.is_loaded.set(true);
        let bytes = fs::read(file(objects)).unwrap_or_default();
        let mut graph = self.graph.borrow_mut();
        let many = bytes.len() / 52;
        graph.numbers.reserve(many);
        graph.ids.reserve(many);
        graph.links.reserve(many);
        let mut rest = bytes.as_slice();
        while let Some((block, after)) = blocks::first(rest) {
            rest = after;
            let mut links = block;
            while let Some(after) = parse(&mut graph, links) {
                links = after;
            }
        }
        drop(graph);
        // What it does not hold is found out as before; a file that is not whole is begun again.
        if !rest.is_empty() {
            let _ = fs::remove_file(file(objects));
        }
    }

    /// Adds to the file what is not in it, where that is much. A cache: what cannot be kept is read again.
    fn keep(&self, objects: &Objects) {
        if self.graph.borrow().new.len() < MANY {
            return;
        }
        if !self.is_loaded.get() {
            self.load(objects);
        }
        let mut graph = self.graph.borrow_mut();
        let (new, mut links) = (std::mem::take(&mut graph.new), Vec::new());
        let stored = |number: &u32| !objects.fresh.borrow().by_id.contains_key(&graph.ids[*number as usize]);
        for number in new.into_iter().filter(stored) {
            write(&mut links, &graph, number);
        }
        let mut block = Vec::new();
        blocks::write(&mut block, &links);
        blocks::append(&file(objects), &block);
    }
}

fn file(objects: &Objects) -> PathBuf {
    objects.common_dir.join("switchback").join("links")
}

fn read(objects: &Objects, id: Oid) -> Result<(i64, Vec<Oid>), Fault> {
    let bytes = objects.read(id, ObjectKind::Commit)?;
    let commit = gix::objs::CommitRef::from_bytes(&bytes, gix::hash::Kind::Sha1);
    let commit = commit.map_err(|_| missing(id, &objects.common_dir))?;
    let time = commit.committer().ok().and_then(|who| who.time().ok()).map_or(0, |time| time.seconds);
    Ok((time, commit.parents().map(|parent| from_git(&parent)).collect()))
}

/// An id, its time, how many it follows, and those.
fn write(to: &mut Vec<u8>, graph: &Graph, number: u32) {
    let Some(link) = &graph.links[number as usize] else { return };
    let parents: Vec<u32> = link.parents().collect();
    to.extend(graph.ids[number as usize].0);
    to.extend(link.time.to_le_bytes());
    to.extend((parents.len() as u32).to_le_bytes());
    parents.iter().for_each(|parent| to.extend(graph.ids[*parent as usize].0));
}

/// Takes in one link, and tells what follows it.
fn parse<'a>(graph: &mut Graph, from: &'a [u8]) -> Option<&'a [u8]> {
    let (id, rest) = from.split_first_chunk()?;
    let (time, rest) = rest.split_first_chunk()?;
    let (count, rest) = rest.split_first_chunk()?;
    let size = (u32::from_le_bytes(*count) as usize).checked_mul(size_of::<Oid>())?;
    let (parents, rest) = rest.split_at_checked(size)?;
    let parents = parents.as_chunks().0.iter().map(|parent| Oid(*parent));
    graph.put(Oid(*id), i64::from_le_bytes(*time), parents);
    Some(rest)
}
