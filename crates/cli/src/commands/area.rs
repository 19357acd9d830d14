//! `area list|show|verify|repair|populate|adopt|move|kept`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::area::{
    AdoptRequest, KeptRequest, ListRequest, MoveRequest, PopulateRequest, RepairRequest, ShowRequest, VerifyRequest,
};

/// Look at the places stages deploy to, verify and repair them
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback area list")]
pub struct AreaArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    List(ListArguments),
    Show(ShowArguments),
    Verify(VerifyArguments),
    Repair(RepairArguments),
    Populate(PopulateArguments),
    Adopt(AdoptArguments),
    Move(MoveArguments),
    Kept(KeptArguments),
}

/// List areas
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback area list --stage QA")]
struct ListArguments {
    /// Only those of this stage
    #[arg(long)]
    stage: Option<String>,
}

/// Show one area with its versions
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback area show qa-web")]
struct ShowArguments {
    /// Which
    area: String,
}

/// Compare what targets hold with what they should, and name every deviation
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback area verify qa-web")]
struct VerifyArguments {
    /// Which; every one when none is named
    #[arg(value_name = "AREA")]
    areas: Vec<String>,
}

/// Reinstate an area's newest version, as a new version
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback area repair qa-web --dry-run")]
struct RepairArguments {
    /// Which
    area: String,
}

/// Write an area's baseline, before its first deployment
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback area populate qa-web")]
struct PopulateArguments {
    /// Which
    area: String,
}

/// Take what stands at an area's place as a new version, as after a sandbox was refreshed
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback area adopt qa-web --dry-run")]
struct AdoptArguments {
    /// Which
    area: String,
}

/// Follow an area's place to where it was moved, once the configuration names it
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback area move qa-web")]
struct MoveArguments {
    /// Which
    area: String,
}

/// List what somebody had edited on targets and what was kept of it, or print one file of it
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  switchback area kept qa-web\n  switchback area kept qa-web web/a.txt --at D-4")]
struct KeptArguments {
    /// Only in this area
    area: Option<String>,
    /// Print what this file held
    path: Option<String>,
    /// As this deployment met it; the newest if not said
    #[arg(long, value_name = "D-N", requires = "path")]
    at: Option<String>,
    /// With this content, by the beginning of its id, where one deployment met several edits
    #[arg(long, value_name = "ID", requires = "path")]
    content: Option<String>,
}

impl AreaArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what {
            What::List(ListArguments { stage }) => session.show(&ListRequest { stage }, render::area::list).await,
            What::Show(ShowArguments { area }) => session.show(&ShowRequest { area }, render::area::show).await,
            What::Verify(VerifyArguments { areas }) => {
                session.show(&VerifyRequest { area: areas }, render::area::verify).await
            }
            What::Kept(KeptArguments { area, path, at, content }) => {
                session.show(&KeptRequest { area, path, at, content }, render::area::kept).await
            }
            What::Repair(RepairArguments { area }) => {
                session.tell(&RepairRequest { area }, render::operation::answer).await
            }
            What::Populate(PopulateArguments { area }) => {
                session.tell(&PopulateRequest { area }, render::operation::answer).await
            }
            What::Adopt(AdoptArguments { area }) => {
                session.tell(&AdoptRequest { area }, render::operation::answer).await
            }
            What::Move(MoveArguments { area }) => session.tell(&MoveRequest { area }, render::operation::answer).await,
        }
    }
}
