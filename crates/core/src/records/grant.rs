//! Privileges, and who was granted or denied them (`SPEC S1`).

pub use crate::words::scope::Scope;

use crate::words::names::UserName;
use serde::{Deserialize, Serialize};

/// Declares the privileges with their words, once.
macro_rules! privileges {
    ($($(#[$doc:meta])* $variant:ident => $word:literal,)*) => {
        /// What somebody may do.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Privilege { $($(#[$doc])* $variant,)* }

        impl Privilege {
            /// Every privilege.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word people type.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

privileges! {
    /// Record changes and edit what is known about them.
    Record => "record",
    /// Attest that a revision was tested or approved.
    Attest => "attest",
    /// Promote to an adjacent stage.
    PromoteNext => "promote-next",
    /// Promote past stages.
    PromoteAny => "promote-any",
    /// Demote to the adjacent stage.
    DemoteNext => "demote-next",
    /// Demote past stages.
    DemoteAny => "demote-any",
    /// Deploy to an area by hand.
    Deploy => "deploy",
    /// Roll a deployment back by hand.
    Rollback => "rollback",
    /// Settle conflicts.
    Resolve => "resolve",
    /// Change what the pipeline is.
    Configure => "configure",
    /// Move in spite of a freeze window.
    OverrideFreeze => "override-freeze",
    /// Grant and revoke; holds every other privilege.
    Administer => "administer",
}

impl Privilege {
    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|privilege| privilege.as_str() == word)
    }

    /// The privilege that includes this one, beside `administer`.
    pub fn included_in(self) -> Option<Self> {
        match self {
            Self::PromoteNext => Some(Self::PromoteAny),
            Self::DemoteNext => Some(Self::DemoteAny),
            _ => None,
        }
    }
}

/// Whether a grant gives or takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Gives.
    Allow,
    /// Takes, whatever else gives.
    Deny,
}

/// One grant.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// A user, or `@group`.
    pub who: UserName,
    /// What.
    pub privilege: Privilege,
    /// Where.
    pub scope: Scope,
    /// Gives or takes.
    pub effect: Effect,
}
