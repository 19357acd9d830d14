//! API tokens: who comes with one, and how far it reaches.

use crate::world::{World, at, no};
use switchback_core::ports::people::persons::{PersonState, Persons};
use switchback_core::ports::people::tokens::ApiTokens;
use switchback_core::words::names::UserName;
use switchback_people::secret::{Kind, Secret};
use switchback_people::token::{Made, Wish, make, revoke, who};

fn wish() -> Wish {
    Wish {
        person: UserName::new("ann"),
        name: "CI".into(),
        privileges: Vec::new(),
        pipelines: Vec::new(),
        stages: Vec::new(),
        plan_only: false,
        expires: at(100),
    }
}

fn made(world: &World) -> Made {
    make(&world.people, wish(), at(1)).unwrap()
}

#[test]
fn a_token_says_for_whom_it_acts() {
    let world = World::of(&["ann"]);
    let Made { secret, token } = made(&world);
    let bearer = who(&world.people, secret.reveal(), at(2)).unwrap();
    assert_eq!((bearer.person.name.as_str(), bearer.token), ("ann", token.clone()));
    assert_eq!(world.people.token(&token.hash).unwrap().unwrap().used, Some(at(2)));
    assert_eq!(token.id.len(), 16);
    assert!(!format!("{secret:?} {token:?}").contains(secret.reveal()));
    let nobodys = Wish { person: UserName::new("nobody"), ..wish() };
    assert_eq!(no(make(&world.people, nobodys, at(1))).code, "unknown-user");
    assert_eq!(no(make(&world.people, Wish { name: " ".into(), ..wish() }, at(1))).code, "invalid-name");
    let as_typed = make(&world.people, Wish { person: UserName::new("ANN"), ..wish() }, at(1)).unwrap();
    assert_eq!(as_typed.token.person.as_str(), "ann", "the ledger names her so");
    world.people.set_state(&token.person, PersonState::Disabled).unwrap();
    assert_eq!(no(make(&world.people, wish(), at(1))).code, "user-disabled");
}

#[test]
fn tokens_that_are_of_no_use() {
    let world = World::of(&["ann"]);
    let Made { secret, token } = made(&world);
    let come = |minute| who(&world.people, secret.reveal(), at(minute));
    assert!(come(99).is_ok());
    assert_eq!(no(come(100)).code, "token-expired");
    world.people.set_state(&token.person, PersonState::Disabled).unwrap();
    assert_eq!(no(come(3)).code, "person-disabled");
    world.people.set_state(&token.person, PersonState::Active).unwrap();
    assert!(come(3).is_ok(), "it is theirs again");
    assert!(revoke(&world.people, &token.id, at(4)).unwrap());
    assert!(!revoke(&world.people, "none", at(4)).unwrap());
    assert_eq!(no(come(5)).code, "token-revoked");
    assert_eq!(no(come(200)).code, "token-revoked");
    let never = Secret::new(Kind::ApiToken).unwrap();
    for text in ["", "sbt_", never.reveal(), &secret.reveal().replace("sbt_", "sbs_"), &token.id] {
        assert_eq!(no(who(&world.people, text, at(5))).code, "token-unknown", "{text}");
    }
}
