//! What reading and merging structured files came to. Who carries a change again and again, in one operation and in the next,
//! asks the same of the same contents; so what was found out is kept in a file beside the ledger, by what was asked. Contents
//! never change, and other rules are another question, so nothing in it can be out of date; where the file is gone or damaged,
//! files are read again.

use super::blocks;
use super::ids::{IdMap, from_git};
use super::objects::Objects;
use std::cell::{OnceCell, RefCell};
use std::fs;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::path::{Path, PathBuf};
use switchback_core::words::object::Oid;

/// The rules, as a number: see `build.rs`.
const RULES: &[u8; 8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules"));

/// As many outcomes as that are added to the file at once.
const MANY: usize = 64;

/// A file that would become larger is begun again.
const MOST: u64 = 4 << 20;

/// What was asked under which rules, as a number that nothing else has; without one, nothing is kept.
#[derive(Clone, Copy)]
pub(super) struct Question(Option<Oid>);

impl Question {
    /// Numbers what was asked.
    pub(super) fn of(asked: impl Hash) -> Self {
        let mut digest = Digest(gix::hash::hasher(gix::hash::Kind::Sha1));
        (RULES, asked).hash(&mut digest);
        Self(digest.0.try_finalize().ok().map(|id| from_git(&id)))
    }
}

/// The hash that names objects, for whatever can be hashed.
struct Digest(gix::hash::Hasher);

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Nobody asks for so short a hash.
    fn finish(&self) -> u64 {
        0
    }
}

/// The outcomes that are known, as bytes that whoever keeps them can read.
#[derive(Default)]
pub(super) struct Outcomes {
    known: OnceCell<RefCell<Known>>,
}

#[derive(Default)]
struct Known {
    bytes: Vec<u8>,
    places: IdMap<Range<usize>>,
    /// From where on they are not in the file yet, and how many.
    new: (usize, usize),
}

impl Outcomes {
    /// What is known of a question.
    pub(super) fn get(&self, objects: &Objects, question: Question) -> Option<Box<[u8]>> {
        let known = self.known(objects).borrow();
        known.places.get(&question.0?).map(|place| Box::from(&known.bytes[place.clone()]))
    }

    /// Keeps what was found out.
    pub(super) fn keep(&self, objects: &Objects, question: Question, outcome: &[u8]) {
        let (Some(question), Ok(size)) = (question.0, u32::try_from(outcome.len())) else { return };
        let mut known = self.known(objects).borrow_mut();
        let from = known.bytes.len();
        known.bytes.extend(question.0);
        known.bytes.extend(size.to_le_bytes());
        known.bytes.extend(outcome);
        known.read(from);
        known.new.1 += 1;
        if known.new.1 < MANY {
            return;
        }
        let mut block = Vec::new();
        blocks::write(&mut block, &known.bytes[known.new.0..]);
        known.new = (known.bytes.len(), 0);
        if known.bytes.len() as u64 > MOST {
            // Who lives long remembers no more than the file.
            *known = Known::default();
        }
        blocks::append_within(MOST, &file(objects), &block);
    }

    fn known(&self, objects: &Objects) -> &RefCell<Known> {
        self.known.get_or_init(|| RefCell::new(Known::load(&file(objects))))
    }
}

impl Known {
    /// Reads the file. One that is not whole is begun again.
    fn load(path: &Path) -> Self {
        let mut known = Self::default();
        let stored = fs::read(path).unwrap_or_default();
        let mut rest = stored.as_slice();
        while let Some((block, after)) = blocks::first(rest) {
            rest = after;
            known.bytes.extend(block);
        }
        if !rest.is_empty() {
            let _ = fs::remove_file(path);
        }
        known.read(0);
        known.new = (known.bytes.len(), 0);
        known
    }

    /// Finds where the outcomes from a place on stand.
    fn read(&mut self, mut from: usize) {
        while let Some((question, size)) = head(&self.bytes[from..]) {
            let start = from + HEAD;
            let Some(end) = start.checked_add(size).filter(|end| *end <= self.bytes.len()) else { break };
            self.places.insert(question, start..end);
            from = end;
        }
    }
}

/// The bytes before an outcome.
const HEAD: usize = size_of::<Oid>() + size_of::<u32>();

fn head(bytes: &[u8]) -> Option<(Oid, usize)> {
    let (question, rest) = bytes.split_first_chunk()?;
    Some((Oid(*question), u32::from_le_bytes(*rest.first_chunk()?) as usize))
}

fn file(objects: &Objects) -> PathBuf {
    objects.common_dir.join("switchback").join("outcomes")
}
