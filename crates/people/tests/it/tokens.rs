//! API tokens: who comes with one, and how far it reaches.

use crate::world::{World, at, no};
use switchback_core::ports::people::persons::{PersonState, Persons};
use switchback_core::ports::people::tokens::{ApiTokens, Reach};
use switchback_core::records::grant::Privilege;
use switchback_core::words::names::{StageName, UserName};
use switchback_people::secret::{Kind, Secret};
use switchback_people::token::{Act, Beyond, Deed, Made, Wish, make, reaches, revoke, who};

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
    make(&world.people, wish(), at(1)).unwrap().unwrap()
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
    assert!(make(&world.people, nobodys, at(1)).unwrap().is_none());
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

fn deed(act: Act) -> Deed<'static> {
    Deed { pipeline: "acme", stage: None, act }
}

#[test]
fn a_token_without_limits_reaches_everything() {
    for act in [Act::Read, Act::Plan(Privilege::Administer), Act::Do(Privilege::Administer)] {
        assert_eq!(reaches(&Reach::default(), deed(act)), Ok(()));
    }
}

#[test]
fn a_token_keeps_to_its_privileges() {
    let reach = |words: &[&str]| Reach {
        privileges: words.iter().map(|word| (*word).to_owned()).collect(),
        ..Reach::default()
    };
    let asked = |words: &[&str], privilege| reaches(&reach(words), deed(Act::Do(privilege)));
    assert_eq!(asked(&["deploy", "record"], Privilege::Record), Ok(()));
    assert_eq!(asked(&["deploy"], Privilege::Record), Err(Beyond::Privilege(Privilege::Record)));
    assert_eq!(asked(&["promote-any"], Privilege::PromoteNext), Ok(()));
    assert_eq!(asked(&["promote-next"], Privilege::PromoteAny), Err(Beyond::Privilege(Privilege::PromoteAny)));
    assert_eq!(asked(&["administer"], Privilege::Rollback), Ok(()));
    let unheard = asked(&["fly"], Privilege::Record);
    assert_eq!(unheard, Err(Beyond::Privilege(Privilege::Record)), "a word of a newer Switchback opens nothing");
    let plan = reaches(&reach(&["deploy"]), deed(Act::Plan(Privilege::Record)));
    assert_eq!(plan, Err(Beyond::Privilege(Privilege::Record)));
    assert_eq!(reaches(&reach(&["deploy"]), deed(Act::Read)), Ok(()));
    assert_eq!(Beyond::Privilege(Privilege::Record).to_string(), "is without the privilege `record`");
}

#[test]
fn a_token_keeps_to_its_pipelines_and_stages() {
    let (qa, prod) = (StageName::new("QA"), StageName::new("PROD"));
    let reach = Reach { pipelines: vec!["acme".into()], stages: vec![qa.clone()], ..Reach::default() };
    let asked = |pipeline, stage, act| reaches(&reach, Deed { pipeline, stage, act });
    let act = Act::Do(Privilege::Deploy);
    assert_eq!(asked("acme", Some(&qa), act), Ok(()));
    assert_eq!(asked("acme", Some(&prod), act), Err(Beyond::Stage));
    assert_eq!(asked("acme", None, act), Err(Beyond::Stage), "what concerns all stages concerns others");
    assert_eq!(asked("acme", Some(&prod), Act::Plan(Privilege::Deploy)), Err(Beyond::Stage));
    assert_eq!(asked("acme", Some(&prod), Act::Read), Ok(()));
    for act in [Act::Read, act] {
        assert_eq!(asked("other", Some(&qa), act), Err(Beyond::Pipeline));
    }
}

#[test]
fn a_token_for_plans_does_nothing() {
    let reach = Reach { plan_only: true, ..Reach::default() };
    assert_eq!(reaches(&reach, deed(Act::Plan(Privilege::Deploy))), Ok(()));
    assert_eq!(reaches(&reach, deed(Act::Do(Privilege::Deploy))), Err(Beyond::PlanOnly));
    assert_eq!(reaches(&reach, deed(Act::Read)), Ok(()));
}
