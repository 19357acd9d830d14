//! Brings packs together: every operation stores one of its own, and a reader looks through all of them.
//!
//! Only packs that were written here are touched; a marker in `switchback/packs` names each. They are copied as they
//! are, one behind the other, every object of them: whether a ref leads to it is not asked, so nothing is lost that a
//! running operation has stored and not yet referred to. The new pack is on disk, under its name and with its index,
//! before an old one goes. The smallest go into one until each pack that is left is twice as large as all below it: so
//! there are few, however many operations there were, and an object is copied as often as its pack can double.

use super::copied::{Copied, Part};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use switchback_machine::failpoint;

/// How many packs of ours there may be.
const AT_MOST: usize = 24;
/// How many times as large as all that are smaller a pack must be to stay as it is.
const FACTOR: u64 = 2;
/// Up to which size in bytes a pack is brought together with others; larger ones are left to `git gc`.
const LARGEST: u64 = 32 << 20;

/// Marks a pack as one of ours.
pub(super) fn own(common_dir: &Path, name: &str) -> io::Result<()> {
    let size = fs::metadata(pack_folder(common_dir).join(format!("{name}.pack")))?.len();
    if size > LARGEST {
        return Ok(());
    }
    let markers = markers(common_dir);
    fs::create_dir_all(&markers)?;
    File::create(markers.join(format!("{size}-{name}"))).map(drop)
}

/// Makes one pack of the smaller ones, where there are too many.
pub(super) fn bring_together(common_dir: &Path) -> io::Result<()> {
    if ours(common_dir)?.len() <= AT_MOST {
        return Ok(());
    }
    let lock = File::create(common_dir.join("switchback").join("packs.lock"))?;
    // Whoever holds it is at it already.
    if lock.try_lock().is_err() {
        return Ok(());
    }
    let folder = pack_folder(common_dir);
    let Some(bound) = Bound::read(&folder)? else { return Ok(()) };
    let mut free: Vec<Own> = ours(common_dir)?.into_iter().filter(|pack| !bound.holds(&pack.name)).collect();
    free.sort();
    let smallest = out_of_proportion(&free.iter().map(|pack| pack.size).collect::<Vec<_>>());
    free.truncate(smallest);
    let copied = taken(&folder, free)?;
    if copied.packs().len() > 1 {
        let name = copied.write(&folder)?;
        failpoint::hit("packs.together");
        own(common_dir, &name)?;
        remove(&folder, &copied, &name);
    }
    Ok(())
}

/// How many of some packs, by their sizes in order, must become one, so that each of the others is larger than all below it
/// by the factor.
fn out_of_proportion(sizes: &[u64]) -> usize {
    let in_proportion = |at: &usize| sizes[*at] >= FACTOR * sizes[*at - 1];
    let Some(mut end) = (1..sizes.len()).rev().find(|at| !in_proportion(at)).map(|at| at + 1) else { return 0 };
    let mut sum: u64 = sizes[..end].iter().sum();
    while end < sizes.len() && sizes[end] < FACTOR * sum {
        sum += sizes[end];
        end += 1;
    }
    end
}

/// What can become one pack, with the markers of what it is copied from.
fn taken(folder: &Path, packs: Vec<Own>) -> io::Result<Copied> {
    let mut copied = Copied::default();
    for pack in packs {
        match Part::read(folder, &pack.name) {
            Ok(Some(part)) => copied.take(part, pack.marker),
            // It stays, and need not be looked at again.
            Ok(None) => drop(fs::remove_file(pack.marker)),
            // Git took it into a pack of its own.
            Err(error) if error.kind() == io::ErrorKind::NotFound => drop(fs::remove_file(pack.marker)),
            Err(error) => return Err(error),
        }
    }
    Ok(copied)
}

/// Removes what has been copied. The index goes first: git takes no notice of a pack without one.
fn remove(folder: &Path, copied: &Copied, made: &str) {
    for (name, marker) in copied.packs().iter().filter(|(name, _)| name != made) {
        // Somebody stored just this pack meanwhile, and counts on it.
        if folder.join(format!("{name}.keep")).exists() {
            continue;
        }
        for extension in ["idx", "rev", "pack"] {
            let _ = fs::remove_file(folder.join(format!("{name}.{extension}")));
            failpoint::hit("packs.removing");
        }
        let _ = fs::remove_file(marker);
    }
}

fn markers(common_dir: &Path) -> PathBuf {
    common_dir.join("switchback").join("packs")
}

fn pack_folder(common_dir: &Path) -> PathBuf {
    common_dir.join("objects").join("pack")
}

/// A pack of ours, as its marker names it; by size.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Own {
    size: u64,
    name: String,
    marker: PathBuf,
}

/// Our packs. Markers of an older program begin with a number of one digit instead of the size.
fn ours(common_dir: &Path) -> io::Result<Vec<Own>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(markers(common_dir))? {
        let entry = entry?;
        let named = entry.file_name();
        let parts = named.to_str().and_then(|named| named.split_once('-'));
        let own = parts.and_then(|(size, name)| {
            Some(Own { size: size.parse().ok()?, name: name.to_owned(), marker: entry.path() })
        });
        found.extend(own);
    }
    Ok(found)
}

/// What binds packs, so that they must stay as they are.
struct Bound {
    /// What stands in the folder beside packs and their indexes, `pack-….keep`.
    beside: Vec<String>,
    /// The names of the packs that an index over several of them counts on.
    several: Vec<u8>,
}

impl Bound {
    /// Nothing where it cannot be told.
    fn read(folder: &Path) -> io::Result<Option<Self>> {
        if folder.join("multi-pack-index.d").exists() {
            return Ok(None);
        }
        let mut beside = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if ![".pack", ".idx", ".rev"].iter().any(|extension| name.ends_with(extension)) {
                beside.push(name);
            }
        }
        let several = match fs::read(folder.join("multi-pack-index")) {
            Ok(bytes) => names_in(&bytes).map_or_else(|| bytes.clone(), <[u8]>::to_vec),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Some(Self { beside, several }))
    }

    fn holds(&self, name: &str) -> bool {
        self.beside.iter().any(|file| file.starts_with(name))
            || self.several.windows(name.len()).any(|bytes| bytes == name.as_bytes())
    }
}

/// The part of an index over several packs that holds their names.
fn names_in(index: &[u8]) -> Option<&[u8]> {
    let offset = |chunk: usize| Some(u64::from_be_bytes(*index.get(12 + chunk * 12 + 4..)?.first_chunk()?) as usize);
    let chunks = usize::from(*index.get(6)?);
    let names = (0..chunks).find(|chunk| index.get(12 + chunk * 12..).is_some_and(|row| row.starts_with(b"PNAM")))?;
    index.get(offset(names)?..offset(names + 1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_packs_are_left_and_none_is_copied_often() {
        let (mut packs, mut copied, mut most) = (Vec::new(), 0, 0);
        for _ in 0..10_000_u64 {
            packs.push(100);
            if packs.len() > AT_MOST {
                packs.sort_unstable();
                let together: u64 = packs.drain(..out_of_proportion(&packs)).sum();
                copied += together;
                packs.push(together);
            }
            most = most.max(packs.len());
        }
        assert!(most <= AT_MOST + 1, "{most} packs");
        assert!(copied <= 10 * 100 * 10_000, "{copied} bytes were copied of a million stored");
    }

    #[test]
    fn what_is_in_proportion_stays() {
        assert_eq!(out_of_proportion(&[1, 2, 4, 8]), 0);
        assert_eq!(out_of_proportion(&[1, 1, 5, 100]), 2);
        assert_eq!(out_of_proportion(&[1, 1, 3, 100]), 3);
        assert_eq!(out_of_proportion(&[1, 3, 10, 15]), 4);
        assert_eq!(out_of_proportion(&[]), 0);
    }
}
