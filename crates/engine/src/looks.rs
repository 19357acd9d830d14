//! The file in which the last look at each area's target is kept: read once for all who read, written under a lock.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use switchback_core::areas::checked::Checked;
use switchback_core::words::names::AreaName;

/// The form of the file; another one is not read.
const FORM: u32 = 1;

/// The last look at each area.
pub(crate) type Looks = BTreeMap<AreaName, Checked>;

/// What the file held when it was read, and which file that was.
#[derive(Default)]
pub(crate) struct Read(Mutex<Option<(Which, Arc<Looks>)>>);

/// A file is written once, and another put in its place.
type Which = (SystemTime, u64);

impl Read {
    /// What the file holds; nothing where there is none.
    pub fn of(&self, file: &Path) -> Arc<Looks> {
        let Some(which) = which(file) else { return Arc::default() };
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, looks)) = &*read
            && *known == which
        {
            return Arc::clone(looks);
        }
        let looks = Arc::new(load(file));
        *read = Some((which, Arc::clone(&looks)));
        looks
    }
}

/// Writes what is known of an area, from what is there under a lock: other processes write as well.
pub(crate) fn rewrite(
    file: &Path,
    area: &AreaName,
    with: impl FnOnce(Option<&Checked>) -> Option<Checked>,
) -> io::Result<()> {
    let lock = OpenOptions::new().create(true).append(true).open(file.with_extension("lock"))?;
    lock.lock()?;
    let mut looks = load(file);
    if let Some(look) = with(looks.get(area)) {
        looks.insert(area.clone(), look);
        let new = file.with_extension("new");
        let bytes = postcard::to_stdvec(&(FORM, &looks)).map_err(io::Error::other)?;
        std::fs::write(&new, bytes)?;
        std::fs::rename(&new, file)?;
    }
    File::unlock(&lock)
}

fn which(file: &Path) -> Option<Which> {
    let about = file.metadata().ok()?;
    Some((about.modified().ok()?, number(&about)))
}

#[cfg(unix)]
fn number(about: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(about)
}

#[cfg(not(unix))]
fn number(about: &std::fs::Metadata) -> u64 {
    about.len()
}

fn load(file: &Path) -> Looks {
    let read = std::fs::read(file).ok().and_then(|bytes| postcard::from_bytes::<(u32, Looks)>(&bytes).ok());
    read.filter(|(form, _)| *form == FORM).map(|(_, looks)| looks).unwrap_or_default()
}
