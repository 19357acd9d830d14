//! The ledger and its queue, and people: one contract each for every database.
#![cfg(test)]

mod attempts_contract;
mod lease_contract;
mod ledger_contract;
mod ledger_sqlite;
mod older_and_read_only;
mod outbox_contract;
mod people_contract;
mod people_sqlite;
mod queue_contract;
mod sessions_contract;
mod subscriptions_contract;
