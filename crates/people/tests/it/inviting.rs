//! Invitations: the first administrator, and links to choose a password.

use crate::world::{OFFICE, PASSWORD, World, at, no};
use switchback_core::ports::people::groups::{ADMINISTRATORS, Groups};
use switchback_core::ports::people::invitations::Purpose;
use switchback_core::ports::people::persons::{PersonState, Persons};
use switchback_core::words::names::UserName;
use switchback_people::invitation::{
    Newcomer, choose_password, first_administrator, look, take_as_first, take_for_password,
};
use switchback_people::not_in::Stop;
use switchback_people::session::who;

const DAY: i64 = 24 * 60;

fn newcomer(name: &str) -> Newcomer<'_> {
    Newcomer { name, display_name: " ", email: Some("ann@example.org"), password: PASSWORD }
}

#[test]
fn the_first_administrator_comes_in_by_a_link() {
    let world = World::of(&[]);
    let secret = first_administrator(&world.people, at(0)).unwrap().unwrap();
    assert_eq!(look(&world.people, secret.reveal(), at(1)).unwrap().purpose, Purpose::FirstAdministrator);
    let take = |newcomer: Newcomer<'_>, minute| {
        take_as_first(&world.people, &world.passwords, secret.reveal(), newcomer, at(minute))
    };
    assert_eq!(no(take(newcomer("ann"), DAY)).code, "invitation-over");
    assert_eq!(no(take(newcomer("@ann"), 1)).code, "invalid-name");
    assert_eq!(no(take(Newcomer { display_name: "A\nB", ..newcomer("ann") }, 1)).code, "invalid-name");
    assert_eq!(no(take(Newcomer { email: Some("ann"), ..newcomer("ann") }, 1)).code, "invalid-email");
    assert_eq!(no(take(Newcomer { password: "short", ..newcomer("ann") }, 1)).code, "password-weak");
    let person = take(newcomer("ann"), 2).unwrap();
    assert_eq!((person.about.display_name.as_str(), person.created), ("ann", at(2)));
    assert!(world.people.groups_of(&person.name).unwrap().contains(ADMINISTRATORS));
    world.signed_in("ann", 3);
    assert_eq!(no(take(newcomer("eve"), 3)).code, "invitation-over");
    assert!(first_administrator(&world.people, at(4)).unwrap().is_none(), "there is one");
}

#[test]
fn a_server_without_administrators_invites_again() {
    let world = World::of(&["Ann"]);
    let older = first_administrator(&world.people, at(0)).unwrap().unwrap();
    let newer = first_administrator(&world.people, at(1)).unwrap().unwrap();
    let take = |secret: &str, name| take_as_first(&world.people, &world.passwords, secret, newcomer(name), at(2));
    assert_eq!(no(take(older.reveal(), "bob")).code, "invitation-over", "only the newest link works");
    let taken = no(take(newer.reveal(), "ann"));
    assert_eq!((taken.code, taken.message.as_str()), ("name-taken", "there is somebody named `ann`"));
    take(newer.reveal(), "bob").unwrap();
    world.people.set_state(&UserName::new("bob"), PersonState::Disabled).unwrap();
    assert!(first_administrator(&world.people, at(3)).unwrap().is_some());
}

#[test]
fn a_link_lets_somebody_choose_a_password() {
    let world = World::of(&["ann"]);
    let ann = UserName::new("ann");
    let session = world.signed_in("ann", 0);
    let secret = choose_password(&world.people, &ann, at(1)).unwrap().unwrap();
    assert_eq!(look(&world.people, secret.reveal(), at(1)).unwrap().purpose, Purpose::Password(ann.clone()));
    let take = |password: &str, minute| {
        take_for_password(&world.people, &world.passwords, secret.reveal(), password, at(minute))
    };
    let new = "staple of batteries";
    assert_eq!(no(take("short", 2)).code, "password-weak");
    assert_eq!(no(take(new, DAY + 1)).code, "invitation-over");
    let first = take_as_first(&world.people, &world.passwords, secret.reveal(), newcomer("eve"), at(2));
    assert_eq!(no(first).code, "invitation-over", "it is for something else");
    assert_eq!(take(new, 2).unwrap(), ann);
    assert_eq!(no(take(new, 2)).code, "invitation-over");
    assert_eq!(no(who(&world.people, session.secret.reveal(), at(3))).code, "session-over");
    assert_eq!(no(world.knock("ann", PASSWORD, OFFICE, 3)).code, "sign-in-wrong");
    assert!(world.knock("ann", new, OFFICE, 3).is_ok());
}

#[test]
fn links_that_nobody_gets_or_that_never_were() {
    let world = World::of(&["ann"]);
    let ann = UserName::new("ann");
    assert!(choose_password(&world.people, &UserName::new("nobody"), at(0)).unwrap().is_none());
    let secret = choose_password(&world.people, &ann, at(0)).unwrap().unwrap();
    world.people.set_state(&ann, PersonState::Disabled).unwrap();
    assert!(choose_password(&world.people, &ann, at(0)).unwrap().is_none());
    let over = |text: &str| no(look(&world.people, text, at(1)));
    for text in [secret.reveal(), "", "sbi_", &secret.reveal().replace("sbi_", "sbs_")] {
        assert_eq!(over(text).code, "invitation-over", "{text}");
    }
    let stop: Stop = over("").into();
    assert_eq!(stop.code(), "invitation-over");
}
