//! When somebody was seen last.

use switchback_core::words::fault::Fault;

/// When somebody was seen last is only noted: where it cannot be written for now, they are in all the same.
pub(crate) fn noted(written: Result<(), Fault>) -> Result<(), Fault> {
    match written {
        Err(fault) if fault.passes() => Ok(()),
        written => written,
    }
}
