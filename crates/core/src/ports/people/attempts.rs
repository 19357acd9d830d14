//! How often somebody tried to sign in.

use crate::ports::people::fingerprint::Fingerprint;
use crate::words::fault::Fault;
use crate::words::names::Time;

/// Somebody tries to sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Of the name that was typed, known or not. The name itself is not kept: people type passwords into that field.
    pub who: Fingerprint,
    /// From where.
    pub address: String,
    /// When.
    pub at: Time,
}

/// How many attempts are let through within a time that moves along.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// So many.
    pub most: u32,
    /// Within so many milliseconds.
    pub within: i64,
}

/// What is counted, and how far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Attempts for one name from one address. Elsewhere that name is not locked, so a stranger locks nobody out.
    pub pair: Limit,
    /// Attempts from one address, whatever the name.
    pub address: Limit,
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// It may, and is counted.
    Admitted,
    /// There were too many; it is not counted, so that who waits gets in.
    Limited {
        /// From when on one may be made again.
        until: Time,
    },
}

/// Attempts to sign in.
pub trait Attempts {
    /// Counts an attempt before it is judged, or says that there were too many: those who try at once do not get more
    /// than those who try one after the other.
    fn begin_attempt(&self, attempt: &Attempt, limits: &Limits) -> Result<Admission, Fault>;
    /// Somebody got in: their attempts from that address do not count.
    fn forgive_attempts(&self, who: &Fingerprint, address: &str) -> Result<(), Fault>;
    /// Forgets what was before a moment; how many.
    fn forget_attempts(&self, before: Time) -> Result<usize, Fault>;
}
