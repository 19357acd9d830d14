//! Kinds of what is proposed for a conflict (`SPEC X2`).

use serde::{Deserialize, Serialize};

/// What a person would most likely choose, and may have chosen by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proposal {
    /// Of two values of a pointer, such as a version, a tag or a hash, the later.
    Later,
    /// Both of two edits that touch, of which neither replaces a line of the other.
    Touching,
    /// The lines that both only added at one place, ours first.
    Insertions,
    /// The lines that both added to a list that is in order, in its order.
    Ordered,
}

impl Proposal {
    /// Every kind, in the words people write.
    pub const ALL: [(&'static str, Self); 4] = [
        ("later", Self::Later),
        ("touching", Self::Touching),
        ("insertions", Self::Insertions),
        ("ordered", Self::Ordered),
    ];

    /// All kinds.
    pub fn all() -> Vec<Self> {
        Self::ALL.iter().map(|(_, kind)| *kind).collect()
    }

    /// The word shown.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}
