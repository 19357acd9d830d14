//! Groups of people: what a grant to `@group` means on the server.

use crate::words::fault::Fault;
use crate::words::names::UserName;
use std::collections::{BTreeMap, BTreeSet};

/// The group of those who run the server: who may add people, and read and end what is theirs. Privileges on a pipeline
/// are the ledger's, not this group's.
pub const ADMINISTRATORS: &str = "administrators";

/// Who said that somebody belongs to a group.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// Somebody here. It stays until somebody here takes it back.
    Here,
    /// The provider they sign in with. The next sign-in says it anew.
    Claimed,
}

/// Somebody in a group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Member {
    /// Who.
    pub person: UserName,
    /// Who said so; where both did, there is one member of each.
    pub origin: Origin,
}

/// Groups. There is a group as long as somebody is in it.
pub trait Groups {
    /// Every group with its members, by name.
    fn groups(&self) -> Result<BTreeMap<String, Vec<Member>>, Fault>;
    /// The groups that somebody is in, whoever said so.
    fn groups_of(&self, person: &UserName) -> Result<BTreeSet<String>, Fault>;
    /// Puts somebody into a group, said here. `false` when there is nobody of that name.
    fn add_member(&self, group: &str, person: &UserName) -> Result<bool, Fault>;
    /// Takes back what was said here; what a provider says stays. `false` when nobody here said it.
    fn remove_member(&self, group: &str, person: &UserName) -> Result<bool, Fault>;
    /// Makes these the groups that a provider says somebody is in; what was said here stays. `false` when there is
    /// nobody of that name.
    fn replace_claimed(&self, person: &UserName, groups: &BTreeSet<String>) -> Result<bool, Fault>;
}
