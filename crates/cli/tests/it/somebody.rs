//! Somebody whom a server knows, put beside its own folder: they need not be invited.

use switchback_core::ports::people::persons::{About, Person, PersonState, Persons as _};
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::SqlitePeople;
use switchback_people::token::{self, Wish};

/// Adds somebody, and makes a token of theirs.
pub fn made(people: &SqlitePeople, who: &str) -> String {
    let name = UserName::new(who);
    let about = About { display_name: who.to_owned(), ..About::default() };
    let person = Person { name: name.clone(), about, state: PersonState::Active, password: None, created: Time(0) };
    people.add_person(&person).expect("somebody is added");
    let wish = Wish {
        person: name,
        name: "tests".to_owned(),
        privileges: Vec::new(),
        pipelines: Vec::new(),
        stages: Vec::new(),
        plan_only: false,
        expires: Time(i64::MAX),
    };
    let made = token::make(people, wish, Time(0)).expect("a token");
    made.secret.reveal().to_owned()
}
