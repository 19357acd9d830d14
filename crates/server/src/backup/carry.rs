//! One repository with its ledger, as they were at one moment.
//!
//! The order is what makes them agree. While nobody appends, it is looked at what operations under way announced, and
//! then at refs: an operation takes its announcement back after its refs moved, so whatever is seen is what a loss of power
//! would have left, which the next start puts right. The ledger is copied as it was then. Last come objects: everything
//! that the refs and the ledger lead to is there, for entries and refs come after their objects.

use super::index::{Carried, Kind, Stood};
use super::{ACTING, LEDGER, OF_COPIES, REFS, SHALLOW, folder};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use switchback_core::ports::ledger::Ledger as _;
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Seq;
use switchback_core::words::remedy::Remedy;
use switchback_engine::interrupt::Interrupt;
use switchback_git::GitRepo;
use switchback_git::carried::Carrier;
use switchback_ledger::{SqliteLedger, Standstill};

/// How many entries are looked at at once.
const PAGE: usize = 500;
/// How many letters the name of an object has.
const NAME: usize = 40;

/// A repository that is to be carried, and how it is called.
pub(super) struct Source {
    pub name: String,
    pub dir: PathBuf,
    /// Whether it is the copy of a remote.
    pub is_copy: bool,
}

/// Writes a repository into a folder.
///
/// # Errors
/// `no-repository`, faults of the ledger and of git.
pub(super) fn carry(source: &Source, into: &Path, interrupt: &Interrupt) -> Result<Carried, Fault> {
    let repo = GitRepo::open(&source.dir)?;
    let (git_dir, main) = (repo.git_dir(), repo.main_folder()?);
    let own = git_dir.join("switchback");
    let stop = || interrupt.is_raised();
    let carrier = Carrier { git_dir: &git_dir, stop: &stop };
    folder::folder(into)?;
    let ledger = own.join(LEDGER);
    let standstill = SqliteLedger::exists(&ledger).then(|| Standstill::of(&ledger)).transpose()?;
    notes(&own.join(ACTING), &into.join(ACTING))?;
    let refs = carrier.refs()?;
    for name in OF_COPIES {
        folder::copy(&own.join(name), &into.join(name))?;
    }
    let moment = standstill.map(Standstill::go_on).transpose()?;
    folder::write(&into.join(REFS), refs.as_bytes())?;
    folder::copy(&git_dir.join(SHALLOW), &into.join(SHALLOW))?;
    let mut named = BTreeSet::new();
    let mut pipelines = Vec::new();
    if let Some(moment) = moment {
        let copy = into.join(LEDGER);
        moment.copy(&copy)?;
        for pipeline in SqliteLedger::open(&copy, "")?.pipelines()? {
            pipelines.push(read(SqliteLedger::open(&copy, &pipeline)?, &mut named)?);
        }
    }
    let lacking = carrier.pack(&refs, &named, into)?.len();
    let is_bare = main.canonicalize().ok() == git_dir.canonicalize().ok();
    let kind = match (source.is_copy, is_bare) {
        (true, _) => Kind::Copy,
        (false, true) => Kind::Bare,
        (false, false) => Kind::WorkTree,
    };
    Ok(Carried { name: source.name.clone(), folder: main.display().to_string(), kind, pipelines, lacking })
}

/// What operations under way announced.
fn notes(from: &Path, into: &Path) -> Result<(), Fault> {
    let Ok(notes) = fs::read_dir(from) else { return Ok(()) };
    folder::folder(into)?;
    for note in notes.flatten().filter(|note| !note.file_name().to_string_lossy().starts_with('.')) {
        // One that is gone by now was taken back: its refs have moved, and are looked at after this.
        folder::copy(&note.path(), &into.join(note.file_name()))?;
    }
    Ok(())
}

/// Reads the copy of a pipeline's ledger from end to end: where it stands, and which objects it names.
fn read(ledger: SqliteLedger, named: &mut BTreeSet<String>) -> Result<Stood, Fault> {
    if let Some(damage) = ledger.damage()?.first() {
        let message = format!("the ledger of {} is damaged, and was not copied: {damage}", ledger.pipeline());
        return Err(Fault::new("ledger-corrupt", message, Remedy::RestoreLedger { file: None }));
    }
    let (last, hash) = ledger.head()?;
    let mut after = Seq(0);
    while after < last {
        let rows = ledger.entries(after, PAGE)?;
        let Some(newest) = rows.last() else { break };
        after = newest.seq;
        rows.iter().for_each(|row| objects(&row.body, named));
    }
    Ok(Stood { pipeline: ledger.pipeline().to_owned(), seq: last.0, hash })
}

/// Whatever looks like the name of an object, whichever fact it stands in: one too many is none that is there.
fn objects(body: &str, named: &mut BTreeSet<String>) {
    let words = body.split(|letter: char| !letter.is_ascii_alphanumeric());
    let is_name =
        |word: &&str| word.len() == NAME && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    named.extend(words.filter(is_name).map(str::to_owned));
}
