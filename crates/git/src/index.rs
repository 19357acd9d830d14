//! The index of a pack, version 2: which objects it holds, and where.

use std::io;
use switchback_core::words::object::Oid;

/// One object of a pack.
pub(super) struct Entry {
    pub(super) id: Oid,
    pub(super) offset: u64,
    /// Over the entry as it stands in the pack.
    pub(super) crc: u32,
}

/// The bytes of the index of a pack with a checksum.
pub(super) fn bytes(mut entries: Vec<Entry>, checksum: &[u8]) -> io::Result<Vec<u8>> {
    entries.sort_unstable_by_key(|entry| entry.id);
    let mut out = Vec::with_capacity(1100 + entries.len() * 28);
    out.extend([0xff, b't', b'O', b'c', 0, 0, 0, 2]);
    for first in 0..=255_u8 {
        let up_to = entries.partition_point(|entry| entry.id.0[0] <= first);
        out.extend((up_to as u32).to_be_bytes());
    }
    entries.iter().for_each(|entry| out.extend(entry.id.0));
    entries.iter().for_each(|entry| out.extend(entry.crc.to_be_bytes()));
    let mut large = Vec::new();
    for entry in &entries {
        let offset = match u32::try_from(entry.offset) {
            Ok(offset) if offset < 1 << 31 => offset,
            _ => {
                large.extend(entry.offset.to_be_bytes());
                (large.len() / 8 - 1) as u32 | 1 << 31
            }
        };
        out.extend(offset.to_be_bytes());
    }
    out.extend(large);
    out.extend(checksum);
    let mut sum = gix::hash::hasher(gix::hash::Kind::Sha1);
    sum.update(&out);
    out.extend(sum.try_finalize().map_err(io::Error::other)?.as_bytes());
    Ok(out)
}

/// What an index says, in the order of ids; `None` when it is none of version 2, or of a pack beyond 2 GiB.
pub(super) fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    const FAN_OUT: usize = 8 + 256 * 4;
    let word = |at: usize| Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    let count = word(FAN_OUT - 4)? as usize;
    if word(0)? != 0xff74_4f63 || word(4)? != 2 || bytes.len() != FAN_OUT + count * 28 + 40 {
        return None;
    }
    let (ids, crcs) = (FAN_OUT, FAN_OUT + count * 20);
    let offsets = crcs + count * 4;
    let entry = |at: usize| {
        let id = Oid(*bytes.get(ids + at * 20..)?.first_chunk()?);
        let offset = word(offsets + at * 4).filter(|offset| offset & 1 << 31 == 0)?;
        Some(Entry { id, offset: u64::from(offset), crc: word(crcs + at * 4)? })
    };
    (0..count).map(entry).collect()
}

/// The table of [`crc32`]: what each byte does to the remainder.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = at as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
};

/// The cyclic redundancy check that packs use.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| TABLE[((sum ^ u32::from(*byte)) & 0xff) as usize] ^ (sum >> 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let entry = |byte: u8| Entry { id: Oid([byte; 20]), offset: u64::from(byte) + 12, crc: u32::from(byte) << 8 };
        let written = bytes([3, 200, 1].map(entry).into(), &[9; 20]).unwrap();
        let told = |entries: Vec<Entry>| -> Vec<_> {
            entries.into_iter().map(|entry| (entry.id, entry.offset, entry.crc)).collect()
        };
        assert_eq!(entries(&written).map(told), Some(told([1, 3, 200].map(entry).into())));
        for damaged in [&written[1..], &written[..written.len() - 1], &[]] {
            assert!(entries(damaged).is_none());
        }
        let large = Entry { offset: 1 << 31, ..entry(1) };
        assert!(entries(&bytes(vec![large], &[9; 20]).unwrap()).is_none());
    }

    #[test]
    fn the_check_is_the_one_everybody_knows() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
    }
}
