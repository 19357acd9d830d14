//! `resolution list|show|forget`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::resolution::{ForgetRequest, ListRequest, ShowRequest};

/// Look at how conflicts were settled, and will be again; forget one
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback resolution list")]
pub struct ResolutionArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    List(ListArguments),
    Show(ShowArguments),
    Forget(ForgetArguments),
}

/// List resolutions, newest first
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback resolution list --path web/index.html --forgotten")]
struct ListArguments {
    /// Only those about this path
    #[arg(long)]
    path: Option<String>,
    /// Those that were forgotten too
    #[arg(long)]
    forgotten: bool,
}

/// Show one resolution: the three contents, the result, and where it was used
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback resolution show 1f09a2b4")]
struct ShowArguments {
    /// Which; its first digits are enough
    #[arg(value_name = "ID")]
    resolution: String,
}

/// Settle nothing by a resolution any more; what it settled stays, and is named
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback resolution forget 1f09a2b4 --reason \"it dropped a field\"")]
struct ForgetArguments {
    /// Which; its first digits are enough
    #[arg(value_name = "ID")]
    resolution: String,
}

impl ResolutionArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what {
            What::List(ListArguments { path, forgotten }) => {
                session.show(&ListRequest { path, forgotten }, render::resolution::list).await
            }
            What::Show(ShowArguments { resolution }) => {
                session.show(&ShowRequest { resolution }, render::resolution::show).await
            }
            What::Forget(ForgetArguments { resolution }) => {
                session.tell(&ForgetRequest { resolution }, render::operation::answer).await
            }
        }
    }
}
