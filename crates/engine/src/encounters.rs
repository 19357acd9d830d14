//! Early warning: what lies ahead of the changes in flight, with what earlier looks found kept in a file beside the
//! ledger. The file is a cache: without it, or with a damaged one, everything is worked out again.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use switchback_core::foresee::encounter::{self, Encounter, Memo};

/// How many objects may be made for trying out before they are forgotten: nothing of it is ever stored.
const TRIED_OUT: usize = 4096;

/// The form of the file; another one is not read.
const FORM: u32 = 1;

impl Desk<'_> {
    /// Every conflict that lies ahead of changes in flight.
    ///
    /// # Errors
    /// `not-initialized`, or a fault of the repository.
    pub fn encounters(&self) -> Result<Vec<Encounter>, EngineFailure> {
        let state = self.look()?;
        let path = file(&self.repo.git_dir(), &self.house.name);
        let mut memo = load(&path).unwrap_or_default();
        self.progress().begin("looking ahead", 0);
        let between = || {
            if self.repo.made() > TRIED_OUT {
                self.repo.forget_unstored();
            }
        };
        let encounters = encounter::ahead(&self.snapshot(&state), &*self.repo, (&mut memo, &between));
        self.progress().end();
        if memo.grew {
            // What cannot be kept is worked out again the next time.
            let _ = keep(&path, &memo);
        }
        Ok(encounters?)
    }
}

fn file(git_dir: &Path, pipeline: &str) -> PathBuf {
    git_dir.join("switchback").join(format!("encounters-{pipeline}"))
}

fn load(path: &Path) -> Option<Memo> {
    let bytes = std::fs::read(path).ok()?;
    let (form, memo): (u32, Memo) = postcard::from_bytes(&bytes).ok()?;
    (form == FORM).then_some(memo)
}

fn keep(path: &Path, memo: &Memo) -> std::io::Result<()> {
    let bytes = postcard::to_stdvec(&(FORM, memo)).map_err(std::io::Error::other)?;
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(&bytes)?;
    file.persist(path)?;
    Ok(())
}
