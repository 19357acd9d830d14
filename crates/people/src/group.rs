//! Groups, as those who run the server put people into them (`SPEC S1`).

use crate::about;
use crate::not_in::{NotIn, Stop};
use crate::person::{find, last};
use switchback_core::ports::people::People;
use switchback_core::ports::people::administrators::SteppedBack;
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::ports::people::persons::Person;

/// Puts somebody into a group. There is a group as soon as somebody is in it.
///
/// # Errors
/// `invalid-name`, `unknown-user`.
pub fn add(people: &dyn People, group: &str, name: &str) -> Result<Person, Stop> {
    about::group(group)?;
    let person = find(people, name)?;
    people.add_member(group, &person.name)?;
    Ok(person)
}

/// Takes somebody out of a group again. What the provider says who they sign in with is not ours to take back.
///
/// # Errors
/// `unknown-user`, `unknown-member`, `last-administrator`.
pub fn remove(people: &dyn People, group: &str, name: &str) -> Result<Person, Stop> {
    let person = find(people, name)?;
    let removed = match group {
        ADMINISTRATORS => match people.step_down_unless_last(&person.name)? {
            SteppedBack::Last => return Err(last(&person.name).into()),
            SteppedBack::Done => true,
            SteppedBack::Unknown => false,
        },
        group => people.remove_member(group, &person.name)?,
    };
    if removed {
        return Ok(person);
    }
    let claimed = people.groups_of(&person.name)?.contains(group);
    let (message, step) = match claimed {
        true => (
            format!("only the provider that {} signs in with says they are in `{group}`", person.name),
            "Have it changed there.",
        ),
        false => (format!("{} is not in the group `{group}`", person.name), "Look at the list of groups."),
    };
    Err(NotIn::new("unknown-member", message, step).about("user", person.name.as_str()).into())
}
