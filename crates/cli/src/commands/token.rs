//! `token create|list|revoke`: the words it takes.

use crate::commands::console::Console;
use crate::commands::grant::PRIVILEGES;
use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::token::{CreateRequest, ListRequest, RevokeRequest};

/// Make and take back what programs come in to a server with
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback token create ci --for ann --privilege promote-next --stage QA --days 30\n  switchback token list"
)]
pub struct TokenArguments {
    #[command(flatten)]
    pub(crate) console: Console,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Create(CreateArguments),
    List(ListArguments),
    Revoke(RevokeArguments),
}

/// Make a token, and print its secret; it is shown once
///
/// It acts for its person, and only narrows what they may do.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback token create dashboard --for ann --plan-only")]
struct CreateArguments {
    /// What it is for
    name: String,
    /// For whom it acts
    #[arg(long = "for", value_name = "USER")]
    person: Option<String>,
    /// Only this privilege; may be repeated
    #[arg(long = "privilege", value_name = "PRIVILEGE", value_parser = PRIVILEGES)]
    privileges: Vec<String>,
    /// Only this pipeline; may be repeated
    #[arg(long = "of", value_name = "PIPELINE")]
    pipelines: Vec<String>,
    /// Only this stage and its areas; may be repeated
    #[arg(long = "stage", value_name = "STAGE")]
    stages: Vec<String>,
    /// It may only ask what would happen
    #[arg(long)]
    plan_only: bool,
    /// For so many days, 1 to 366; 90 if not said
    #[arg(long, value_name = "N")]
    days: Option<u32>,
}

/// List tokens, the newest first; at the server's own folder everybody's
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback token list --for ann")]
struct ListArguments {
    /// Only those that act for this person; one's own if not said
    #[arg(long = "for", value_name = "USER", conflicts_with = "all")]
    person: Option<String>,
    /// Everybody's
    #[arg(long)]
    all: bool,
}

/// Take a token back
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback token revoke 1f3a5c7e9b2d4f60")]
struct RevokeArguments {
    /// Which, as `token list` names it
    #[arg(value_name = "ID")]
    token: String,
}

impl TokenArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what {
            What::Create(CreateArguments { name, person, privileges, pipelines, stages, plan_only, days }) => {
                let request = CreateRequest { name, user: person, privileges, pipelines, stages, plan_only, days };
                session.tell(&request, render::token::made).await
            }
            What::List(ListArguments { person, all }) => {
                session.tell(&ListRequest { user: person, all, ..ListRequest::default() }, render::token::list).await
            }
            What::Revoke(RevokeArguments { token }) => {
                session.tell(&RevokeRequest { token }, render::token::revoked).await
            }
        }
    }
}
