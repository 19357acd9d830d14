//! `subscription add|list|remove`: the words it takes.

use crate::commands::console::Console;
use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::subscription::{AddRequest, ListRequest, RemoveRequest};

/// Say of what a server tells you by mail
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback subscription add shop --kind conflict --kind rollback-failed")]
pub struct SubscriptionArguments {
    #[command(flatten)]
    pub(crate) console: Console,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Add(AddArguments),
    List(ListArguments),
    Remove(RemoveArguments),
}

/// Be told of what happens in a pipeline, in place of what you were told of before
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback subscription add shop --kind conflict --for ann")]
struct AddArguments {
    /// Which pipeline
    #[arg(value_name = "NAME")]
    of: String,
    /// Only of this, such as `conflict`; may be repeated
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// Whom, for who runs the server
    #[arg(long = "for", value_name = "USER")]
    person: Option<String>,
}

/// List of what you are told; at the server's own folder everybody
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback subscription list")]
struct ListArguments {
    /// Whom, for who runs the server
    #[arg(long = "for", value_name = "USER", conflicts_with = "all")]
    person: Option<String>,
    /// Everybody
    #[arg(long)]
    all: bool,
}

/// Be told of a pipeline no more
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback subscription remove shop")]
struct RemoveArguments {
    /// Which pipeline
    #[arg(value_name = "NAME")]
    of: String,
    /// Whom, for who runs the server
    #[arg(long = "for", value_name = "USER")]
    person: Option<String>,
}

impl SubscriptionArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what {
            What::Add(AddArguments { of, kinds, person }) => {
                let request = AddRequest { user: person, pipeline: of, kinds };
                session.tell(&request, render::subscription::added).await
            }
            What::List(ListArguments { person, all }) => {
                session
                    .tell(&ListRequest { user: person, all, ..ListRequest::default() }, render::subscription::list)
                    .await
            }
            What::Remove(RemoveArguments { of, person }) => {
                let request = RemoveRequest { user: person, pipeline: of };
                session.tell(&request, render::subscription::removed).await
            }
        }
    }
}
