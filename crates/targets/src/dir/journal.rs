//! What is under way in an area and what it takes to undo it, in `.switchback/journal`. It is durable
//! before the first file is touched and goes when the ledger has the version.

use super::area::{self, Held};
use super::faults;
use rustix::fs::{AtFlags, unlinkat};
use rustix::io::Errno;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::os::fd::BorrowedFd;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, VersionNo};
use switchback_core::words::object::{Leaf, Mode, RepoPath};

const NAME: &str = "journal";
const MAGIC: [u8; 4] = *b"SBJ1";

/// One deployment under way.
#[derive(Serialize, Deserialize)]
pub(super) struct Journal {
    pub(super) version: VersionNo,
    pub(super) deployment: OperationId,
    /// How long the manifest was before; undoing cuts it back to this.
    pub(super) manifest: u64,
    pub(super) order: Order,
    /// Folders that did not exist before, outermost first.
    pub(super) folders: Vec<Vec<u8>>,
    /// What changes, in order of path.
    pub(super) rows: Vec<JournalRow>,
}

/// How the files come to their places.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Order {
    /// The area is empty: files are written where they belong, because nobody can be reading them yet.
    Populate,
    /// New contents are renamed to their places, then what is deleted goes.
    PublishFirst,
    /// A file becomes a folder or the other way round: what is deleted has to make room first.
    RemoveFirst,
}

/// One path under way.
#[derive(Serialize, Deserialize)]
pub(super) struct JournalRow {
    #[serde(serialize_with = "path_bytes", deserialize_with = "path_from_bytes")]
    pub(super) path: RepoPath,
    pub(super) before: Option<Leaf>,
    pub(super) after: Option<Leaf>,
    /// How much of the path is the folder the content waits in.
    pub(super) waits_in: u32,
}

impl JournalRow {
    /// Whether a submodule's folder becomes a file, or a file such a folder.
    pub(super) fn switches_folder(&self) -> bool {
        let is_folder = |leaf: Leaf| leaf.mode == Mode::Submodule;
        self.before.zip(self.after).is_some_and(|(before, after)| is_folder(before) != is_folder(after))
    }

    /// The folder the content waits in until it is renamed.
    pub(super) fn waiting_folder(&self) -> &[u8] {
        &self.path.as_bytes()[..self.waits_in as usize]
    }
}

fn path_bytes<S: Serializer>(path: &RepoPath, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(path.as_bytes())
}

fn path_from_bytes<'de, D: Deserializer<'de>>(from: D) -> Result<RepoPath, D::Error> {
    Vec::<u8>::deserialize(from).map(RepoPath::new)
}

/// Writes the journal durably, at once or not at all.
pub(super) fn write(held: &Held, journal: &Journal) -> Result<(), Fault> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&[0; 4]);
    let mut bytes = postcard::to_extend(journal, bytes)
        .map_err(|error| faults::io("write", b".switchback/journal", std::io::Error::other(error)))?;
    let checksum = crc32fast::hash(&bytes[8..]);
    bytes[4..8].copy_from_slice(&checksum.to_le_bytes());
    area::replace(held.home(), NAME, &bytes)
}

/// The journal, if anything is under way.
pub(super) fn read(home: BorrowedFd<'_>) -> Result<Option<Journal>, Fault> {
    let Some(bytes) = area::load(home, NAME)? else { return Ok(None) };
    let sound = bytes.len() > 8 && bytes[..4] == MAGIC && bytes[4..8] == crc32fast::hash(&bytes[8..]).to_le_bytes();
    if !sound {
        return Err(faults::journal_damaged());
    }
    postcard::from_bytes(&bytes[8..]).map(Some).map_err(|_| faults::journal_damaged())
}

/// Ends what is under way. Losing this to a power cut is harmless: ending it again is the same.
pub(super) fn forget(held: &Held) -> Result<(), Fault> {
    match unlinkat(held.home(), NAME, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(faults::io("remove", b".switchback/journal", error)),
    }
}
