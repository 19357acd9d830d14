//! What two trees differ in, renames and all. Finding it takes a walk through both, and a comparison of files where some came
//! and others went; who carries a change asks for it again and again, in one operation and in the next. So it is remembered,
//! and kept in a file beside the ledger. Trees never change, so nothing in it can be out of date but by another way to look
//! for renames; where the file is gone or damaged, trees are compared again.

use super::blocks;
use super::ids::IdHasher;
use super::kept::Kept;
use super::objects::Objects;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use switchback_core::content::Delta;
use switchback_core::words::object::{BlobId, Leaf, Mode, Oid, PathChange, RepoPath, TreeId};

/// What is written, and how renames are looked for: one more where either changes.
const VERSION: u32 = 2;

/// How many paths and renames are remembered.
const ROWS: usize = 1 << 18;

/// As many rows as that are added to the file at once.
const MANY: usize = 256;

/// What one costs beside its rows.
const ONE: usize = 8;

/// A file that would become larger is begun again.
const MOST: u64 = 16 << 20;

/// From which tree to which.
type Between = (TreeId, TreeId);

/// The deltas that are known.
pub(super) struct Deltas {
    known: Kept<Delta, Between>,
    stored: OnceCell<Stored>,
    new: RefCell<New>,
}

/// Those that the file holds.
#[derive(Default)]
struct Stored {
    file: Option<File>,
    places: HashMap<Between, Range<usize>, BuildHasherDefault<IdHasher>>,
}

/// Those that are not in the file yet.
#[derive(Default)]
struct New {
    blocks: Vec<u8>,
    rows: usize,
}

impl Deltas {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { known: Kept::up_to(ROWS), stored: OnceCell::new(), new: RefCell::default() }
    }

    /// What is known of two trees.
    pub(super) fn get(&self, objects: &Objects, between: Between) -> Option<Arc<Delta>> {
        if let Some(delta) = self.known.get(&between) {
            return Some(delta);
        }
        let stored = self.stored.get_or_init(|| Stored::load(&file(objects)));
        let delta = Arc::new(stored.read(between).ok()??);
        self.remember(between, &delta);
        Some(delta)
    }

    /// Remembers what was found out, and keeps it where both trees are in the repository.
    pub(super) fn keep(&self, objects: &Objects, between: Between, delta: &Arc<Delta>) {
        self.remember(between, delta);
        if [between.0, between.1].into_iter().any(|tree| objects.fresh.borrow().by_id.contains_key(&tree.0)) {
            return;
        }
        let mut new = self.new.borrow_mut();
        blocks::write(&mut new.blocks, &written(between, delta));
        new.rows += ONE + rows(delta);
        if new.rows < MANY {
            return;
        }
        let New { blocks, .. } = std::mem::take(&mut *new);
        blocks::append_within(MOST, &file(objects), &blocks);
    }

    fn remember(&self, between: Between, delta: &Arc<Delta>) {
        self.known.keep(between, delta, 1 + rows(delta));
    }
}

impl Stored {
    /// Looks where in the file each stands. One that is not whole is begun again.
    fn load(path: &Path) -> Self {
        let mut stored = Self::default();
        let Ok(bytes) = fs::read(path) else { return stored };
        let mut at = 0;
        while let Some(place) = blocks::place(&bytes, at) {
            let Some((between, _)) = heading(blocks::begins(&bytes[place.clone()])) else { break };
            at = place.end;
            stored.places.insert(between, place);
        }
        match File::open(path).ok().filter(|_| at == bytes.len()) {
            Some(file) => stored.file = Some(file),
            None => {
                let _ = fs::remove_file(path);
                stored.places.clear();
            }
        }
        stored
    }

    fn read(&self, between: Between) -> std::io::Result<Option<Delta>> {
        let (Some(file), Some(place)) = (&self.file, self.places.get(&between)) else { return Ok(None) };
        let mut block = vec![0; place.len()];
        file.read_exact_at(&mut block, place.start as u64)?;
        let content = blocks::content(&block).and_then(heading);
        Ok(content.filter(|(known, _)| *known == between).and_then(|(_, rest)| Reading(rest).delta()))
    }
}

fn file(objects: &Objects) -> PathBuf {
    objects.common_dir.join("switchback").join("deltas")
}

fn rows(delta: &Delta) -> usize {
    delta.changes.len() + delta.renames.len()
}

/// Which trees the content of a block is about, and the rest of it; `None` where another version wrote it.
fn heading(content: &[u8]) -> Option<(Between, &[u8])> {
    let mut reading = Reading(content);
    let is_ours = reading.number()? == VERSION;
    let between = (TreeId(reading.id()?), TreeId(reading.id()?));
    is_ours.then_some((between, reading.0))
}

/// The trees; each path that differs, without what it begins with like the one before it, and what stood and stands there; and
/// each rename by the places of its two ends among them.
fn written((before, after): Between, delta: &Delta) -> Vec<u8> {
    let mut bytes = VERSION.to_le_bytes().to_vec();
    bytes.extend(before.0.0);
    bytes.extend(after.0.0);
    let number = |bytes: &mut Vec<u8>, number: usize| bytes.extend((number as u32).to_le_bytes());
    number(&mut bytes, delta.changes.len());
    let mut last: &[u8] = &[];
    for change in &delta.changes {
        let path = change.path.as_bytes();
        let alike = path.iter().zip(last).take_while(|(one, two)| one == two).count();
        number(&mut bytes, alike);
        number(&mut bytes, path.len() - alike);
        bytes.extend(&path[alike..]);
        last = path;
        for leaf in [change.before, change.after] {
            bytes.push(leaf.map_or(0, |leaf| mode_number(leaf.mode)));
            bytes.extend(leaf.iter().flat_map(|leaf| leaf.id.0.0));
        }
    }
    let place = |path: &RepoPath| delta.changes.partition_point(|change| change.path < *path);
    number(&mut bytes, delta.renames.len());
    for (from, to) in &delta.renames {
        number(&mut bytes, place(from));
        number(&mut bytes, place(to));
    }
    bytes
}

const MODES: [Mode; 4] = [Mode::File, Mode::Executable, Mode::Symlink, Mode::Submodule];

fn mode_number(mode: Mode) -> u8 {
    MODES.iter().zip(1..).find(|(known, _)| **known == mode).map_or(0, |(_, number)| number)
}

/// What is left to be read. Everything is `None` where it ends too early.
struct Reading<'b>(&'b [u8]);

impl<'b> Reading<'b> {
    fn take(&mut self, size: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(size_of::<u32>())?.try_into().ok().map(u32::from_le_bytes)
    }

    fn id(&mut self) -> Option<Oid> {
        self.take(size_of::<Oid>())?.try_into().ok().map(Oid)
    }

    fn leaf(&mut self) -> Option<Option<Leaf>> {
        Some(match self.take(1)? {
            [0] => None,
            [number] => {
                let mode = *MODES.get(usize::from(*number).checked_sub(1)?)?;
                Some(Leaf { mode, id: BlobId(self.id()?) })
            }
            _ => return None,
        })
    }

    fn delta(mut self) -> Option<Delta> {
        let (mut changes, mut path) = (Vec::new(), Vec::new());
        for _ in 0..self.number()? {
            let (alike, more) = (self.number()? as usize, self.number()? as usize);
            path.truncate(alike);
            path.extend(self.take(more)?);
            changes.push(PathChange { path: RepoPath::new(&path), before: self.leaf()?, after: self.leaf()? });
        }
        let mut renames = Vec::new();
        for _ in 0..self.number()? {
            let mut end = || Some(changes.get(self.number()? as usize)?.path.clone());
            renames.push((end()?, end()?));
        }
        Some(Delta::new(changes, renames))
    }
}
