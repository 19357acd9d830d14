//! `password`: choosing another one.

use crate::caller::By;
use crate::counter::{Came, Told};
use crate::failure::no;
use crate::not_in::let_in;
use crate::reception::Reception;
use crate::views::people::present;
use switchback_api::Failure;
use switchback_api::verbs::password::PasswordRequest;
use switchback_api::verbs::session::Present;
use switchback_people::change_password::change_password;
use switchback_people::sign_in::Knock;

/// Gives who is signed in another password. All their sessions end but the one they ask from.
pub fn password(reception: &Reception, came: &Came, asked: PasswordRequest) -> Result<Told<Present>, Failure> {
    let caller = came.caller()?;
    caller.require_in_person()?;
    let By::Session(session) = &caller.by else {
        return Err(no("not-signed-in", "nobody is signed in whose password it would be", "sign in, or reset it"));
    };
    let (name, from) = (caller.person.name.as_str(), came.from);
    let knock = Knock { name, password: asked.old.reveal(), from, at: came.at };
    change_password(&reception.doorway(), knock, asked.new.reveal(), &session.hash).map_err(let_in)?;
    Ok(present(caller).into())
}
