//! What somebody keeps outside of the repository: where the ledger ended, and with which hash. A chain proves that nothing
//! in it was changed without its later hashes being made anew; whoever can write the file can make them anew, and only
//! what is kept elsewhere tells (`SPEC H1`).

use crate::desk::Desk;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Seq;

/// Where a ledger ended when it was anchored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Anchor {
    /// Which pipeline's.
    pub pipeline: String,
    /// The position of its last entry.
    pub seq: Seq,
    /// The hash of that entry.
    pub hash: String,
}

/// How the ledger at hand stands to what was anchored of it.
pub(crate) struct Compared {
    /// One sentence for each anchor that it contradicts.
    pub(crate) findings: Vec<String>,
    /// Whether anything was anchored of this pipeline.
    pub(crate) is_known: bool,
}

/// Compares the ledger with every anchor of its pipeline.
///
/// # Errors
/// A fault of the ledger.
pub(crate) fn compare(desk: &Desk<'_>, anchors: &[Anchor]) -> Result<Compared, Fault> {
    let end = desk.ledger.head()?.0;
    let mut compared = Compared { findings: Vec::new(), is_known: false };
    for Anchor { pipeline: _, seq, hash } in anchors.iter().filter(|anchor| anchor.pipeline == desk.house.name()) {
        compared.is_known = true;
        let found = desk.ledger.entries(Seq(seq.0.saturating_sub(1)), 1)?.into_iter().next();
        match found.filter(|entry| entry.seq == *seq) {
            Some(entry) if entry.hash == *hash => {}
            Some(entry) => compared.findings.push(format!(
                "entry #{seq} was anchored with hash {}, and has {}: what the ledger tells up to there is not what it told then",
                short(hash),
                short(&entry.hash)
            )),
            None => compared.findings.push(format!(
                "entry #{seq} was anchored, and the ledger ends at #{end}: it was cut off, or is an older copy"
            )),
        }
    }
    Ok(compared)
}

fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}
