//! Ids, from here to gix and back.

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
