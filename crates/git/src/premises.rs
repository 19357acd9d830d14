//! What a repository rests on and says nothing of by itself: which `git` there is, whether history is cut off, and what git
//! processes that are gone left standing. Writes nothing.

use super::locks;
pub use super::remote::shown::secret_file;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};
use switchback_core::words::fault::Fault;

/// Older ones cannot be told to leave a person's own configuration aside (`GIT_CONFIG_GLOBAL`), which must not count where
/// a remote is asked.
pub const NEEDED: Version = Version(2, 37);

/// No git process holds a lock for as long.
const HELD_AT_MOST: Duration = Duration::from_secs(10 * 60);

/// How deep folders of refs are looked into.
const DEEPEST: usize = 32;

/// A version of `git`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version(u32, u32);

impl Version {
    /// Reads what `git --version` prints; `None` where that is something else.
    pub fn read(text: &str) -> Option<Self> {
        let number = text.trim().strip_prefix("git version ")?;
        let mut parts = number.split('.');
        Some(Self(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}.{}", self.0, self.1)
    }
}

/// The `git` that is found where programs are looked for; `None` where it says no version that is known.
///
/// # Errors
/// `git-unavailable`.
pub fn installed() -> Result<Option<Version>, Fault> {
    let output = Command::new("git").arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.map_err(|error| {
        let message = format!("the `git` program cannot be run: {error}");
        Fault::new("git-unavailable", message, "install git, or add it to the PATH")
    })?;
    Ok(Version::read(&String::from_utf8_lossy(&output.stdout)))
}

/// A reason why objects may not be there though nothing was lost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CutOff {
    /// History ends somewhere: a shallow clone.
    Shallow,
    /// Objects are fetched when git misses them, as in a partial clone, which happens nowhere here.
    Partial,
    /// Objects are in another repository, which is gone.
    Borrowed(PathBuf),
}

/// Why objects may be missing in a repository.
pub fn cut_off(git_dir: &Path) -> Vec<CutOff> {
    let mut found = Vec::new();
    if fs::metadata(git_dir.join("shallow")).is_ok_and(|file| file.len() > 0) {
        found.push(CutOff::Shallow);
    }
    let objects = git_dir.join("objects");
    let packs = fs::read_dir(objects.join("pack")).into_iter().flatten().flatten();
    if packs.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|end| end == "promisor")) {
        found.push(CutOff::Partial);
    }
    let others = fs::read_to_string(objects.join("info/alternates")).unwrap_or_default();
    let others = others.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    // A relative one starts from the folder of objects; an absolute one stays as it is.
    found.extend(others.map(|line| objects.join(line)).filter(|place| !place.is_dir()).map(CutOff::Borrowed));
    found
}

/// How many processes that are gone were about to move refs.
pub fn unmoved(git_dir: &Path) -> usize {
    locks::of_the_dead(git_dir)
}

/// Locks that no living process can hold any more by their age: refs, the index and the like stand still behind them.
pub fn old_locks(git_dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    gather(git_dir, 0, &mut found);
    gather(&git_dir.join("refs"), DEEPEST, &mut found);
    found.sort();
    found
}

fn gather(folder: &Path, deeper: usize, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let kind = entry.file_type();
        if kind.as_ref().is_ok_and(fs::FileType::is_dir) && deeper > 0 {
            gather(&path, deeper - 1, found);
        } else if path.extension().is_some_and(|end| end == "lock") && kind.is_ok_and(|kind| kind.is_file()) {
            let taken = entry.metadata().and_then(|seen| seen.modified());
            let age = taken.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
            found.extend(age.filter(|age| *age > HELD_AT_MOST).map(|_| path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NEEDED, Version};

    #[test]
    fn versions_are_read_and_compared() {
        let old = ["git version 2.20.1", "git version 1.99", "git version 2.31.0-rc1"];
        assert!(old.iter().all(|text| Version::read(text).is_some_and(|found| found < NEEDED)));
        let new = ["git version 2.37", "git version 2.47.3\n", "git version 2.39.5 (Apple Git-154)", "git version 3.0"];
        assert!(new.iter().all(|text| Version::read(text).is_some_and(|found| found >= NEEDED)));
        assert_eq!(["", "hub 2.32", "git version x.y"].map(Version::read), [None; 3]);
    }
}
