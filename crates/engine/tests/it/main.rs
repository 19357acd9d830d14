//! The engine's integration tests: one binary, one module for each adapter contract.
#![cfg(test)]

mod git_histories;
mod git_merge;
mod git_program;
mod git_store;
mod hooks;
mod ledger_contract;
mod ledger_sqlite;
mod notations;
mod queue_contract;
mod structural;
mod target_contract;
mod target_crash;
mod target_dir;
mod target_world;
