//! How texts are read for one merge. All versions and the result are read in the same manner, since what they hold is
//! compared: where one of them tells siblings apart in a way that another cannot, all are read again in a way that all
//! can.

use std::collections::{BTreeMap, HashSet};
use switchback_core::content::filetype::{Format, Keys};

/// How texts are read.
pub(super) struct Manner<'k> {
    /// How they are written.
    pub(super) format: Format,
    /// What tells items apart.
    pub(super) keys: &'k Keys,
    /// How siblings of a tag are told apart, where not every version can do it in the way it would by itself.
    pub(super) told: BTreeMap<String, Told>,
    /// The comments that are nodes of their own wherever they stand, by their words.
    pub(super) loose: HashSet<Vec<u8>>,
    /// Whether an item may be told apart by its own text or its place, so that one with nothing in it has a key.
    pub(super) bare_have_keys: bool,
}

/// The member that stands for an item's own text.
pub(super) const OWN_TEXT: &str = ".";
/// The member that stands for an item's place among those with its tag.
pub(super) const PLACE: &str = "#";

/// How siblings are told apart in every version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Told {
    /// By this key, and what lacks it by its content.
    Mixed(usize),
    /// By their place.
    Place,
    /// All children of such an element by their place.
    Flat,
}

impl<'k> Manner<'k> {
    /// As a text is read by itself.
    pub(super) fn new((format, keys): (Format, &'k Keys)) -> Self {
        let mut members = keys.by_item.values().flatten().flatten().chain(&keys.otherwise);
        let bare_have_keys = members.any(|member| member == OWN_TEXT || member == PLACE);
        Self { format, keys, told: BTreeMap::new(), loose: HashSet::new(), bare_have_keys }
    }

    /// How siblings of a tag are to be told apart; `None` where each version decides by itself.
    pub(super) fn told(&self, tag: &str) -> Option<Told> {
        if self.told.is_empty() { None } else { self.told.get(tag).copied() }
    }

    /// Reads a tag in another manner from now on; `false` where that is how it is read already.
    pub(super) fn tell(&mut self, tag: &str, told: Told) -> bool {
        self.told.insert(tag.to_owned(), told) != Some(told)
    }
}
