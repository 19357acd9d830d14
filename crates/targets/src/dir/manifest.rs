//! The files Switchback manages in an area, with a stamp for each so that an unchanged file need not be read.
//!
//! One file, `.switchback/managed`, of sorted *segments*: each deployment appends one with the paths it
//! touched, so 50 paths in 50,000 cost 50; a later segment speaks over an earlier one, and confirming a
//! version merges them once they have grown. Every segment carries a checksum, and names the version that was put by
//! number and commit: two ledgers may count to the same number. Segments of the first form name no commit.

use super::file::{Known, Stamp};
use std::collections::BTreeMap;
use std::io;
use switchback_core::words::object::{BlobId, CommitId, Leaf, Mode, Oid};

const MAGIC: [u8; 4] = *b"SBM2";
const HEADER: usize = 44;
const MAGIC_WITHOUT_COMMIT: [u8; 4] = *b"SBM1";
const HEADER_WITHOUT_COMMIT: usize = 24;
const RECORD: usize = 53;
/// More segments than this make every look-up slow.
const SEGMENTS: usize = 64;

/// What is to be known of one path; `None` when it is managed no longer.
pub(super) type ManifestRow<'a> = (&'a [u8], Option<Known>);

struct Segment {
    offsets: usize,
    count: usize,
    made: Made,
    end: usize,
}

/// The version that a segment was written for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Made {
    /// Its number; 0 for a list that was rebuilt.
    pub(super) version: u32,
    /// Its commit, where one was kept.
    pub(super) commit: Option<CommitId>,
}

/// The manifest in memory, as the bytes of the file.
#[derive(Default)]
pub(super) struct Manifest {
    bytes: Vec<u8>,
    segments: Vec<Segment>,
}

impl Manifest {
    /// Reads a manifest. Bytes behind the last whole segment stay out; [`length`](Self::length) tells.
    pub(super) fn parse(bytes: Vec<u8>) -> Self {
        let mut manifest = Self { bytes, segments: Vec::new() };
        while let Some(segment) = segment_at(&manifest.bytes, manifest.length()) {
            manifest.segments.push(segment);
        }
        manifest
    }

    /// How many of the bytes are whole segments.
    pub(super) fn length(&self) -> usize {
        self.segments.last().map_or(0, |segment| segment.end)
    }

    /// The version the last segment made; `None` when there is no segment.
    pub(super) fn made(&self) -> Option<Made> {
        self.segments.last().map(|segment| segment.made)
    }

    /// What is known of a path; `None` when it is not managed.
    pub(super) fn get(&self, path: &[u8]) -> Option<Known> {
        self.segments.iter().rev().find_map(|segment| self.find(segment, path)).flatten()
    }

    /// Every managed file, in order of path.
    pub(super) fn files(&self) -> BTreeMap<&[u8], Known> {
        let mut files = BTreeMap::new();
        for segment in &self.segments {
            for index in 0..segment.count {
                match self.row(segment, index) {
                    (path, Some(known)) => files.insert(path, known),
                    (path, None) => files.remove(path),
                };
            }
        }
        files
    }

    /// Whether no file is managed. The first that is ends the search: nearly always that is the first row there is.
    pub(super) fn is_empty(&self) -> bool {
        let rows = self.segments.iter().flat_map(|segment| (0..segment.count).map(move |index| (segment, index)));
        !rows
            .map(|(segment, index)| self.row(segment, index))
            .any(|(path, known)| known.is_some() && self.get(path).is_some())
    }

    /// The same content as one segment, when the segments behind the first have grown beyond their use.
    pub(super) fn compacted(&self) -> Option<Vec<u8>> {
        let first = self.segments.first()?;
        if !is_grown(first.end, (self.length(), self.segments.len())) {
            return None;
        }
        let rows: Vec<ManifestRow<'_>> = self.files().into_iter().map(|(path, known)| (path, Some(known))).collect();
        Some(segment(self.made()?, &rows))
    }

    fn find(&self, segment: &Segment, path: &[u8]) -> Option<Option<Known>> {
        let (mut low, mut high) = (0, segment.count);
        while low < high {
            let middle = usize::midpoint(low, high);
            let (found, known) = self.row(segment, middle);
            match found.cmp(path) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(known),
            }
        }
        None
    }

    fn row(&self, segment: &Segment, index: usize) -> ManifestRow<'_> {
        let offset = |index: usize| number(&self.bytes, segment.offsets + 4 * index) as usize;
        let records = segment.offsets + 4 * (segment.count + 1);
        decode(&self.bytes[records + offset(index)..records + offset(index + 1)])
    }
}

/// What the end of a manifest says, found without reading what lies before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Outline {
    /// The version its last segment was written for.
    pub(super) made: Made,
    /// Whether its segments are due to become one.
    pub(super) is_grown: bool,
}

impl Outline {
    /// Goes from header to header, and reads the last segment alone; `None` where a manifest does not end with a whole and
    /// undamaged one.
    ///
    /// # Errors
    /// What reading says.
    pub(super) fn read(length: u64, read: impl Fn(u64, &mut [u8]) -> io::Result<()>) -> io::Result<Option<Self>> {
        let (mut at, mut first, mut count) = (0, None, 0);
        while at < length {
            let mut header = [0; HEADER];
            // An empty segment of the first form is shorter than the header of this one.
            read(at, &mut header[..HEADER.min((length - at) as usize)])?;
            let Some(end) = end_of(&header, at).filter(|end| *end <= length) else { return Ok(None) };
            first.get_or_insert(end);
            count += 1;
            if end < length {
                at = end;
                continue;
            }
            let mut last = vec![0; (length - at) as usize];
            read(at, &mut last)?;
            let sizes = (length as usize, count);
            let is_grown = first.is_some_and(|first| is_grown(first as usize, sizes));
            return Ok(segment_at(&last, 0).map(|segment| Self { made: segment.made, is_grown }));
        }
        Ok(None)
    }
}

/// Whether the segments behind the first have grown beyond their use.
fn is_grown(first: usize, (length, segments): (usize, usize)) -> bool {
    length - first > first / 2 + 64 * 1024 || segments > SEGMENTS
}

/// Where the segment ends that has this header.
fn end_of(header: &[u8; HEADER], at: u64) -> Option<u64> {
    let own = match &header[..4] {
        magic if *magic == MAGIC => HEADER,
        magic if *magic == MAGIC_WITHOUT_COMMIT => HEADER_WITHOUT_COMMIT,
        _ => return None,
    };
    at.checked_add(own as u64)?.checked_add(u64::from_le_bytes(header[16..24].try_into().ok()?))
}

/// Writes a segment of rows in order of path.
pub(super) fn segment(made: Made, rows: &[ManifestRow<'_>]) -> Vec<u8> {
    let mut offsets = Vec::with_capacity(4 * (rows.len() + 1));
    let mut records = Vec::with_capacity(rows.len() * (RECORD + 40));
    offsets.extend_from_slice(&0_u32.to_le_bytes());
    for row in rows {
        encode(row, &mut records);
        offsets.extend_from_slice(&(records.len() as u32).to_le_bytes());
    }
    let mut bytes = Vec::with_capacity(HEADER + offsets.len() + records.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&made.version.to_le_bytes());
    bytes.extend_from_slice(&(rows.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&((offsets.len() + records.len()) as u64).to_le_bytes());
    bytes.extend_from_slice(&made.commit.unwrap_or(NO_COMMIT).0.0);
    bytes.extend_from_slice(&offsets);
    bytes.extend_from_slice(&records);
    let checksum = crc32fast::hash(&bytes[8..]);
    bytes[4..8].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Stands where no commit was kept.
const NO_COMMIT: CommitId = CommitId(Oid([0; 20]));

/// The whole and undamaged segment at a place, if one is there.
fn segment_at(bytes: &[u8], at: usize) -> Option<Segment> {
    let length_of_header = match bytes.get(at..at + 4)? {
        magic if *magic == MAGIC => HEADER,
        magic if *magic == MAGIC_WITHOUT_COMMIT => HEADER_WITHOUT_COMMIT,
        _ => return None,
    };
    let header = bytes.get(at..at + length_of_header)?;
    let count = number(header, 12) as usize;
    let length = usize::try_from(u64::from_le_bytes(header[16..24].try_into().ok()?)).ok()?;
    let end = at.checked_add(length_of_header)?.checked_add(length)?;
    let whole = bytes.get(at + 8..end)?;
    let sound = crc32fast::hash(whole) == number(header, 4) && length >= 4 * (count + 1);
    let commit = header.get(24..44).and_then(|id| Some(CommitId(Oid(id.try_into().ok()?))));
    let made = Made { version: number(header, 8), commit: commit.filter(|commit| *commit != NO_COMMIT) };
    sound.then_some(Segment { offsets: at + length_of_header, count, made, end })
}

/// The little-endian number at a place that is known to be there.
fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn encode((path, known): &ManifestRow<'_>, to: &mut Vec<u8>) {
    let (tag, id, stamp) = match known {
        Some(known) => (tag(known.leaf.mode), known.leaf.id.0.0, known.stamp),
        None => (0, [0; 20], Stamp::NEVER),
    };
    to.push(tag);
    to.extend_from_slice(&id);
    to.extend_from_slice(&stamp.size.to_le_bytes());
    to.extend_from_slice(&stamp.mtime.to_le_bytes());
    to.extend_from_slice(&stamp.ctime.to_le_bytes());
    to.extend_from_slice(&stamp.ino.to_le_bytes());
    to.extend_from_slice(path);
}

fn decode(record: &[u8]) -> ManifestRow<'_> {
    let (fixed, path) = record.split_at(RECORD);
    let long = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&fixed[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    let mut id = [0; 20];
    id.copy_from_slice(&fixed[1..21]);
    let stamp = Stamp { size: long(21), mtime: long(29) as i64, ctime: long(37) as i64, ino: long(45) };
    let known = mode(fixed[0]).map(|mode| Known { leaf: Leaf { mode, id: BlobId(Oid(id)) }, stamp });
    (path, known)
}

fn tag(mode: Mode) -> u8 {
    match mode {
        Mode::File => 1,
        Mode::Executable => 2,
        Mode::Symlink => 3,
        Mode::Submodule => 4,
    }
}

fn mode(tag: u8) -> Option<Mode> {
    match tag {
        1 => Some(Mode::File),
        2 => Some(Mode::Executable),
        3 => Some(Mode::Symlink),
        4 => Some(Mode::Submodule),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(byte: u8) -> Known {
        let stamp = Stamp { size: 1, mtime: -2, ctime: 3, ino: u64::from(byte) };
        Known { leaf: Leaf { mode: Mode::File, id: BlobId(Oid([byte; 20])) }, stamp }
    }

    fn of(version: u32) -> Made {
        Made { version, commit: Some(CommitId(Oid([version as u8; 20]))) }
    }

    #[test]
    fn a_list_that_names_no_commit_is_read_and_added_to() {
        // As the program before identities wrote version 1 with no files.
        let old = hex("53424d31 b49bb469 01000000 00000000 0400000000000000 00000000");
        let mut bytes = old;
        let manifest = Manifest::parse(bytes.clone());
        assert_eq!(outline(&bytes).map(|outline| outline.made), manifest.made());
        assert_eq!((manifest.length(), manifest.made()), (bytes.len(), Some(Made { version: 1, commit: None })));
        bytes.extend(segment(of(2), &[(b"a", Some(known(1)))]));
        let manifest = Manifest::parse(bytes);
        assert_eq!((manifest.made(), manifest.get(b"a")), (Some(of(2)), Some(known(1))));
    }

    fn hex(digits: &str) -> Vec<u8> {
        let digits: Vec<u8> = digits.bytes().filter(|digit| *digit != b' ').collect();
        let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    #[test]
    fn later_segments_speak_over_earlier_ones() {
        let mut bytes = segment(of(1), &[(b"a", Some(known(1))), (b"b", Some(known(2))), (b"c", Some(known(3)))]);
        bytes.extend(segment(of(2), &[(b"b", None), (b"c", Some(known(4)))]));
        let manifest = Manifest::parse(bytes);
        assert_eq!(manifest.made(), Some(of(2)));
        assert_eq!(manifest.get(b"a"), Some(known(1)));
        assert_eq!(manifest.get(b"b"), None);
        assert_eq!(manifest.get(b"c"), Some(known(4)));
        assert_eq!(manifest.get(b"d"), None);
        let files: Vec<_> = manifest.files().into_keys().collect();
        assert_eq!(files, [b"a", b"c"]);
    }

    #[test]
    fn a_torn_or_changed_segment_is_left_out() {
        let whole = segment(of(1), &[(b"a", Some(known(1)))]);
        let mut bytes = whole.clone();
        bytes.extend(segment(of(2), &[(b"b", Some(known(2)))]));
        for cut in whole.len()..bytes.len() {
            assert_eq!(Manifest::parse(bytes[..cut].to_vec()).length(), whole.len(), "cut at {cut}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(Manifest::parse(changed).length() < bytes.len(), "changed at {at}");
        }
    }

    fn outline(bytes: &[u8]) -> Option<Outline> {
        let read = |at: u64, to: &mut [u8]| {
            to.copy_from_slice(&bytes[at as usize..at as usize + to.len()]);
            Ok(())
        };
        Outline::read(bytes.len() as u64, read).unwrap()
    }

    #[test]
    fn the_end_says_what_the_whole_would_and_no_torn_end_says_anything() {
        let mut bytes = segment(of(1), &[(b"a", Some(known(1)))]);
        for version in 2..=70 {
            let before = bytes.len();
            bytes.extend(segment(of(version), &[(b"b", Some(known(version as u8)))]));
            let whole = Manifest::parse(bytes.clone());
            let said = Outline { made: of(version), is_grown: whole.compacted().is_some() };
            assert_eq!(outline(&bytes), Some(said));
            for cut in before + 1..bytes.len() {
                assert_eq!(outline(&bytes[..cut]), None, "cut at {cut}");
            }
            for at in before..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                assert_eq!(outline(&changed), None, "changed at {at}");
            }
        }
    }

    #[test]
    fn nothing_is_managed_once_the_last_file_has_left() {
        let mut bytes = segment(of(1), &[(b"a", Some(known(1))), (b"b", Some(known(2)))]);
        assert!(!Manifest::parse(bytes.clone()).is_empty());
        bytes.extend(segment(of(2), &[(b"a", None)]));
        assert!(!Manifest::parse(bytes.clone()).is_empty());
        bytes.extend(segment(of(3), &[(b"b", None)]));
        assert!(Manifest::parse(bytes.clone()).is_empty() && Manifest::default().is_empty());
        bytes.extend(segment(of(4), &[(b"b", Some(known(3)))]));
        assert!(!Manifest::parse(bytes).is_empty());
    }

    #[test]
    fn many_segments_become_one_with_the_same_content() {
        let mut bytes = segment(of(1), &[(b"a", Some(known(1)))]);
        for version in 2..=70 {
            bytes.extend(segment(of(version), &[(b"b", Some(known(version as u8)))]));
        }
        let manifest = Manifest::parse(bytes);
        let compacted = Manifest::parse(manifest.compacted().unwrap());
        assert_eq!(compacted.segments.len(), 1);
        assert_eq!(compacted.made(), Some(of(70)));
        assert_eq!(compacted.files(), manifest.files());
        assert!(compacted.compacted().is_none());
    }
}
