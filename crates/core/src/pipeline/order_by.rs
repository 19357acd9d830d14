//! The words for orders of changes.

use serde::{Deserialize, Serialize};

/// In which order changes move, after dependencies (`SPEC P7`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderBy {
    /// As they were recorded.
    #[default]
    Recorded,
    /// By key.
    Key,
    /// By when they were approved; those not approved last.
    Approved,
    /// By title.
    Title,
    /// By project.
    Project,
}

impl OrderBy {
    /// Every order, in the words people type.
    pub const ALL: [(&'static str, Self); 5] = [
        ("recorded", Self::Recorded),
        ("key", Self::Key),
        ("approved", Self::Approved),
        ("title", Self::Title),
        ("project", Self::Project),
    ];

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, order)| *order)
    }

    /// The word shown.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, order)| *order == self).map_or("recorded", |(name, _)| name)
    }
}
