//! Content and refs, judged by git.
#![cfg(test)]

mod branches_contract;
mod deltas;
mod depth;
mod git_entries;
mod git_histories;
mod git_merge;
mod git_program;
mod git_proposals;
mod git_store;
mod links;
mod loose_refs;
mod outcomes;
mod packs;
mod remake;
mod scoped;
mod way;
