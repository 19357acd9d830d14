//! `change record`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::{ArgGroup, Args};
use switchback_api::Failure;
use switchback_api::verbs::record::{RecordRequest, Source};

/// Record a branch, or some commits, as a change or as its next revision
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("source").required(true).args(["branch", "commits"])))]
#[command(
    after_help = "Examples:\n  switchback change record US-101 --branch feature/US-101 --stage DEV\n  switchback change record US-102 --commits 1a2b3c,main~4..main~2"
)]
pub struct RecordArguments {
    /// What it is called
    #[arg(value_name = "KEY")]
    change: String,
    /// The branch whose tip is the revision
    #[arg(long)]
    branch: Option<String>,
    /// Commits that are not one branch
    #[arg(long, value_name = "X..Y|A,B,C", value_delimiter = ',')]
    commits: Vec<String>,
    /// Where it originates: it is applied there
    #[arg(long)]
    stage: Option<String>,
    /// Its title; the subject of its first commit if not said
    #[arg(long)]
    title: Option<String>,
    /// The project it belongs to
    #[arg(long)]
    project: Option<String>,
    /// The release it is planned for
    #[arg(long)]
    release: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// The change it is part of
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
}

impl RecordArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let source = self.branch.map_or(Source::Commits(self.commits), Source::Branch);
        let request = RecordRequest {
            change: self.change,
            source,
            stage: self.stage,
            title: self.title,
            project: self.project,
            release: self.release,
            owner: self.owner,
            parent: self.parent,
        };
        session.tell(&request, render::operation::answer).await
    }
}
