//! Sessions: how long they last, and how they end.

use crate::world::{World, at, no};
use switchback_core::ports::people::persons::{PersonState, Persons};
use switchback_core::ports::people::sessions::{Proof, Sessions};
use switchback_core::words::names::{Time, UserName};
use switchback_people::secret::{Kind, Secret};
use switchback_people::session::{Beginning, Lasting, begin, is_its_form, who};
use switchback_people::sign_out::{sign_out, sign_out_everywhere};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

#[test]
fn a_session_ends_when_nobody_is_seen() {
    let world = World::of(&["ann"]);
    let signed_in = world.signed_in("ann", 0);
    let seen = |minute| who(&world.people, signed_in.secret.reveal(), at(minute));
    assert!(seen(16 * HOUR - 1).is_ok());
    assert!(seen(2 * 16 * HOUR - 2).is_ok(), "whoever is seen stays");
    assert_eq!(no(seen(3 * 16 * HOUR - 2)).code, "session-over");
    assert_eq!(no(seen(2 * 16 * HOUR)).code, "session-over", "it does not come back");
    assert_eq!(world.people.session(&signed_in.session.hash).unwrap(), None);
}

#[test]
fn a_session_ends_after_a_week() {
    let world = World::of(&["ann"]);
    let signed_in = world.signed_in("ann", 0);
    let seen = |minute| who(&world.people, signed_in.secret.reveal(), at(minute));
    for hours in (10..7 * 24).step_by(10) {
        assert!(seen(hours * HOUR).is_ok(), "{hours}");
    }
    assert!(seen(7 * DAY - 1).is_ok());
    assert_eq!(no(seen(7 * DAY)).code, "session-over");
}

#[test]
fn not_every_click_is_a_write() {
    let world = World::of(&["ann"]);
    let signed_in = world.signed_in("ann", 0);
    let seen = |at: i64| {
        who(&world.people, signed_in.secret.reveal(), Time(at)).unwrap();
        world.people.session(&signed_in.session.hash).unwrap().unwrap().seen
    };
    assert_eq!((seen(30_000), seen(60_000), seen(60_001)), (Time(0), Time(0), Time(60_001)));
    assert_eq!((seen(30_000), seen(-5)), (Time(60_001), Time(60_001)), "a clock that was put back");
}

#[test]
fn where_little_idling_is_allowed_it_is_told_more_exactly() {
    let world = World::of(&["ann"]);
    let person = world.people.person("ann").unwrap().unwrap();
    let beginning = Beginning { person: &person, proof: Proof::Outside, at: Time(0), agent: "" };
    let signed_in = begin(&world.people, beginning, Lasting { idle: 1000, whole: 10_000 }).unwrap();
    for at in (0..10_000).step_by(500) {
        assert!(who(&world.people, signed_in.secret.reveal(), Time(at)).is_ok(), "{at}");
    }
}

#[test]
fn what_is_no_session() {
    let world = World::of(&["ann"]);
    let signed_in = world.signed_in("ann", 0);
    let (never, token) = (Secret::new(Kind::Session).unwrap(), Secret::new(Kind::ApiToken).unwrap());
    for text in ["", "sbs_", never.reveal(), token.reveal(), &signed_in.session.hash.to_string()] {
        assert_eq!(no(who(&world.people, text, at(1))).code, "session-over", "{text}");
    }
}

#[test]
fn whoever_is_disabled_is_out_at_once() {
    let world = World::of(&["ann"]);
    let signed_in = world.signed_in("ann", 0);
    let ann = UserName::new("ann");
    world.people.set_state(&ann, PersonState::Disabled).unwrap();
    assert_eq!(no(who(&world.people, signed_in.secret.reveal(), at(1))).code, "session-over");
    let person = world.people.person("ann").unwrap().unwrap();
    let beginning = Beginning { person: &person, proof: Proof::Outside, at: at(1), agent: "" };
    assert_eq!(no(begin(&world.people, beginning, Lasting::default())).code, "person-disabled");
    world.people.set_state(&ann, PersonState::Active).unwrap();
    assert_eq!(no(who(&world.people, signed_in.secret.reveal(), at(1))).code, "session-over", "for good");
}

#[test]
fn signing_out_here_and_everywhere() {
    let world = World::of(&["ann", "bob"]);
    let [one, two, three] = [(); 3].map(|()| world.signed_in("ann", 0));
    let bobs = world.signed_in("bob", 0);
    let is_in =
        |signed_in: &switchback_people::session::SignedIn| who(&world.people, signed_in.secret.reveal(), at(1)).is_ok();
    for _ in 0..2 {
        sign_out(&world.people, one.secret.reveal()).unwrap();
    }
    sign_out(&world.people, "no session").unwrap();
    assert_eq!([&one, &two, &three, &bobs].map(is_in), [false, true, true, true]);
    let ann = UserName::new("ann");
    assert_eq!(sign_out_everywhere(&world.people, &ann, Some(&two.session.hash)).unwrap(), 1);
    assert_eq!([&one, &two, &three, &bobs].map(is_in), [false, true, false, true]);
    assert_eq!(sign_out_everywhere(&world.people, &ann, None).unwrap(), 1);
    assert_eq!([&two, &bobs].map(is_in), [false, true]);
}

#[test]
fn a_form_is_of_one_session() {
    let world = World::of(&["ann"]);
    let [one, other] = [(); 2].map(|()| world.signed_in("ann", 0).session);
    assert!(is_its_form(&one, &one.csrf) && !is_its_form(&one, &other.csrf) && !is_its_form(&one, ""));
    assert!(!format!("{one:?}").contains(&one.csrf));
}

#[test]
fn a_browser_that_says_much_is_cut_short() {
    let world = World::of(&["ann"]);
    let person = world.people.person("ann").unwrap().unwrap();
    let agent = "é".repeat(10_000);
    let beginning = Beginning { person: &person, proof: Proof::Outside, at: at(0), agent: &agent };
    let session = begin(&world.people, beginning, Lasting::default()).unwrap().session;
    assert_eq!(session.agent.chars().count(), 200);
}
