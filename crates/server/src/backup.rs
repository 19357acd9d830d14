//! Copies of everything that a server or a repository keeps, made while it is used, and what is made of them again.
//!
//! A backup is a folder. Its `index` is written last, holds the hash of every other file and of itself, and so tells a whole
//! backup from any other folder. What is in it agrees with itself as after a loss of power: everything that the copied
//! ledger names is there, and refs are where they were when its last entry was written, or one step behind.

mod bring_back;
mod carry;
mod folder;
mod index;
mod last;
mod take;

pub use bring_back::{Pipeline, RestoreOptions, Restored, restore};
pub(crate) use last::last_backup;
pub use take::{BackupOptions, Made, backup};

/// The people of a server.
pub(crate) const PEOPLE: &str = "people.sqlite";
/// What a server is told about itself.
pub(crate) const SETTINGS: &str = "server.toml";
/// Below it is each repository.
pub(crate) const REPOSITORIES: &str = "repositories";
/// The ledger of a repository.
const LEDGER: &str = "ledger.sqlite";
/// Its refs.
const REFS: &str = "refs";
/// Everything that they and the ledger lead to.
const PACK: &str = "objects.pack";
/// What operations under way were about to do.
const ACTING: &str = "acting";
/// What else is kept of a copy of a remote: what it is of, and which refs have yet to go there.
const OF_COPIES: [&str; 2] = ["remote", "unpushed"];
/// Where history is cut off in a repository that has not all of it.
const SHALLOW: &str = "shallow";
