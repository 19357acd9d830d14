//! What content is made of: object ids, paths and leaves. Knows no repository.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// The SHA-1 name of a git object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(pub [u8; 20]);

impl Oid {
    /// Reads 40 hexadecimal digits.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 40 {
            return None;
        }
        let mut bytes = [0; 20];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        Some(Self(bytes))
    }

    /// The first eight digits, as people read them.
    pub fn short(&self) -> String {
        let mut hex = self.to_string();
        hex.truncate(8);
        hex
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

// Text where people may read it (JSON), bytes where only the program does (snapshots).
impl Serialize for Oid {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.collect_str(self) } else { to.serialize_bytes(&self.0) }
    }
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Oid;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("20 bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Oid, E> {
        bytes.try_into().map(Oid).map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}

impl<'de> Deserialize<'de> for Oid {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if !from.is_human_readable() {
            return from.deserialize_bytes(Bytes);
        }
        let text = String::deserialize(from)?;
        Self::from_hex(&text).ok_or_else(|| Error::custom(format!("`{text}` is no object id")))
    }
}

/// Declares a newtype for the id of one kind of object.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Oid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

id!(
    /// The id of a tree.
    TreeId
);
id!(
    /// The id of a commit.
    CommitId
);
id!(
    /// The id of what a leaf holds: a blob, or the commit a submodule points at.
    BlobId
);

impl TreeId {
    /// The tree without entries.
    pub const EMPTY: Self = Self(Oid([
        0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee,
        0x49, 0x04,
    ]));
}

/// The path of a file inside a tree: bytes, separated by `/`, never empty. Names need not be UTF-8.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepoPath(Arc<[u8]>);

impl RepoPath {
    /// Wraps the bytes of a path.
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(Arc::from(bytes.as_ref()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((&byte, tail)) = rest.split_first() {
            let (decoded, tail) = if byte == b'\\' { unescape(tail) } else { (byte, tail) };
            bytes.push(decoded);
            rest = tail;
        }
        Self(Arc::from(bytes))
    }
}

/// Reads what follows a backslash: another backslash, or `xNN`. Anything else stands for itself.
fn unescape(tail: &[u8]) -> (u8, &[u8]) {
    match tail {
        [b'\\', rest @ ..] => (b'\\', rest),
        [b'x', high, low, rest @ ..] => {
            let digit = |byte: &u8| char::from(*byte).to_digit(16);
            match (digit(high), digit(low)) {
                (Some(high), Some(low)) => ((high * 16 + low) as u8, rest),
                _ => (b'\\', tail),
            }
        }
        _ => (b'\\', tail),
    }
}

/// UTF-8 as it is; a backslash doubled; any other byte as `\xNN`. Loses nothing.
impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(&chunk.valid().replace('\\', "\\\\"))?;
            chunk.invalid().iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for RepoPath {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RepoPath {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self::parse(&text))
    }
}

/// What kind of file a leaf is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A plain file, 100644.
    File,
    /// A file that may be run, 100755.
    Executable,
    /// A symbolic link, 120000; the blob is its target.
    Symlink,
    /// A pointer to a commit of another repository, 160000.
    Submodule,
}

/// What stands at a path: a mode and an id. Folders are no leaves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Leaf {
    /// The kind of file.
    pub mode: Mode,
    /// What it holds.
    pub id: BlobId,
}

impl Leaf {
    /// What stands at a path and no tree can hold: a pipe, a socket, a device.
    pub const ODD: Self = Self { mode: Mode::Submodule, id: BlobId(Oid([0; 20])) };
}

/// One path that differs between two trees. At least one side is there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PathChange {
    /// Where.
    pub path: RepoPath,
    /// What stood there; `None` where nothing did.
    pub before: Option<Leaf>,
    /// What stands there now; `None` where it was deleted.
    pub after: Option<Leaf>,
}
