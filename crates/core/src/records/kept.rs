//! A value that a stored state keeps as bytes until somebody asks for it. A pipeline grows for years, and most commands
//! look at little of what it has become: they do not pay for reading the rest.

use serde::de::{DeserializeOwned, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::RefCell;
use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::sync::{Arc, OnceLock};

/// A value, or the bytes that it is read from. Clones share it until one of them changes it.
pub struct Kept<T> {
    stored: Option<Stored>,
    read: OnceLock<Arc<T>>,
}

/// Some bytes of a stored state, which many share.
#[derive(Clone)]
pub(super) struct Stored {
    whole: Arc<Vec<u8>>,
    range: Range<usize>,
}

thread_local! {
    /// What is being loaded: values in it refer to it, so that nothing of it is copied.
    static LOADED: RefCell<Option<Arc<Vec<u8>>>> = const { RefCell::new(None) };
}

/// Loads what was stored with kept values in it, without reading those.
///
/// # Errors
/// Where it is not what is looked for.
pub fn load<T: DeserializeOwned>(bytes: Vec<u8>) -> Result<T, postcard::Error> {
    let length = bytes.len();
    load_from(&Stored { whole: Arc::new(bytes), range: 0..length })
}

fn load_from<T: DeserializeOwned>(stored: &Stored) -> Result<T, postcard::Error> {
    let outer = LOADED.replace(Some(Arc::clone(&stored.whole)));
    let loaded = postcard::from_bytes(stored.bytes());
    LOADED.set(outer);
    loaded
}

impl Stored {
    /// Bytes that are part of what is being loaded, or a copy of them.
    fn of(loaded: Option<&Arc<Vec<u8>>>, bytes: &[u8]) -> Self {
        if let Some(whole) = loaded {
            let (all, part) = (whole.as_ptr_range(), bytes.as_ptr_range());
            if all.start <= part.start && part.end <= all.end {
                let start = part.start.addr() - all.start.addr();
                return Self { whole: Arc::clone(whole), range: start..start + bytes.len() };
            }
        }
        bytes.to_vec().into()
    }

    /// A part of it, counted from where it begins; `None` where it does not reach so far.
    pub(super) fn part(&self, range: Range<usize>) -> Option<Self> {
        let Range { start, end } = range;
        let is_within = start <= end && end <= self.range.len();
        let range = self.range.start + start..self.range.start + end;
        is_within.then(|| Self { whole: Arc::clone(&self.whole), range })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.whole[self.range.clone()]
    }
}

impl From<Vec<u8>> for Stored {
    fn from(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { whole: Arc::new(bytes), range }
    }
}

impl<T> Kept<T> {
    /// What is there by default, before anything is.
    pub const fn new() -> Self {
        Self { stored: None, read: OnceLock::new() }
    }

    pub(super) fn stored(stored: Stored) -> Self {
        Self { stored: Some(stored), read: OnceLock::new() }
    }

    /// Whether nobody has asked for it since it was loaded.
    pub fn is_unread(&self) -> bool {
        self.read.get().is_none()
    }
}

impl<T: DeserializeOwned + Default> Kept<T> {
    fn shared(&self) -> &Arc<T> {
        self.read.get_or_init(|| Arc::new(self.stored.as_ref().map(from_bytes).unwrap_or_default()))
    }
}

impl<T: Serialize> Kept<T> {
    /// As it is stored: the very bytes it came from where nobody changed it.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error>
    where
        T: DeserializeOwned + Default,
    {
        match &self.stored {
            Some(stored) => Ok(stored.bytes().to_vec()),
            None => postcard::to_stdvec(&**self),
        }
    }
}

/// Whoever loads a state compares the checksum of its bytes first, so that they are what a program of this form wrote.
fn from_bytes<T: DeserializeOwned>(stored: &Stored) -> T {
    load_from(stored).expect("a stored state is loaded whole or not at all")
}

impl<T: DeserializeOwned + Default> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.shared()
    }
}

impl<T: DeserializeOwned + Default + Clone> DerefMut for Kept<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.shared();
        self.stored = None;
        let read = self.read.get_mut().expect("it was read in the line above");
        Arc::make_mut(read)
    }
}

impl<T> From<T> for Kept<T> {
    fn from(value: T) -> Self {
        Self { stored: None, read: OnceLock::from(Arc::new(value)) }
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { stored: self.stored.clone(), read: self.read.clone() }
    }
}

impl<T: DeserializeOwned + Default + PartialEq> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: DeserializeOwned + Default + fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, to)
    }
}

impl<'a, T: DeserializeOwned> IntoIterator for &'a Kept<Vec<T>> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: DeserializeOwned + Clone> IntoIterator for &'a mut Kept<Vec<T>> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

// As it is where people may read it (JSON), as bytes where only the program does (snapshots).
impl<T: Serialize + DeserializeOwned + Default> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match to.is_human_readable() {
            true => (**self).serialize(to),
            false => to.serialize_bytes(&self.to_bytes().map_err(S::Error::custom)?),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match from.is_human_readable() {
            true => T::deserialize(from).map(Self::from),
            false => Stored::deserialize(from).map(Self::stored),
        }
    }
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Stored;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Stored, E> {
                Ok(LOADED.with_borrow(|whole| Stored::of(whole.as_ref(), bytes)))
            }
        }
        from.deserialize_bytes(Bytes)
    }
}
