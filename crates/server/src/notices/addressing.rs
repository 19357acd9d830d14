//! From a notice to those who are told: whoever subscribed, whom it concerns, and the webhooks of the configuration.

use crate::notices::ways::Ways;
use std::collections::BTreeSet;
use switchback_core::notices::read;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::outbox::{Channel, Mail, Recipient};
use switchback_core::records::notice::{Notice, NoticeKind};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

/// How many notices are looked at in one go.
const AT_ONCE: usize = 1000;

/// Makes the deliveries of what nobody has addressed yet. Several servers may at once: a delivery is made once. What a newer
/// program said is left to it.
///
/// # Errors
/// A fault of the ledger or of the database of people.
pub fn address(ledger: &dyn Ledger, pipeline: &str, ways: &Ways, now: Time) -> Result<(), Fault> {
    for kept in ledger.unaddressed(AT_ONCE)? {
        if let Some(notice) = read(&kept.body) {
            ledger.address(kept.id, &recipients(pipeline, &notice, ways)?, now)?;
        }
    }
    Ok(())
}

fn recipients(pipeline: &str, notice: &Notice, ways: &Ways) -> Result<Vec<Recipient>, Fault> {
    let mut people: BTreeSet<String> = BTreeSet::new();
    let word = notice.kind.as_str();
    // Where no mail can be sent, only what somebody asked for by name is kept to be looked at.
    if ways.mail() == Mail::SetUp {
        let subscribers = ways.people.subscribers(pipeline)?.into_iter();
        people.extend(subscribers.filter(|one| one.wants(word)).map(|one| one.person.to_string()));
    }
    if ways.mail() == Mail::SetUp || notice.kind == NoticeKind::DeploymentComplete {
        for owner in &notice.owners {
            let known = ways.people.person(owner.as_str())?;
            // An owner whom the server does not know was named by a repository, and has no address here.
            people.extend(known.map(|person| person.name.to_string()));
        }
    }
    let mail = people.into_iter().map(|to| Recipient { channel: Channel::Mail, to });
    let means = ways.means();
    let hooks = means.settings.webhooks.iter().filter(|hook| {
        let is_for = hook.pipelines.is_empty() || hook.pipelines.iter().any(|one| one == pipeline);
        is_for && (hook.kinds.is_empty() || hook.kinds.contains(&notice.kind))
    });
    let hooks = hooks.map(|hook| Recipient { channel: Channel::Webhook, to: hook.name.clone() });
    Ok(mail.chain(hooks).collect())
}
