//! Trees as the bytes git stores: entries are read where they lie, and a changed tree is spliced
//! from the bytes of its predecessor. Knows neither where trees are kept nor what merging is.

use std::cmp::Ordering;
use switchback_core::words::object::{BlobId, Leaf, Mode, Oid};

/// What an entry of a tree is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Folder,
    Leaf(Mode),
}

impl Kind {
    /// Reads the octal mode of an entry as git does: whatever bits stand there, five kinds come out.
    fn parse(octal: &[u8]) -> Option<Self> {
        let mode = octal.iter().try_fold(0_u32, |sum, digit| match digit {
            b'0'..=b'7' => Some((sum << 3) | u32::from(digit - b'0')),
            _ => None,
        })?;
        Some(match mode & 0o170_000 {
            0o100_000 if mode & 0o100 != 0 => Self::Leaf(Mode::Executable),
            0o100_000 => Self::Leaf(Mode::File),
            0o120_000 => Self::Leaf(Mode::Symlink),
            0o040_000 => Self::Folder,
            _ => Self::Leaf(Mode::Submodule),
        })
    }

    /// The octal mode as git writes it today.
    pub(super) fn octal(self) -> &'static [u8] {
        match self {
            Self::Folder => b"40000",
            Self::Leaf(Mode::File) => b"100644",
            Self::Leaf(Mode::Executable) => b"100755",
            Self::Leaf(Mode::Symlink) => b"120000",
            Self::Leaf(Mode::Submodule) => b"160000",
        }
    }
}

/// What an entry points at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) id: Oid,
}

impl Node {
    /// The folder with an id.
    pub(super) fn folder(id: Oid) -> Self {
        Self { kind: Kind::Folder, id }
    }

    /// The leaf, unless it is a folder.
    pub(super) fn leaf(self) -> Option<Leaf> {
        match self.kind {
            Kind::Folder => None,
            Kind::Leaf(mode) => Some(Leaf { mode, id: BlobId(self.id) }),
        }
    }
}

impl From<Leaf> for Node {
    fn from(leaf: Leaf) -> Self {
        Self { kind: Kind::Leaf(leaf.mode), id: leaf.id.0 }
    }
}

/// One entry, in the bytes of its tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    pub(super) node: Node,
    /// How many bytes it takes.
    pub(super) len: usize,
    /// Whether its mode is spelled as git writes it today.
    pub(super) canonical: bool,
}

/// The kind of the entry that begins here, when it is spelled as git writes it today.
fn canonical(bytes: &[u8]) -> Option<(Kind, usize)> {
    Some(match bytes.first_chunk::<7>()? {
        b"100644 " => (Kind::Leaf(Mode::File), 6),
        [b'4', b'0', b'0', b'0', b'0', b' ', _] => (Kind::Folder, 5),
        b"100755 " => (Kind::Leaf(Mode::Executable), 6),
        b"120000 " => (Kind::Leaf(Mode::Symlink), 6),
        b"160000 " => (Kind::Leaf(Mode::Submodule), 6),
        _ => return None,
    })
}

/// The kind of the entry that begins here, the place of the space after its mode, and whether that is spelled as git
/// writes it today.
fn head(bytes: &[u8]) -> Option<(Kind, usize, bool)> {
    if let Some((kind, space)) = canonical(bytes) {
        return Some((kind, space, true));
    }
    let space = bytes.iter().take(8).position(|byte| *byte == b' ')?;
    Some((Kind::parse(&bytes[..space])?, space, false))
}

/// The first entry of some bytes; `None` at their end, or where they are damaged.
pub(super) fn first(bytes: &[u8]) -> Option<Entry<'_>> {
    let (kind, space, is_canonical) = head(bytes)?;
    let rest = &bytes[space + 1..];
    let end = gix::bstr::ByteSlice::find_byte(rest, 0)?;
    let id = rest.get(end + 1..end + 21)?;
    let id = Oid(id.try_into().ok()?);
    let node = Node { kind, id };
    Some(Entry { name: &rest[..end], node, len: space + end + 22, canonical: is_canonical })
}

/// The entries of a tree.
pub(super) fn entries(bytes: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let entry = first(rest)?;
        rest = &rest[entry.len..];
        Some(entry)
    })
}

/// The entry of a name, whether folder or leaf.
pub(super) fn find(bytes: &[u8], name: &[u8]) -> Option<Node> {
    let mut rest = bytes;
    loop {
        // Most of what is passed has another name, and nothing else is asked of it.
        let (_, space, _) = head(rest)?;
        let begins = &rest[space + 1..];
        if begins.starts_with(name)
            && let Some(entry) = first(rest).filter(|entry| entry.name == name)
        {
            return Some(entry.node);
        }
        let end = gix::bstr::ByteSlice::find_byte(begins, 0)?;
        rest = begins.get(end + 21..)?;
    }
}

/// How many bytes most entries have, or more.
const USUAL_ENTRY: usize = 40;

/// Where each entry of a tree begins; `None` where they are not in the order in which git looks for them.
pub(super) fn places(bytes: &[u8]) -> Option<Box<[u32]>> {
    let mut places = Vec::with_capacity(bytes.len() / USUAL_ENTRY + 1);
    let (mut at, mut last) = (0, None);
    for entry in entries(bytes) {
        let this = (entry.name, entry.node.kind);
        if last.is_some_and(|last| order(last, this).is_ge()) {
            return None;
        }
        places.push(u32::try_from(at).ok()?);
        last = Some(this);
        at += entry.len;
    }
    Some(places.into())
}

/// The same as [`find`], where it is known where each entry begins.
pub(super) fn find_at(bytes: &[u8], places: &[u32], name: &[u8]) -> Option<Node> {
    let entry = |place: &u32| bytes.get(*place as usize..).and_then(first);
    [Kind::Leaf(Mode::File), Kind::Folder].into_iter().find_map(|kind| {
        let beside = |place: &u32| {
            entry(place).map_or(Ordering::Greater, |entry| order((entry.name, entry.node.kind), (name, kind)))
        };
        let found = places.binary_search_by(beside).ok()?;
        entry(&places[found]).map(|entry| entry.node)
    })
}

/// The order of entries: by name, a folder as if its name ended in `/`.
pub(super) fn order(one: (&[u8], Kind), two: (&[u8], Kind)) -> Ordering {
    let shared = one.0.len().min(two.0.len());
    one.0[..shared].cmp(&two.0[..shared]).then_with(|| {
        let next = |(name, kind): (&[u8], Kind)| match name.get(shared) {
            Some(byte) => u16::from(*byte) + 1,
            None if kind == Kind::Folder => u16::from(b'/') + 1,
            None => 0,
        };
        // Two folders, or two leaves, of one name are one place; so is nothing else.
        match next(one).cmp(&next(two)) {
            Ordering::Equal => one.0.len().cmp(&two.0.len()),
            other => other,
        }
    })
}

/// Some bytes of a tree replaced by others.
#[derive(Debug)]
struct Splice {
    at: usize,
    removed: usize,
    inserted: Vec<u8>,
}

/// A tree made from its predecessor.
#[derive(Debug)]
pub(super) struct Spliced {
    pub(super) bytes: Vec<u8>,
    /// How to make it from the predecessor, as a pack says it; `None` where the predecessor's bytes were no use.
    pub(super) delta: Option<Vec<u8>>,
}

/// A name and what shall stand there, `None` for nothing.
pub(super) type Change<'a> = (&'a [u8], Option<Node>);

/// The tree with some names changed. `changes` are sorted by name, each name once.
pub(super) fn splice(old: &[u8], changes: &[Change<'_>]) -> Spliced {
    let Some(splices) = splices(old, changes) else {
        // Old trees spell modes in ways that git no longer writes; a changed tree is respelled whole.
        let respelled = entries(old).fold(Vec::with_capacity(old.len()), |mut bytes, entry| {
            push(&mut bytes, entry.name, entry.node);
            bytes
        });
        let splices = self::splices(&respelled, changes).unwrap_or_default();
        return Spliced { bytes: apply(&respelled, &splices), delta: None };
    };
    let bytes = apply(old, &splices);
    let delta = Some(delta(old.len(), bytes.len(), &splices));
    Spliced { bytes, delta }
}

fn push(bytes: &mut Vec<u8>, name: &[u8], node: Node) {
    bytes.extend_from_slice(node.kind.octal());
    bytes.push(b' ');
    bytes.extend_from_slice(name);
    bytes.push(0);
    bytes.extend_from_slice(&node.id.0);
}

/// Finds where each change goes, in order of position; `None` when a mode is spelled in an old way.
fn splices(old: &[u8], changes: &[Change<'_>]) -> Option<Vec<Splice>> {
    let mut inserts: Vec<(&[u8], Node)> = Vec::new();
    let mut splices = Vec::with_capacity(changes.len());
    let mut found = vec![false; changes.len()];
    let mut at = 0;
    for entry in entries(old) {
        if !entry.canonical {
            return None;
        }
        if let Ok(index) = changes.binary_search_by(|change| change.0.cmp(entry.name)) {
            found[index] = true;
            match changes[index].1 {
                Some(node) if node.kind == entry.node.kind => {
                    splices.push(Splice { at: at + entry.len - 20, removed: 20, inserted: node.id.0.to_vec() });
                }
                node => {
                    splices.push(Splice { at, removed: entry.len, inserted: Vec::new() });
                    inserts.extend(node.map(|node| (changes[index].0, node)));
                }
            }
        }
        at += entry.len;
    }
    let missing = changes.iter().zip(&found).filter(|(_, found)| !**found);
    inserts.extend(missing.filter_map(|(change, _)| Some((change.0, change.1?))));
    if !inserts.is_empty() {
        insert_all(old, inserts, &mut splices);
    }
    Some(splices)
}

/// Adds the splices of new entries.
fn insert_all(old: &[u8], mut inserts: Vec<(&[u8], Node)>, splices: &mut Vec<Splice>) {
    inserts.sort_by(|one, two| order((one.0, one.1.kind), (two.0, two.1.kind)));
    let mut inserts = inserts.into_iter().peekable();
    let mut insert_here = |at: usize, limit: Option<Entry<'_>>| {
        let mut bytes = Vec::new();
        while let Some((name, node)) = inserts.next_if(|(name, node)| {
            limit.is_none_or(|entry| order((name, node.kind), (entry.name, entry.node.kind)).is_lt())
        }) {
            push(&mut bytes, name, node);
        }
        if !bytes.is_empty() {
            splices.push(Splice { at, removed: 0, inserted: bytes });
        }
    };
    let mut at = 0;
    for entry in entries(old) {
        insert_here(at, Some(entry));
        at += entry.len;
    }
    insert_here(at, None);
    // What is inserted at a place stands before what is taken out there.
    splices.sort_by_key(|splice| (splice.at, splice.removed));
}

fn apply(old: &[u8], splices: &[Splice]) -> Vec<u8> {
    let grown: usize = splices.iter().map(|splice| splice.inserted.len()).sum();
    let mut bytes = Vec::with_capacity(old.len() + grown);
    let mut from = 0;
    for splice in splices {
        bytes.extend_from_slice(&old[from..splice.at]);
        bytes.extend_from_slice(&splice.inserted);
        from = splice.at + splice.removed;
    }
    bytes.extend_from_slice(&old[from..]);
    bytes
}

/// The splices in the language of packs: two sizes, then pieces copied from the predecessor or given.
fn delta(old_len: usize, new_len: usize, splices: &[Splice]) -> Vec<u8> {
    let mut delta = Vec::with_capacity(16 + splices.len() * 32);
    push_size(&mut delta, old_len);
    push_size(&mut delta, new_len);
    let mut from = 0;
    for splice in splices {
        push_copy(&mut delta, from, splice.at - from);
        for piece in splice.inserted.chunks(127) {
            delta.push(piece.len() as u8);
            delta.extend_from_slice(piece);
        }
        from = splice.at + splice.removed;
    }
    push_copy(&mut delta, from, old_len - from);
    delta
}

/// A number, seven bits a byte, the lowest first.
fn push_size(to: &mut Vec<u8>, mut size: usize) {
    while size >= 0x80 {
        to.push((size as u8 & 0x7f) | 0x80);
        size >>= 7;
    }
    to.push(size as u8);
}

/// Says "copy `len` bytes from `at`", in pieces that every reader of packs understands.
fn push_copy(to: &mut Vec<u8>, mut at: usize, mut len: usize) {
    while len > 0 {
        let piece = len.min(0xffff);
        let op = to.len();
        to.push(0x80);
        for (bit, byte) in (at as u32).to_le_bytes().into_iter().enumerate().filter(|(_, byte)| *byte != 0) {
            to[op] |= 1 << bit;
            to.push(byte);
        }
        for (bit, byte) in (piece as u16).to_le_bytes().into_iter().enumerate().filter(|(_, byte)| *byte != 0) {
            to[op] |= 0x10 << bit;
            to.push(byte);
        }
        at += piece;
        len -= piece;
    }
}

#[cfg(test)]
mod tests;
