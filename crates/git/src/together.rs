//! Brings packs together: every operation stores one of its own, and a reader looks through all of them.
//!
//! Only packs that were written here are touched; a marker in `switchback/packs` names each. They are copied as they
//! are, one behind the other, every object of them: whether a ref leads to it is not asked, so nothing is lost that a
//! running operation has stored and not yet referred to. The new pack is on disk, under its name and with its index,
//! before an old one goes. Packs of like size are brought together, so an object is copied once for each class at most.

use super::index::{self, Entry};
use super::pack::{Complete, Summed, temporary};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use switchback_core::words::object::Oid;
use switchback_machine::failpoint;

/// How many packs of one class there may be.
const AT_MOST: usize = 50;
/// Up to which size in bytes a pack is of a class; larger ones are left to `git gc`.
const CLASSES: [u64; 2] = [64 << 10, 2 << 20];
/// Before the first object of a pack, and behind its last.
const HEAD: usize = 12;
const SUM: usize = 20;

/// Marks a pack as one of ours.
pub(super) fn own(common_dir: &Path, name: &str) -> io::Result<()> {
    let size = fs::metadata(pack_folder(common_dir).join(format!("{name}.pack")))?.len();
    match CLASSES.iter().position(|limit| size <= *limit) {
        Some(class) => {
            let markers = markers(common_dir);
            fs::create_dir_all(&markers)?;
            File::create(markers.join(marker(class, name))).map(drop)
        }
        None => Ok(()),
    }
}

/// Makes one pack of those of a class, where there are too many.
pub(super) fn bring_together(common_dir: &Path) -> io::Result<()> {
    for class in 0..CLASSES.len() {
        if ours(common_dir, class)?.len() <= AT_MOST {
            continue;
        }
        let lock = File::create(common_dir.join("switchback").join("packs.lock"))?;
        // Whoever holds it is at it already.
        if lock.try_lock().is_err() {
            return Ok(());
        }
        let old = Chosen::of(common_dir, class)?;
        if old.packs.len() > 1 {
            let name = old.copy()?;
            failpoint::hit("packs.together");
            own(common_dir, &name)?;
            old.remove(&name);
        }
    }
    Ok(())
}

fn markers(common_dir: &Path) -> PathBuf {
    common_dir.join("switchback").join("packs")
}

fn pack_folder(common_dir: &Path) -> PathBuf {
    common_dir.join("objects").join("pack")
}

fn marker(class: usize, name: &str) -> String {
    format!("{class}-{name}")
}

/// The names of our packs of a class.
fn ours(common_dir: &Path, class: usize) -> io::Result<Vec<String>> {
    let prefix = marker(class, "");
    let mut names = Vec::new();
    for entry in fs::read_dir(markers(common_dir))? {
        let name = entry?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_prefix(&prefix)).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// One pack, by its index.
struct Indexed {
    name: String,
    /// Up to its last delta: these stay as they lie, as a delta names its base by the distance to it.
    head: Vec<Entry>,
    /// What lies behind, with where each ends. What another pack holds already is left out.
    tail: Vec<(Entry, u64)>,
    /// Where its head ends.
    cut: u64,
    /// How many objects it has.
    count: usize,
}

impl Indexed {
    /// A pack with these entries.
    fn new(name: String, mut entries: Vec<Entry>, pack: &[u8]) -> Self {
        entries.sort_unstable_by_key(|entry| entry.offset);
        let count = entries.len();
        let is_delta = |entry: &Entry| pack.get(entry.offset as usize).is_none_or(|byte| (byte >> 4) & 7 > 4);
        let tail = entries.split_off(entries.iter().rposition(is_delta).map_or(0, |last| last + 1));
        let end = pack.len().saturating_sub(SUM) as u64;
        let cut = tail.first().map_or(end, |entry| entry.offset);
        let ends: Vec<u64> = tail.iter().skip(1).map(|entry| entry.offset).chain([end]).collect();
        Self { name, head: entries, tail: tail.into_iter().zip(ends).collect(), cut, count }
    }
}

/// Packs that become one.
struct Chosen<'a> {
    common_dir: &'a Path,
    folder: PathBuf,
    class: usize,
    packs: Vec<Indexed>,
}

impl<'a> Chosen<'a> {
    /// Ours of a class, without those that somebody keeps or counts on, and those whose heads share an object: a pack
    /// holds each once.
    fn of(common_dir: &'a Path, class: usize) -> io::Result<Self> {
        let folder = pack_folder(common_dir);
        let mut chosen = Self { common_dir, folder, class, packs: Vec::new() };
        let Some(bound) = Bound::read(&chosen.folder)? else { return Ok(chosen) };
        let mut seen: HashSet<Oid> = HashSet::new();
        for name in ours(common_dir, class)? {
            if bound.holds(&name) {
                continue;
            }
            match chosen.indexed(&name) {
                Ok(pack) => {
                    if pack.count > 0 && pack.head.iter().all(|entry| !seen.contains(&entry.id)) {
                        seen.extend(pack.head.iter().map(|entry| entry.id));
                        chosen.packs.push(pack);
                    }
                }
                // Git took it into a pack of its own.
                Err(error) if error.kind() == io::ErrorKind::NotFound => chosen.forget(&name),
                Err(error) => return Err(error),
            }
        }
        for pack in &mut chosen.packs {
            pack.tail.retain(|(entry, _)| seen.insert(entry.id));
        }
        Ok(chosen)
    }

    fn indexed(&self, name: &str) -> io::Result<Indexed> {
        let entries = index::entries(&fs::read(self.folder.join(format!("{name}.idx")))?).unwrap_or_default();
        Ok(Indexed::new(name.to_owned(), entries, &fs::read(self.folder.join(format!("{name}.pack")))?))
    }

    /// Writes the one pack, durably; its name.
    fn copy(&self) -> io::Result<String> {
        let file = temporary(&self.folder, "tmp_pack_")?;
        let objects = self.packs.iter().map(|pack| pack.head.len() + pack.tail.len()).sum();
        let mut to = Summed::begin(BufWriter::with_capacity(1 << 16, file.as_file()), objects)?;
        let mut entries = Vec::with_capacity(objects);
        for pack in &self.packs {
            let bytes = fs::read(self.folder.join(format!("{}.pack", pack.name)))?;
            check(&bytes, pack)?;
            let damaged = || io::Error::other(format!("{} is damaged", pack.name));
            let part = |from: u64, to: u64| bytes.get(from as usize..to as usize).ok_or_else(damaged);
            let start = to.len;
            to.write(part(HEAD as u64, pack.cut)?)?;
            let moved = |entry: &Entry, offset| Entry { id: entry.id, offset, crc: entry.crc };
            entries.extend(pack.head.iter().map(|entry| moved(entry, entry.offset - HEAD as u64 + start)));
            for (entry, end) in &pack.tail {
                entries.push(moved(entry, to.len));
                to.write(part(entry.offset, *end)?)?;
            }
        }
        let checksum = to.finish()?;
        let complete = Complete::of(file, (entries, checksum));
        let name = complete.name();
        complete.publish()?;
        Ok(name)
    }

    /// Removes what has been copied. The index goes first: git takes no notice of a pack without one.
    fn remove(&self, made: &str) {
        for Indexed { name, .. } in self.packs.iter().filter(|pack| pack.name != made) {
            // Somebody stored just this pack meanwhile, and counts on it.
            if self.folder.join(format!("{name}.keep")).exists() {
                continue;
            }
            for extension in ["idx", "rev", "pack"] {
                let _ = fs::remove_file(self.folder.join(format!("{name}.{extension}")));
                failpoint::hit("packs.removing");
            }
            self.forget(name);
        }
    }

    fn forget(&self, name: &str) {
        let _ = fs::remove_file(markers(self.common_dir).join(marker(self.class, name)));
    }
}

/// Whether a pack is sound.
fn check(bytes: &[u8], pack: &Indexed) -> io::Result<()> {
    let count = (pack.count as u32).to_be_bytes();
    let head = [b"PACK".as_slice(), &2_u32.to_be_bytes(), &count].concat();
    let (body, sum) = bytes.split_at(bytes.len().saturating_sub(SUM));
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(body);
    let found = hasher.try_finalize().map_err(io::Error::other)?;
    if found.as_bytes() != sum || !body.starts_with(&head) {
        return Err(io::Error::other(format!("{} is damaged", pack.name)));
    }
    Ok(())
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
