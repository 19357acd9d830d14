//! A server's people, with passwords that cost little to hash.

use switchback_core::ports::people::persons::{About, Person, PersonState, Persons, Written};
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::SqlitePeople;
use switchback_people::not_in::{NotIn, Stop};
use switchback_people::password::{Cost, Passwords};
use switchback_people::session::{Lasting, SignedIn};
use switchback_people::sign_in::{Entrance, Knock, LIMITS, Whom, sign_in};
use tempfile::TempDir;

/// Everybody's password, unless it is said otherwise.
pub const PASSWORD: &str = "correct horse battery";
/// A minute, in milliseconds.
pub const MINUTE: i64 = 60_000;
/// Where people sit.
pub const OFFICE: &str = "192.0.2.1";
/// Where strangers sit.
pub const ELSEWHERE: &str = "198.51.100.9";

pub struct World {
    pub people: SqlitePeople,
    pub passwords: Passwords,
    _folder: TempDir,
}

impl World {
    /// With these people in it.
    pub fn of(names: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let people = SqlitePeople::open(&folder.path().join("people.sqlite")).unwrap();
        let passwords = Passwords::new(Cost { memory: 8, passes: 1, lanes: 1 }).unwrap();
        let world = Self { people, passwords, _folder: folder };
        for name in names {
            let person = Person {
                name: UserName::new(name),
                about: About::default(),
                state: PersonState::Active,
                password: Some(world.passwords.choose(PASSWORD, name).unwrap()),
                created: Time(0),
            };
            assert_eq!(world.people.add_person(&person).unwrap(), Written::Done);
        }
        world
    }

    pub fn entrance(&self) -> Entrance<'_> {
        let (people, passwords) = (&self.people, &self.passwords);
        Entrance { people, passwords, limits: LIMITS, lasting: Lasting::default(), whom: Whom::Everybody }
    }

    /// Somebody comes with a name and a password.
    pub fn knock(&self, name: &str, password: &str, from: &str, minute: i64) -> Result<SignedIn, Stop> {
        sign_in(&self.entrance(), knock(name, password, from, minute), "Lynx")
    }

    /// Somebody comes in.
    pub fn signed_in(&self, name: &str, minute: i64) -> SignedIn {
        self.knock(name, PASSWORD, OFFICE, minute).unwrap()
    }
}

pub fn knock<'a>(name: &'a str, password: &'a str, from: &str, minute: i64) -> Knock<'a> {
    Knock { name, password, from: from.parse().unwrap(), at: at(minute) }
}

pub fn at(minute: i64) -> Time {
    Time(minute * MINUTE)
}

/// The answer to somebody who was not let in.
pub fn no<T: std::fmt::Debug>(answer: Result<T, Stop>) -> NotIn {
    match answer {
        Err(Stop::NotIn(no)) => *no,
        other => panic!("they were to be told no: {other:?}"),
    }
}
