//! What every database of people must do, whichever it is: persons and groups, and what the other parts need. An adapter
//! runs these by giving a way to open the same new, empty database as often as asked.

use std::collections::BTreeSet;
use switchback_core::ports::people::People;
use switchback_core::ports::people::administrators::SteppedBack;
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::ports::people::groups::{ADMINISTRATORS, Member, Origin};
use switchback_core::ports::people::persons::{About, OutsideIdentity, PasswordHash, Person, PersonState, Written};
use switchback_core::ports::people::sessions::{Proof, Session};
use switchback_core::words::names::{Time, UserName};

/// Opens the database once more, as another process would.
pub type Open<'a> = dyn Fn() -> Box<dyn People> + Sync + 'a;

/// One part of the contract; it begins with an empty database.
pub type Part = fn(&Open<'_>);

/// The contract on persons and groups, by name.
pub const CONTRACT: &[(&str, Part)] = &[
    ("an empty database", an_empty_database),
    ("a person is read back", a_person_is_read_back),
    ("names that differ in capitals are one", names_that_differ_in_capitals_are_one),
    ("a person may become another at the provider", a_person_may_become_another_at_the_provider),
    ("a name that was given up is still theirs", a_name_that_was_given_up_is_still_theirs),
    ("who is disabled is out", who_is_disabled_is_out),
    ("another password ends sessions", another_password_ends_sessions),
    ("groups", groups),
    ("claims replace claims alone", claims_replace_claims_alone),
    ("somebody is left who runs the server", somebody_is_left_who_runs_the_server),
    ("of two who send each other away one stays", of_two_who_send_each_other_away_one_stays),
];

/// A fingerprint that can be told from others.
pub fn print(number: u8) -> Fingerprint {
    Fingerprint::new([number; 32])
}

/// The hash that [`person`] has.
pub fn password() -> PasswordHash {
    PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA")
}

/// Somebody who may come in.
pub fn person(name: &str) -> Person {
    Person {
        name: UserName::new(name),
        about: About { display_name: format!("{name} Other"), email: None, identity: None },
        state: PersonState::Active,
        password: Some(password()),
        created: Time(100),
    }
}

/// A session of somebody, begun at 100, that ends at 1100 or after 50 without a sign of life.
pub fn session(name: &str, number: u8) -> Session {
    Session {
        hash: print(number),
        person: UserName::new(name),
        created: Time(100),
        seen: Time(100),
        expires: Time(1100),
        idle_limit: 50,
        agent: "Lynx'; --\n".into(),
        csrf: "c".into(),
    }
}

/// Adds somebody, who is given back.
pub fn add(people: &dyn People, name: &str) -> UserName {
    let person = person(name);
    assert_eq!(people.add_person(&person).unwrap(), Written::Done);
    person.name
}

/// Begins a session by the password that [`person`] has.
pub fn begin(people: &dyn People, session: &Session) {
    assert!(people.begin_session(session, Proof::Password(&password())).unwrap());
}

fn an_empty_database(open: &Open<'_>) {
    let people = open();
    let nobody = UserName::new("nobody");
    assert_eq!(people.persons().unwrap(), vec![]);
    assert_eq!(people.person("nobody").unwrap(), None);
    assert!(!people.set_state(&nobody, PersonState::Active).unwrap());
    assert!(!people.set_password(&nobody, None, None).unwrap());
    assert_eq!(people.describe_person(&nobody, &About::default()).unwrap(), Written::Unknown);
    assert!(people.groups().unwrap().is_empty() && people.groups_of(&nobody).unwrap().is_empty());
    assert!(!people.add_member("dev", &nobody).unwrap() && !people.remove_member("dev", &nobody).unwrap());
    assert!(!people.replace_claimed(&nobody, &BTreeSet::from(["dev".into()])).unwrap());
    assert!(!people.begin_session(&session("nobody", 1), Proof::Outside).unwrap());
    assert_eq!((people.session(&print(1)).unwrap(), people.token(&print(1)).unwrap()), (None, None));
    assert_eq!(people.invitation(&print(1)).unwrap(), None);
    assert!(!people.end_session(&print(1)).unwrap() && !people.revoke_token("t", Time(1)).unwrap());
    assert!(!people.has_administrator().unwrap());
    people.touch_session(&print(1), Time(1)).unwrap();
    people.touch_token("t", Time(1)).unwrap();
    assert_eq!(people.drop_ended_sessions(Time(i64::MAX)).unwrap(), 0);
    assert_eq!(people.drop_ended_invitations(Time(i64::MAX)).unwrap(), 0);
    assert_eq!(people.forget_attempts(Time(i64::MAX)).unwrap() + people.forget_claims(Time(i64::MAX)).unwrap(), 0);
}

fn a_person_is_read_back(open: &Open<'_>) {
    let people = open();
    let identity = OutsideIdentity { issuer: "https://id.example".into(), subject: "42".into() };
    let odd = Person {
        about: About {
            display_name: "Zoë '; --".into(),
            email: Some("zoë@example.org".into()),
            identity: Some(identity.clone()),
        },
        state: PersonState::Disabled,
        password: None,
        created: Time(-5),
        ..person("zoë@example.org")
    };
    assert_eq!(people.add_person(&odd).unwrap(), Written::Done);
    add(&*people, "Ann");
    let again = open();
    assert_eq!(again.person("zoë@example.org").unwrap(), Some(odd.clone()));
    assert_eq!(again.person_of(&identity).unwrap(), Some(odd.clone()));
    let other = OutsideIdentity { subject: "43".into(), ..identity };
    assert_eq!(again.person_of(&other).unwrap(), None);
    assert_eq!(again.person_at("zoë@EXAMPLE.org").unwrap(), Some(odd.clone()));
    // Nobody is found by having none.
    assert_eq!((again.person_at("").unwrap(), again.person_at("ann@example.org").unwrap()), (None, None));
    assert_eq!(again.persons().unwrap(), [person("Ann"), odd]);
}

fn names_that_differ_in_capitals_are_one(open: &Open<'_>) {
    let people = open();
    add(&*people, "Zoë");
    for name in ["Zoë", "zoë", "ZOË"] {
        assert_eq!(people.person(name).unwrap().unwrap().name, UserName::new("Zoë"));
        assert_eq!(people.add_person(&person(name)).unwrap(), Written::NameTaken);
    }
    assert_eq!(people.person("Zoe").unwrap(), None);
    assert_eq!(people.persons().unwrap().len(), 1);
}

fn a_person_may_become_another_at_the_provider(open: &Open<'_>) {
    let people = open();
    let [ann, bob] = ["ann", "bob"].map(|name| add(&*people, name));
    let identity = OutsideIdentity { issuer: "https://id.example".into(), subject: "1".into() };
    let about = About { display_name: "Ann".into(), email: None, identity: Some(identity.clone()) };
    for _ in 0..2 {
        assert_eq!(people.describe_person(&ann, &about).unwrap(), Written::Done, "they may stay who they are");
    }
    assert_eq!(people.describe_person(&bob, &about).unwrap(), Written::IdentityTaken);
    let third = Person { about: about.clone(), ..person("third") };
    assert_eq!(people.add_person(&third).unwrap(), Written::IdentityTaken);
    assert_eq!(people.person_of(&identity).unwrap().unwrap().name, ann);
    assert_eq!(people.describe_person(&ann, &About::default()).unwrap(), Written::Done);
    assert_eq!(people.describe_person(&bob, &about).unwrap(), Written::Done);
    assert_eq!(people.person_of(&identity).unwrap().unwrap().name, bob);
    assert_eq!(people.person("bob").unwrap().unwrap().password, Some(password()), "nothing else changed");
}

fn a_name_that_was_given_up_is_still_theirs(open: &Open<'_>) {
    let people = open();
    let [ann, bob] = ["ann", "bob"].map(|name| add(&*people, name));
    let identity = OutsideIdentity { issuer: "https://id.example".into(), subject: "42".into() };
    let email = Some("ann@example.org".to_owned());
    let known = About { display_name: "Ann Bell".into(), email, identity: Some(identity) };
    let fresh = About { display_name: "Zed".into(), email: Some(String::new()), identity: None };
    for about in [&known, &fresh, &fresh] {
        assert_eq!(people.describe_person(&ann, about).unwrap(), Written::Done);
    }
    let all = ["ann Other", "Ann Bell", "ann@example.org", "42", "Zed"].map(str::to_owned);
    assert_eq!(open().called(&ann).unwrap(), BTreeSet::from(all));
    assert_eq!(people.called(&bob).unwrap(), BTreeSet::from(["bob Other".to_owned()]), "another's are another's");
    // What was refused was never theirs.
    let taken = About { display_name: "Ann Bell".into(), ..known.clone() };
    assert_eq!(people.describe_person(&bob, &taken).unwrap(), Written::Done);
    assert_eq!(
        people.describe_person(&ann, &About { display_name: "Q".into(), ..known }).unwrap(),
        Written::IdentityTaken
    );
    assert!(!people.called(&ann).unwrap().contains("Q"));
    assert!(people.called(&UserName::new("nobody")).unwrap().is_empty());
}

fn who_is_disabled_is_out(open: &Open<'_>) {
    let people = open();
    let [ann, bob] = ["ann", "bob"].map(|name| add(&*people, name));
    begin(&*people, &session("ann", 1));
    begin(&*people, &session("bob", 2));
    people.add_member(ADMINISTRATORS, &ann).unwrap();
    assert!(people.has_administrator().unwrap());
    assert!(people.set_state(&ann, PersonState::Disabled).unwrap());
    assert_eq!(people.person("ann").unwrap().unwrap().state, PersonState::Disabled);
    assert_eq!(people.sessions_of(&ann).unwrap(), vec![]);
    assert_eq!(people.sessions_of(&bob).unwrap().len(), 1);
    assert!(!people.has_administrator().unwrap(), "who may not come in runs nothing");
    for proof in [Proof::Password(&password()), Proof::Outside] {
        assert!(!people.begin_session(&session("ann", 3), proof).unwrap());
    }
    assert!(people.set_state(&ann, PersonState::Active).unwrap());
    begin(&*people, &session("ann", 3));
    assert!(people.has_administrator().unwrap());
}

fn another_password_ends_sessions(open: &Open<'_>) {
    let people = open();
    let ann = add(&*people, "ann");
    add(&*people, "bob");
    for number in 1..=3 {
        begin(&*people, &session("ann", number));
    }
    begin(&*people, &session("bob", 9));
    let other = PasswordHash::new("$argon2id$other");
    assert!(people.set_password(&ann, Some(&other), Some(&print(2))).unwrap());
    assert_eq!(people.sessions_of(&ann).unwrap(), [session("ann", 2)]);
    assert!(people.session(&print(9)).unwrap().is_some(), "others stay");
    assert!(!people.begin_session(&session("ann", 4), Proof::Password(&password())).unwrap(), "it was the old one");
    assert!(people.begin_session(&session("ann", 4), Proof::Password(&other)).unwrap());
    assert!(people.set_password(&ann, None, None).unwrap());
    assert_eq!(people.sessions_of(&ann).unwrap(), vec![]);
    assert!(!people.begin_session(&session("ann", 5), Proof::Password(&other)).unwrap());
    assert!(people.begin_session(&session("ann", 5), Proof::Outside).unwrap());
}

fn groups(open: &Open<'_>) {
    let people = open();
    let [ann, bob] = ["ann", "bob"].map(|name| add(&*people, name));
    for (group, person) in [("dev", &bob), ("dev", &ann), ("dev", &ann), ("ops'; --", &ann)] {
        assert!(people.add_member(group, person).unwrap());
    }
    let here = |person: &UserName| Member { person: person.clone(), origin: Origin::Here };
    let again = open();
    let found: Vec<_> = again.groups().unwrap().into_iter().collect();
    let expected = [("dev".to_owned(), vec![here(&ann), here(&bob)]), ("ops'; --".to_owned(), vec![here(&ann)])];
    assert_eq!(found, expected);
    assert_eq!(again.groups_of(&ann).unwrap(), BTreeSet::from(["dev".to_owned(), "ops'; --".to_owned()]));
    assert!(people.remove_member("dev", &ann).unwrap() && !people.remove_member("dev", &ann).unwrap());
    assert!(people.remove_member("dev", &bob).unwrap());
    assert_eq!(people.groups().unwrap().len(), 1, "without members there is no group");
}

fn claims_replace_claims_alone(open: &Open<'_>) {
    let people = open();
    let [ann, bob] = ["ann", "bob"].map(|name| add(&*people, name));
    let claim = |person: &UserName, groups: &[&str]| {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        assert!(people.replace_claimed(person, &groups).unwrap());
    };
    people.add_member("dev", &ann).unwrap();
    claim(&ann, &["dev", "qa"]);
    claim(&bob, &["qa"]);
    let dev = &people.groups().unwrap()["dev"];
    assert_eq!(dev.iter().map(|member| member.origin).collect::<Vec<_>>(), [Origin::Here, Origin::Claimed]);
    assert!(!people.remove_member("qa", &ann).unwrap(), "what the provider says is not ours to take back");
    claim(&ann, &["ops"]);
    assert_eq!(people.groups_of(&ann).unwrap(), BTreeSet::from(["dev".to_owned(), "ops".to_owned()]));
    assert_eq!(people.groups_of(&bob).unwrap(), BTreeSet::from(["qa".to_owned()]));
    claim(&ann, &[]);
    assert_eq!(people.groups_of(&ann).unwrap(), BTreeSet::from(["dev".to_owned()]));
}

fn somebody_is_left_who_runs_the_server(open: &Open<'_>) {
    let people = open();
    let [ann, bob, eve] = ["ann", "bob", "eve"].map(|name| add(&*people, name));
    let nobody = UserName::new("nobody");
    assert_eq!(people.disable_unless_last(&nobody).unwrap(), SteppedBack::Unknown);
    assert_eq!(people.step_down_unless_last(&ann).unwrap(), SteppedBack::Unknown);
    assert_eq!(people.disable_unless_last(&eve).unwrap(), SteppedBack::Done, "nobody runs it anyway");
    people.add_member(ADMINISTRATORS, &ann).unwrap();
    people.add_member(ADMINISTRATORS, &eve).unwrap();
    begin(&*people, &session("ann", 1));
    assert_eq!(people.disable_unless_last(&ann).unwrap(), SteppedBack::Last, "who is disabled runs nothing");
    assert_eq!(people.step_down_unless_last(&ann).unwrap(), SteppedBack::Last);
    assert!(open().session(&print(1)).unwrap().is_some(), "nothing of it was done");
    people.add_member(ADMINISTRATORS, &bob).unwrap();
    assert_eq!(people.step_down_unless_last(&ann).unwrap(), SteppedBack::Done);
    assert_eq!(people.disable_unless_last(&ann).unwrap(), SteppedBack::Done);
    assert!(open().session(&print(1)).unwrap().is_none());
    assert_eq!(people.step_down_unless_last(&eve).unwrap(), SteppedBack::Done);
    people.replace_claimed(&bob, &BTreeSet::from([ADMINISTRATORS.to_owned()])).unwrap();
    assert_eq!(people.step_down_unless_last(&bob).unwrap(), SteppedBack::Done, "the provider says it as well");
    assert_eq!(people.step_down_unless_last(&bob).unwrap(), SteppedBack::Unknown);
    assert!(people.has_administrator().unwrap());
}

fn of_two_who_send_each_other_away_one_stays(open: &Open<'_>) {
    let people = open();
    for _ in 0..20 {
        let names = ["ann", "bob"].map(UserName::new);
        for name in &names {
            if people.person(name.as_str()).unwrap().is_none() {
                add(&*people, name.as_str());
            }
            people.set_state(name, PersonState::Active).unwrap();
            people.add_member(ADMINISTRATORS, name).unwrap();
        }
        let ended = std::thread::scope(|scope| {
            let all = names.each_ref().map(|name| scope.spawn(|| open().disable_unless_last(name).unwrap()));
            all.map(|one| one.join().unwrap())
        });
        assert!(ended.contains(&SteppedBack::Done) && ended.contains(&SteppedBack::Last), "{ended:?}");
    }
}
