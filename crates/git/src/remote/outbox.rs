//! Which refs below `refs/switchback/` were moved and have yet to be moved on the remote as well. A name is written down
//! before its ref moves, so that whoever dies in between leaves one too many and never one too few.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use switchback_core::ports::repository::RefMove;
use switchback_core::words::fault::Fault;
use switchback_machine::disk;

/// The refs that are ours, also on a remote.
pub(super) const OURS: &str = "refs/switchback/";

/// What was written down when somebody looked.
pub(super) struct Waiting {
    /// The refs.
    pub names: BTreeSet<String>,
    /// How far the file was read: what was added since stays.
    length: usize,
}

/// Held from before some refs are written down until they have moved. Whoever reads meanwhile what waits, and where it stands,
/// would send on where it stood, and take away that it waits.
#[must_use]
pub(crate) struct Noted {
    _lock: Option<File>,
}

/// Says that some refs are about to move. Nothing where the repository is no copy of a remote.
pub(crate) fn note(git_dir: &Path, moves: &[RefMove]) -> Result<Noted, Fault> {
    let ours = moves.iter().filter(|wanted| wanted.name.starts_with(OURS));
    let lines: String = ours.map(|wanted| format!("{}\n", wanted.name)).collect();
    if lines.is_empty() || !super::setup::settings(git_dir).exists() {
        return Ok(Noted { _lock: None });
    }
    let added = || {
        let lock = lock(git_dir)?;
        let mut file = OpenOptions::new().create(true).append(true).open(path(git_dir))?;
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
        Ok(Noted { _lock: Some(lock) })
    };
    added().map_err(|error| unwritable(git_dir, &error))
}

/// Held while it is read what waits and where that stands: nobody is between writing down a ref and moving it.
pub(super) fn at_rest(git_dir: &Path) -> Result<Noted, Fault> {
    let lock = lock(git_dir).map_err(|error| unwritable(git_dir, &error))?;
    Ok(Noted { _lock: Some(lock) })
}

/// What waits.
pub(super) fn waiting(git_dir: &Path) -> Waiting {
    let text = fs::read(path(git_dir)).unwrap_or_default();
    // The last line may be one that a dead process did not end.
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let names = String::from_utf8_lossy(&text[..whole]).lines().map(str::to_owned).collect();
    Waiting { names, length: whole }
}

/// Takes away what waited, but for what has to wait on.
pub(super) fn take_away(git_dir: &Path, waited: &Waiting, still: &BTreeSet<String>) -> Result<(), Fault> {
    let replaced = || {
        let _lock = lock(git_dir)?;
        let text = fs::read(path(git_dir))?;
        let since = text.get(waited.length..).unwrap_or_default();
        let mut kept: Vec<u8> = still.iter().flat_map(|name| format!("{name}\n").into_bytes()).collect();
        kept.extend(since);
        let new = path(git_dir).with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&kept)?;
        file.sync_data()?;
        fs::rename(&new, path(git_dir))
    };
    replaced().map_err(|error| unwritable(git_dir, &error))
}

fn path(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("unpushed")
}

fn lock(git_dir: &Path) -> io::Result<File> {
    let file = File::create(path(git_dir).with_extension("lock"))?;
    file.lock()?;
    Ok(file)
}

fn unwritable(git_dir: &Path, error: &io::Error) -> Fault {
    disk::disk_fault(error).unwrap_or_else(|| {
        Fault::new(
            "repository-unwritable",
            format!("{} cannot be written: {error}", path(git_dir).display()),
            "give the user who runs this write access to that folder",
        )
    })
}
