//! Signing in: who gets in, who does not, and how often somebody may try.

use crate::world::{ELSEWHERE, OFFICE, PASSWORD, World, at, knock, no};
use switchback_core::ports::people::persons::{PersonState, Persons};
use switchback_core::ports::people::sessions::Sessions;
use switchback_core::words::names::UserName;
use switchback_people::change_password::change_password;
use switchback_people::session::who;

#[test]
fn a_name_and_its_password_are_let_in() {
    let world = World::of(&["Ann", "bob"]);
    for name in ["Ann", " ann ", "ANN"] {
        let signed_in = world.knock(name, PASSWORD, OFFICE, 1).unwrap();
        assert_eq!(signed_in.person.name, UserName::new("Ann"));
        let present = who(&world.people, signed_in.secret.reveal(), at(2)).unwrap();
        assert_eq!((present.person.name.as_str(), present.session.agent.as_str()), ("Ann", "Lynx"));
        assert_eq!(present.session.hash, signed_in.secret.fingerprint());
    }
    assert_eq!(world.people.sessions_of(&UserName::new("Ann")).unwrap().len(), 3);
}

#[test]
fn nobody_learns_who_is_there() {
    let world = World::of(&["ann", "gone", "outside"]);
    world.people.set_state(&UserName::new("gone"), PersonState::Disabled).unwrap();
    world.people.set_password(&UserName::new("outside"), None, None).unwrap();
    let expected = no(world.knock("ann", "not the password", OFFICE, 1));
    assert_eq!((expected.code, expected.until), ("sign-in-wrong", None));
    for (name, password) in [
        ("nobody", PASSWORD),
        ("", ""),
        ("outside", PASSWORD),
        ("outside", ""),
        ("gone", "not the password"),
        ("ann", ""),
        ("ann", &"x".repeat(5000)),
        ("'; --", PASSWORD),
    ] {
        assert_eq!(no(world.knock(name, password, OFFICE, 1)), expected, "{name}");
    }
    // Whoever knows the password is told why it does not help.
    assert_eq!(no(world.knock("gone", PASSWORD, OFFICE, 1)).code, "person-disabled");
}

#[test]
fn a_stranger_is_locked_out_and_locks_nobody_out() {
    let world = World::of(&["admin"]);
    for _ in 0..5 {
        assert_eq!(no(world.knock("admin", "a guess at it", ELSEWHERE, 1)).code, "sign-in-wrong");
    }
    let limited = no(world.knock("admin", PASSWORD, ELSEWHERE, 2));
    assert_eq!((limited.code, limited.until), ("sign-in-limited", Some(at(16))), "not even with the password");
    assert_eq!(no(world.knock("ADMIN ", PASSWORD, ELSEWHERE, 15)).code, "sign-in-limited", "nor by another writing");
    world.signed_in("admin", 2);
    assert!(world.knock("admin", PASSWORD, ELSEWHERE, 16).is_ok(), "who waits gets in");
}

#[test]
fn names_that_are_not_there_are_limited_alike() {
    let world = World::of(&["ann"]);
    for name in ["ann", "nobody"] {
        for _ in 0..5 {
            assert_eq!(no(world.knock(name, "a guess at it", ELSEWHERE, 1)).code, "sign-in-wrong");
        }
    }
    let [known, unknown] = ["ann", "nobody"].map(|name| no(world.knock(name, PASSWORD, ELSEWHERE, 2)));
    assert_eq!(known, unknown);
}

#[test]
fn an_address_does_not_go_on_to_the_next_name() {
    let world = World::of(&["ann"]);
    for number in 0..50 {
        assert_eq!(no(world.knock(&format!("guess{number}"), PASSWORD, ELSEWHERE, 1)).code, "sign-in-wrong");
    }
    let limited = no(world.knock("ann", PASSWORD, ELSEWHERE, 2));
    assert_eq!((limited.code, limited.until), ("sign-in-limited", Some(at(61))));
    world.signed_in("ann", 2);
}

#[test]
fn whoever_gets_in_begins_anew() {
    let world = World::of(&["ann"]);
    for _ in 0..4 {
        for _ in 0..4 {
            assert_eq!(no(world.knock("ann", "mistyped it", OFFICE, 1)).code, "sign-in-wrong");
        }
        world.signed_in("ann", 1);
    }
}

#[test]
fn another_password_is_chosen_by_who_knows_the_old_one() {
    let world = World::of(&["ann"]);
    let new = "staple of batteries";
    let (here, there) = (world.signed_in("ann", 1), world.signed_in("ann", 1));
    let change = |old: &str, new: &str| {
        change_password(&world.entrance(), knock("ann", old, OFFICE, 2), new, &here.session.hash)
    };
    assert_eq!(no(change("not the old one", new)).code, "sign-in-wrong");
    assert_eq!(no(change(PASSWORD, "short")).code, "password-weak");
    change(PASSWORD, new).unwrap();
    assert!(who(&world.people, here.secret.reveal(), at(3)).is_ok());
    assert_eq!(no(who(&world.people, there.secret.reveal(), at(3))).code, "session-over");
    assert_eq!(no(world.knock("ann", PASSWORD, OFFICE, 3)).code, "sign-in-wrong");
    assert!(world.knock("ann", new, OFFICE, 3).is_ok());
    for _ in 0..5 {
        assert_eq!(no(change("a guess at it", new)).code, "sign-in-wrong");
    }
    assert_eq!(no(change(new, PASSWORD)).code, "sign-in-limited", "it is no way around the limit");
}
