//! `invitation`: looking at one, and taking it.

use crate::counter::{Came, Told};
use crate::not_in::let_in;
use crate::reception::Reception;
use crate::views::people::moment;
use switchback_api::Failure;
use switchback_api::verbs::invitation::{
    Invitation, InvitationTaken, LookRequest, Purpose as SaidPurpose, TakeRequest,
};
use switchback_core::ports::people::invitations::Purpose;
use switchback_people::invitation::{Newcomer, look as find, take_as_first, take_for_password};
use switchback_people::sign_in::may_by_password;

/// What one is for.
pub fn look(reception: &Reception, came: &Came, asked: LookRequest) -> Result<Told<Invitation>, Failure> {
    let found = find(&*reception.people, asked.secret.reveal(), came.at).map_err(let_in)?;
    let (purpose, person) = match found.purpose {
        Purpose::FirstAdministrator => (SaidPurpose::FirstAdministrator, None),
        Purpose::Password(person) => (SaidPurpose::Password, Some(person.to_string())),
    };
    Ok(Invitation { purpose, person, expires: moment(found.expires) }.into())
}

/// Takes one.
pub fn take(reception: &Reception, came: &Came, asked: TakeRequest) -> Result<Told<InvitationTaken>, Failure> {
    let (people, passwords) = (&*reception.people, &reception.passwords);
    let (secret, password) = (asked.secret.reveal(), asked.password.reveal());
    let found = find(people, secret, came.at).map_err(let_in)?;
    let person = match found.purpose {
        Purpose::FirstAdministrator => {
            let newcomer = Newcomer {
                name: asked.name.as_deref().unwrap_or_default(),
                display_name: asked.display_name.as_deref().unwrap_or_default(),
                email: asked.email.as_deref().map(str::trim).filter(|email| !email.is_empty()),
                password,
            };
            take_as_first(people, passwords, secret, newcomer, came.at).map_err(let_in)?.name
        }
        Purpose::Password(_) if asked.name.is_some() || asked.display_name.is_some() || asked.email.is_some() => {
            return Err(Failure::usage("this invitation is to choose a password: whoever has it has a name already"));
        }
        Purpose::Password(name) => {
            may_by_password(people, reception.doorway().whom, &name).map_err(let_in)?;
            take_for_password(people, passwords, secret, password, came.at).map_err(let_in)?
        }
    };
    Ok(InvitationTaken { person: person.to_string() }.into())
}
