//! The manifest's file, `.switchback/managed`: loaded once, appended to by a deployment, cut back by an undo.

use super::area::{self, Area, Held};
use super::file::{self, Stamp};
use super::journal;
use super::manifest::{Made, Manifest, Outline, segment};
use super::{faults, paths::HOME};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};
use switchback_core::words::fault::Fault;

const NAME: &str = "managed";

/// The manifest as it was last loaded.
#[derive(Default)]
pub(super) struct Cache(Mutex<Option<(Stamp, Arc<Manifest>)>>);

impl Cache {
    /// The manifest; `None` when the area has none.
    pub(super) fn load(&self, area: &Area) -> Result<Option<Arc<Manifest>>, Fault> {
        let Some(home) = area.home() else { return Ok(None) };
        let stat = file::stat(home, NAME.as_bytes()).map_err(|error| faults::io("look at", NAME.as_bytes(), error))?;
        let Some(stamp) = stat.map(|stat| Stamp::of(&stat)) else { return Ok(None) };
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, manifest)) = cached.as_ref().filter(|(known, _)| *known == stamp) {
            return Ok(Some(manifest.clone()));
        }
        let bytes = area::load(home, NAME)?.unwrap_or_default();
        let length = bytes.len();
        let manifest = Arc::new(Manifest::parse(bytes));
        if manifest.length() < length || length == 0 {
            // Only a deployment that died while appending leaves a torn end, and it leaves its journal too.
            let before = journal::read(home)?.map(|journal| journal.manifest);
            if before.is_none_or(|before| (manifest.length() as u64) < before) {
                return Err(faults::manifest_damaged());
            }
        }
        *cached = Some((stamp, manifest.clone()));
        Ok(Some(manifest))
    }

    /// Appends a segment durably.
    pub(super) fn append(&self, held: &Held, segment: &[u8]) -> Result<(), Fault> {
        self.forget();
        change(held, |file| {
            file.write_all(segment)?;
            file.sync_data()
        })
    }

    /// Cuts the manifest back to a length it had. An empty file would look like a lost one.
    pub(super) fn cut(&self, held: &Held, length: u64) -> Result<(), Fault> {
        if length == 0 {
            return self.replace(held, &segment(Made::default(), &[]));
        }
        self.forget();
        change(held, |file| {
            file.set_len(length)?;
            file.sync_all()
        })
    }

    /// Writes the whole manifest anew, durably, at once or not at all.
    pub(super) fn replace(&self, held: &Held, bytes: &[u8]) -> Result<(), Fault> {
        self.forget();
        area::replace(held.home(), NAME, bytes)
    }

    // The stamp alone could miss two changes within one tick of the file system's clock.
    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// What the end of the manifest says. Ending a deployment needs no more: thousands of files were read when it began.
pub(super) fn outline(held: &Held) -> Result<Option<Outline>, Fault> {
    let path = format!("{HOME}/{NAME}");
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = match openat(held.home(), NAME, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(faults::io("open", path.as_bytes(), error)),
    };
    let read = |length: u64| Outline::read(length, |at, to| file.read_exact_at(to, at));
    file.metadata().and_then(|found| read(found.len())).map_err(|error| faults::io("read", path.as_bytes(), error))
}

fn change(held: &Held, act: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), Fault> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let path = format!("{HOME}/{NAME}");
    let file = openat(held.home(), NAME, flags, Mode::from_raw_mode(0o600));
    let mut file = File::from(file.map_err(|error| faults::io("open", path.as_bytes(), error))?);
    act(&mut file).map_err(|error| faults::io("write", path.as_bytes(), error))
}
