//! What this process is called among all that work on a repository.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

/// The name of this process: 32 hexadecimal digits that the operating system drew, so that two machines, containers or
/// processes never have one in common.
pub fn name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        // The keys of this come from the operating system, and what it says of a number cannot be foreseen without them.
        let drawn = RandomState::new();
        format!("{:016x}{:016x}", drawn.hash_one(1), drawn.hash_one(2))
    })
}
