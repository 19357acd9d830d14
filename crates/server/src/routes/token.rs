//! `token`: what programs come in with.

use crate::caller::{By, Caller};
use crate::counter::{Came, Told};
use crate::failure::{Said, no};
use crate::not_in::let_in;
use crate::page::{Order, Page};
use crate::reception::Reception;
use crate::views::people;
use switchback_api::verbs::token::{CreateRequest, ListRequest, RevokeRequest, Token, TokenMade, Tokens};
use switchback_api::{Failure, Secret, Usage};
use switchback_core::ports::people::tokens::ApiToken;
use switchback_core::records::grant::Privilege;
use switchback_core::words::names::{StageName, Time, UserName};
use switchback_core::words::refusal::closest;
use switchback_core::words::remedy::Remedy;
use switchback_people::person::find;
use switchback_people::token::{self, DAYS, Made, USUAL_DAYS, Wish};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Lists one's own; those of others for who runs the server. Who sits at the console has none of their own, and sees
/// everybody's.
pub fn list(reception: &Reception, came: &Came, asked: ListRequest) -> Result<Told<Tokens>, Failure> {
    let page = Page::of("tokens", asked.limit, asked.cursor.as_deref())?;
    let caller = came.caller()?;
    let tokens = match (&asked.user, caller.own_name()) {
        (Some(_), _) if asked.all => return Err(Failure::usage("name one person, or ask for everybody's tokens")),
        (Some(user), _) if caller.is(user) => reception.people.tokens_of(&caller.person.name).said()?,
        (Some(user), _) => {
            caller.require_administrator()?;
            let person = find(&*reception.people, user).map_err(let_in)?;
            reception.people.tokens_of(&person.name).said()?
        }
        (None, Some(own)) if !asked.all => reception.people.tokens_of(own).said()?,
        (None, _) => {
            caller.require_administrator()?;
            reception.people.tokens().said()?
        }
    };
    let (tokens, next) =
        page.cut(tokens, Order::ByKey, |token| format!("{:020} {}", i64::MAX - token.created.0, token.id));
    Ok(Tokens { tokens: tokens.iter().map(|token| people::token(token, came.at)).collect(), next }.into())
}

/// Makes one: for oneself, and for others who runs the server.
pub fn create(reception: &Reception, came: &Came, asked: CreateRequest) -> Result<Told<TokenMade>, Failure> {
    let caller = came.caller()?;
    caller.require_in_person()?;
    let user = match (&asked.user, caller.own_name()) {
        (Some(user), _) => user.as_str(),
        (None, Some(own)) => own.as_str(),
        (None, None) => {
            return Err(Failure::usage("say for whom the token shall act: at the console nobody is anyone"));
        }
    };
    if !caller.is(user) {
        caller.require_administrator()?;
    }
    let days = asked.days.unwrap_or(USUAL_DAYS);
    if !DAYS.contains(&days) {
        let (least, most) = (DAYS.start(), DAYS.end());
        return Err(Failure::usage(format!("a token lasts {least} to {most} days, and not {days}")));
    }
    let wish = Wish {
        person: UserName::new(user),
        name: asked.name.trim().to_owned(),
        privileges: asked.privileges.iter().map(|word| privilege(word)).collect::<Result<_, _>>()?,
        pipelines: known_pipelines(reception, caller, &asked)?,
        stages: asked.stages.iter().map(StageName::new).collect(),
        plan_only: asked.plan_only,
        expires: Time(came.at.0.saturating_add(i64::from(days) * DAY)),
    };
    let Made { secret, token } = token::make(&*reception.people, wish, came.at).map_err(let_in)?;
    Ok(TokenMade { token: people::token(&token, came.at), secret: Some(Secret::new(secret.reveal())) }.into())
}

/// Takes one back: one's own, or anybody's for who runs the server. A program may give back what it came with.
pub fn revoke(reception: &Reception, came: &Came, asked: RevokeRequest) -> Result<Told<Token>, Failure> {
    let caller = came.caller()?;
    let found = token::of_id(&*reception.people, &asked.token).map_err(let_in)?;
    may_revoke(caller, &found)?;
    token::revoke(&*reception.people, &found.id, came.at).said()?;
    let now = token::of_id(&*reception.people, &found.id).map_err(let_in)?;
    Ok(people::token(&now, came.at).into())
}

/// Whose token is none of theirs does not learn that it is there.
fn may_revoke(caller: &Caller, found: &ApiToken) -> Result<(), Failure> {
    match &caller.by {
        By::Token(brought) if brought.id == found.id => Ok(()),
        _ if caller.is_administrator() => Ok(()),
        _ if caller.is(found.person.as_str()) => caller.require_in_person(),
        _ => Err(let_in(token::no_such(&found.id).into())),
    }
}

fn privilege(word: &str) -> Result<Privilege, Failure> {
    Privilege::parse(word).ok_or_else(|| {
        let known: Vec<_> = Privilege::ALL.iter().map(|privilege| privilege.as_str().to_owned()).collect();
        let message = format!("`{word}` is no privilege; there are {}", known.join(", "));
        let remedy = closest(word, &known).and_then(|name| crate::views::remedy::step(&Remedy::DidYouMean { name }));
        Failure::Usage(Usage { remedy, ..Usage::of("usage", message) })
    })
}

/// The pipelines that a token shall be for. A server knows its own; at the console none is open.
fn known_pipelines(reception: &Reception, caller: &Caller, asked: &CreateRequest) -> Result<Vec<String>, Failure> {
    if !asked.pipelines.is_empty() && caller.own_name().is_some() {
        let known = reception.shared.pipelines().said()?;
        if let Some(name) = asked.pipelines.iter().find(|name| !known.contains(name)) {
            let step = match closest(name, &known) {
                Some(name) => Remedy::DidYouMean { name },
                None => "look at the list of pipelines".into(),
            };
            return Err(no("unknown-pipeline", format!("there is no pipeline `{name}` on this server"), step));
        }
    }
    Ok(asked.pipelines.clone())
}
