//! `outbox list|retry` (`SPEC H4`).

use crate::failure::{Said, no};
use crate::page::{Order, Page};
use crate::parse::written;
use switchback_api::Failure;
use switchback_api::verbs::outbox::{Delivery as SaidDelivery, ListRequest, Outbox, RetryRequest, SentAgain};
use switchback_core::ledger::rights::require;
use switchback_core::notices::read;
use switchback_core::ports::outbox::{Delivery, DeliveryState};
use switchback_core::records::grant::{Privilege, Scope};
use switchback_engine::desk::Desk;
use switchback_engine::visit::Depth;

/// How many are listed if nobody says so.
const USUAL: u32 = 100;

/// Lists deliveries, the newest first.
pub fn list(desk: &Desk<'_>, asked: ListRequest) -> Result<Outbox, Failure> {
    may_look(desk)?;
    let state = asked.state.as_deref().map(state).transpose()?;
    let page = Page::of("outbox", asked.limit, asked.cursor.as_deref())?.usually(USUAL);
    let wanted = page.limit().unwrap_or(USUAL as usize).saturating_add(1);
    let all = desk.ledger.deliveries(state, page.after().copied(), wanted).said()?;
    let (all, next) = page.cut(all, Order::NewestFirst, |one| one.id);
    Ok(Outbox { deliveries: all.iter().map(|one| told(desk, one)).collect(), next })
}

/// Has one sent again that was given up.
pub fn retry(desk: &Desk<'_>, asked: RetryRequest) -> Result<SentAgain, Failure> {
    may_look(desk)?;
    let unknown = || {
        let message = format!("there is no delivery `{}`", asked.delivery);
        no("unknown-delivery", message, "look at what is in the outbox")
    };
    let id: u64 = asked.delivery.parse().map_err(|_| unknown())?;
    let found = desk.ledger.delivery(id).said()?.ok_or_else(unknown)?;
    let is_dead = found.state == DeliveryState::Dead;
    let again = is_dead && (desk.visit.depth == Depth::Plan || desk.ledger.send_again(id, desk.clock.now()).said()?);
    if !again {
        let message = format!("delivery {id} was not given up: it is {}", found.state.as_str());
        return Err(no("not-given-up", message, "what is queued is tried again by itself"));
    }
    let now = desk.ledger.delivery(id).said()?.ok_or_else(unknown)?;
    Ok(SentAgain { delivery: told(desk, &now) })
}

/// Who is told of what is nobody's but theirs, and of who administers the pipeline.
fn may_look(desk: &Desk<'_>) -> Result<(), Failure> {
    let state = desk.look().said()?;
    require(&desk.snapshot(&state), Privilege::Administer, Scope::Pipeline).map(drop).said()
}

fn state(word: &str) -> Result<DeliveryState, Failure> {
    let unknown = || Failure::usage(format!("`{word}` is no state of a delivery; there are queued, sent, dead"));
    DeliveryState::parse(word).ok_or_else(unknown)
}

fn told(desk: &Desk<'_>, delivery: &Delivery) -> SaidDelivery {
    let Delivery { id, notice, recipient, state, attempts, run_at, error, .. } = delivery;
    SaidDelivery {
        id: *id,
        kind: notice.kind.clone(),
        says: read(&notice.body).map(|notice| notice.says).unwrap_or_default(),
        entry: notice.seq.0,
        channel: recipient.channel.as_str().to_owned(),
        to: recipient.to.clone(),
        state: state.as_str().to_owned(),
        attempts: *attempts,
        next: (*state == DeliveryState::Queued).then(|| written(desk, *run_at)),
        error: Some(error.clone()).filter(|error| !error.is_empty()),
    }
}
