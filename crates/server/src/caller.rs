//! Who a request comes from, as the guard found out. Never a header's word alone (`SPEC S4`, `W3`).

use crate::failure::no;
use std::collections::BTreeSet;
use switchback_api::Failure;
use switchback_core::ledger::snapshot::{Actor, Through};
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::ports::people::persons::Person;
use switchback_core::ports::people::sessions::Session;
use switchback_core::ports::people::tokens::ApiToken;
use switchback_core::records::grant::Privilege;

/// Somebody the server knows.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub person: Person,
    /// The groups they are in.
    pub groups: BTreeSet<String>,
    /// By what they came in.
    pub by: By,
}

/// By what somebody came in.
#[derive(Clone, Debug)]
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
    /// As rules see them.
    pub fn actor(&self) -> Actor {
        let (groups, through) = (self.groups.clone(), self.through());
        Actor { groups, through, ..actor(&self.person) }
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

    /// Whether they run this server. A program does only with a token that is not narrowed.
    pub fn is_administrator(&self) -> bool {
        let whole = match &self.by {
            By::Token(token) => token.reach == Default::default(),
            By::Session(_) | By::Console => true,
        };
        whole && (self.groups.contains(ADMINISTRATORS) || matches!(self.by, By::Console))
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
        match deed == Deed::Act && reach.plan_only {
            true => Err(forbidden(format!("the token `{name}` may only ask what would happen"), TOKEN)),
            false => Ok(()),
        }
    }
}

const TOKEN: &str = "make a token that reaches that far";

/// As commits name somebody.
pub fn actor(person: &Person) -> Actor {
    let name = match person.about.display_name.as_str() {
        "" => person.name.to_string(),
        name => name.to_owned(),
    };
    let email = person.about.email.clone().unwrap_or_else(|| format!("{}@localhost", person.name));
    Actor::new(person.name.clone(), name, email)
}

fn forbidden(message: String, advice: &str) -> Failure {
    no("not-permitted", message, advice)
}
