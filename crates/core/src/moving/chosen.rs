//! What somebody wants to move.

use crate::words::names::{ChangeKey, Time};
use serde::{Deserialize, Serialize};

/// What a person chose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chosen {
    /// Everything eligible, perhaps of one project or release.
    All {
        /// Only this project.
        project: Option<String>,
        /// Only this release.
        release: Option<String>,
    },
    /// These, all of them or none.
    Keys(Vec<ChangeKey>),
    /// What can go of these; the rest stays, and is told.
    Among {
        /// The changes.
        changes: Vec<ChangeKey>,
        /// When somebody named them: only what was taken out since stays for that. `None` where nobody did.
        named_at: Option<Time>,
    },
}

impl Chosen {
    /// The changes somebody named; none where everything is meant.
    pub fn named(&self) -> &[ChangeKey] {
        match self {
            Self::All { .. } => &[],
            Self::Keys(changes) | Self::Among { changes, .. } => changes,
        }
    }
}
