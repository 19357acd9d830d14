//! `jobs list|show|wait|cancel|retry|run`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::jobs::{CancelRequest, ListRequest, RetryRequest, RunRequest, ShowRequest, WaitRequest};

/// Look at the work queued for areas, wait for it, call it off, try it again
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback jobs")]
pub struct JobsArguments {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand, Debug)]
enum What {
    List(ListArguments),
    Show(ShowArguments),
    Wait(WaitArguments),
    Cancel(CancelArguments),
    Retry(RetryArguments),
    Run(RunArguments),
}

/// List jobs, newest first
#[derive(Args, Debug, Default)]
#[command(after_help = "Example:\n  switchback jobs list --state failed")]
struct ListArguments {
    /// Only in this state
    #[arg(long, value_parser = ["queued", "running", "succeeded", "failed", "cancelled", "void"])]
    state: Option<String>,
    /// Only in this area
    #[arg(long)]
    area: Option<String>,
    /// At most so many
    #[arg(short = 'n', value_name = "N")]
    limit: Option<u32>,
}

/// Show one job, with what its hooks said
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback jobs show D-4")]
struct ShowArguments {
    /// Which, by number or deployment
    #[arg(value_name = "JOB")]
    job: String,
}

/// Wait until jobs have come to their end
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback jobs wait D-4")]
struct WaitArguments {
    /// Which, by number or deployment; every open one when none is named
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,
}

/// Call jobs off, and what waits for them; one that runs is taken back
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback jobs cancel 12")]
struct CancelArguments {
    /// Which, by number or deployment
    #[arg(value_name = "JOB", required = true)]
    jobs: Vec<String>,
}

/// Queue failed or cancelled jobs again, and run them
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback jobs retry D-4")]
struct RetryArguments {
    /// Which, by number or deployment
    #[arg(value_name = "JOB", required = true)]
    jobs: Vec<String>,
}

/// Run queued jobs in this process
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback jobs run")]
struct RunArguments {
    /// Which, by number or deployment; every one that may run now when none is named
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,
}

impl JobsArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what.unwrap_or(What::List(ListArguments::default())) {
            What::List(ListArguments { state, area, limit }) => {
                session.list(&ListRequest { state, area, limit, cursor: None }, render::jobs::list).await
            }
            What::Show(ShowArguments { job }) => session.show(&ShowRequest { job }, render::jobs::show).await,
            What::Wait(WaitArguments { jobs }) => session.tell(&WaitRequest { jobs }, render::jobs::touched).await,
            What::Cancel(CancelArguments { jobs }) => {
                session.tell(&CancelRequest { jobs }, render::jobs::called_off).await
            }
            What::Retry(RetryArguments { jobs }) => session.tell(&RetryRequest { jobs }, render::jobs::retried).await,
            What::Run(RunArguments { jobs }) => session.tell(&RunRequest { jobs }, render::jobs::touched).await,
        }
    }
}
