//! Changes that happen whole or not at all.
//!
//! Every one begins IMMEDIATE: a transaction that reads first and asks for the write lock later loses to whoever wrote
//! in between.

use rusqlite::{Connection, Result, TransactionBehavior};

/// Whether what was changed stands.
pub(super) enum End<T> {
    Commit(T),
    Undo(T),
}

/// Makes a change alone.
pub(super) fn run<T>(connection: &mut Connection, change: impl FnOnce(&Connection) -> Result<End<T>>) -> Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match change(&transaction)? {
        End::Commit(value) => transaction.commit().map(|()| value),
        End::Undo(value) => transaction.rollback().map(|()| value),
    }
}
