//! What every database of people must do about subscriptions (`SPEC H4`).

use super::people_contract::{Open, Part, person};
use switchback_core::ports::people::persons::PersonState;
use switchback_core::ports::people::subscriptions::Subscription;
use switchback_core::words::names::UserName;

/// The contract, by name; it begins with an empty database.
pub const CONTRACT: &[(&str, Part)] = &[("subscriptions", subscriptions)];

fn to(person: &str, pipeline: &str, kinds: &[&str]) -> Subscription {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    Subscription { person: UserName::new(person), pipeline: pipeline.to_owned(), kinds }
}

fn subscriptions(open: &Open<'_>) {
    let people = open();
    assert!(!people.subscribe(&to("ann", "shop", &[])).unwrap(), "there is nobody of that name");
    for name in ["ann", "ben"] {
        people.add_person(&person(name)).unwrap();
    }
    let (first, bens) = (to("ann", "shop", &["conflict", "rollback-failed"]), to("ben", "shop", &[]));
    for one in [&bens, &first, &to("ann", "other", &[])] {
        assert!(people.subscribe(one).unwrap());
    }
    assert_eq!(open().subscribers("shop").unwrap(), [first.clone(), bens.clone()]);
    assert_eq!(people.subscriptions(Some(&bens.person)).unwrap(), std::slice::from_ref(&bens));
    assert_eq!(people.subscriptions(None).unwrap().len(), 3);
    assert!(first.wants("conflict") && !first.wants("promotion") && bens.wants("promotion"));
    let again = to("ann", "shop", &["promotion"]);
    assert!(people.subscribe(&again).unwrap(), "in place of what was there");
    people.set_state(&bens.person, PersonState::Disabled).unwrap();
    assert_eq!(people.subscribers("shop").unwrap(), [again], "who may not come in is told nothing");
    assert!(people.unsubscribe(&first.person, "shop").unwrap());
    assert!(!people.unsubscribe(&first.person, "shop").unwrap());
    assert_eq!(people.subscribers("shop").unwrap(), []);
}
