//! Which commit follows which. Stages' branches go their own ways for years, and whether one holds a commit is known only
//! once its whole way is walked: reading every commit on it takes a hundred times as long as knowing what it follows. So
//! what was read is kept in a file beside the ledger. A commit never changes, so nothing in it can be out of date; where
//! the file is gone or damaged, commits are read again.

use super::faults::missing;
use super::ids::from_git;
use super::objects::{IdMap, Objects};
use gix::objs::Kind as ObjectKind;
use std::cell::{Cell, RefCell};
use std::collections::{BinaryHeap, VecDeque};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{CommitId, Oid};

/// After so many commits that were read, the file is asked; after so many more, they are added to it.
const MANY: usize = 256;

/// What a commit follows, and when it was made.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Link {
    time: i64,
    first: Option<Oid>,
    others: Vec<Oid>,
}

impl Link {
    fn parents(&self) -> impl Iterator<Item = Oid> {
        self.first.iter().chain(&self.others).copied()
    }
}

/// The links that are known.
#[derive(Default)]
pub(super) struct Links {
    known: RefCell<IdMap<Link>>,
    /// Those that were read from commits, and are not in the file.
    new: RefCell<Vec<Oid>>,
    is_loaded: Cell<bool>,
}

/// From which ends of a walk a commit is reached.
const VISIBLE: u8 = 1;
const HIDDEN: u8 = 2;
const BOTH: u8 = VISIBLE | HIDDEN;

impl Links {
    /// Whether a commit is reachable from another.
    pub fn reaches(&self, objects: &Objects, tip: CommitId, ancestor: CommitId) -> Result<bool, Fault> {
        let reached = self.paint(objects, ancestor, tip)?;
        Ok(reached.get(&ancestor.0).is_some_and(|from| from & HIDDEN != 0))
    }

    /// The commits of `tip` that `base` lacks, as they are met going back.
    pub fn range(&self, objects: &Objects, base: CommitId, tip: CommitId) -> Result<Vec<CommitId>, Fault> {
        let reached = self.paint(objects, tip, base)?;
        let is_lacking = |id: &Oid| reached.get(id).is_some_and(|from| from & HIDDEN == 0);
        let (mut order, mut open, mut seen) = (Vec::new(), VecDeque::new(), IdMap::default());
        open.extend(Some(tip.0).filter(is_lacking));
        while let Some(id) = open.pop_front() {
            if seen.insert(id, ()).is_none() {
                order.push(CommitId(id));
                open.extend(self.link(objects, id)?.parents().filter(is_lacking));
            }
        }
        Ok(order)
    }

    /// Goes back from two commits until nothing is left that only one of them reaches.
    fn paint(&self, objects: &Objects, visible: CommitId, hidden: CommitId) -> Result<IdMap<u8>, Fault> {
        let mut reached: IdMap<u8> = IdMap::default();
        let mut open: BinaryHeap<(i64, Oid)> = BinaryHeap::new();
        // Those that are open and were reached from one side alone.
        let mut undecided: IdMap<()> = IdMap::default();
        let mut todo: Vec<(Oid, u8)> = vec![(visible.0, VISIBLE), (hidden.0, HIDDEN)];
        loop {
            for (id, from) in todo.drain(..) {
                let before = reached.get(&id).copied().unwrap_or(0);
                if before | from == before {
                    continue;
                }
                reached.insert(id, before | from);
                open.push((self.link(objects, id)?.time, id));
                match before | from {
                    BOTH => undecided.remove(&id),
                    _ => undecided.insert(id, ()),
                };
            }
            let Some((_, id)) = open.pop().filter(|_| !undecided.is_empty()) else { break };
            undecided.remove(&id);
            let from = reached.get(&id).copied().unwrap_or(BOTH);
            todo.extend(self.link(objects, id)?.parents().map(|parent| (parent, from)));
        }
        self.keep(objects);
        Ok(reached)
    }

    fn link(&self, objects: &Objects, id: Oid) -> Result<Link, Fault> {
        if let Some(link) = self.known.borrow().get(&id) {
            return Ok(link.clone());
        }
        if !self.is_loaded.get() && self.new.borrow().len() >= MANY {
            self.load(objects);
            return self.link(objects, id);
        }
        let link = read(objects, id)?;
        self.new.borrow_mut().push(id);
        self.known.borrow_mut().insert(id, link.clone());
        Ok(link)
    }

    fn load(&self, objects: &Objects) {
        self.is_loaded.set(true);
        let bytes = fs::read(file(objects)).unwrap_or_default();
        let mut known = self.known.borrow_mut();
        known.reserve(bytes.len() / 48);
        let mut rest = bytes.as_slice();
        while let Some((block, after)) = block(rest) {
            rest = after;
            let mut links = block;
            while let Some((id, link, after)) = parse(links) {
                known.insert(id, link);
                links = after;
            }
        }
        drop(known);
        // What it does not hold is found out as before; a file that is not whole is begun again.
        if !rest.is_empty() {
            let _ = fs::remove_file(file(objects));
        }
    }

    /// Adds to the file what is not in it, where that is much. A cache: what cannot be kept is read again.
    fn keep(&self, objects: &Objects) {
        if self.new.borrow().len() < MANY {
            return;
        }
        if !self.is_loaded.get() {
            self.load(objects);
        }
        let (known, mut links) = (self.known.borrow(), Vec::new());
        let stored = |id: &Oid| !objects.fresh.borrow().by_id.contains_key(id);
        for id in self.new.borrow_mut().drain(..).filter(stored) {
            if let Some(link) = known.get(&id) {
                write(&mut links, id, link);
            }
        }
        let mut bytes = (links.len() as u64).to_le_bytes().to_vec();
        bytes.extend(crc32fast::hash(&links).to_le_bytes());
        bytes.extend(links);
        let path = file(objects);
        if path.parent().is_some_and(std::path::Path::is_dir) {
            let opened = OpenOptions::new().append(true).create(true).open(path);
            let _ = opened.and_then(|mut file| file.write_all(&bytes));
        }
    }
}

fn file(objects: &Objects) -> PathBuf {
    objects.common_dir.join("switchback").join("links")
}

fn read(objects: &Objects, id: Oid) -> Result<Link, Fault> {
    let bytes = objects.read(id, ObjectKind::Commit)?;
    let commit = gix::objs::CommitRef::from_bytes(&bytes, gix::hash::Kind::Sha1);
    let commit = commit.map_err(|_| missing(id, &objects.common_dir))?;
    let mut parents = commit.parents().map(|parent| from_git(&parent));
    let time = commit.committer().ok().and_then(|who| who.time().ok()).map_or(0, |time| time.seconds);
    Ok(Link { time, first: parents.next(), others: parents.collect() })
}

/// The links of one block, and what follows it; `None` where none does, or it is not whole.
fn block(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, rest) = bytes.split_first_chunk()?;
    let (sum, rest) = rest.split_first_chunk()?;
    let (links, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*size)).ok()?)?;
    (crc32fast::hash(links).to_le_bytes() == *sum).then_some((links, rest))
}

/// An id, its time, how many it follows, and those.
fn write(to: &mut Vec<u8>, id: Oid, link: &Link) {
    let parents: Vec<Oid> = link.parents().collect();
    to.extend(id.0);
    to.extend(link.time.to_le_bytes());
    to.extend((parents.len() as u32).to_le_bytes());
    parents.iter().for_each(|parent| to.extend(parent.0));
}

fn parse(from: &[u8]) -> Option<(Oid, Link, &[u8])> {
    let (id, rest) = from.split_first_chunk()?;
    let (time, rest) = rest.split_first_chunk()?;
    let (count, mut rest) = rest.split_first_chunk()?;
    let mut link = Link { time: i64::from_le_bytes(*time), first: None, others: Vec::new() };
    for nth in 0..u32::from_le_bytes(*count) {
        let (parent, after) = rest.split_first_chunk()?;
        rest = after;
        match nth {
            0 => link.first = Some(Oid(*parent)),
            _ => link.others.push(Oid(*parent)),
        }
    }
    Some((Oid(*id), link, rest))
}
