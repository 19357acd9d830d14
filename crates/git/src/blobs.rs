//! Blobs for several threads at once, those that are not stored yet included.

use super::faults::missing;
use super::ids::{from_git, to_git};
use super::objects::Objects;
use std::collections::HashMap;
use std::path::PathBuf;
use switchback_core::ports::repository::BlobReader;
use switchback_core::ports::repository::Blobs;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::Oid;

/// A source of blobs; it knows what was made until it was asked for.
pub(super) struct RepoBlobs {
    git: gix::ThreadSafeRepository,
    fresh: HashMap<Oid, Vec<u8>>,
    common_dir: PathBuf,
}

impl RepoBlobs {
    pub(super) fn new(git: &gix::Repository, objects: &Objects) -> Self {
        let fresh = objects.fresh.borrow();
        let blobs = fresh.by_id.iter().filter(|(_, made)| made.kind == gix::objs::Kind::Blob);
        Self {
            git: git.clone().into_sync(),
            fresh: blobs.map(|(id, made)| (*id, made.bytes.to_vec())).collect(),
            common_dir: git.common_dir().to_owned(),
        }
    }
}

impl Blobs for RepoBlobs {
    fn reader(&self) -> BlobReader<'_> {
        let git = self.git.to_thread_local();
        Box::new(move |blob, buffer| {
            if let Some(bytes) = self.fresh.get(&blob.0) {
                buffer.clear();
                buffer.extend_from_slice(bytes);
                return Ok(());
            }
            let id = to_git(blob.0);
            let found = gix::objs::Find::try_find(&git.objects, &id, buffer).map_err(|error| {
                Fault::new("object-unreadable", format!("object {blob} cannot be read: {error}"), "run `git fsck`")
            })?;
            match found.map(|data| data.kind) {
                Some(gix::objs::Kind::Blob) => Ok(()),
                Some(kind) => Err(Fault::new(
                    "object-wrong-kind",
                    format!("object {blob} is a {kind}, but a blob was expected"),
                    "run `git fsck` in the repository",
                )),
                None => Err(missing(from_git(&id), &self.common_dir)),
            }
        })
    }
}
