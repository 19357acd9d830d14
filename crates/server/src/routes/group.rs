//! `group`: who a grant to a group means.

use crate::counter::{Came, Told};
use crate::failure::Said;
use crate::not_in::let_in;
use crate::page::{Order, Page};
use crate::reception::Reception;
use crate::tags::Record;
use crate::views::people;
use switchback_api::Failure;
use switchback_api::verbs::group::{AddRequest, Group, Groups, ListRequest, RemoveRequest};
use switchback_people::group;

/// Lists groups. Everybody may read them: a grant to a group would tell nobody whom it means.
pub fn list(reception: &Reception, came: &Came, asked: ListRequest) -> Result<Told<Groups>, Failure> {
    came.caller()?;
    let page = Page::of("groups", asked.limit, asked.cursor.as_deref())?;
    let (groups, next) = page.cut(reception.people.groups().said()?, Order::ByKey, |(name, _)| name.clone());
    let groups = groups.iter().map(|(name, members)| people::group(name, members)).collect();
    Ok(Groups { groups, next }.into())
}

/// All of them as [`list`] lists them, for whoever edits one: who is in none is in a group of that name as well.
pub fn record(reception: &Reception, came: &Came) -> Result<Record, Failure> {
    Record::of("the list of groups", &list(reception, came, ListRequest::default())?.view())
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
