//! A list that only grows, kept in pieces: reading one of ten thousand reads its piece, changing one stores its piece
//! anew, and clones share all the others.

use crate::records::kept::{Kept, Stored};
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::{Error as _, SerializeTuple};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::FlatMap;
use std::ops::{Index, IndexMut};
use std::slice;

/// So many stand in each piece but the last: part of the stored form.
const PIECE: usize = 32;

/// A long list.
pub struct Roll<T>(Vec<Kept<Vec<T>>>);

/// All of a roll in order, each read once it is reached.
pub type Each<'a, T> = FlatMap<slice::Iter<'a, Kept<Vec<T>>>, slice::Iter<'a, T>, Open<'a, T>>;

/// Reads a piece.
pub type Open<'a, T> = fn(&'a Kept<Vec<T>>) -> slice::Iter<'a, T>;

impl<T> Roll<T> {
    /// An empty one.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many pieces were read since it was loaded, or made.
    pub fn pieces_read(&self) -> usize {
        self.0.iter().filter(|piece| !piece.is_unread()).count()
    }
}

impl<T: DeserializeOwned> Roll<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * PIECE + last.len())
    }

    /// One by its place.
    pub fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at / PIECE)?.get(at % PIECE)
    }

    /// The last one.
    pub fn last(&self) -> Option<&T> {
        self.0.last()?.last()
    }

    /// All of them.
    pub fn iter(&self) -> Each<'_, T> {
        let open: Open<'_, T> = |piece| piece.iter();
        self.0.iter().flat_map(open)
    }
}

impl<T: DeserializeOwned + Clone> Roll<T> {
    /// One by its place, to be changed.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.0.get_mut(at / PIECE).filter(|piece| at % PIECE < piece.len())?.get_mut(at % PIECE)
    }

    /// All of them, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().flat_map(|piece| piece.iter_mut())
    }

    /// Adds one at the end.
    pub fn push(&mut self, one: T) {
        match self.0.last_mut().filter(|last| last.len() < PIECE) {
            Some(last) => last.push(one),
            None => self.0.push(Kept::from(vec![one])),
        }
    }
}

impl<T: DeserializeOwned> Index<usize> for Roll<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.0[at / PIECE][at % PIECE]
    }
}

impl<T: DeserializeOwned + Clone> IndexMut<usize> for Roll<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.0[at / PIECE][at % PIECE]
    }
}

impl<'a, T: DeserializeOwned> IntoIterator for &'a Roll<T> {
    type Item = &'a T;
    type IntoIter = Each<'a, T>;

    fn into_iter(self) -> Each<'a, T> {
        self.iter()
    }
}

impl<T: DeserializeOwned + Clone> Extend<T> for Roll<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, more: I) {
        more.into_iter().for_each(|one| self.push(one));
    }
}

impl<T: DeserializeOwned + Clone> FromIterator<T> for Roll<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut roll = Self::new();
        roll.extend(all);
        roll
    }
}

impl<T> Default for Roll<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Roll<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: DeserializeOwned + PartialEq> PartialEq for Roll<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: DeserializeOwned + fmt::Debug> fmt::Debug for Roll<T> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_list().entries(self).finish()
    }
}

/// All bytes of all pieces, one after the other.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(&self.0)
    }
}

// As a list where people may read it (JSON); in snapshots the sizes of the pieces, and their bytes in one.
impl<T: Serialize + DeserializeOwned> Serialize for Roll<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.collect_seq(self);
        }
        let (mut sizes, mut bytes) = (Vec::with_capacity(self.0.len()), Vec::new());
        for piece in &self.0 {
            let piece = piece.to_bytes().map_err(S::Error::custom)?;
            sizes.push(piece.len());
            bytes.extend(piece);
        }
        let mut both = to.serialize_tuple(2)?;
        both.serialize_element(&sizes)?;
        both.serialize_element(&Bytes(bytes))?;
        both.end()
    }
}

impl<'de, T: DeserializeOwned + Clone> Deserialize<'de> for Roll<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return Ok(Vec::<T>::deserialize(from)?.into_iter().collect());
        }
        let (sizes, bytes) = <(Vec<usize>, Stored)>::deserialize(from)?;
        let (mut pieces, mut at) = (Vec::with_capacity(sizes.len()), 0_usize);
        for size in sizes {
            let end = at.checked_add(size).ok_or_else(|| D::Error::custom("a piece without an end"))?;
            let piece = bytes.part(at..end).ok_or_else(|| D::Error::custom("a piece beyond the end"))?;
            pieces.push(Kept::stored(piece));
            at = end;
        }
        Ok(Self(pieces))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(many: u32) -> Roll<u32> {
        let roll: Roll<u32> = (0..many).collect();
        postcard::from_bytes(&postcard::to_stdvec(&roll).unwrap()).unwrap()
    }

    #[test]
    fn one_is_read_without_the_others() {
        let roll = stored(10_000);
        assert_eq!(roll.pieces_read(), 0);
        assert_eq!((roll.get(5_000), roll[40], roll.get(10_000)), (Some(&5_000), 40, None));
        assert_eq!(roll.pieces_read(), 3, "the two that were asked for, and the last, which knows how many there are");
        assert_eq!((roll.len(), roll.iter().rev().take(3).count()), (10_000, 3));
        assert_eq!(roll.pieces_read(), 3);
    }

    #[test]
    fn a_change_leaves_all_other_pieces_as_they_were_stored() {
        let mut roll = stored(10_000);
        let before = roll.clone();
        roll[70] = 7;
        roll.push(10_000);
        assert_eq!(roll.pieces_read(), 2);
        let again: Roll<u32> = postcard::from_bytes(&postcard::to_stdvec(&roll).unwrap()).unwrap();
        assert_eq!(roll.pieces_read(), 2, "storing it again reads nothing");
        assert!(again == roll && again != before && before == stored(10_000));
        assert_eq!((again.len(), again[70], again.last()), (10_001, 7, Some(&10_000)));
    }

    #[test]
    fn what_is_cut_off_is_no_roll() {
        let bytes = postcard::to_stdvec(&(vec![3_usize, usize::MAX], "abc")).unwrap();
        assert!(postcard::from_bytes::<Roll<u32>>(&bytes).is_err());
    }
}
