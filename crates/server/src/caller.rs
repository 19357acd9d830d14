//! Who a request comes from, as the guard found out. Never a header's word alone (`SPEC S4`, `W3`).

use crate::failure::no;
use std::collections::BTreeSet;
use switchback_api::Failure;
use switchback_core::ledger::snapshot::{Actor, Through};
use switchback_core::ports::people::People;
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::ports::people::persons::{Person, folded};
use switchback_core::ports::people::sessions::Session;
use switchback_core::ports::people::tokens::ApiToken;
use switchback_core::records::grant::Privilege;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;

/// Somebody the server knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// Who.
    pub person: Person,
    /// The groups they are in.
    pub groups: BTreeSet<String>,
    /// Everything that they are called or were called here.
    pub called: BTreeSet<String>,
    /// By what they came in.
    pub by: By,
}

/// By what somebody came in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum By {
    /// They signed in.
    Session(Session),
    /// A program acts for them.
    Token(ApiToken),
    /// They sit at the machine itself, and may do there what files they may write.
    Console,
}

/// How far a request goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// It looks.
    Read,
    /// It asks what would happen.
    Plan,
    /// It does something.
    Act,
}

impl Caller {
    /// Somebody who came in, with what the server knows of them.
    ///
    /// # Errors
    /// Those of what is kept.
    pub fn of(people: &dyn People, person: Person, by: By) -> Result<Self, Fault> {
        let (groups, called) = (people.groups_of(&person.name)?, people.called(&person.name)?);
        Ok(Self { person, groups, called, by })
    }

    /// As rules see them.
    pub fn actor(&self) -> Actor {
        let (groups, through) = (self.groups.clone(), self.through());
        Actor { groups, through, ..actor(&self.person, &self.called) }
    }

    fn through(&self) -> Option<Through> {
        let By::Token(token) = &self.by else { return None };
        let reach = &token.reach;
        Some(Through {
            token: token.name.clone(),
            privileges: reach.privileges.iter().filter_map(|word| Privilege::parse(word)).collect(),
            stages: reach.stages.clone(),
        })
    }

    /// The token that a program came with.
    pub fn token_name(&self) -> Option<&str> {
        match &self.by {
            By::Token(token) => Some(&token.name),
            By::Session(_) | By::Console => None,
        }
    }

    /// Whether they run this server. A program does only with a token that is not narrowed.
    pub fn is_administrator(&self) -> bool {
        let whole = match &self.by {
            By::Token(token) => token.reach == Default::default(),
            By::Session(_) | By::Console => true,
        };
        whole && (self.groups.contains(ADMINISTRATORS) || matches!(self.by, By::Console))
    }

    /// Whether they are the person of that name, however its letters are capitalised. Who sits at the console is nobody's
    /// person.
    pub fn is(&self, name: &str) -> bool {
        self.own_name().is_some_and(|own| folded(own.as_str()) == folded(name))
    }

    /// The person they are; none at the console.
    pub fn own_name(&self) -> Option<&UserName> {
        match self.by {
            By::Console => None,
            By::Session(_) | By::Token(_) => Some(&self.person.name),
        }
    }

    /// Asks whether they came themselves, or with a program that may all that they may.
    ///
    /// # Errors
    /// `not-permitted`.
    pub fn require_whole(&self) -> Result<(), Failure> {
        match &self.by {
            By::Token(token) if token.reach != Default::default() => {
                Err(forbidden(format!("the token `{}` is for less than that", token.name), TOKEN))
            }
            _ => Ok(()),
        }
    }

    /// Asks whether they came themselves. What makes or ends ways to come in is no program's to do: a token that leaks
    /// is not to outlive itself.
    ///
    /// # Errors
    /// `not-permitted` for a token.
    pub fn require_in_person(&self) -> Result<(), Failure> {
        match &self.by {
            By::Session(_) | By::Console => Ok(()),
            By::Token(token) => {
                let message = format!("the token `{}` may not do that: it is for its person alone", token.name);
                Err(forbidden(message, "sign in, and do it there"))
            }
        }
    }

    /// Asks whether they may change anything about people at all. Whose it is comes later.
    ///
    /// # Errors
    /// `not-permitted` for a token that may only ask.
    pub fn admit_change(&self) -> Result<(), Failure> {
        match &self.by {
            By::Token(token) if token.reach.plan_only => Err(only_asks(token)),
            By::Token(_) | By::Session(_) | By::Console => Ok(()),
        }
    }

    /// Asks whether they run this server.
    ///
    /// # Errors
    /// `not-permitted`.
    pub fn require_administrator(&self) -> Result<(), Failure> {
        if self.is_administrator() {
            return Ok(());
        }
        let message = format!("{} is no administrator of this server", self.person.name);
        Err(forbidden(message, "ask one of the group `administrators`"))
    }

    /// Asks whether they may do something of this kind with a pipeline at all. What a rule asks of a person comes later.
    ///
    /// # Errors
    /// `not-permitted`, as far as a token does not reach.
    pub fn admit(&self, pipeline: &str, deed: Deed) -> Result<(), Failure> {
        let By::Token(token) = &self.by else { return Ok(()) };
        let (name, reach) = (&token.name, &token.reach);
        if !reach.pipelines.is_empty() && !reach.pipelines.iter().any(|one| one == pipeline) {
            return Err(forbidden(format!("the token `{name}` is for other pipelines"), TOKEN));
        }
        // No privilege that is known here is not every privilege: a newer program may have made the token.
        let nothing =
            !reach.privileges.is_empty() && reach.privileges.iter().all(|word| Privilege::parse(word).is_none());
        match deed {
            Deed::Act if reach.plan_only => Err(only_asks(token)),
            Deed::Act | Deed::Plan if nothing => {
                Err(forbidden(format!("the token `{name}` has no privilege that this server knows"), TOKEN))
            }
            Deed::Read | Deed::Plan | Deed::Act => Ok(()),
        }
    }
}

fn only_asks(token: &ApiToken) -> Failure {
    forbidden(format!("the token `{}` may only ask what would happen", token.name), TOKEN)
}

const TOKEN: &str = "make a token that reaches that far";

/// As commits name somebody, and by whatever else they were ever called.
pub fn actor(person: &Person, called: &BTreeSet<String>) -> Actor {
    let name = match person.about.display_name.as_str() {
        "" => person.name.to_string(),
        name => name.to_owned(),
    };
    let email = person.about.email.clone().unwrap_or_else(|| format!("{}@localhost", person.name));
    let also = called.iter().cloned().collect();
    Actor { also, ..Actor::new(person.name.clone(), name, email) }
}

fn forbidden(message: String, advice: &str) -> Failure {
    no("not-permitted", message, advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchback_core::ports::people::fingerprint::Fingerprint;
    use switchback_core::ports::people::persons::{About, PersonState};
    use switchback_core::ports::people::tokens::Reach;
    use switchback_core::words::names::Time;

    fn with(privileges: &[&str]) -> Caller {
        let person = Person {
            name: UserName::new("ann"),
            about: About::default(),
            state: PersonState::Active,
            password: None,
            created: Time(0),
        };
        let privileges = privileges.iter().map(|word| (*word).to_owned()).collect();
        let token = ApiToken {
            id: "1".to_owned(),
            hash: Fingerprint::new([0; 32]),
            person: person.name.clone(),
            name: "CI".to_owned(),
            reach: Reach { privileges, ..Reach::default() },
            created: Time(0),
            expires: Time(1),
            used: None,
            revoked: None,
        };
        Caller { person, groups: BTreeSet::new(), called: BTreeSet::new(), by: By::Token(token) }
    }

    #[test]
    fn a_privilege_of_a_newer_program_opens_nothing() {
        for deed in [Deed::Plan, Deed::Act] {
            assert!(with(&["fly"]).admit("acme", deed).is_err());
            assert!(with(&["fly", "deploy"]).admit("acme", deed).is_ok());
            assert!(with(&[]).admit("acme", deed).is_ok());
        }
        assert!(with(&["fly"]).admit("acme", Deed::Read).is_ok());
    }
}
