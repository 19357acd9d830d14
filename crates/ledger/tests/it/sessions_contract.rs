//! What every database of people must do about sessions, API tokens and invitations.

use super::people_contract::{Open, Part, add, begin, person, print, session};
use std::thread;
use switchback_core::ports::people::groups::{ADMINISTRATORS, Member, Origin};
use switchback_core::ports::people::invitations::{Invitation, Purpose, Taken};
use switchback_core::ports::people::persons::{PasswordHash, PersonState};
use switchback_core::ports::people::sessions::Session;
use switchback_core::ports::people::tokens::{ApiToken, Reach};
use switchback_core::words::names::{StageName, Time, UserName};

/// The contract, by name.
pub const CONTRACT: &[(&str, Part)] = &[
    ("a session is read back", a_session_is_read_back),
    ("sessions end", sessions_end),
    ("sessions that are over are dropped", sessions_that_are_over_are_dropped),
    ("a token is read back", a_token_is_read_back),
    ("a token is taken back once", a_token_is_taken_back_once),
    ("every change makes another version", every_change_makes_another_version),
    ("the first administrator", the_first_administrator),
    ("there is one first administrator", there_is_one_first_administrator),
    ("a link for a password", a_link_for_a_password),
    ("a link that nobody may take", a_link_that_nobody_may_take),
    ("one of many takes an invitation", one_of_many_takes_an_invitation),
    ("invitations that are over are dropped", invitations_that_are_over_are_dropped),
];

fn a_session_is_read_back(open: &Open<'_>) {
    let people = open();
    let ann = add(&*people, "ann");
    let (older, newer) = (session("ann", 1), Session { created: Time(101), ..session("ann", 2) });
    begin(&*people, &older);
    begin(&*people, &newer);
    let again = open();
    assert_eq!(again.session(&print(1)).unwrap(), Some(older.clone()));
    assert_eq!(again.session(&print(3)).unwrap(), None);
    assert_eq!(again.sessions_of(&ann).unwrap(), [newer, older.clone()]);
    for at in [120, 110] {
        people.touch_session(&print(1), Time(at)).unwrap();
    }
    assert_eq!(again.session(&print(1)).unwrap(), Some(Session { seen: Time(120), ..older }));
}

fn sessions_end(open: &Open<'_>) {
    let people = open();
    let [ann, _] = ["ann", "bob"].map(|name| add(&*people, name));
    for number in 1..=4 {
        begin(&*people, &session("ann", number));
    }
    begin(&*people, &session("bob", 9));
    assert!(people.end_session(&print(1)).unwrap() && !people.end_session(&print(1)).unwrap());
    assert_eq!(people.end_sessions_of(&ann, Some(&print(3))).unwrap(), 2);
    assert_eq!(people.sessions_of(&ann).unwrap(), [session("ann", 3)]);
    assert_eq!(people.end_sessions_of(&ann, None).unwrap(), 1);
    assert!(people.session(&print(9)).unwrap().is_some(), "others stay");
}

fn sessions_that_are_over_are_dropped(open: &Open<'_>) {
    let people = open();
    add(&*people, "ann");
    // Not seen since 100; seen a moment ago; seen a moment ago, but old.
    begin(&*people, &session("ann", 1));
    begin(&*people, &Session { seen: Time(140), ..session("ann", 2) });
    begin(&*people, &Session { seen: Time(140), expires: Time(150), ..session("ann", 3) });
    assert_eq!(people.drop_ended_sessions(Time(149)).unwrap(), 0);
    assert_eq!(people.drop_ended_sessions(Time(150)).unwrap(), 2);
    assert!(people.session(&print(2)).unwrap().is_some());
    assert_eq!(people.drop_ended_sessions(Time(190)).unwrap(), 1);
}

fn token(id: &str, number: u8) -> ApiToken {
    ApiToken {
        id: id.into(),
        hash: print(number),
        person: UserName::new("ann"),
        name: "CI'; --".into(),
        reach: Reach::default(),
        created: Time(100),
        expires: Time(1100),
        used: None,
        revoked: None,
    }
}

fn a_token_is_read_back(open: &Open<'_>) {
    let people = open();
    assert!(!people.add_token(&token("one", 1)).unwrap(), "there is nobody to act for");
    let [ann, bob] = ["ann", "bob"].map(|name| add(&*people, name));
    let reach = Reach {
        privileges: vec!["promote-any".into(), "with \"quotes\", and commas".into()],
        pipelines: vec!["acme".into()],
        stages: vec![StageName::new("QA"), StageName::new("Ü")],
        plan_only: true,
    };
    let narrow = ApiToken { reach, created: Time(101), used: Some(Time(102)), ..token("two", 2) };
    let bobs = ApiToken { person: bob.clone(), revoked: Some(Time(103)), ..token("three", 3) };
    for token in [&token("one", 1), &narrow, &bobs] {
        assert!(people.add_token(token).unwrap());
    }
    let again = open();
    assert_eq!(again.token(&print(1)).unwrap(), Some(token("one", 1)));
    assert_eq!(again.tokens_of(&ann).unwrap(), [narrow.clone(), token("one", 1)]);
    assert_eq!(again.tokens_of(&bob).unwrap(), std::slice::from_ref(&bobs));
    assert_eq!(again.tokens().unwrap(), [narrow, token("one", 1), bobs]);
    for at in [120, 110] {
        people.touch_token("one", Time(at)).unwrap();
    }
    assert_eq!(again.token(&print(1)).unwrap().unwrap().used, Some(Time(120)));
}

fn a_token_is_taken_back_once(open: &Open<'_>) {
    let people = open();
    add(&*people, "ann");
    people.add_token(&token("one", 1)).unwrap();
    people.add_token(&token("two", 2)).unwrap();
    assert!(people.revoke_token("one", Time(200)).unwrap() && people.revoke_token("one", Time(300)).unwrap());
    assert_eq!(people.token(&print(1)).unwrap().unwrap().revoked, Some(Time(200)));
    assert_eq!(people.token(&print(2)).unwrap().unwrap().revoked, None);
    assert!(!people.revoke_token("three", Time(200)).unwrap());
}

fn first(number: u8) -> Invitation {
    let (created, expires) = (Time(100), Time(200));
    Invitation { hash: print(number), purpose: Purpose::FirstAdministrator, created, expires, used: None }
}

fn for_password(name: &str, number: u8) -> Invitation {
    Invitation { purpose: Purpose::Password(UserName::new(name)), ..first(number) }
}

fn every_change_makes_another_version(open: &Open<'_>) {
    let (people, other) = (open(), open());
    let mut last = people.version().unwrap();
    let mut is_another = || std::mem::replace(&mut last, people.version().unwrap()) != people.version().unwrap();
    assert!(!is_another());
    let ann = add(&*people, "ann");
    assert!(is_another(), "somebody was added");
    assert!(people.person("ann").unwrap().is_some() && people.sessions_of(&ann).unwrap().is_empty());
    assert!(!is_another(), "somebody was looked at");
    begin(&*other, &session("ann", 1));
    assert!(is_another(), "another process began a session");
    people.touch_session(&print(1), Time(150)).unwrap();
    assert!(is_another(), "somebody was seen");
    other.end_session(&print(1)).unwrap();
    assert!(is_another(), "another process ended it");
    other.add_member(ADMINISTRATORS, &ann).unwrap();
    assert!(is_another(), "another process put somebody into a group");
    people.set_state(&ann, PersonState::Disabled).unwrap();
    assert!(is_another(), "somebody was disabled");
    assert!(!is_another());
}

fn the_first_administrator(open: &Open<'_>) {
    let people = open();
    assert!(people.invite(&first(1)).unwrap());
    assert_eq!(people.invitation(&print(1)).unwrap(), Some(first(1)));
    let ann = person("ann");
    let take = |number, at| people.take_as_first(&print(number), &ann, Time(at)).unwrap();
    assert_eq!(take(1, 200), Taken::Over, "it has expired by then");
    assert_eq!(take(2, 150), Taken::Over, "there is none of that kind");
    assert!(people.invite(&first(2)).unwrap());
    assert_eq!(take(1, 150), Taken::Over, "the newer one stands in its place");
    assert_eq!(people.take_for_password(&print(2), &PasswordHash::new("x"), Time(150)).unwrap(), None);
    assert_eq!(people.persons().unwrap(), vec![]);
    assert_eq!(take(2, 150), Taken::Done);
    assert_eq!(people.person("ann").unwrap(), Some(ann.clone()));
    let members = vec![Member { person: ann.name.clone(), origin: Origin::Here }];
    assert_eq!(people.groups().unwrap()[ADMINISTRATORS], members);
    assert!(people.has_administrator().unwrap());
    assert_eq!(people.invitation(&print(2)).unwrap().unwrap().used, Some(Time(150)));
    assert_eq!(people.take_as_first(&print(2), &person("eve"), Time(151)).unwrap(), Taken::Over);
}

fn there_is_one_first_administrator(open: &Open<'_>) {
    let people = open();
    people.invite(&first(1)).unwrap();
    let ann = add(&*people, "Ann");
    assert_eq!(people.take_as_first(&print(1), &person("ann"), Time(150)).unwrap(), Taken::NameTaken);
    assert!(people.invitation(&print(1)).unwrap().unwrap().is_open(Time(150)), "another name may be chosen");
    people.add_member(ADMINISTRATORS, &ann).unwrap();
    assert_eq!(people.take_as_first(&print(1), &person("eve"), Time(150)).unwrap(), Taken::Over);
    people.set_state(&ann, PersonState::Disabled).unwrap();
    assert_eq!(people.take_as_first(&print(1), &person("eve"), Time(150)).unwrap(), Taken::Done);
}

fn a_link_for_a_password(open: &Open<'_>) {
    let people = open();
    let [ann, _] = ["ann", "bob"].map(|name| add(&*people, name));
    begin(&*people, &session("ann", 1));
    begin(&*people, &session("bob", 2));
    assert!(people.invite(&for_password("ann", 1)).unwrap() && people.invite(&for_password("bob", 2)).unwrap());
    assert!(people.invite(&for_password("ann", 3)).unwrap());
    let other = PasswordHash::new("$argon2id$other");
    let take = |number, at| people.take_for_password(&print(number), &other, Time(at)).unwrap();
    assert_eq!((take(1, 150), take(3, 200)), (None, None), "the newer one stands in its place, and ends at 200");
    assert_eq!(people.take_as_first(&print(3), &person("eve"), Time(150)).unwrap(), Taken::Over);
    assert_eq!(take(3, 150), Some(ann.clone()));
    assert_eq!(take(3, 150), None);
    assert_eq!(people.person("ann").unwrap().unwrap().password, Some(other.clone()));
    assert_eq!(people.sessions_of(&ann).unwrap(), vec![]);
    let bob = people.person("bob").unwrap().unwrap();
    assert_eq!((bob.password, people.sessions_of(&bob.name).unwrap().len()), (person("bob").password, 1));
    assert!(people.invitation(&print(2)).unwrap().unwrap().is_open(Time(150)), "others' links stay");
}

fn a_link_that_nobody_may_take(open: &Open<'_>) {
    let people = open();
    assert!(!people.invite(&for_password("ann", 1)).unwrap(), "there is nobody of that name");
    let ann = add(&*people, "ann");
    let other = PasswordHash::new("$argon2id$other");
    let take = |number| people.take_for_password(&print(number), &other, Time(150)).unwrap();
    people.invite(&for_password("ann", 1)).unwrap();
    people.set_password(&ann, None, None).unwrap();
    assert_eq!(take(1), None, "a password that was set since ends older links");
    people.invite(&for_password("ann", 2)).unwrap();
    people.set_state(&ann, PersonState::Disabled).unwrap();
    assert!(!people.invite(&for_password("ann", 3)).unwrap());
    people.set_state(&ann, PersonState::Active).unwrap();
    assert_eq!((take(2), take(3)), (None, None));
    assert_eq!(people.person("ann").unwrap().unwrap().password, None);
}

fn one_of_many_takes_an_invitation(open: &Open<'_>) {
    const THREADS: usize = 8;
    open().invite(&first(1)).unwrap();
    let takes: Vec<Taken> = thread::scope(|scope| {
        let takers: Vec<_> = (0..THREADS)
            .map(|number| {
                scope.spawn(move || {
                    let people = open();
                    people.take_as_first(&print(1), &person(&format!("p{number}")), Time(150)).unwrap()
                })
            })
            .collect();
        takers.into_iter().map(|taker| taker.join().unwrap()).collect()
    });
    assert_eq!(takes.iter().filter(|taken| **taken == Taken::Done).count(), 1, "{takes:?}");
    assert_eq!(takes.iter().filter(|taken| **taken == Taken::Over).count(), THREADS - 1);
    assert_eq!(open().persons().unwrap().len(), 1);
    let people = open();
    let name = people.persons().unwrap().remove(0).name;
    people.invite(&for_password(name.as_str(), 2)).unwrap();
    let takes: Vec<bool> = thread::scope(|scope| {
        let people = &*people;
        let take = move |number: usize| {
            let hash = PasswordHash::new(format!("$argon2id${number}"));
            people.take_for_password(&print(2), &hash, Time(150)).unwrap().is_some()
        };
        let takers: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || take(number))).collect();
        takers.into_iter().map(|taker| taker.join().unwrap()).collect()
    });
    assert_eq!(takes.iter().filter(|taken| **taken).count(), 1, "threads that share one are no different");
    let winner = takes.iter().position(|taken| *taken).unwrap();
    let password = PasswordHash::new(format!("$argon2id${winner}"));
    assert_eq!(people.persons().unwrap().remove(0).password, Some(password));
}

fn invitations_that_are_over_are_dropped(open: &Open<'_>) {
    let people = open();
    add(&*people, "ann");
    people.invite(&first(1)).unwrap();
    people.invite(&Invitation { expires: Time(300), ..for_password("ann", 2) }).unwrap();
    assert_eq!(people.drop_ended_invitations(Time(199)).unwrap(), 0);
    assert_eq!(people.drop_ended_invitations(Time(200)).unwrap(), 1);
    people.take_for_password(&print(2), &PasswordHash::new("x"), Time(200)).unwrap().unwrap();
    assert_eq!(people.drop_ended_invitations(Time(201)).unwrap(), 1, "it was taken");
}
