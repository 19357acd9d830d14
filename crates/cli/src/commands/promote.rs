//! `promote`: the words it takes, most of which `back-promote` takes too.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::promote::{Chosen, Deploy, Options, PromoteRequest, Start};

/// Promote changes: they climb to a higher stage
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback promote US-101 US-102 --to QA --deploy\n  switchback promote --all --from QA --to PROD --at 2026-12-01T22:00"
)]
pub struct PromoteArguments {
    /// Which changes; a draft may be without
    #[arg(value_name = "CHANGE", required_unless_present_any = ["all", "draft"], conflicts_with = "all")]
    changes: Vec<String>,
    /// Everything eligible, of the project and release named
    #[arg(long)]
    all: bool,
    /// Where from; inferred from the pipeline if not said
    #[arg(long, value_name = "STAGE")]
    from: Option<String>,
    /// Where to; inferred from the pipeline if not said
    #[arg(long, value_name = "STAGE")]
    to: Option<String>,
    #[command(flatten)]
    record: RecordArguments,
}

impl PromoteArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let changes = if self.all { Chosen::All } else { Chosen::Keys(self.changes) };
        let (options, start) = self.record.into_options();
        let request = PromoteRequest { changes, from: self.from, to: self.to, options, start };
        session.tell(&request, render::operation::answer).await
    }
}

/// What a promotion's record says, how it runs, and when.
#[derive(Args, Debug)]
pub struct RecordArguments {
    #[command(flatten)]
    deploy: DeployArguments,
    /// Only make the record, to be reviewed, edited and run; it may be without changes, where --to is said
    #[arg(long, conflicts_with = "at")]
    draft: bool,
    /// Run it at this time: RFC 3339, or local in the pipeline's time zone
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Its project; with --all, only changes of it
    #[arg(long)]
    project: Option<String>,
    /// Its release; with --all, only changes of it
    #[arg(long)]
    release: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// In which order changes move, after dependencies
    #[arg(long, value_name = "KEY", value_parser = ORDERS)]
    order_by: Option<String>,
    /// File types that must stop for a person; `none` for no type, whatever the pipeline says
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    exclude_from_auto_resolve: Option<Vec<String>>,
    /// Make full profiles a step of the deployment
    #[arg(long)]
    full_profiles: bool,
    /// Make full permission sets a step of the deployment
    #[arg(long)]
    full_permission_sets: bool,
    /// Mail the owner when the deployment is complete
    #[arg(long)]
    email_on_complete: bool,
    /// Take along what the changes need
    #[arg(long)]
    with_dependencies: bool,
    /// Leave conflicting changes behind instead of stopping
    #[arg(long)]
    skip_conflicted: bool,
    /// Take children along
    #[arg(long)]
    recursive: bool,
    /// Move in spite of a freeze window; needs a privilege and a --reason
    #[arg(long)]
    override_freeze: bool,
    /// Move no branch: make branch switchback/P-N ready, and wait until people have merged it
    #[arg(long)]
    pull_request: bool,
}

/// The orders changes can move in.
pub(crate) const ORDERS: [&str; 5] = ["recorded", "key", "approved", "title", "project"];

/// File types as they were typed: `none`, or nothing between the quotes, is a list without any.
pub(crate) fn types(typed: Option<Vec<String>>) -> Option<Vec<String>> {
    typed.map(|list| list.into_iter().filter(|word| !word.is_empty() && word != "none").collect())
}

impl RecordArguments {
    /// What they ask for.
    pub(crate) fn into_options(self) -> (Options, Start) {
        let start = match self.at {
            Some(time) => Start::At(time),
            None if self.draft => Start::Draft,
            None => Start::Now,
        };
        let options = Options {
            project: self.project,
            release: self.release,
            owner: self.owner,
            order_by: self.order_by,
            exclude_from_auto_resolve: types(self.exclude_from_auto_resolve),
            full_profiles: self.full_profiles,
            full_permission_sets: self.full_permission_sets,
            email_on_complete: self.email_on_complete,
            with_dependencies: self.with_dependencies,
            skip_conflicted: self.skip_conflicted,
            recursive: self.recursive,
            override_freeze: self.override_freeze,
            deploy: self.deploy.into_wish().unwrap_or_default(),
            pull_request: self.pull_request,
        };
        (options, start)
    }
}

/// What is deployed once the changes have moved.
#[derive(Args, Debug)]
pub struct DeployArguments {
    /// Deploy to the default areas of the stage the changes arrive at
    #[arg(long)]
    deploy: bool,
    /// Deploy to this area instead; repeat it for several
    #[arg(long = "area", value_name = "AREA")]
    areas: Vec<String>,
    /// Deploy nothing
    #[arg(long, conflicts_with_all = ["deploy", "areas"])]
    no_deploy: bool,
}

impl DeployArguments {
    /// What they ask for; `None` when nothing was said.
    pub(crate) fn into_wish(self) -> Option<Deploy> {
        match (self.areas.is_empty(), self.deploy, self.no_deploy) {
            (false, ..) => Some(Deploy::Areas(self.areas)),
            (true, true, _) => Some(Deploy::Defaults),
            (true, false, true) => Some(Deploy::Nothing),
            (true, false, false) => None,
        }
    }
}
