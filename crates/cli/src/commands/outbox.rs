//! `outbox list|retry`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::outbox::{ListRequest, RetryRequest};

/// Look at what a server tells people, and have it tell again what was not taken
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback outbox list --dead")]
pub struct OutboxArguments {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand, Debug)]
enum What {
    List(ListArguments),
    Retry(RetryArguments),
}

/// List deliveries of mail and webhooks, newest first
#[derive(Args, Debug, Default)]
#[command(after_help = "Example:\n  switchback outbox list --dead")]
struct ListArguments {
    /// Only what was given up
    #[arg(long, conflicts_with = "state")]
    dead: bool,
    /// Only in this state
    #[arg(long, value_parser = ["queued", "sent", "dead"])]
    state: Option<String>,
    /// At most so many; 100 if not said
    #[arg(short = 'n', value_name = "N")]
    limit: Option<u32>,
}

/// Have a delivery sent again that was given up
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback outbox retry 12")]
struct RetryArguments {
    /// Which, by number
    #[arg(value_name = "ID")]
    delivery: String,
}

impl OutboxArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what.unwrap_or(What::List(ListArguments::default())) {
            What::List(ListArguments { dead, state, limit }) => {
                let state = if dead { Some("dead".to_owned()) } else { state };
                session.list(&ListRequest { state, limit, cursor: None }, render::outbox::list).await
            }
            What::Retry(RetryArguments { delivery }) => {
                session.tell(&RetryRequest { delivery }, render::outbox::again).await
            }
        }
    }
}
