//! Copies packs into one, object by object as they lie: nothing is unpacked or compressed. A delta names its base by the
//! distance to it, which is all that is written anew.

use super::ids::IdMap;
use super::index::{self, Entry};
use super::pack::{Complete, Summed, push_distance, temporary};
use std::collections::HashMap;
use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use switchback_core::words::object::Oid;

/// Behind the last object of a pack.
const SUM: usize = 20;
/// How long a chain of deltas may become: a base that several packs hold is taken from the first.
const LONGEST_CHAIN: u32 = 250;
/// The kind of an entry that names its base by the distance, and of one that names it by its id.
const BY_DISTANCE: u8 = 6;
const BY_ID: u8 = 7;

/// One pack, by its index.
pub(super) struct Part {
    name: String,
    objects: Vec<Lying>,
}

/// An object where it lies.
struct Lying {
    entry: Entry,
    end: u64,
    /// The object that it is a delta of.
    base: Option<Oid>,
}

impl Part {
    /// Reads one; `None` where it holds what cannot be copied, or nothing.
    pub(super) fn read(folder: &Path, name: &str) -> io::Result<Option<Self>> {
        let mut entries = index::entries(&fs::read(folder.join(format!("{name}.idx")))?).unwrap_or_default();
        entries.sort_unstable_by_key(|entry| entry.offset);
        let pack = fs::read(folder.join(format!("{name}.pack")))?;
        let end = pack.len().saturating_sub(SUM) as u64;
        let ends: Vec<u64> = entries.iter().skip(1).map(|entry| entry.offset).chain([end]).collect();
        let by_offset: HashMap<u64, Oid> = entries.iter().map(|entry| (entry.offset, entry.id)).collect();
        let objects = entries.into_iter().zip(ends).map(|(entry, end)| {
            let head = Head::of(pack.get(entry.offset as usize..end as usize)?)?;
            let base = match head.distance {
                Some((distance, _)) => Some(*by_offset.get(&entry.offset.checked_sub(distance)?)?),
                None => None,
            };
            (head.kind != BY_ID).then_some(Lying { entry, end, base })
        });
        let objects: Option<Vec<Lying>> = objects.collect();
        Ok(objects.filter(|objects| !objects.is_empty()).map(|objects| Self { name: name.to_owned(), objects }))
    }
}

/// What stands before the content of an entry.
struct Head {
    kind: u8,
    /// How many bytes kind and size take.
    len: usize,
    /// How far back the base lies, and how many bytes say so.
    distance: Option<(u64, usize)>,
}

impl Head {
    fn of(raw: &[u8]) -> Option<Self> {
        let (kind, len) = ((raw.first()? >> 4) & 7, raw.iter().position(|byte| byte & 0x80 == 0)? + 1);
        let distance = if kind == BY_DISTANCE { Some(distance(&raw[len..])?) } else { None };
        Some(Self { kind, len, distance })
    }
}

/// Reads git's own big-endian base 128, which [`push_distance`] writes.
fn distance(raw: &[u8]) -> Option<(u64, usize)> {
    let mut value = u64::from(raw.first()? & 0x7f);
    let mut len = 1;
    while raw[len - 1] & 0x80 != 0 {
        value = ((value + 1) << 7) | u64::from(raw.get(len)? & 0x7f);
        len += 1;
    }
    Some((value, len))
}

/// Packs that become one.
#[derive(Default)]
pub(super) struct Copied {
    parts: Vec<Part>,
    packs: Vec<(String, PathBuf)>,
    /// How long the chain below each object is.
    chains: IdMap<u32>,
}

impl Copied {
    /// The names of the packs, each with its marker.
    pub(super) fn packs(&self) -> &[(String, PathBuf)] {
        &self.packs
    }

    /// Takes one more, unless its chains would become too long.
    pub(super) fn take(&mut self, part: Part, marker: PathBuf) {
        let mut new: IdMap<u32> = IdMap::default();
        for object in &part.objects {
            let known = |id: &Oid| self.chains.get(id).or_else(|| new.get(id)).copied();
            if known(&object.entry.id).is_none() {
                let chain = object.base.as_ref().map_or(0, |base| known(base).unwrap_or(LONGEST_CHAIN) + 1);
                new.insert(object.entry.id, chain);
            }
        }
        if new.values().all(|chain| *chain <= LONGEST_CHAIN) {
            self.chains.extend(new);
            self.packs.push((part.name.clone(), marker));
            self.parts.push(part);
        }
    }

    /// Writes the one pack, durably; its name.
    pub(super) fn write(&self, folder: &Path) -> io::Result<String> {
        let file = temporary(folder, "tmp_pack_")?;
        let count = self.chains.len();
        let mut to = Summed::begin(BufWriter::with_capacity(1 << 16, file.as_file()), count)?;
        let mut written: IdMap<u64> = IdMap::default();
        let mut entries = Vec::with_capacity(count);
        for part in &self.parts {
            let bytes = fs::read(folder.join(format!("{}.pack", part.name)))?;
            check(&bytes, part)?;
            for object in part.objects.iter() {
                if written.contains_key(&object.entry.id) {
                    continue;
                }
                let damaged = || damaged(&part.name);
                let raw = bytes.get(object.entry.offset as usize..object.end as usize).ok_or_else(damaged)?;
                let (at, id) = (to.len, object.entry.id);
                let crc = match object.base {
                    None => {
                        to.write(raw)?;
                        object.entry.crc
                    }
                    Some(base) => {
                        let base = written.get(&base).copied().ok_or_else(damaged)?;
                        let moved = moved(raw, at - base).ok_or_else(damaged)?;
                        to.write(&moved)?;
                        index::crc32(&moved)
                    }
                };
                written.insert(id, at);
                entries.push(Entry { id, offset: at, crc });
            }
        }
        let checksum = to.finish()?;
        let complete = Complete::of(file, (entries, checksum));
        let name = complete.name();
        complete.publish()?;
        Ok(name)
    }
}

/// An entry whose base lies elsewhere from now on.
fn moved(raw: &[u8], distance: u64) -> Option<Vec<u8>> {
    let head = Head::of(raw)?;
    let (_, said) = head.distance?;
    let mut moved = raw[..head.len].to_vec();
    push_distance(&mut moved, distance);
    moved.extend_from_slice(&raw[head.len + said..]);
    Some(moved)
}

/// Whether a pack is sound.
fn check(bytes: &[u8], part: &Part) -> io::Result<()> {
    let count = (part.objects.len() as u32).to_be_bytes();
    let head = [b"PACK".as_slice(), &2_u32.to_be_bytes(), &count].concat();
    let (body, sum) = bytes.split_at(bytes.len().saturating_sub(SUM));
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(body);
    let found = hasher.try_finalize().map_err(io::Error::other)?;
    if found.as_bytes() == sum && body.starts_with(&head) { Ok(()) } else { Err(damaged(&part.name)) }
}

fn damaged(name: &str) -> io::Error {
    io::Error::other(format!("{name} is damaged"))
}
