//! Newtypes for every name and number. A stage name is never a change key by accident.

use crate::words::name_rule::{NameFault, fault_in_key};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Declares a cheap-to-clone text newtype.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a text.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

name!(
    /// The key of a change, `US-101`.
    ChangeKey
);
impl ChangeKey {
    /// Reads a key that comes from outside: typed, found in a message, or said by a trailer (`SPEC C1a`).
    ///
    /// # Errors
    /// Why the text can be none. Keys that a ledger holds were read by other rules once, and are taken as they are.
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        fault_in_key(text).map_or_else(|| Ok(Self::new(text)), Err)
    }
}

name!(
    /// The name of a stage, `QA`.
    StageName
);
name!(
    /// The name of an area, `qa-web`.
    AreaName
);
name!(
    /// The random part of a place's identity (`SPEC A15`).
    PlaceId
);
name!(
    /// A person, as the ledger names them.
    UserName
);

/// Declares a number newtype that counts from 1.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $int);

        impl $name {
            /// The number after this one.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0 + 1)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

number!(
    /// The number of a revision within its change; the first is 1.
    RevisionNo(u32)
);
number!(
    /// The number of a version within its area; the first is 1.
    VersionNo(u32)
);
number!(
    /// A position in the ledger; the first entry is 1 and 0 is the empty ledger.
    Seq(u64)
);

/// A moment, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// The kind of an operation, shown as the letter before its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum OperationKind {
    /// `P-7`: a promotion, forward or back.
    Promotion,
    /// `M-2`: a demotion.
    Demotion,
    /// `D-4`: a deployment or a rollback, in one area.
    Deployment,
}

impl OperationKind {
    fn letter(self) -> char {
        match self {
            Self::Promotion => 'P',
            Self::Demotion => 'M',
            Self::Deployment => 'D',
        }
    }
}

/// The id of an operation: `P-7`, `M-2`, `D-4`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId {
    /// What kind of operation it is.
    pub kind: OperationKind,
    /// Its number within the kind; the first is 1.
    pub number: u32,
}

impl OperationId {
    /// Reads `P-7`, upper or lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let (letter, number) = text.split_once('-')?;
        let kind = match letter {
            "P" | "p" => OperationKind::Promotion,
            "M" | "m" => OperationKind::Demotion,
            "D" | "d" => OperationKind::Deployment,
            _ => return None,
        };
        Some(Self { kind, number: number.parse().ok()? })
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{}", self.kind.letter(), self.number))
    }
}

impl fmt::Debug for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for OperationId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OperationId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no operation id")))
    }
}
