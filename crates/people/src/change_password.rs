//! Choosing another password by who knows the old one.

use crate::not_in::Stop;
use crate::password::admit;
use crate::sign_in::{Entrance, Knock, prove};
use switchback_core::ports::people::fingerprint::Fingerprint;

/// Gives somebody who is signed in another password, and ends all their other sessions. `knock` brings the old one, and
/// is counted as signing in is: a browser that was left open is no way to guess it.
///
/// # Errors
/// `password-weak`, and what [`sign_in`](crate::sign_in::sign_in) says of the old one.
pub fn change_password(entrance: &Entrance<'_>, knock: Knock<'_>, new: &str, kept: &Fingerprint) -> Result<(), Stop> {
    admit(new, knock.name)?;
    let (person, _) = prove(entrance, knock)?;
    let hash = entrance.passwords.choose(new, person.name.as_str())?;
    entrance.people.set_password(&person.name, Some(&hash), Some(kept))?;
    Ok(())
}
