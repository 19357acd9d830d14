//! Files that only grow, block after block, each with its size and a checksum: what is cut off or damaged is found, and what
//! is kept there is kept for speed alone.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;

/// The bytes before the content of a block.
const HEAD: usize = size_of::<u64>() + size_of::<u32>();

/// Adds a block to some bytes.
pub(super) fn write(to: &mut Vec<u8>, content: &[u8]) {
    to.extend((content.len() as u64).to_le_bytes());
    to.extend(crc32fast::hash(content).to_le_bytes());
    to.extend(content);
}

/// The content of the first block, and what follows it; `None` where none does, or it is not whole.
pub(super) fn first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = place(bytes, 0)?;
    Some((content(&bytes[..at.end])?, &bytes[at.end..]))
}

/// Where the block that begins at a place stands, as far as its size tells.
pub(super) fn place(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let size = bytes.get(at..)?.first_chunk()?;
    let end = at.checked_add(HEAD)?.checked_add(usize::try_from(u64::from_le_bytes(*size)).ok()?)?;
    (end <= bytes.len()).then_some(at..end)
}

/// What is in a block, if its checksum says that it is that.
pub(super) fn content(block: &[u8]) -> Option<&[u8]> {
    let (head, content) = block.split_at_checked(HEAD)?;
    head.ends_with(&crc32fast::hash(content).to_le_bytes()).then_some(content)
}

/// What stands at the start of the content of a block, whole or not.
pub(super) fn begins(block: &[u8]) -> &[u8] {
    block.get(HEAD..).unwrap_or_default()
}

/// Adds blocks to a file, where its folder is there. What cannot be kept is found out again.
pub(super) fn append(file: &Path, blocks: &[u8]) {
    if file.parent().is_some_and(Path::is_dir) {
        let opened = OpenOptions::new().append(true).create(true).open(file);
        let _ = opened.and_then(|mut file| file.write_all(blocks));
    }
}

/// The same to a file that is begun again where it would become larger than that.
pub(super) fn append_within(most: u64, file: &Path, blocks: &[u8]) {
    let (size, more) = (fs::metadata(file).map_or(0, |known| known.len()), blocks.len() as u64);
    if size + more > most {
        let _ = fs::remove_file(file);
    }
    if more <= most {
        append(file, blocks);
    }
}
