//! Hands one repository out as often as threads need it: opened once, and what is found on disk is shared.

use crate::GitRepo;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use switchback_core::ports::repository::{Repo, Repositories};
use switchback_core::words::fault::Fault;

/// A repository that is open.
pub struct GitRepositories {
    first: Mutex<Option<GitRepo>>,
    /// A folder of it.
    dir: PathBuf,
    more: Mutex<gix::ThreadSafeRepository>,
}

impl GitRepositories {
    /// The repository that is open already.
    pub fn beginning_with(first: GitRepo) -> Self {
        Self { dir: first.top(), more: Mutex::new(first.for_threads()), first: Mutex::new(Some(first)) }
    }
}

impl GitRepo {
    /// The same repository for another thread. What it finds on disk is known to both; what either makes is its own.
    fn of_threads(git: &gix::ThreadSafeRepository) -> Self {
        Self::of(git.to_thread_local())
    }

    /// Lets other threads have the same repository.
    fn for_threads(&self) -> gix::ThreadSafeRepository {
        self.git.clone().into_sync()
    }
}

/// How many packs that come there is room for at least.
const SPARE: usize = 512;

/// Whether little room is left for packs that come: how much there is was settled when it was opened.
pub(super) fn is_worn(objects: &gix::odb::Store) -> bool {
    objects.metrics().unused_slots < SPARE
}

impl Repositories for GitRepositories {
    fn open(&self) -> Result<Box<dyn Repo + Send>, Fault> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(first) = first {
            return Ok(Box::new(first));
        }
        let mut more = self.more.lock().unwrap_or_else(PoisonError::into_inner);
        if is_worn(&more.objects) {
            *more = GitRepo::open(&self.dir)?.for_threads();
        }
        Ok(Box::new(GitRepo::of_threads(&more)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::process::Command;

    /// Each operation stores packs for as long as a server lives, and gix has places for so many as it had when it opened.
    #[test]
    fn who_opens_one_more_after_many_packs_came_finds_what_comes() {
        let folder = tempfile::tempdir().unwrap();
        let git = |words: &[&str]| {
            let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"];
            let output = Command::new("git").current_dir(folder.path()).args(identity).args(words).output().unwrap();
            assert!(output.status.success(), "{words:?}: {output:?}");
        };
        git(&["init", "-q", "-b", "main", "."]);
        git(&["commit", "-q", "--allow-empty", "-m", "One"]);
        git(&["repack", "-q", "-a", "-d"]);
        let packs = folder.path().join(".git/objects/pack");
        let is_first = |path: &PathBuf| path.extension().is_some_and(|end| end == "pack" || end == "idx");
        let first: Vec<_> = fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path()).filter(is_first).collect();
        let all = GitRepositories::beginning_with(GitRepo::open(folder.path()).unwrap());
        let (repo, one) = (all.open().unwrap(), all.open().unwrap());
        assert!(!repo.is_worn());
        for number in 1..=1_600 {
            for file in &first {
                let copy = packs.join(format!("pack-{number:040x}")).with_extension(file.extension().unwrap());
                fs::copy(file, copy).unwrap();
            }
        }
        // What is nowhere is looked for in all that came.
        let _ = one.resolve("1111111111");
        assert!(repo.is_worn());
        let fresh = all.open().unwrap();
        assert!(!fresh.is_worn());
        assert!(fresh.resolve("main").unwrap().is_some());
    }

    #[test]
    fn a_repository_may_go_from_one_thread_to_another() {
        fn may_move<T: Send>() {}
        may_move::<crate::GitRepo>();
    }
}
