//! `group`: who a grant to `@group` means on a server.

use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Every group.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

verb!(GET server "/groups" ListRequest => Groups: "The groups of people, with their members");

/// Puts somebody into a group. There is a group as soon as somebody is in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddRequest {
    /// Which group, without the `@`.
    pub group: String,
    /// Whom.
    pub user: String,
}

verb!(POST server "/groups/{group}/add" AddRequest => Group: "Puts a person into a group");

/// Takes somebody out of a group again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveRequest {
    /// Which group, without the `@`.
    pub group: String,
    /// Whom.
    pub user: String,
}

verb!(POST server "/groups/{group}/remove" RemoveRequest => Group: "Takes a person out of a group");

/// Groups, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Groups {
    /// Each.
    pub groups: Vec<Group>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Groups {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

/// A group.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// Its name, without the `@`.
    pub name: String,
    /// Who is in it, by name; where nobody is, there is no group any more.
    pub members: Vec<Member>,
}

impl View for Group {}

/// Somebody in a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "GroupMember")]
pub struct Member {
    /// Who.
    pub user: String,
    /// Whether somebody here said so; it may be taken back here.
    pub said_here: bool,
    /// Whether the provider they sign in with says so.
    pub claimed: bool,
}
