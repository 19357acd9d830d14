//! Who runs the server: one of them is always left who may come in.

use crate::words::fault::Fault;
use crate::words::names::UserName;

/// What became of somebody who was to step back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SteppedBack {
    /// They did.
    Done,
    /// They stay as they were: nobody would be left who runs the server.
    Last,
    /// There was nothing to step back from.
    Unknown,
}

/// Changes that could leave a server without anybody who runs it. They look and do in one step: of two administrators who
/// send each other away at the same moment, one stays.
pub trait Administrators {
    /// As [`set_state`](super::persons::Persons::set_state) to disabled, unless they are the last administrator.
    fn disable_unless_last(&self, person: &UserName) -> Result<SteppedBack, Fault>;
    /// As [`remove_member`](super::groups::Groups::remove_member) from the group of administrators, unless they are the
    /// last one.
    fn step_down_unless_last(&self, person: &UserName) -> Result<SteppedBack, Fault>;
}
