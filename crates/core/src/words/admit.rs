//! What is written down by name must be a name: asked before anything is recorded (`SPEC C1a`).

use crate::words::details::Details;
use crate::words::name_rule::{NameFault, fault_in_key, fault_in_label, fault_in_user, shown};
use crate::words::names::{ChangeKey, UserName};
use crate::words::refusal::{Code, Refusal};

/// A change's key, said by somebody who records it.
///
/// # Errors
/// `invalid-key`.
pub fn key(key: &ChangeKey) -> Result<(), Refusal> {
    let Some(fault) = fault_in_key(key.as_str()) else { return Ok(()) };
    let hint = "a key has 1 to 100 characters that can stand in a ref's name, such as `US-101`: no spaces, slashes, \
                control characters, `..`, `@{` or an ending `.lock`";
    Err(refused(Code::InvalidKey, ("change's key", key.as_str()), fault, hint))
}

/// A person's name.
///
/// # Errors
/// `invalid-name`.
pub fn user(user: &UserName) -> Result<(), Refusal> {
    let Some(fault) = fault_in_user(user.as_str()) else { return Ok(()) };
    Err(refused(Code::InvalidName, ("person's name", user.as_str()), fault, "write the name the person signs in with"))
}

/// A person's name, or a group's with its `@`.
///
/// # Errors
/// `invalid-name`.
pub fn user_or_group(who: &UserName) -> Result<(), Refusal> {
    match who.as_str().strip_prefix('@') {
        Some(group) => user(&UserName::new(group)),
        None => user(who),
    }
}

/// The name of an owner, a project or a release; `what` is one of the words.
///
/// # Errors
/// `invalid-name`.
pub fn label(what: &str, label: Option<&str>) -> Result<(), Refusal> {
    let Some((label, fault)) = label.and_then(|label| Some((label, fault_in_label(label)?))) else { return Ok(()) };
    let hint = "write a name of 1 to 100 characters";
    Err(refused(Code::InvalidName, (&format!("{what}'s name"), label), fault, hint))
}

/// What is said about a change: who answers for it, and its project and release.
///
/// # Errors
/// `invalid-name`.
pub fn facts(owner: Option<&UserName>, (project, release): (Option<&str>, Option<&str>)) -> Result<(), Refusal> {
    if let Some(group) = owner.filter(|owner| owner.as_str().starts_with('@')) {
        user(group)?;
    }
    label("owner", owner.map(UserName::as_str))?;
    label("project", project)?;
    label("release", release)
}

fn refused(code: Code, (what, name): (&str, &str), fault: NameFault, hint: &str) -> Refusal {
    // A name of three thousand letters is no easier to tell in full.
    let mut told: String = name.chars().take(60).collect();
    if told.len() < name.len() {
        told.push('…');
    }
    let message = format!("`{}` is no {what}: it {fault}", shown(&told).replace(['\n', '\t'], " "));
    Refusal::new(code, message, hint).with(Details::Named { name: name.to_owned() })
}
