//! What every outbox must do, whichever database it lives in (`SPEC H4`).

use super::ledger_contract::{Open, Part, append, record};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;
use switchback_core::ports::ledger::{Append, Ledger, NewEntry};
use switchback_core::ports::outbox::{Channel, DeliveryState, Mail, NewNotice, Recipient, Sender, Tried};
use switchback_core::records::job::Held;
use switchback_core::words::names::{Seq, Time};

/// The contract, by name; each part begins with an empty ledger.
pub const CONTRACT: &[(&str, Part)] = &[
    ("a promise holds until its time", a_promise_holds_until_its_time),
    ("notices stand or fall with their entry", notices_stand_or_fall_with_their_entry),
    ("what no entry tells of is said once", what_no_entry_tells_of_is_said_once),
    ("addressing twice makes nothing twice", addressing_twice_makes_nothing_twice),
    ("a lease that is not settled comes back", a_lease_that_is_not_settled_comes_back),
    ("what failed waits for its time", what_failed_waits_for_its_time),
    ("a dead letter is sent again", a_dead_letter_is_sent_again),
    ("senders side by side take each once", senders_side_by_side_take_each_once),
    ("what was told is forgotten", what_was_told_is_forgotten),
];

fn notice(name: &str) -> NewNotice {
    NewNotice { name: name.into(), kind: "promotion".into(), body: format!("{{\"of\":\"{name}\"}}") }
}

fn telling(names: &[&str]) -> NewEntry {
    NewEntry { notices: names.iter().map(|name| notice(name)).collect(), ..record("moved") }
}

fn to(channel: Channel, to: &str) -> Recipient {
    Recipient { channel, to: to.to_owned() }
}

/// A notice on its way to these people.
fn addressed(ledger: &dyn Ledger, people: &[&str]) -> u64 {
    ledger.say(Time(1), &[notice("one")]).unwrap();
    let id = ledger.unaddressed(9).unwrap()[0].id;
    let all: Vec<_> = people.iter().map(|person| to(Channel::Mail, person)).collect();
    ledger.address(id, &all, Time(1)).unwrap();
    id
}

fn a_promise_holds_until_its_time(open: &Open<'_>) {
    let ledger = open();
    assert_eq!(ledger.sender(Time(0)).unwrap(), None);
    let sender = Sender { until: Time(100), mail: Mail::NotSetUp };
    ledger.promise(sender).unwrap();
    assert_eq!(open().sender(Time(99)).unwrap(), Some(sender));
    assert_eq!(ledger.sender(Time(100)).unwrap(), None);
    let again = Sender { until: Time(200), mail: Mail::SetUp };
    ledger.promise(again).unwrap();
    assert_eq!(ledger.sender(Time(150)).unwrap(), Some(again));
}

fn notices_stand_or_fall_with_their_entry(open: &Open<'_>) {
    let ledger = open();
    assert_eq!(ledger.append(Seq(4), telling(&["lost"]), &[], None).unwrap(), Append::Lost(Seq(0)));
    let nobodys = Some(Held { id: 7, token: 1 });
    assert_eq!(ledger.append(Seq(0), telling(&["fenced"]), &[], nobodys).unwrap(), Append::Fenced);
    assert_eq!(ledger.unaddressed(9).unwrap(), vec![]);
    assert!(matches!(ledger.append(Seq(0), telling(&["1/1", "1/2"]), &[], None).unwrap(), Append::Done(_)));
    let kept: Vec<_> = open().unaddressed(9).unwrap().into_iter().map(|one| (one.name, one.seq, one.at)).collect();
    let at = record("").at;
    assert_eq!(kept, [("1/1".to_owned(), Seq(1), at), ("1/2".to_owned(), Seq(1), at)]);
}

fn what_no_entry_tells_of_is_said_once(open: &Open<'_>) {
    let ledger = open();
    append(&*ledger, "one");
    assert_eq!(ledger.say(Time(5), &[notice("a"), notice("b")]).unwrap(), 2);
    assert_eq!(open().say(Time(6), &[notice("b"), notice("c")]).unwrap(), 1);
    let kept = ledger.unaddressed(2).unwrap();
    assert_eq!(kept.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a", "b"], "oldest first");
    assert_eq!((kept[0].seq, kept[0].at, kept[0].kind.as_str()), (Seq(1), Time(5), "promotion"));
    assert_eq!(kept[0].body, "{\"of\":\"a\"}");
}

fn addressing_twice_makes_nothing_twice(open: &Open<'_>) {
    let ledger = open();
    let id = addressed(&*ledger, &["ann", "ben"]);
    assert_eq!(ledger.unaddressed(9).unwrap(), vec![]);
    let more = [to(Channel::Mail, "ben"), to(Channel::Webhook, "ben")];
    ledger.address(id, &more, Time(2)).unwrap();
    let all = ledger.deliveries(None, None, 9).unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!((all[0].recipient.channel, all[0].state), (Channel::Webhook, DeliveryState::Queued), "newest first");
    assert_eq!(all[2].notice.name, "one");
    ledger.address(99, &more, Time(2)).unwrap();
    assert_eq!(ledger.deliveries(None, None, 9).unwrap().len(), 3, "there is no such notice");
    let below = ledger.deliveries(None, Some(all[0].id), 9).unwrap();
    assert_eq!(below, all[1..], "the newest aside");
    assert_eq!(ledger.deliveries(None, Some(all[0].id), 1).unwrap(), all[1..2]);
}

fn a_lease_that_is_not_settled_comes_back(open: &Open<'_>) {
    let ledger = open();
    addressed(&*ledger, &["ann"]);
    assert_eq!(ledger.lease_delivery(Time(0), Time(50)).unwrap(), None, "not yet");
    let first = ledger.lease_delivery(Time(1), Time(50)).unwrap().unwrap();
    assert_eq!((first.attempts, first.recipient.to.as_str()), (1, "ann"));
    assert_eq!(open().lease_delivery(Time(49), Time(99)).unwrap(), None, "somebody has it");
    let second = open().lease_delivery(Time(50), Time(99)).unwrap().unwrap();
    assert_eq!((second.id, second.attempts), (first.id, 2));
    assert!(!ledger.settle(&first, &Tried::Dead("late".into())).unwrap(), "it was taken over");
    assert!(ledger.settle(&second, &Tried::Sent).unwrap());
    assert!(!ledger.settle(&second, &Tried::Sent).unwrap(), "once");
    assert_eq!(ledger.lease_delivery(Time(999), Time(1999)).unwrap(), None);
    assert_eq!(ledger.delivery(first.id).unwrap().unwrap().state, DeliveryState::Sent);
}

fn what_failed_waits_for_its_time(open: &Open<'_>) {
    let ledger = open();
    addressed(&*ledger, &["ann", "ben"]);
    let first = ledger.lease_delivery(Time(1), Time(50)).unwrap().unwrap();
    assert!(ledger.settle(&first, &Tried::Later(Time(70), "no answer".into())).unwrap());
    let second = ledger.lease_delivery(Time(60), Time(90)).unwrap().unwrap();
    assert_ne!(second.id, first.id, "the other one");
    ledger.settle(&second, &Tried::Sent).unwrap();
    assert_eq!(ledger.lease_delivery(Time(69), Time(99)).unwrap(), None);
    let again = ledger.lease_delivery(Time(70), Time(99)).unwrap().unwrap();
    assert_eq!((again.id, again.attempts, again.error.as_str()), (first.id, 2, "no answer"));
}

fn a_dead_letter_is_sent_again(open: &Open<'_>) {
    let ledger = open();
    addressed(&*ledger, &["ann"]);
    let first = ledger.lease_delivery(Time(1), Time(50)).unwrap().unwrap();
    assert!(!ledger.send_again(first.id, Time(2)).unwrap(), "it was not given up");
    ledger.settle(&first, &Tried::Dead("refused".into())).unwrap();
    assert_eq!(ledger.lease_delivery(Time(999), Time(1999)).unwrap(), None);
    assert_eq!(ledger.deliveries(Some(DeliveryState::Queued), None, 9).unwrap(), vec![]);
    assert_eq!(ledger.deliveries(Some(DeliveryState::Dead), None, 9).unwrap()[0].error, "refused");
    let count = |state| ledger.delivery_count(state).unwrap();
    assert_eq!((count(DeliveryState::Dead), count(DeliveryState::Queued)), (1, 0));
    assert!(open().send_again(first.id, Time(60)).unwrap());
    assert!(!ledger.send_again(77, Time(60)).unwrap());
    let again = ledger.lease_delivery(Time(60), Time(99)).unwrap().unwrap();
    assert_eq!((again.attempts, again.since, again.error.as_str()), (1, Time(60), ""), "it begins anew");
}

fn senders_side_by_side_take_each_once(open: &Open<'_>) {
    let people: Vec<String> = (0..40).map(|number| format!("p{number}")).collect();
    addressed(&*open(), &people.iter().map(String::as_str).collect::<Vec<_>>());
    let taken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let ledger = open();
                while let Some(one) = ledger.lease_delivery(Time(1), Time(i64::MAX)).unwrap() {
                    taken.lock().unwrap().push(one.id);
                    assert!(ledger.settle(&one, &Tried::Sent).unwrap());
                }
            });
        }
    });
    let taken = taken.into_inner().unwrap();
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (40, 40));
}

fn what_was_told_is_forgotten(open: &Open<'_>) {
    let ledger = open();
    addressed(&*ledger, &["ann"]);
    assert_eq!(ledger.forget_told(Time(9)).unwrap(), 0, "it is still to be sent");
    let leased = ledger.lease_delivery(Time(1), Time(50)).unwrap().unwrap();
    ledger.settle(&leased, &Tried::Sent).unwrap();
    assert_eq!(ledger.forget_told(Time(1)).unwrap(), 0, "not old enough");
    assert_eq!(ledger.forget_told(Time(2)).unwrap(), 1);
    assert_eq!(ledger.deliveries(None, None, 9).unwrap(), vec![]);
}
