//! `group list|add|remove`: the words it takes.

use crate::commands::console::Console;
use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::group::{AddRequest, ListRequest, RemoveRequest};

/// Say whom a grant to @GROUP means on a server, and who runs it
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  switchback group add testers ann\n  switchback group add administrators ann")]
pub struct GroupArguments {
    #[command(flatten)]
    pub(crate) console: Console,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    List(ListArguments),
    Add(AddArguments),
    Remove(RemoveArguments),
}

/// List groups with their members
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback group list")]
struct ListArguments {}

/// Put a person into a group; there is a group as soon as somebody is in it
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback group add testers ann")]
struct AddArguments {
    /// Which group, without the @
    group: String,
    /// Whom
    #[arg(value_name = "USER")]
    person: String,
}

/// Take a person out of a group again
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback group remove testers ann")]
struct RemoveArguments {
    /// Which group, without the @
    group: String,
    /// Whom
    #[arg(value_name = "USER")]
    person: String,
}

impl GroupArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what {
            What::List(ListArguments {}) => session.tell(&ListRequest::default(), render::group::list).await,
            What::Add(AddArguments { group, person }) => {
                session.tell(&AddRequest { group, user: person }, render::group::show).await
            }
            What::Remove(RemoveArguments { group, person }) => {
                session.tell(&RemoveRequest { group, user: person }, render::group::show).await
            }
        }
    }
}
