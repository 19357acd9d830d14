//! The hash chain: every entry names the hash of the one before it, so none can be changed, left out or slipped in
//! without every later hash being wrong (`SPEC H1`).
//!
//! The hash is SHA-256, in lower-case hexadecimal, over these fields in this order, each preceded by its length in
//! bytes as eight bytes, big-endian, so that no two different entries have the same encoding:
//!
//! 1. the text `switchback/entry/1`, which names this encoding
//! 2. the pipeline, as UTF-8
//! 3. the position, eight bytes, big-endian
//! 4. the time in milliseconds, eight bytes, big-endian, two's complement
//! 5. the actor, 6. the kind, 7. the body, 8. the hash of the entry before (empty for the first), as UTF-8
//!
//! A chain cannot tell that entries were cut off its end; whoever needs that keeps the newest hash elsewhere.

use sha2::{Digest, Sha256};
use std::fmt;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Seq;

const ENCODING: &str = "switchback/entry/1";
const PAGE: usize = 1000;

/// The hash an entry must have, from everything else in it.
pub fn hash_of(pipeline: &str, row: &StoredEntry) -> String {
    let mut hasher = Sha256::new();
    let fields: [&[u8]; 8] = [
        ENCODING.as_bytes(),
        pipeline.as_bytes(),
        &row.seq.0.to_be_bytes(),
        &row.at.0.to_be_bytes(),
        row.actor.as_bytes(),
        row.kind.as_bytes(),
        row.body.as_bytes(),
        row.prev_hash.as_bytes(),
    ];
    for field in fields {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    faster_hex::hex_string(&hasher.finalize())
}

/// What is wrong with an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// Another position was due here: an entry is missing, doubled or out of order.
    Position,
    /// It does not name the hash of the entry before it.
    Link,
    /// Its content does not have its hash.
    Content,
}

/// The first place where a chain is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChainBreak {
    /// The position that was due there.
    pub seq: Seq,
    /// What is wrong with what stands there.
    pub flaw: Flaw,
}

impl fmt::Display for ChainBreak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match self.flaw {
            Flaw::Position => write!(f, "entry #{seq} is missing"),
            Flaw::Link => write!(f, "entry #{seq} does not follow from the entry before it"),
            Flaw::Content => write!(f, "entry #{seq} was changed after it was written"),
        }
    }
}

/// Checks a chain entry by entry, so that a long ledger need not be in memory.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    pipeline: &'a str,
    last: Seq,
    hash: String,
}

impl<'a> Chain<'a> {
    /// A chain before its first entry.
    pub fn new(pipeline: &'a str) -> Self {
        Self { pipeline, last: Seq(0), hash: String::new() }
    }

    /// The position of the last good entry.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// Takes the next entry, or says what is wrong with it.
    pub fn check(&mut self, row: &StoredEntry) -> Result<(), ChainBreak> {
        let due = self.last.next();
        let flaw = if row.seq != due {
            Some(Flaw::Position)
        } else if row.prev_hash != self.hash {
            Some(Flaw::Link)
        } else if row.hash != hash_of(self.pipeline, row) {
            Some(Flaw::Content)
        } else {
            None
        };
        if let Some(flaw) = flaw {
            return Err(ChainBreak { seq: due, flaw });
        }
        self.last = due;
        self.hash.clone_from(&row.hash);
        Ok(())
    }
}

/// Recomputes a whole chain from its first entry and names the first bad position.
pub fn verify_chain(pipeline: &str, rows: &[StoredEntry]) -> Result<(), ChainBreak> {
    let mut chain = Chain::new(pipeline);
    rows.iter().try_for_each(|row| chain.check(row))
}

/// Recomputes the chain of a ledger, page by page. `Ok(Ok(position))` names the last entry of a sound chain,
/// `Ok(Err(_))` the first bad position; the outer error says that the ledger could not be read.
pub fn verify_ledger(ledger: &dyn Ledger, pipeline: &str) -> Result<Result<Seq, ChainBreak>, Fault> {
    let mut chain = Chain::new(pipeline);
    loop {
        let rows = ledger.entries(chain.last(), PAGE)?;
        if rows.is_empty() {
            return Ok(Ok(chain.last()));
        }
        for row in &rows {
            if let Err(broken) = chain.check(row) {
                return Ok(Err(broken));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchback_core::words::names::Time;

    fn row(actor: &str, kind: &str) -> StoredEntry {
        StoredEntry {
            seq: Seq(1),
            at: Time(5),
            actor: actor.into(),
            kind: kind.into(),
            body: "{}".into(),
            prev_hash: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn the_encoding_never_changes() {
        // Computed independently (Python's hashlib and struct) from the description at the top of this file.
        let expected = "b355e5dac93170d74e81b3c581571db5bf1fcf785c931b64829027c2f272a974";
        assert_eq!(hash_of("acme", &row("ann", "demotion")), expected);
    }

    #[test]
    fn a_border_between_two_fields_is_part_of_the_hash() {
        assert_ne!(hash_of("acme", &row("ann", "demotion")), hash_of("acme", &row("annd", "emotion")));
        assert_ne!(hash_of("acme", &row("ann", "demotion")), hash_of("acm", &row("eann", "demotion")));
    }
}
