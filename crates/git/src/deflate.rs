//! Writes zlib streams: what is short, or does not get smaller, is stored as it is.

use gix::zlib::stream::deflate::{Compress, FlushCompress};
use gix::zlib::{Compression, Status};
use std::io;

/// Below this, compressing costs more time than it saves room.
const COMPRESSED_FROM: usize = 1024;
/// What one block can store.
const BLOCK: usize = 0xffff;
/// How many bytes may be added up before the sums of Adler-32 must be reduced, or they leave 32 bits.
const SUMMED_AT_ONCE: usize = 5552;

/// Compresses one content after the other.
pub(super) struct Deflate {
    state: Compress,
}

impl Deflate {
    pub(super) fn new() -> Self {
        Self { state: Compress::new(Compression::BEST_SPEED) }
    }

    /// Appends a content. It never takes more room than stored blocks do.
    pub(super) fn push(&mut self, to: &mut Vec<u8>, content: &[u8]) -> io::Result<()> {
        if content.len() < COMPRESSED_FROM {
            push_stored(to, content);
            return Ok(());
        }
        let start = to.len();
        to.resize(start + stored_len(content.len()), 0);
        self.state.reset();
        let status = self.state.compress(content, &mut to[start..], FlushCompress::Finish);
        match status.map_err(io::Error::other)? {
            Status::StreamEnd => to.truncate(start + self.state.total_out() as usize),
            // It does not fit, so it is random to the compressor: already compressed, or encrypted.
            Status::Ok | Status::BufError => {
                to.truncate(start);
                push_stored(to, content);
            }
        }
        Ok(())
    }
}

/// How long a stream of stored blocks is: header, blocks with five bytes each, sum.
fn stored_len(content: usize) -> usize {
    2 + content.div_ceil(BLOCK).max(1) * 5 + content + 4
}

/// A stream of blocks that are stored as they are.
fn push_stored(to: &mut Vec<u8>, content: &[u8]) {
    to.extend([0x78, 0x01]);
    let mut rest = content;
    loop {
        let (block, after) = rest.split_at(rest.len().min(BLOCK));
        let len = block.len() as u16;
        to.push(u8::from(after.is_empty()));
        to.extend(len.to_le_bytes());
        to.extend((!len).to_le_bytes());
        to.extend(block);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    to.extend(adler32(content).to_be_bytes());
}

fn adler32(content: &[u8]) -> u32 {
    let (mut one, mut two) = (1_u32, 0_u32);
    for part in content.chunks(SUMMED_AT_ONCE) {
        for byte in part {
            one += u32::from(*byte);
            two += one;
        }
        one %= 65_521;
        two %= 65_521;
    }
    (two << 16) | one
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes no compressor gets smaller (xorshift).
    fn random(len: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn every_size_and_entropy_comes_back_and_takes_no_more_than_stored() {
        let mut deflate = Deflate::new();
        let around = [1024, 4096, 16_384, 65_535, 65_536, 131_070, 262_144, 1 << 20];
        let sizes = [0, 1, 100].into_iter().chain(around.into_iter().flat_map(|size| [size - 1, size, size + 1]));
        for size in sizes {
            let noise = random(size);
            let halves = [&noise[..size / 2], &vec![7; size - size / 2]].concat();
            let digits: Vec<u8> = noise.iter().map(|byte| b'0' + byte % 10).collect();
            for content in [noise, halves, digits, vec![255; size]] {
                let mut stream = b"before".to_vec();
                deflate.push(&mut stream, &content).unwrap();
                let stream = &stream[6..];
                assert!(stream.len() <= stored_len(size), "{size} bytes became {}", stream.len());
                let mut back = vec![0; size + 1];
                let (status, read, written) = gix::zlib::Inflate::default().once(stream, &mut back).unwrap();
                assert_eq!((status, read, written), (Status::StreamEnd, stream.len(), size));
                assert!(back[..size] == content, "{size} bytes came back otherwise");
            }
        }
    }
}
