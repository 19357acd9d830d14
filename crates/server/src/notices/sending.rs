//! One delivery after the other: leased, tried, and settled. What fails is tried again, later and later; what nobody takes
//! for days, or never will, is given up and stays to be looked at.

use crate::notices::ways::Ways;
use crate::notices::wording::{Told, letter, message_id, payload};
use switchback_core::notices::read;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::outbox::{Channel, Delivery, Tried};
use switchback_core::ports::people::persons::PersonState;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;
use switchback_notify::unsent::Unsent;
use switchback_notify::webhook::Message;
use tracing::{info, warn};

const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;

/// How long a try may take before another sender takes it over.
const LEASE: i64 = 10 * 60 * SECOND;

/// How long to wait after the first try that failed; twice as long after each that follows.
const FIRST: i64 = 60 * SECOND;

/// The longest wait.
const LONGEST: i64 = 6 * HOUR;

/// When nobody took it for so long, it is given up.
const PATIENCE: i64 = 72 * HOUR;

/// What became of a try: by which way, and `sent`, `later` or `dead`.
pub type Ended = (&'static str, &'static str);

/// Sends what may be sent longest. `None` where there is nothing.
///
/// # Errors
/// A fault of the ledger. What the other side says is the delivery's own.
pub fn send_one(ledger: &dyn Ledger, pipeline: &str, ways: &Ways, now: Time) -> Result<Option<Ended>, Fault> {
    let Some(delivery) = ledger.lease_delivery(now, Time(now.0 + LEASE))? else { return Ok(None) };
    let tried = match send(pipeline, &delivery, ways, now) {
        Ok(()) => Tried::Sent,
        Err(unsent) => after(&delivery, unsent, now),
    };
    let (outcome, why) = match &tried {
        Tried::Sent => ("sent", None),
        Tried::Later(_, why) => ("later", Some(why.as_str())),
        Tried::Dead(why) => ("dead", Some(why.as_str())),
    };
    say((pipeline, &delivery), outcome, why);
    ledger.settle(&delivery, &tried)?;
    Ok(Some((delivery.recipient.channel.as_str(), outcome)))
}

/// Names whoever is told as deliveries do: a person, or a webhook, and no address.
fn say((pipeline, delivery): (&str, &Delivery), outcome: &str, reason: Option<&str>) {
    let Delivery { id, recipient, attempts, notice, .. } = delivery;
    let (delivery, channel, to, kind) = (*id, recipient.channel.as_str(), &recipient.to, &notice.kind);
    match reason {
        None => info!(pipeline, delivery, channel, to, kind, attempts, outcome, "delivery"),
        Some(reason) => warn!(pipeline, delivery, channel, to, kind, attempts, outcome, reason, "delivery"),
    }
}

fn after(delivery: &Delivery, unsent: Unsent, now: Time) -> Tried {
    match unsent {
        Unsent::Never(why) => Tried::Dead(why),
        Unsent::Later(why) => {
            let again = Time(now.0 + wait(delivery.attempts));
            match again.0 - delivery.since.0 > PATIENCE {
                true => Tried::Dead(format!("given up after {} tries: {why}", delivery.attempts)),
                false => Tried::Later(again, why),
            }
        }
    }
}

/// How long to wait after so many tries.
fn wait(attempts: u32) -> i64 {
    let doubled = 1_i64.checked_shl(attempts.saturating_sub(1)).and_then(|times| times.checked_mul(FIRST));
    doubled.filter(|wait| *wait > 0).map_or(LONGEST, |wait| wait.min(LONGEST))
}

fn send(pipeline: &str, delivery: &Delivery, ways: &Ways, now: Time) -> Result<(), Unsent> {
    let kept = &delivery.notice;
    let Some(notice) = read(&kept.body) else {
        return Err(Unsent::later("a newer program said it, and this one cannot read it"));
    };
    let means = ways.means();
    let settings = &means.settings;
    let told = Told { pipeline, kept, notice: &notice, public_url: settings.public_url.as_deref() };
    let to = &delivery.recipient.to;
    match delivery.recipient.channel {
        Channel::Mail => {
            let address = address_of(ways, to)?;
            let mailer = settings.mail.as_ref().ok_or_else(|| Unsent::never("no mail server is set up"))?;
            mailer.send(&letter(&told, to), &address)
        }
        Channel::Webhook => {
            let hook = settings.webhooks.iter().find(|hook| hook.name == *to);
            let hook = hook.ok_or_else(|| Unsent::never("the configuration has no such webhook any more"))?;
            let (id, body) = (message_id(pipeline, kept), payload(&told).to_string());
            means.webhooks.send(&hook.receiver, &Message { id: &id, at: now.0 / SECOND, body: &body })
        }
    }
}

/// Where mail to somebody goes now: they may have told another address since it was said.
fn address_of(ways: &Ways, person: &str) -> Result<String, Unsent> {
    let found = ways.people.person(person).map_err(|fault| Unsent::later(fault.message))?;
    let person = found.ok_or_else(|| Unsent::never("the server does not know this person any more"))?;
    if person.state == PersonState::Disabled {
        return Err(Unsent::never("this person may not come in any more"));
    }
    person.about.email.ok_or_else(|| Unsent::never("this person has no address of mail"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_longer_and_longer() {
        let minutes: Vec<i64> =
            [1, 2, 3, 9, 10, 40, 63, 64, 65, 1000].map(|tries| wait(tries) / (60 * SECOND)).to_vec();
        assert_eq!(minutes, [1, 2, 4, 256, 360, 360, 360, 360, 360, 360]);
    }
}
