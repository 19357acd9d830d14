//! Branches on a remote: the `git` program, run closed, over a bare copy. What the copy's `refs/heads` hold is what the
//! remote's held when it was looked at last.

mod branches;
mod contact;
mod copy;
mod credential;
mod fetch;
pub(super) mod git;
mod knock;
pub(super) mod outbox;
mod push;
mod reach;
mod said;
mod setup;
pub(super) mod shown;
mod url;

pub use branches::RemoteBranches;
pub use copy::{Remote, Surroundings};
pub use credential::Credential;
pub use reach::MayCall;
pub use setup::Setup;
pub use url::{LocalRemotes, RemoteUrl};
