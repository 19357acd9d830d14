//! The git repository: content merged in memory, commits, refs and work trees. Everything that knows
//! `gix` or the `git` program is in here.

mod attributes;
mod blobs;
mod branches;
mod by_element;
mod collect;
mod commits;
mod copied;
mod crowd;
mod deflate;
mod describe;
mod diff;
mod faults;
mod history;
mod ids;
mod index;
mod keep;
mod kept;
mod lacking;
mod leaf_merge;
mod links;
mod locks;
mod moves;
mod objects;
mod opener;
mod overlay;
mod pack;
mod packed_refs;
mod places;
mod reached;
mod refs;
mod remake;
mod renames;
mod repo;
mod scoped;
mod similar;
mod store;
mod text;
mod together;
mod tree;
mod tree_merge;
mod trust;
mod worktree;

pub use branches::LocalBranches;
pub use opener::GitRepositories;
pub use repo::GitRepo;
