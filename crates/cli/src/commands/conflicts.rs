//! `conflicts`: the words it takes.

use crate::commands::encounters;
use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::verbs::conflicts::ConflictsRequest;
use switchback_api::{Failure, Usage};

/// Show what stops a promotion, or what will: the three contents of each conflict, or the changes that would meet
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback conflicts P-7\n  switchback conflicts --ahead\n  switchback conflicts --ahead US-4"
)]
pub struct ConflictsArguments {
    /// Which promotion; with --ahead, only these changes
    #[arg(value_name = "P-N|CHANGE", required_unless_present = "ahead")]
    about: Vec<String>,
    /// Changes in flight that would conflict with each other, or with a top stage, when they get there
    #[arg(long)]
    ahead: bool,
}

impl ConflictsArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        if self.ahead {
            return encounters::run(session, self.about).await;
        }
        match <[String; 1]>::try_from(self.about) {
            Ok([promotion]) => {
                let request = ConflictsRequest { promotion, ..ConflictsRequest::default() };
                session.show(&request, render::conflicts::text).await
            }
            Err(several) => Err(Failure::Usage(Usage {
                code: "usage".to_owned(),
                message: format!("conflicts shows one promotion, not {}", several.len()),
                hint: "name one, or look ahead with `switchback conflicts --ahead`".to_owned(),
                remedy: None,
                place: None,
            })),
        }
    }
}
