//! `group`: who a grant to a group means.

use crate::counter::{Came, Told};
use crate::failure::Said;
use crate::not_in::let_in;
use crate::reception::Reception;
use crate::views::people;
use switchback_api::Failure;
use switchback_api::verbs::group::{AddRequest, Group, Groups, ListRequest, RemoveRequest};
use switchback_people::group;

/// Lists groups. Everybody may read them: a grant to a group would tell nobody whom it means.
pub fn list(reception: &Reception, came: &Came, _: ListRequest) -> Result<Told<Groups>, Failure> {
    came.caller()?;
    let groups = reception.people.groups().said()?;
    let groups = groups.iter().map(|(name, members)| people::group(name, members)).collect();
    Ok(Groups { groups }.into())
}

/// Puts somebody into one.
pub fn add(reception: &Reception, came: &Came, asked: AddRequest) -> Result<Told<Group>, Failure> {
    came.administrator()?;
    group::add(&*reception.people, &asked.group, &asked.user).map_err(let_in)?;
    as_it_is(reception, &asked.group)
}

/// Takes somebody out of one.
pub fn remove(reception: &Reception, came: &Came, asked: RemoveRequest) -> Result<Told<Group>, Failure> {
    came.administrator()?;
    group::remove(&*reception.people, &asked.group, &asked.user).map_err(let_in)?;
    as_it_is(reception, &asked.group)
}

fn as_it_is(reception: &Reception, name: &str) -> Result<Told<Group>, Failure> {
    let groups = reception.people.groups().said()?;
    let members = groups.get(name).map(Vec::as_slice).unwrap_or_default();
    Ok(people::group(name, members).into())
}
