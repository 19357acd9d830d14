//! `sign-in`.

use crate::caller::{By, Caller};
use crate::counter::{Came, Told};
use crate::failure::Said;
use crate::not_in::let_in;
use crate::reception::Reception;
use crate::views::people::present;
use switchback_api::Failure;
use switchback_api::verbs::session::Present;
use switchback_api::verbs::sign_in::SignInRequest;
use switchback_people::session::SignedIn;
use switchback_people::sign_in::{Knock, sign_in as begin};
use switchback_people::sign_out::sign_out;

/// Signs somebody in. The session that their browser had before ends with it: nobody would know of it any more.
pub fn sign_in(reception: &Reception, came: &Came, asked: SignInRequest) -> Result<Told<Present>, Failure> {
    let knock = Knock { name: &asked.name, password: asked.password.reveal(), from: came.from, at: came.at };
    let SignedIn { secret, session, person } = begin(&reception.doorway(), knock, &came.agent).map_err(let_in)?;
    if let Some(earlier) = &came.session {
        sign_out(&*reception.people, earlier).said()?;
    }
    let caller = Caller::of(&*reception.people, person, By::Session(session)).said()?;
    Ok(Told::from(present(&caller)).keeping(secret))
}
