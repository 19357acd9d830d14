//! mark: says in a folder that something there is in use. Several processes may share one; it goes with the last of them
//! that takes it back, and what the dead leave can be told from what the living hold.

use crate::notes::unique;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A mark that this process holds. Dropping it lets go of its lock: it stands on as that of a process that died.
#[derive(Debug)]
#[must_use]
pub struct Mark {
    path: PathBuf,
    lock: File,
}

/// What stands where a mark is to be set.
enum Standing {
    /// One that several may hold, now this process too.
    Shared(Mark),
    /// Something of somebody else's.
    Foreign,
    /// Nothing any more.
    Gone,
}

impl Mark {
    /// Marks something in a folder as in use, without a wait for the disk: what a power cut takes is of no use to anybody
    /// any more. One that stands there with the same text is shared; `None` where it is not one of ours.
    ///
    /// # Errors
    /// What keeps files from being made there.
    pub fn set(folder: &Path, name: &str, text: &str) -> io::Result<Option<Self>> {
        let path = folder.join(name);
        loop {
            if let Some(mark) = Self::make(folder, name, text)? {
                return Ok(Some(mark));
            }
            match Self::share(&path, text)? {
                Standing::Shared(mark) => return Ok(Some(mark)),
                Standing::Foreign => return Ok(None),
                // Its last holder took it back meanwhile.
                Standing::Gone => {}
            }
        }
    }

    /// Sets one where none stands. Nobody ever sees it without its text or its lock.
    fn make(folder: &Path, name: &str, text: &str) -> io::Result<Option<Self>> {
        let (hidden, path) = (folder.join(format!(".{name}-{}", unique())), folder.join(name));
        let mut lock = File::create(&hidden)?;
        let shown = lock
            .lock_shared()
            .and_then(|()| lock.write_all(text.as_bytes()))
            .and_then(|()| fs::hard_link(&hidden, &path));
        let _ = fs::remove_file(&hidden);
        match shown {
            Ok(()) => Ok(Some(Self { path, lock })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn share(path: &Path, text: &str) -> io::Result<Standing> {
        let lock = match open(path, text)? {
            Found::Ours(lock) => lock,
            Found::Foreign => return Ok(Standing::Foreign),
            Found::Nothing => return Ok(Standing::Gone),
        };
        // Waits for nobody but who is just taking it away.
        lock.lock_shared()?;
        Ok(match stands(&lock)? {
            true => Standing::Shared(Self { path: path.to_owned(), lock }),
            false => Standing::Gone,
        })
    }

    /// Lets go of it, and removes it where nobody else holds it.
    pub fn take_back(&self) {
        if self.lock.try_lock().is_ok() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a mark stands there that nobody alive holds.
pub fn is_abandoned(path: &Path, text: &str) -> bool {
    matches!(open(path, text), Ok(Found::Ours(lock)) if is_free(&lock))
}

/// Removes a mark that nobody alive holds.
pub fn remove_abandoned(path: &Path, text: &str) {
    if let Ok(Found::Ours(lock)) = open(path, text)
        && is_free(&lock)
    {
        // Under its lock: whoever shares it afterwards sees that it is gone.
        let _ = fs::remove_file(path);
    }
}

/// What was found where a mark may be.
enum Found {
    Ours(File),
    Foreign,
    Nothing,
}

/// Looks once: a mark may go, and another come, at any moment.
fn open(path: &Path, text: &str) -> io::Result<Found> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        opened => opened?,
    };
    let mut said = Vec::new();
    file.read_to_end(&mut said)?;
    Ok(if said == text.as_bytes() { Found::Ours(file) } else { Found::Foreign })
}

fn is_free(lock: &File) -> bool {
    lock.try_lock().is_ok() && stands(lock).unwrap_or(false)
}

fn stands(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.nlink() > 0)
}
