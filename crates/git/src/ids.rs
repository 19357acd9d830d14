//! Ids, from here to gix and back, and as keys.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use switchback_core::words::object::{CommitId, Oid};

/// An id as gix says it.
pub(super) fn to_git(id: Oid) -> gix::ObjectId {
    gix::ObjectId::Sha1(id.0)
}

/// An id as Switchback says it; only SHA-1 repositories are opened.
pub(super) fn from_git(id: &gix::hash::oid) -> Oid {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(&id.as_bytes()[..20]);
    Oid(bytes)
}

/// A commit's id as gix says it.
pub(super) fn commit_to_git(commit: CommitId) -> gix::ObjectId {
    to_git(commit.0)
}

/// A commit's id as Switchback says it.
pub(super) fn commit_from_git(id: &gix::hash::oid) -> CommitId {
    CommitId(from_git(id))
}

/// An id is a hash already: its first bytes serve as one.
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(head) = bytes.first_chunk::<8>() {
            self.0 ^= u64::from_le_bytes(*head);
        }
    }

    fn write_usize(&mut self, _: usize) {}
}

/// A map by object id.
pub(super) type IdMap<T> = HashMap<Oid, T, BuildHasherDefault<IdHasher>>;
