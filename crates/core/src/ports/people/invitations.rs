//! Invitations: links that let somebody in once, to choose a name or a password.

use crate::ports::people::fingerprint::Fingerprint;
use crate::ports::people::persons::{PasswordHash, Person};
use crate::words::fault::Fault;
use crate::words::names::{Time, UserName};

/// A link that works once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// Of the secret in the link.
    pub hash: Fingerprint,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub created: Time,
    /// From when on it is of no use.
    pub expires: Time,
    /// When somebody took it.
    pub used: Option<Time>,
}

impl Invitation {
    /// Whether it may still be taken at a moment.
    pub fn is_open(&self, now: Time) -> bool {
        self.used.is_none() && now < self.expires
    }
}

/// What a link is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To become the first [administrator](crate::ports::people::groups::ADMINISTRATORS) of a server that has none.
    FirstAdministrator,
    /// To choose a password, the first or another one.
    Password(UserName),
}

/// What became of an invitation to be the first administrator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// The person is added, in the group of administrators.
    Done,
    /// It was used, is expired or never was, or somebody else is administrator by now.
    Over,
    /// Another person has that name; the invitation stays.
    NameTaken,
}

/// Invitations. Taking one and what it is for are one step: nobody is left with a link that is used up and let nobody
/// in.
pub trait Invitations {
    /// Adds one in place of those for the same purpose that are still open. `false` when it is for a person who is not
    /// there or may not come in.
    fn invite(&self, invitation: &Invitation) -> Result<bool, Fault>;
    /// The invitation whose secret has this fingerprint, also when it is over.
    fn invitation(&self, hash: &Fingerprint) -> Result<Option<Invitation>, Fault>;
    /// Whether a person who may come in is in the group of administrators.
    fn has_administrator(&self) -> Result<bool, Fault>;
    /// Takes the invitation to be the first administrator, if there is none.
    fn take_as_first(&self, hash: &Fingerprint, person: &Person, now: Time) -> Result<Taken, Fault>;
    /// Takes an invitation to choose a password: gives it to the person and ends their sessions. `None` when the
    /// invitation is over, or the person may not come in.
    fn take_for_password(
        &self,
        hash: &Fingerprint,
        password: &PasswordHash,
        now: Time,
    ) -> Result<Option<UserName>, Fault>;
    /// Forgets those that are not open any more; how many.
    fn drop_ended_invitations(&self, now: Time) -> Result<usize, Fault>;
}
