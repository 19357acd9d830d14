//! Telling somebody how far long work has come.

/// Somebody who wants to know.
pub trait Progress: Send + Sync {
    /// Work begins: what it is, and how many steps it has (0 when nobody knows).
    fn begin(&self, what: &str, total: u64);
    /// Some more steps are done.
    fn step(&self, done: u64);
    /// The work has ended.
    fn end(&self);
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: u64) {}
    fn step(&self, _done: u64) {}
    fn end(&self) {}
}
