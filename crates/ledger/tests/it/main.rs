//! The ledger and its queue: one contract for every database.
#![cfg(test)]

mod lease_contract;
mod ledger_contract;
mod ledger_sqlite;
mod older_and_read_only;
mod queue_contract;
