//! The engine's integration tests: one binary, one module for each adapter contract.
#![cfg(test)]

mod ledger_contract;
mod ledger_sqlite;
mod queue_contract;
