//! Whether anything that is kept of people is another by now.

use crate::words::fault::Fault;

/// Tells one state of all that is kept from another.
pub trait Changes {
    /// A number that is another one after every change, whoever made it, here or in another process.
    fn version(&self) -> Result<u64, Fault>;
}
