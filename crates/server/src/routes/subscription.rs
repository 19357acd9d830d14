//! `subscription add|list|remove` (`SPEC H4`).

use crate::caller::Caller;
use crate::counter::{Came, Told};
use crate::failure::{Said, no};
use crate::not_in::let_in;
use crate::page::{Order, Page};
use crate::reception::Reception;
use crate::tags::Record;
use switchback_api::verbs::subscription::{
    AddRequest, ListRequest, RemoveRequest, Subscribed, Subscription as SaidSubscription, Subscriptions,
};
use switchback_api::{Failure, Usage, Warning};
use switchback_core::notices::unsent::CODE as NOT_SET_UP;
use switchback_core::ports::outbox::Mail;
use switchback_core::ports::people::persons::Person;
use switchback_core::ports::people::subscriptions::Subscription;
use switchback_core::records::notice::NoticeKind;
use switchback_core::words::refusal::closest;
use switchback_core::words::remedy::Remedy;
use switchback_people::person::find;

/// Lists one's own; those of others for who runs the server. At the console they are everybody's.
pub fn list(reception: &Reception, came: &Came, asked: ListRequest) -> Result<Told<Subscriptions>, Failure> {
    let page = Page::of("subscriptions", asked.limit, asked.cursor.as_deref())?;
    let caller = came.caller()?;
    let whose = match (&asked.user, caller.own_name()) {
        (Some(_), _) if asked.all => return Err(Failure::usage("name one person, or ask for everybody's")),
        (Some(user), _) => Some(whom(reception, caller, Some(user))?.name),
        (None, Some(own)) if !asked.all => Some(own.clone()),
        (None, _) => {
            caller.require_administrator()?;
            None
        }
    };
    let all = reception.people.subscriptions(whose.as_ref()).said()?;
    // No name has a line break, so whose it is counts first.
    let (all, next) = page.cut(all, Order::ByKey, |one| format!("{}\n{}", one.person, one.pipeline));
    Ok(Subscriptions { subscriptions: all.iter().map(told).collect(), next }.into())
}

/// Those of one person as [`list`] lists them, for whoever edits them.
pub fn record(reception: &Reception, came: &Came, user: Option<&str>) -> Result<Record, Failure> {
    let whose = ListRequest { user: user.map(str::to_owned), ..ListRequest::default() };
    Record::of("the list of subscriptions", &list(reception, came, whose)?.view())
}

/// Subscribes somebody: oneself, and others who runs the server.
pub fn add(reception: &Reception, came: &Came, asked: AddRequest) -> Result<Told<Subscribed>, Failure> {
    let caller = came.caller()?;
    caller.require_whole()?;
    let person = whom(reception, caller, asked.user.as_deref())?;
    is_known(reception, caller, &asked.pipeline)?;
    let kinds = asked.kinds.iter().map(|word| kind(word)).collect::<Result<Vec<_>, _>>()?;
    let kinds = kinds.into_iter().map(|kind| kind.as_str().to_owned()).collect();
    let subscription = Subscription { person: person.name.clone(), pipeline: asked.pipeline, kinds };
    reception.people.subscribe(&subscription).said()?;
    let warnings = warnings(reception, caller, &person);
    Ok(Subscribed { subscription: told(&subscription), warnings }.into())
}

/// Takes one back.
pub fn remove(reception: &Reception, came: &Came, asked: RemoveRequest) -> Result<Told<Subscribed>, Failure> {
    let caller = came.caller()?;
    caller.require_whole()?;
    let person = whom(reception, caller, asked.user.as_deref())?;
    let all = reception.people.subscriptions(Some(&person.name)).said()?;
    let found = all.into_iter().find(|one| one.pipeline == asked.pipeline);
    let Some(found) = found else {
        let message = format!("{} has no subscription for `{}`", person.name, asked.pipeline);
        return Err(no("unknown-subscription", message, "look at the list of subscriptions"));
    };
    reception.people.unsubscribe(&person.name, &asked.pipeline).said()?;
    Ok(Subscribed { subscription: told(&found), warnings: Vec::new() }.into())
}

/// Whose it is: one's own, or somebody else's for who runs the server.
fn whom(reception: &Reception, caller: &Caller, named: Option<&str>) -> Result<Person, Failure> {
    match (named, caller.own_name()) {
        (None, Some(_)) => Ok(caller.person.clone()),
        (None, None) => Err(Failure::usage("say whose subscription it is: at the console nobody is anyone")),
        (Some(user), _) if caller.is(user) => Ok(caller.person.clone()),
        (Some(user), _) => {
            caller.require_administrator()?;
            find(&*reception.people, user).map_err(let_in)
        }
    }
}

/// A server knows its pipelines; at the console none is open.
fn is_known(reception: &Reception, caller: &Caller, pipeline: &str) -> Result<(), Failure> {
    if caller.own_name().is_none() {
        return Ok(());
    }
    let known = reception.shared.pipelines().said()?;
    if known.iter().any(|one| one == pipeline) {
        return Ok(());
    }
    let step = match closest(pipeline, &known) {
        Some(name) => Remedy::DidYouMeanPipeline { name },
        None => Remedy::NamePipeline { names: known },
    };
    Err(no("unknown-pipeline", format!("there is no pipeline `{pipeline}` here"), step))
}

fn kind(word: &str) -> Result<NoticeKind, Failure> {
    NoticeKind::parse(word).ok_or_else(|| {
        let known: Vec<_> = NoticeKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
        let message = format!("nothing is told as `{word}`; there are {}", known.join(", "));
        let remedy = closest(word, &known).and_then(|name| crate::views::remedy::step(&Remedy::DidYouMean { name }));
        Failure::Usage(Usage { remedy, ..Usage::of("usage", message) })
    })
}

/// What keeps mail from coming. What a server is set up for is not known at the console.
fn warnings(reception: &Reception, caller: &Caller, person: &Person) -> Vec<Warning> {
    let warning = |code: &str, message: String| Warning { code: code.to_owned(), message, remedy: None };
    let mut all = Vec::new();
    if person.about.email.is_none() {
        all.push(warning("no-mail-address", format!("{} has no address that mail could go to", person.name)));
    }
    if caller.own_name().is_some() && reception.ways.mail() == Mail::NotSetUp {
        all.push(warning(NOT_SET_UP, "this server has no mail server, so no mail comes".to_owned()));
    }
    all
}

fn told(subscription: &Subscription) -> SaidSubscription {
    let Subscription { person, pipeline, kinds } = subscription;
    SaidSubscription { user: person.to_string(), pipeline: pipeline.clone(), kinds: kinds.clone() }
}
