//! What may be said of a person: their name, what others read, where mail goes. Asked before it is kept, for commits are
//! written with it.

use crate::not_in::{NotIn, Stop};
use switchback_core::ports::people::persons::About;
use switchback_core::words::name_rule::{NameFault, fault_in_label, fault_in_shown, fault_in_user, shown};
use switchback_core::words::names::UserName;
use switchback_core::words::remedy::Remedy;

/// The most bytes of an address that mail is carried to.
const LONGEST_EMAIL: usize = 254;

/// A name that somebody shall have.
///
/// # Errors
/// `invalid-name`.
pub(crate) fn name(name: &str) -> Result<UserName, Stop> {
    match fault_in_user(name) {
        None => Ok(UserName::new(name)),
        Some(fault) => {
            Err(invalid(("person's name", name), fault, "Choose the name that you want to sign in with.").into())
        }
    }
}

/// What is known of somebody of a name, if it can be. Others read the name itself where nothing else is said.
///
/// # Errors
/// `invalid-name`, `invalid-email`.
pub(crate) fn of(name: &UserName, display_name: &str, email: Option<&str>) -> Result<About, Stop> {
    let display_name = match display_name.trim() {
        "" => name.as_str(),
        given => given,
    };
    label("display name", display_name)?;
    email.map_or(Ok(()), self::email)?;
    Ok(About { display_name: display_name.to_owned(), email: email.map(str::to_owned), identity: None })
}

/// The answer to whoever wants a name that somebody has.
pub(crate) fn taken(name: &UserName) -> NotIn {
    NotIn::new("name-taken", format!("there is somebody named `{name}`"), "Choose another name.")
        .about("user", name.as_str())
}

/// The name of a group, without the sign that marks it in grants.
///
/// # Errors
/// `invalid-name`.
pub(crate) fn group(name: &str) -> Result<(), Stop> {
    match fault_in_user(name) {
        None => Ok(()),
        Some(NameFault::Group) => {
            let bare = Remedy::BareGroup { name: name.trim_start_matches('@').to_owned() };
            Err(NotIn::new("invalid-name", format!("`{name}` is no group's name: it begins with `@`"), bare).into())
        }
        Some(fault) => Err(invalid(("group's name", name), fault, "Write a name of 1 to 100 characters.").into()),
    }
}

/// What something is called by whoever made it.
///
/// # Errors
/// `invalid-name`.
pub(crate) fn label(what: &str, name: &str) -> Result<(), Stop> {
    let around = || name.find(['<', '>']).and_then(|at| name[at..].chars().next()).map(NameFault::Character);
    match fault_in_label(name).or_else(|| fault_in_shown(name)).or_else(around) {
        None => Ok(()),
        Some(fault) => {
            Err(invalid((what, name), fault, "Write a name of 1 to 100 characters, without `<` and `>`.").into())
        }
    }
}

/// Where mail goes. Whether it arrives, nobody knows before it was sent.
///
/// # Errors
/// `invalid-email`.
pub(crate) fn email(address: &str) -> Result<(), Stop> {
    let odd = |letter: char| letter.is_whitespace() || "<>,;\"".contains(letter);
    let two = address.rsplit_once('@').is_some_and(|(who, place)| !who.is_empty() && !place.is_empty());
    if two && address.len() <= LONGEST_EMAIL && !address.contains(odd) && fault_in_shown(address).is_none() {
        return Ok(());
    }
    let message = format!("`{}` is no address that mail goes to", told(address));
    Err(NotIn::new("invalid-email", message, "Write it like ann@example.org, or leave it out.").into())
}

fn invalid((what, name): (&str, &str), fault: NameFault, step: &str) -> NotIn {
    NotIn::new("invalid-name", format!("`{}` is no {what}: it {fault}", told(name)), step)
}

/// What was typed, as far as it is any use to read.
fn told(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    shown(&start).replace(['\n', '\t'], " ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_none() {
        for bad in ["", "@ann", "-ann", " ann", "an\u{202e}n", &"x".repeat(101)] {
            assert_eq!(name(bad).unwrap_err().code(), "invalid-name", "{bad}");
            assert_eq!(group(bad).unwrap_err().code(), "invalid-name", "{bad}");
        }
        assert_eq!(name("ann@example.org").unwrap().as_str(), "ann@example.org");
        let Err(Stop::NotIn(sign)) = group("@qa") else { panic!("it is no name") };
        assert_eq!(sign.remedy, Remedy::BareGroup { name: "qa".to_owned() });
        for bad in ["", " ", "Ann <ann>", "Ann\nOther", &"x".repeat(101)] {
            assert_eq!(label("display name", bad).unwrap_err().code(), "invalid-name", "{bad}");
        }
        label("display name", "Änn Other").unwrap();
    }

    #[test]
    fn addresses_that_mail_goes_to() {
        for good in ["ann@example.org", "ann.o'ther+x@localhost", "änn@exämple.org"] {
            email(good).unwrap();
        }
        let long = format!("{}@example.org", "x".repeat(250));
        for bad in ["", "ann", "@example.org", "ann@", "a nn@x", "ann@x>", "a@x,b@x", "ann@x\n", &long] {
            assert_eq!(email(bad).unwrap_err().code(), "invalid-email", "{bad}");
        }
    }
}
