//! Folders that come to be all at once, and files in them that are their owner's alone.

use crate::failure::Said;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use switchback_api::{Failure, Usage};
use switchback_core::words::fault::Fault;
use tempfile::TempDir;

/// A file in a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct FileOf {
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

/// A folder that is filled beside its place, and gone again unless it is put there.
pub(super) struct Filling {
    filled: TempDir,
    place: PathBuf,
}

impl Filling {
    /// Begins one where nothing is yet.
    ///
    /// # Errors
    /// `folder-not-empty`, `backup-unwritable`.
    pub(super) fn begin(place: &Path) -> Result<Self, Failure> {
        let place = std::path::absolute(place).map_err(|error| unwritable(place, &error)).said()?;
        let above = place.parent().unwrap_or(&place);
        fs::create_dir_all(above).map_err(|error| unwritable(above, &error)).said()?;
        match fs::read_dir(&place).map(|mut inside| inside.next().is_some()) {
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(true) => return Err(not_empty(&place)),
            Err(error) => return Err(unwritable(&place, &error)).said(),
        }
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let filled = tempfile::Builder::new().prefix(&format!(".{name}.")).permissions(private()).tempdir_in(above);
        let filled = filled.map_err(|error| unwritable(above, &error)).said()?;
        Ok(Self { filled, place })
    }

    /// Where it is filled.
    pub(super) fn path(&self) -> &Path {
        self.filled.path()
    }

    /// Puts it there, at once and for good.
    ///
    /// # Errors
    /// `backup-unwritable`.
    pub(super) fn put(self) -> Result<PathBuf, Fault> {
        let Self { filled, place } = self;
        let put = fs::rename(filled.path(), &place)
            .and_then(|()| place.parent().map_or(Ok(()), |above| File::open(above)?.sync_all()));
        put.map_err(|error| unwritable(&place, &error))?;
        // It is not there any more under its first name.
        let _ = filled.keep();
        Ok(place)
    }
}

fn not_empty(place: &Path) -> Failure {
    Failure::Usage(Usage {
        code: "folder-not-empty".to_owned(),
        message: format!("{} is not empty", place.display()),
        hint: "name a folder that does not exist yet".to_owned(),
        remedy: None,
        place: None,
    })
}

/// Writes a file for its owner alone, on to the disk.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let written = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    written().map_err(|error| unwritable(path, &error))
}

/// Copies a file, for its owner alone; `false` where there is none.
pub(super) fn copy(from: &Path, to: &Path) -> Result<bool, Fault> {
    match fs::read(from) {
        Ok(bytes) => write(to, &bytes).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(unreadable(from, &error)),
    }
}

fn private() -> Permissions {
    Permissions::from_mode(0o700)
}

/// Makes a folder for its owner alone, with those above it.
pub(super) fn folder(path: &Path) -> Result<(), Fault> {
    let made = fs::create_dir_all(path).and_then(|()| fs::set_permissions(path, private()));
    made.map_err(|error| unwritable(path, &error))
}

/// Every file below a folder, by path, with its hash; each is its owner's alone from now on, and on the disk.
pub(super) fn sealed(folder: &Path) -> Result<Vec<FileOf>, Fault> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        for entry in fs::read_dir(&here).map_err(|error| unreadable(&here, &error))? {
            let entry = entry.map_err(|error| unreadable(&here, &error))?;
            let path = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(format!("{path}/"));
                continue;
            }
            let settled = fs::set_permissions(entry.path(), Permissions::from_mode(0o600))
                .and_then(|()| File::open(entry.path())?.sync_all());
            settled.map_err(|error| unwritable(&entry.path(), &error))?;
            files.push(listed(folder, &path)?);
        }
        File::open(&here).and_then(|here| here.sync_all()).map_err(|error| unwritable(&here, &error))?;
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// A file as an index lists it.
pub(super) fn listed(folder: &Path, path: &str) -> Result<FileOf, Fault> {
    let place = folder.join(path);
    let (bytes, sha256) = hashed(&place).map_err(|error| unreadable(&place, &error))?;
    Ok(FileOf { path: path.to_owned(), bytes, sha256 })
}

/// Length and hash of a file.
pub(super) fn hashed(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut hasher, mut length, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((length, faster_hex::hex_string(&hasher.finalize())));
        }
        hasher.update(&buffer[..read]);
        length += read as u64;
    }
}

/// The hash of some bytes.
pub(super) fn sha256(bytes: &[u8]) -> String {
    faster_hex::hex_string(&Sha256::digest(bytes))
}

pub(super) fn unwritable(path: &Path, error: &io::Error) -> Fault {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        let message = format!("the disk that holds {} is full; nothing is left there", path.display());
        return Fault::new("disk-full", message, "Free some space there, or name another folder, and begin again.");
    }
    let message = format!("{} cannot be written: {error}", path.display());
    Fault::new("backup-unwritable", message, "Name a folder that this account may write to.")
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Fault {
    let message = format!("{} cannot be read: {error}", path.display());
    Fault::new("backup-unreadable", message, "Run it as who may read what the server keeps.")
}
