//! `user`: the people of a server.

use crate::caller::Caller;
use crate::counter::{Came, Told};
use crate::failure::Said;
use crate::not_in::let_in;
use crate::page::{Order, Page};
use crate::reception::Reception;
use crate::tags::Record;
use crate::views::people::{moment, user};
use std::collections::{BTreeMap, BTreeSet};
use switchback_api::verbs::user::{
    AddRequest, DisableRequest, EditRequest, EnableRequest, Invited, ListRequest, ResetRequest, ShowRequest, User,
    Users,
};
use switchback_api::{Failure, Secret};
use switchback_core::ports::people::persons::{Person, folded};
use switchback_core::words::names::Time;
use switchback_people::invitation::LASTING;
use switchback_people::person::{self, Addition, Role};
use switchback_people::secret;

/// Lists everybody.
pub fn list(reception: &Reception, came: &Came, asked: ListRequest) -> Result<Told<Users>, Failure> {
    let caller = came.caller()?;
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (group, members) in reception.people.groups().said()? {
        for member in members {
            groups.entry(member.person.to_string()).or_default().insert(group.clone());
        }
    }
    let none = BTreeSet::new();
    let page = Page::of("users", asked.limit, asked.cursor.as_deref())?;
    let persons = reception.people.persons().said()?;
    let (persons, next) = page.cut(persons, Order::ByKey, |person| folded(person.name.as_str()));
    let told = |person: &Person| user(caller, person, groups.get(person.name.as_str()).unwrap_or(&none));
    Ok(Users { users: persons.iter().map(told).collect(), next }.into())
}

/// Shows somebody.
pub fn show(reception: &Reception, came: &Came, asked: ShowRequest) -> Result<Told<User>, Failure> {
    let caller = came.caller()?;
    let found = person::find(&*reception.people, &asked.user).map_err(let_in)?;
    told(reception, caller, &found)
}

/// Adds somebody.
pub fn add(reception: &Reception, came: &Came, asked: AddRequest) -> Result<Told<Invited>, Failure> {
    let caller = came.administrator()?;
    let addition = Addition {
        name: &asked.name,
        display_name: asked.display_name.as_deref().unwrap_or_default(),
        email: asked.email.as_deref().map(str::trim).filter(|email| !email.is_empty()),
        role: if asked.administrator { Role::Administrator } else { Role::Member },
    };
    let (added, secret) =
        person::add(&*reception.people, addition, reception.doorway().whom, came.at).map_err(let_in)?;
    invited(reception, caller, (&added, secret.as_ref()), came.at)
}

/// Changes what is known of somebody: those who run the server of anybody, everybody of themselves.
pub fn edit(reception: &Reception, came: &Came, asked: EditRequest) -> Result<Told<User>, Failure> {
    let caller = came.caller()?;
    match caller.is(&asked.user) {
        true if !caller.is_administrator() => caller.require_in_person()?,
        true => {}
        false => caller.require_administrator()?,
    }
    let (display_name, email) = (asked.display_name.as_deref(), asked.email.as_deref());
    let changed = person::describe(&*reception.people, &asked.user, display_name, email).map_err(let_in)?;
    told(reception, caller, &changed)
}

/// Does not let somebody in any more.
pub fn disable(reception: &Reception, came: &Came, asked: DisableRequest) -> Result<Told<User>, Failure> {
    let caller = came.administrator()?;
    let changed = person::disable(&*reception.people, &asked.user, caller.own_name()).map_err(let_in)?;
    told(reception, caller, &changed)
}

/// Lets somebody in again.
pub fn enable(reception: &Reception, came: &Came, asked: EnableRequest) -> Result<Told<User>, Failure> {
    let caller = came.administrator()?;
    let changed = person::enable(&*reception.people, &asked.user).map_err(let_in)?;
    told(reception, caller, &changed)
}

/// Lets somebody choose another password.
pub fn reset(reception: &Reception, came: &Came, asked: ResetRequest) -> Result<Told<Invited>, Failure> {
    let caller = came.administrator()?;
    let found = person::find(&*reception.people, &asked.user).map_err(let_in)?;
    let secret = person::reset(&*reception.people, &found.name, reception.doorway().whom, came.at).map_err(let_in)?;
    invited(reception, caller, (&found, Some(&secret)), came.at)
}

/// Somebody as [`show`] shows them, for whoever edits what is known of them.
pub fn record(reception: &Reception, came: &Came, user: &str) -> Result<Record, Failure> {
    Record::of(user, &show(reception, came, ShowRequest { user: user.to_owned() })?.view())
}

pub(super) fn told(reception: &Reception, caller: &Caller, found: &Person) -> Result<Told<User>, Failure> {
    said(reception, caller, found).map(Told::from)
}

fn said(reception: &Reception, caller: &Caller, found: &Person) -> Result<User, Failure> {
    let groups = reception.people.groups_of(&found.name).said()?;
    Ok(user(caller, found, &groups))
}

fn invited(
    reception: &Reception,
    caller: &Caller,
    (found, secret): (&Person, Option<&secret::Secret>),
    now: Time,
) -> Result<Told<Invited>, Failure> {
    let expires = secret.map(|_| moment(Time(now.0.saturating_add(LASTING))));
    let user = said(reception, caller, found)?;
    Ok(Invited { user, secret: secret.map(|secret| Secret::new(secret.reveal())), expires }.into())
}
