//! The file in which the last look at each area's target is kept: read once for all who read, written under a lock.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use switchback_core::areas::checked::Checked;
use switchback_core::words::names::AreaName;

/// The form of the file; another one is not read.
const FORM: u32 = 1;

/// The last look at each area.
pub(crate) type Looks = BTreeMap<AreaName, Checked>;

/// What is known of the last look at each area.
#[derive(Default)]
pub(crate) struct Read {
    /// What the file held when it was read, and which file that was.
    file: Mutex<Option<(Which, Arc<Looks>)>>,
    /// Looks that the file does not take, and why not: without them every round would compare all areas again.
    unkept: Mutex<Unkept>,
}

/// What stands in no file.
#[derive(Default)]
struct Unkept {
    looks: Looks,
    why: Option<String>,
}

/// A file is written once, and another put in its place.
type Which = (SystemTime, u64);

impl Read {
    /// What the file holds, nothing where there is none, and what it does not take.
    pub fn of(&self, file: &Path) -> Arc<Looks> {
        let mut known = self.of_file(file);
        let unkept = self.unkept();
        for (area, look) in &unkept.looks {
            // Another process may have looked later, and may write.
            if known.get(area).is_none_or(|kept| kept.at <= look.at) {
                Arc::make_mut(&mut known).insert(area.clone(), look.clone());
            }
        }
        known
    }

    /// Keeps what is known of an area, from what is known: in the file, or in memory where the file cannot be written.
    pub fn rewrite(&self, file: &Path, area: &AreaName, with: impl Fn(Option<&Checked>) -> Option<Checked>) {
        let before = self.of(file);
        let written = rewrite(file, area, &with);
        let mut unkept = self.unkept();
        match written {
            Ok(()) => {
                unkept.why = None;
                unkept.looks.remove(area);
            }
            Err(error) => {
                unkept.why = Some(format!("{} cannot be written: {error}", file.display()));
                unkept.looks.extend(with(before.get(area)).map(|look| (area.clone(), look)));
            }
        }
    }

    /// Why looks are not kept in the file; `None` where they are.
    pub fn why_unkept(&self) -> Option<String> {
        self.unkept().why.clone()
    }

    fn unkept(&self) -> MutexGuard<'_, Unkept> {
        self.unkept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of_file(&self, file: &Path) -> Arc<Looks> {
        let Some(which) = which(file) else { return Arc::default() };
        let mut read = self.file.lock().unwrap_or_else(PoisonError::into_inner);
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
fn rewrite(file: &Path, area: &AreaName, with: impl FnOnce(Option<&Checked>) -> Option<Checked>) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use switchback_core::areas::checked::{Against, Found};
    use switchback_core::words::names::{Time, VersionNo};

    fn look(at: i64) -> Checked {
        let against = Against { version: VersionNo(1), ended: None };
        Checked { against, at: Time(at), found: Found::Files(Vec::new()), told: Vec::new() }
    }

    #[test]
    fn what_the_file_does_not_take_is_remembered_until_it_does() {
        let home = tempfile::tempdir().unwrap();
        let (folder, area) = (home.path().join("gone"), AreaName::new("web"));
        let (file, read) = (folder.join("checked-acme"), Read::default());
        read.rewrite(&file, &area, |_| Some(look(5)));
        assert_eq!(read.of(&file).get(&area), Some(&look(5)));
        read.rewrite(&file, &area, |before| before.map(|before| look(before.at.0 + 1)));
        assert_eq!(read.of(&file).get(&area), Some(&look(6)));
        assert!(read.why_unkept().unwrap().contains("checked-acme"));
        std::fs::create_dir(&folder).unwrap();
        read.rewrite(&file, &area, |_| Some(look(7)));
        assert_eq!((read.of(&file).get(&area), read.why_unkept()), (Some(&look(7)), None));
        assert_eq!(Read::default().of(&file).get(&area), Some(&look(7)), "for all");
    }
}
