//! Early warning: what lies ahead of the changes in flight, with what earlier looks found kept in files beside the ledger:
//! the last answer, and all that it came from. They are a cache: without them, or with damaged ones, everything is worked
//! out again.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use switchback_core::foresee::encounter::{self, Encounter, Means, Memo};

/// How many objects may be made for trying out before they are forgotten: nothing of it is ever stored.
const TRIED_OUT: usize = 4096;

/// The files.
const ANSWER: &str = "encountered";
const MEMO: &str = "encounters";

/// The form of the files; another one is not read.
const FORM: u32 = 2;

/// What was answered, and to what: until another entry is written, or git is told otherwise how to merge, nothing else can be.
#[derive(Serialize, Deserialize)]
struct Answer {
    entry: String,
    beside: String,
    encounters: Vec<Encounter>,
}

impl Desk<'_> {
    /// Every conflict that lies ahead of changes in flight.
    ///
    /// # Errors
    /// `not-initialized`, or a fault of the repository.
    pub fn encounters(&self) -> Result<Vec<Encounter>, EngineFailure> {
        let state = self.look()?;
        let beside = self.repo.beside();
        let (at, entry) = self.ledger.head()?;
        let (last, found) = (self.beside_the_ledger(ANSWER), self.beside_the_ledger(MEMO));
        let answered = load::<Answer>(&last).filter(|_| at == state.seq);
        if let Some(answer) = answered.filter(|known| known.entry == entry && known.beside == beside) {
            return Ok(answer.encounters);
        }
        let mut memo = load::<Memo>(&found).unwrap_or_default();
        self.progress().begin("looking ahead", 0);
        let between = || {
            if self.repo.made() > TRIED_OUT {
                self.repo.forget_unstored();
            }
        };
        let means = Means { content: &*self.repo, beside: &beside, between: &between };
        let encounters = encounter::ahead(&self.snapshot(&state), means, &mut memo);
        self.progress().end();
        // What cannot be kept is worked out again the next time.
        if memo.grew {
            let _ = keep(&found, &memo);
        }
        let encounters = encounters?;
        if at == state.seq {
            let answer = Answer { entry, beside, encounters };
            let _ = keep(&last, &answer);
            return Ok(answer.encounters);
        }
        Ok(encounters)
    }

    fn beside_the_ledger(&self, name: &str) -> PathBuf {
        self.repo.git_dir().join("switchback").join(format!("{name}-{}", self.house.name))
    }
}

fn load<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = std::fs::read(path).ok()?;
    let (form, kept): (u32, T) = postcard::from_bytes(&bytes).ok()?;
    (form == FORM).then_some(kept)
}

fn keep<T: Serialize>(path: &Path, kept: &T) -> std::io::Result<()> {
    let bytes = postcard::to_stdvec(&(FORM, kept)).map_err(std::io::Error::other)?;
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(&bytes)?;
    file.persist(path)?;
    Ok(())
}
