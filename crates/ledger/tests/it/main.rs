//! The ledger and its queue: one contract for every database.
#![cfg(test)]

mod ledger_contract;
mod ledger_sqlite;
mod queue_contract;
