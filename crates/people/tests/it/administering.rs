//! Adding people, changing what is known of them, sending them away, and groups.

use crate::world::{OFFICE, PASSWORD, World, at, no};
use switchback_core::ports::people::groups::{ADMINISTRATORS, Groups};
use switchback_core::ports::people::persons::{PersonState, Persons};
use switchback_core::words::names::UserName;
use switchback_core::words::remedy::Remedy;
use switchback_people::invitation::take_for_password;
use switchback_people::person::{Addition, Role, add, describe, disable, enable, reset};
use switchback_people::sign_in::Whom;
use switchback_people::{group, session};

fn addition(name: &str) -> Addition<'_> {
    Addition { name, display_name: "", email: None, role: Role::Member }
}

#[test]
fn who_is_added_chooses_a_password() {
    let world = World::of(&["Ann"]);
    let (bob, secret) = add(&world.people, addition("bob"), Whom::Everybody, at(0)).unwrap();
    let secret = secret.unwrap();
    assert_eq!((bob.about.display_name.as_str(), bob.password), ("bob", None));
    assert_eq!(no(world.knock("bob", PASSWORD, OFFICE, 0)).code, "sign-in-wrong");
    take_for_password(&world.people, &world.passwords, secret.reveal(), PASSWORD, at(1)).unwrap();
    world.signed_in("bob", 2);
    for (addition, code) in [
        (addition("ann"), "name-taken"),
        (addition("@eve"), "invalid-name"),
        (Addition { display_name: "E <e>", ..addition("eve") }, "invalid-name"),
        (Addition { email: Some("eve"), ..addition("eve") }, "invalid-email"),
    ] {
        assert_eq!(no(add(&world.people, addition, Whom::Everybody, at(0))).code, code);
    }
    assert!(world.people.person("eve").unwrap().is_none());
    assert!(!world.people.groups_of(&bob.name).unwrap().contains(ADMINISTRATORS));
    let eve = Addition { role: Role::Administrator, ..addition("eve") };
    let (eve, _) = add(&world.people, eve, Whom::Everybody, at(0)).unwrap();
    assert!(world.people.groups_of(&eve.name).unwrap().contains(ADMINISTRATORS));
}

/// A secret of which nobody could make anything is not given away.
#[test]
fn where_a_password_lets_nobody_in_nobody_is_given_a_secret_to_choose_one() {
    let world = World::of(&[]);
    let (bob, none) = add(&world.people, addition("bob"), Whom::Administrators, at(0)).unwrap();
    assert!(none.is_none());
    assert_eq!(no(reset(&world.people, &bob.name, Whom::Administrators, at(1))).code, "passwords-off");
    let root = Addition { role: Role::Administrator, ..addition("root") };
    let (root, secret) = add(&world.people, root, Whom::Administrators, at(0)).unwrap();
    take_for_password(&world.people, &world.passwords, secret.unwrap().reveal(), PASSWORD, at(1)).unwrap();
    assert!(reset(&world.people, &root.name, Whom::Administrators, at(2)).is_ok());
}

#[test]
fn what_is_known_of_somebody_changes_where_it_is_said() {
    let world = World::of(&["ann"]);
    let known = |display_name: Option<&str>, email: Option<&str>| {
        let person = describe(&world.people, "ANN", display_name, email).unwrap();
        assert_eq!(world.people.person("ann").unwrap().unwrap(), person);
        (person.about.display_name, person.about.email)
    };
    assert_eq!(
        known(Some(" Ann Other "), Some("ann@example.org")),
        ("Ann Other".into(), Some("ann@example.org".into()))
    );
    assert_eq!(known(None, None), ("Ann Other".into(), Some("ann@example.org".into())));
    assert_eq!(known(Some(""), Some("")), ("ann".into(), None));
    assert_eq!(no(describe(&world.people, "ann", Some("a\nb"), None)).code, "invalid-name");
    let unknown = no(describe(&world.people, "anne", None, None));
    assert_eq!((unknown.code, unknown.remedy), ("unknown-user", Remedy::DidYouMean { name: "ann".into() }));
}

#[test]
fn who_is_sent_away_is_out_and_comes_back() {
    let world = World::of(&["ann", "bob"]);
    let (ann, bob) = (UserName::new("ann"), UserName::new("bob"));
    group::add(&world.people, ADMINISTRATORS, "ann").unwrap();
    let signed_in = world.signed_in("bob", 0);
    assert_eq!(no(disable(&world.people, "ann", Some(&ann))).code, "own-account");
    assert_eq!(no(disable(&world.people, "ANN", Some(&ann))).code, "own-account");
    assert_eq!(no(disable(&world.people, "ann", None)).code, "last-administrator");
    assert_eq!(no(disable(&world.people, "eve", None)).code, "unknown-user");
    assert_eq!(disable(&world.people, "bob", Some(&ann)).unwrap().state, PersonState::Disabled);
    assert_eq!(no(session::who(&world.people, signed_in.secret.reveal(), at(1))).code, "session-over");
    assert_eq!(no(reset(&world.people, &bob, Whom::Everybody, at(1))).code, "user-disabled");
    assert_eq!(enable(&world.people, "bob").unwrap().state, PersonState::Active);
    world.signed_in("bob", 2);
    let secret = reset(&world.people, &bob, Whom::Everybody, at(3)).unwrap();
    world.signed_in("bob", 4);
    take_for_password(&world.people, &world.passwords, secret.reveal(), "another horse", at(5)).unwrap();
    assert_eq!(no(world.knock("bob", PASSWORD, OFFICE, 6)).code, "sign-in-wrong");
}

#[test]
fn groups_are_of_those_who_are_put_into_them() {
    let world = World::of(&["ann", "bob"]);
    group::add(&world.people, "testers", "Bob").unwrap();
    assert!(world.people.groups_of(&UserName::new("bob")).unwrap().contains("testers"));
    assert_eq!(no(group::add(&world.people, "@testers", "bob")).code, "invalid-name");
    assert_eq!(no(group::add(&world.people, "testers", "eve")).code, "unknown-user");
    assert_eq!(no(group::remove(&world.people, "testers", "ann")).code, "unknown-member");
    group::remove(&world.people, "testers", "bob").unwrap();
    assert!(world.people.groups().unwrap().is_empty());
    group::add(&world.people, ADMINISTRATORS, "ann").unwrap();
    assert_eq!(no(group::remove(&world.people, ADMINISTRATORS, "ann")).code, "last-administrator");
    group::add(&world.people, ADMINISTRATORS, "bob").unwrap();
    group::remove(&world.people, ADMINISTRATORS, "ann").unwrap();
    world.people.replace_claimed(&UserName::new("ann"), &["dev".to_owned()].into()).unwrap();
    let claimed = no(group::remove(&world.people, "dev", "ann"));
    assert!(claimed.code == "unknown-member" && claimed.message.contains("provider"), "{claimed}");
}
