//! Targets: one contract for all, and what each does at a crash.
#![cfg(test)]

mod target_check;
mod target_contract;
mod target_crash;
mod target_dir;
mod target_edits;
mod target_journaled;
mod target_world;
