//! What a merge begins with.

/// Three versions of one file.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// What both sides started from; empty where both added the file.
    pub base: &'a [u8],
    /// What the destination holds.
    pub ours: &'a [u8],
    /// What the change brings.
    pub theirs: &'a [u8],
}
