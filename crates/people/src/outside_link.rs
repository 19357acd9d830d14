//! Who somebody is at a provider: said, and taken back.

use crate::not_in::{NotIn, Stop};
use crate::outside::{Outsider, Terms, admit, called_here};
use crate::person::find;
use std::collections::BTreeSet;
use switchback_core::ports::people::People;
use switchback_core::ports::people::persons::{About, OutsideIdentity, Person, PersonState, Written};
use switchback_core::words::names::UserName;

/// Links somebody who is in with who they showed to be at a provider, in place of whom they were there before.
///
/// # Errors
/// `identity-not-admitted`, `identity-taken`, `unknown-user`, `person-disabled`.
pub fn link_own(people: &dyn People, name: &UserName, outsider: Outsider<'_>, terms: &Terms) -> Result<Person, Stop> {
    admit(&outsider, terms)?;
    let person = link(people, name.as_str(), outsider.identity)?;
    if person.state == PersonState::Disabled {
        return Err(crate::not_in::disabled().into());
    }
    people.replace_claimed(&person.name, &called_here(outsider.groups, terms))?;
    Ok(person)
}

/// Says who somebody is at a provider, in place of whom they were there before. What the provider says of their groups it
/// says when they sign in.
///
/// # Errors
/// `unknown-user`, `identity-taken`.
pub fn link(people: &dyn People, name: &str, identity: &OutsideIdentity) -> Result<Person, Stop> {
    let person = find(people, name)?;
    let same = person.about.identity.as_ref() == Some(identity);
    let changed = put(people, person, Some(identity.clone()))?;
    if !same {
        end(people, &changed.name)?;
    }
    Ok(changed)
}

/// Takes back who somebody is at a provider: its word does not let them in any more, and what it said of their groups ends,
/// as do the sessions that it may have begun.
///
/// # Errors
/// `unknown-user`, `identity-unlinked` where they are nobody at a provider.
pub fn unlink(people: &dyn People, name: &str) -> Result<Person, Stop> {
    let person = find(people, name)?;
    if person.about.identity.is_none() {
        let message = format!("{} is nobody at a provider", person.name);
        let no = NotIn::new("identity-unlinked", message, "There is nothing to take back.");
        return Err(no.about("user", person.name.as_str()).into());
    }
    let changed = put(people, person, None)?;
    people.end_sessions_of(&changed.name, None)?;
    end(people, &changed.name)?;
    Ok(changed)
}

/// What a provider said of somebody's groups ends.
fn end(people: &dyn People, name: &UserName) -> Result<(), Stop> {
    people.replace_claimed(name, &BTreeSet::new())?;
    Ok(())
}

fn put(people: &dyn People, person: Person, identity: Option<OutsideIdentity>) -> Result<Person, Stop> {
    let about = About { identity, ..person.about.clone() };
    match people.describe_person(&person.name, &about)? {
        Written::Done => Ok(Person { about, ..person }),
        Written::IdentityTaken => {
            let message = "somebody else here is who you are at the provider";
            let step = "Sign in by the provider as them, or have an administrator take it back from them.";
            Err(NotIn::new("identity-taken", message, step).about("user", person.name.as_str()).into())
        }
        Written::NameTaken | Written::Unknown => Err(find(people, person.name.as_str()).err().unwrap_or_else(|| {
            NotIn::new(
                "unknown-user",
                format!("there is nobody named `{}`", person.name),
                "Look at the list of people.",
            )
            .into()
        })),
    }
}
