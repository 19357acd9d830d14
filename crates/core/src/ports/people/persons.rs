//! People, as the server knows them.

use crate::ports::people::fingerprint::Fingerprint;
use crate::words::fault::Fault;
use crate::words::names::{Time, UserName};
use std::collections::BTreeSet;
use std::fmt;

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// As the ledger names them. Never changed: history is written with it.
    pub name: UserName,
    /// What may change about them.
    pub about: About,
    /// Whether they may come in.
    pub state: PersonState,
    /// `None` for who signs in elsewhere only, and for who was never given one.
    pub password: Option<PasswordHash>,
    /// When they were added.
    pub created: Time,
}

/// What is known of a person, and may be another tomorrow.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct About {
    /// What others read, `Ann Other`.
    pub display_name: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// Who they are elsewhere.
    pub identity: Option<OutsideIdentity>,
}

/// Who somebody is at a provider of identities (`OpenID` Connect). The provider's word for a person stays the same when
/// they change their name or address there.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct OutsideIdentity {
    /// The provider, as its address.
    pub issuer: String,
    /// The provider's word for the person.
    pub subject: String,
}

/// Whether a person may come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonState {
    /// They may.
    Active,
    /// They may not, by no way; what they did stays theirs.
    Disabled,
}

/// A salted hash of a password, with how it was made: a PHC string, `$argon2id$…`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a PHC string.
    pub fn new(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows nothing to guess against.
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A name as it is compared: `Ann` and `ann` are one person's, and nobody passes for another by capital letters.
pub fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// What became of a person who was to be added or changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// It stands.
    Done,
    /// Another person has that name, or one that differs in capital letters only.
    NameTaken,
    /// Another person is that one at the provider.
    IdentityTaken,
    /// There is nobody to be changed.
    Unknown,
}

/// People.
pub trait Persons {
    /// Everybody, by name.
    fn persons(&self) -> Result<Vec<Person>, Fault>;
    /// The person of that name, however its letters are capitalised.
    fn person(&self, name: &str) -> Result<Option<Person>, Fault>;
    /// The person who is that one at a provider.
    fn person_of(&self, identity: &OutsideIdentity) -> Result<Option<Person>, Fault>;
    /// The person whose address of mail that is, however its ASCII letters are capitalised; the first by name where several
    /// have it, and nobody for none.
    fn person_at(&self, email: &str) -> Result<Option<Person>, Fault>;
    /// Everything that somebody is called or was ever called: what others read, where mail goes, their provider's word.
    /// It only grows, so that nobody becomes another by another name (`SPEC S5`).
    fn called(&self, name: &UserName) -> Result<BTreeSet<String>, Fault>;
    /// Adds somebody.
    fn add_person(&self, person: &Person) -> Result<Written, Fault>;
    /// Changes what is known of somebody.
    fn describe_person(&self, name: &UserName, about: &About) -> Result<Written, Fault>;
    /// Lets somebody in again, or not any more: then their sessions and open invitations end with it. Their API tokens
    /// stay, and are of use again when they are let in. `false` when there is nobody of that name.
    fn set_state(&self, name: &UserName, state: PersonState) -> Result<bool, Fault>;
    /// Gives somebody another password, or takes it away. Whoever knew the old one is out: all sessions but `kept` end,
    /// and open invitations with them. `false` when there is nobody of that name.
    fn set_password(
        &self,
        name: &UserName,
        password: Option<&PasswordHash>,
        kept: Option<&Fingerprint>,
    ) -> Result<bool, Fault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_not_shown() {
        assert_eq!(format!("{:?}", PasswordHash::new("$argon2id$v=19$abc")), "PasswordHash(…)");
    }
}
