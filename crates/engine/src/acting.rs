//! Notes about entries that are being acted on. A process that dies between an entry and its effects leaves its note;
//! the next start finds it and finishes the refs (`SPEC L7`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::path::{Path, PathBuf};
use switchback_core::ledger::entry::Event;
use switchback_core::ports::branches::BranchMove;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Seq, StageName};
use switchback_core::words::object::{CommitId, Oid};
use switchback_machine::notes::{self, Left, Note};
use switchback_machine::worker::Workers;

/// How often refs are looked at again because the ledger moved on meanwhile.
const TRIES: usize = 3;

/// A branch that an entry moves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Announced {
    /// Whose branch.
    pub stage: StageName,
    /// Where it stands before.
    pub from: CommitId,
    /// Where it shall stand.
    pub to: CommitId,
}

/// What notes say about one stage's branch.
pub struct UnderWay {
    /// From where to where it is about to be moved.
    pub moves: Vec<(CommitId, CommitId)>,
    /// Whether there is a note that does not say: an older program's, or one whose text a loss of power took.
    pub unclear: bool,
}

/// Leaves a note that this process is about to append an entry after `guard`, and then to move some branches. Without
/// one, a branch that stands where it stood before was set back by somebody (`SPEC L8`).
///
/// # Errors
/// `repository-unwritable`, or `disk-full`; then nothing may be appended.
pub fn announce(git_dir: &Path, guard: Seq, moves: &[Announced]) -> Result<Note, Fault> {
    let folder = folder(git_dir);
    let said = |one: &Announced| format!("{} {} {}\n", one.from, one.to, one.stage);
    let text = format!("{guard}\n{}", moves.iter().map(said).collect::<String>());
    Note::leave(&folder, &text).map_err(|error| unwritable(&folder, &error))
}

/// The position after which the entry of a note stands.
fn guard(note: &Left) -> Option<Seq> {
    note.text.lines().next()?.parse().ok().map(Seq)
}

/// Reads what [`announce`] wrote about one stage.
fn moves(note: &Left, stage: &StageName) -> Vec<(CommitId, CommitId)> {
    let one = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let (from, to) = (Oid::from_hex(words.next()?)?, Oid::from_hex(words.next()?)?);
        (words.next()? == stage.as_str()).then_some((CommitId(from), CommitId(to)))
    };
    note.text.lines().skip(1).filter_map(one).collect()
}

/// This process's name as a worker, which others can tell to be alive from now on.
///
/// # Errors
/// As [`announce`].
pub fn worker(git_dir: &Path) -> Result<&'static str, Fault> {
    Workers::of(git_dir).enrol().map_err(|error| unwritable(git_dir, &error))
}

impl Desk<'_> {
    /// What processes, alive or dead, have yet to do to a stage's branch.
    pub(crate) fn under_way(&self, stage: &StageName) -> UnderWay {
        let notes = notes::left(&folder(&self.repo.git_dir()));
        let unclear = notes.iter().any(|note| !note.text.contains('\n'));
        UnderWay { moves: notes.iter().flat_map(|note| moves(note, stage)).collect(), unclear }
    }

    /// What processes left that died before they had acted on their entries. To be asked before anything is put right.
    pub(crate) fn dead_notes(&self) -> Vec<Left> {
        notes::left(&folder(&self.repo.git_dir())).into_iter().filter(Left::is_dead).collect()
    }

    /// The positions that entries of processes which live are about to have, or have by now.
    pub(crate) fn alive(&self) -> Vec<Seq> {
        let notes = notes::left(&folder(&self.repo.git_dir())).into_iter().filter(|note| !note.is_dead());
        notes.filter_map(|note| guard(&note)).map(|guard| Seq(guard.0 + 1)).collect()
    }

    /// Finishes the refs of entries whose writers died.
    pub(crate) fn finish(&self, dead: &[Left]) -> Result<(), EngineFailure> {
        if dead.is_empty() {
            return Ok(());
        }
        // A note whose text a loss of power took is about the last entry at the earliest.
        let last = Seq(self.ledger.head()?.0.0.saturating_sub(1));
        let guard = dead.iter().map(|note| guard(note).unwrap_or(last)).min().unwrap_or(last);
        for _ in 0..TRIES {
            let entries = match self.is_initialized()? {
                true => self.entries(guard, usize::MAX)?,
                false => Vec::new(),
            };
            let reached = entries.last().map_or(guard, |entry| entry.seq);
            let events: Vec<Event> = entries.into_iter().flat_map(|entry| entry.body.events).collect();
            let wanted = self.refs_behind(&events)?;
            // Somebody who appended meanwhile moves the same refs further.
            if self.ledger.head()?.0 == reached.max(guard) && self.move_kept(&wanted)? {
                break;
            }
        }
        Ok(())
    }

    /// Work trees that the dead did not bring along follow their branch, wherever it is by now (`SPEC L9`).
    pub(crate) fn finish_work_trees(&self, dead: &[Left]) -> Result<(), EngineFailure> {
        for stage in self.pipeline().stages() {
            for (from, _) in dead.iter().flat_map(|note| moves(note, &stage.name)) {
                let branch = stage.branch.as_str();
                match self.house.branches.tip(&*self.repo, branch)? {
                    Some(to) if to != from => self.hear(self.bring_along(BranchMove { branch, from, to })?),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Whether there is anything that somebody has yet to do, or died over.
pub fn is_anything_left(git_dir: &Path) -> bool {
    std::fs::read_dir(folder(git_dir)).is_ok_and(|mut notes| notes.next().is_some())
}

fn folder(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("acting")
}

fn unwritable(path: &Path, error: &std::io::Error) -> Fault {
    match switchback_machine::disk::disk_fault(error) {
        Some(fault) => fault,
        None => Fault::new(
            "repository-unwritable",
            format!("{} cannot be written: {error}", path.display()),
            "give the user who runs this write access to that folder",
        ),
    }
}
