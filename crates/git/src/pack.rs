//! A pack being written, with its index. Both are complete and on disk before either has its name; a crash leaves files
//! that git calls temporary and ignores.

use super::deflate::Deflate;
use super::index;
use super::objects::Made;
use gix::hash::Hasher;
use gix::objs::Kind as ObjectKind;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use switchback_core::words::object::Oid;

/// How many trees may be made one from the other before one is written in full, as git packs them.
const MAX_CHAIN: u32 = 50;

/// A pack whose objects are all written, and that has no name yet.
pub(super) struct Complete {
    file: tempfile::NamedTempFile,
    entries: Vec<index::Entry>,
    checksum: Vec<u8>,
}

impl Complete {
    /// That of a file, by what [`Pack::finish`] said of it.
    pub(super) fn of(file: tempfile::NamedTempFile, finished: (Vec<index::Entry>, Vec<u8>)) -> Self {
        let (entries, checksum) = finished;
        Self { file, entries, checksum }
    }

    /// The name it will have.
    pub(super) fn name(&self) -> String {
        format!("pack-{}", gix::ObjectId::from_bytes_or_panic(&self.checksum))
    }

    /// Gives it its name, with its index. Both are on disk before either can be seen.
    pub(super) fn publish(self) -> io::Result<()> {
        let folder = self.file.path().parent().unwrap_or(Path::new(".")).to_owned();
        let name = self.name();
        let mut list = temporary(&folder, "tmp_idx_")?;
        list.write_all(&index::bytes(self.entries, &self.checksum)?)?;
        sync_both(self.file.as_file(), list.as_file())?;
        // The pack gets its name first: an index without its pack would be an error to git.
        for (file, extension) in [(self.file, "pack"), (list, "idx")] {
            file.persist(folder.join(format!("{name}.{extension}"))).map_err(|error| error.error)?;
        }
        File::open(folder)?.sync_all()
    }
}

/// Waits until two files are on disk; asking for both at once, the disk is waited for once.
fn sync_both(one: &File, two: &File) -> io::Result<()> {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| two.sync_all());
        one.sync_all()?;
        other.join().unwrap_or_else(|_| Err(io::Error::other("the thread that waited for the disk died")))
    })
}

/// A file that nobody takes for part of the repository until it is renamed.
pub(super) fn temporary(folder: &Path, prefix: &str) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    let readable = std::fs::Permissions::from_mode(0o444);
    tempfile::Builder::new().prefix(prefix).permissions(readable).tempfile_in(folder)
}

/// A pack being written, object by object.
pub(super) struct Pack<W> {
    to: Summed<W>,
    entries: Vec<index::Entry>,
    /// Where each object is, and how long the chain below it.
    places: HashMap<Oid, (u64, u32)>,
    deflate: Deflate,
    buffer: Vec<u8>,
}

impl<W: Write> Pack<W> {
    /// Begins one of so many objects.
    pub(super) fn begin(to: W, objects: usize) -> io::Result<Self> {
        Ok(Self {
            to: Summed::begin(to, objects)?,
            entries: Vec::with_capacity(objects),
            places: HashMap::with_capacity(objects),
            deflate: Deflate::new(),
            buffer: Vec::new(),
        })
    }

    /// Adds an object, as a delta where its base is in here and that pays.
    pub(super) fn add(&mut self, id: Oid, made: &Made) -> io::Result<()> {
        let base = made.delta.as_ref().and_then(|(base, delta)| {
            let (place, chain) = *self.places.get(base)?;
            // A delta that is not much smaller than the tree only makes reading slower.
            (chain < MAX_CHAIN && delta.len() * 2 < made.bytes.len()).then_some((place, chain, delta.as_slice()))
        });
        self.put(id, made, base)
    }

    /// Adds an object as it is.
    pub(super) fn add_whole(&mut self, id: Oid, made: &Made) -> io::Result<()> {
        self.put(id, made, None)
    }

    fn put(&mut self, id: Oid, made: &Made, base: Option<(u64, u32, &[u8])>) -> io::Result<()> {
        let offset = self.to.len;
        self.buffer.clear();
        let (chain, content) = match base {
            Some((place, chain, delta)) => {
                push_header(&mut self.buffer, 6, delta.len());
                push_distance(&mut self.buffer, offset - place);
                (chain + 1, delta)
            }
            None => {
                push_header(&mut self.buffer, number(made.kind), made.bytes.len());
                (0, &*made.bytes)
            }
        };
        self.deflate.push(&mut self.buffer, content)?;
        self.to.write(&self.buffer)?;
        self.entries.push(index::Entry { id, offset, crc: index::crc32(&self.buffer) });
        self.places.insert(id, (offset, chain));
        Ok(())
    }

    /// Ends it; what its index lists, and its sum.
    pub(super) fn finish(self) -> io::Result<(Vec<index::Entry>, Vec<u8>)> {
        Ok((self.entries, self.to.finish()?))
    }
}

/// A writer of a pack that keeps the sum of what it wrote.
pub(super) struct Summed<W> {
    to: W,
    sum: Hasher,
    pub(super) len: u64,
}

impl<W: Write> Summed<W> {
    /// Begins a pack of so many objects.
    pub(super) fn begin(to: W, objects: usize) -> io::Result<Self> {
        let mut pack = Self { to, sum: gix::hash::hasher(gix::hash::Kind::Sha1), len: 0 };
        let count = u32::try_from(objects).map_err(io::Error::other)?;
        pack.write(&[b"PACK".as_slice(), &2_u32.to_be_bytes(), &count.to_be_bytes()].concat())?;
        Ok(pack)
    }

    /// Ends it with its sum, which names it.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        let checksum = self.sum.try_finalize().map_err(io::Error::other)?.as_bytes().to_vec();
        self.to.write_all(&checksum)?;
        self.to.flush()?;
        Ok(checksum)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.len += bytes.len() as u64;
        self.to.write_all(bytes)
    }
}

fn number(kind: ObjectKind) -> u8 {
    match kind {
        ObjectKind::Commit => 1,
        ObjectKind::Tree => 2,
        ObjectKind::Blob => 3,
        ObjectKind::Tag => 4,
    }
}

/// Kind and size of an entry: four bits of the size in the first byte, seven in each that follows.
fn push_header(to: &mut Vec<u8>, kind: u8, size: usize) {
    let mut byte = (kind << 4) | (size & 0x0f) as u8;
    let mut rest = size >> 4;
    while rest > 0 {
        to.push(byte | 0x80);
        byte = (rest & 0x7f) as u8;
        rest >>= 7;
    }
    to.push(byte);
}

/// How far back the base of a delta lies, in git's own big-endian base 128.
pub(super) fn push_distance(to: &mut Vec<u8>, distance: u64) {
    let mut bytes = vec![(distance & 0x7f) as u8];
    let mut rest = distance >> 7;
    while rest > 0 {
        rest -= 1;
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    to.extend(bytes.iter().rev());
}
