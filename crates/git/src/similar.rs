//! How alike two files are, counted as git counts it: by the amount of material they share.

use super::text::is_binary;

/// The score of equal files.
pub(super) const MAX_SCORE: u64 = 60_000;

/// Bytes per content of a piece; pieces are lines, or 64 bytes of a long one.
pub(super) struct Pieces {
    pub(super) size: u64,
    /// Hash and number of bytes, in order of hash.
    pub(super) counts: Vec<(u32, u64)>,
}

/// Every hash of a piece is smaller.
pub(super) const HASH_BASE: u32 = 107_927;

impl Pieces {
    /// Cuts a file up.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let is_text = !is_binary(bytes);
        let mut counts: Vec<(u32, u64)> = Vec::new();
        let (mut one, mut two, mut len) = (0_u32, 0_u32, 0_u64);
        let hash = |one: u32, two: u32| one.wrapping_add(two.wrapping_mul(0x61)) % HASH_BASE;
        for (at, byte) in bytes.iter().enumerate() {
            if is_text && *byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            let old = one;
            one = (one << 7) ^ (two >> 25);
            two = (two << 7) ^ (old >> 25);
            one = one.wrapping_add(u32::from(*byte));
            len += 1;
            if len == 64 || *byte == b'\n' {
                counts.push((hash(one, two), len));
                (one, two, len) = (0, 0, 0);
            }
        }
        if len > 0 {
            counts.push((hash(one, two), len));
        }
        counts.sort_unstable();
        counts.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        Self { size: bytes.len() as u64, counts }
    }

    /// The score of a rename from `self` to `other`; 0 when it cannot reach `minimum`.
    pub(super) fn score(&self, other: &Self, minimum: u64) -> u64 {
        other.scored(self.size, minimum, || shared(&self.counts, &other.counts))
    }

    /// The score of a rename to this file from one of some size that shares so many bytes; they are not counted where sizes
    /// tell already that it cannot reach `minimum`.
    pub(super) fn scored(&self, from: u64, minimum: u64, shared: impl FnOnce() -> u64) -> u64 {
        let (larger, smaller) = (from.max(self.size), from.min(self.size));
        if self.size == 0 || larger * (MAX_SCORE - minimum) < (larger - smaller) * MAX_SCORE {
            return 0;
        }
        shared() * MAX_SCORE / larger
    }
}

/// How many bytes two files share, by their pieces in order.
pub(super) fn shared(one: &[(u32, u64)], two: &[(u32, u64)]) -> u64 {
    let mut theirs = two.iter().peekable();
    let mut copied = 0;
    for (hash, count) in one {
        while theirs.next_if(|piece| piece.0 < *hash).is_some() {}
        if let Some(piece) = theirs.next_if(|piece| piece.0 == *hash) {
            copied += (*count).min(piece.1);
        }
    }
    copied
}
