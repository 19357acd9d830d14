//! Administrators who step back: made first, and undone where nobody would be left.

use super::SqlitePeople;
use super::groups::take_out;
use super::invitations::is_administered;
use super::persons::put_state;
use crate::transaction::End;
use rusqlite::{Connection, Result};
use switchback_core::ports::people::administrators::{Administrators, SteppedBack};
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::ports::people::persons::PersonState;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;

impl Administrators for SqlitePeople {
    fn disable_unless_last(&self, person: &UserName) -> std::result::Result<SteppedBack, Fault> {
        self.write_or_undo(|connection| {
            unless_last(connection, |connection| put_state(connection, person, PersonState::Disabled))
        })
    }

    fn step_down_unless_last(&self, person: &UserName) -> std::result::Result<SteppedBack, Fault> {
        self.write_or_undo(|connection| {
            unless_last(connection, |connection| take_out(connection, ADMINISTRATORS, person))
        })
    }
}

/// A server that nobody runs anyway loses nobody.
fn unless_last(connection: &Connection, step: impl FnOnce(&Connection) -> Result<bool>) -> Result<End<SteppedBack>> {
    let was_run = is_administered(connection)?;
    let stepped = step(connection)?;
    Ok(match (stepped, was_run && !is_administered(connection)?) {
        (true, false) => End::Commit(SteppedBack::Done),
        (true, true) => End::Undo(SteppedBack::Last),
        (false, _) => End::Undo(SteppedBack::Unknown),
    })
}
