//! `promotion list|show|pr-body|edit|validate|run|clone|drop|cancel`: the words it takes.

use crate::commands::promote::{DeployArguments, ORDERS, types};
use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::promote::Start;
use switchback_api::verbs::promotion::{
    CancelRequest, CloneRequest, DropRequest, EditRequest, ListRequest, PrBodyRequest, RunRequest, ShowRequest,
    ValidateRequest,
};

/// Look at promotion records, edit them, try them, run them, call them off
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion show P-3")]
pub struct PromotionArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    List(ListArguments),
    Show(ShowArguments),
    PrBody(PrBodyArguments),
    Edit(Box<EditArguments>),
    Validate(ValidateArguments),
    Run(RunArguments),
    Clone(CloneArguments),
    Drop(DropArguments),
    Cancel(CancelArguments),
}

/// List promotions, newest first
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion list --status draft")]
struct ListArguments {
    /// Only those in this status
    #[arg(long)]
    status: Option<String>,
    /// Only those that leave or reach this stage
    #[arg(long)]
    stage: Option<String>,
    /// Only those that carry this change
    #[arg(long)]
    change: Option<String>,
    /// At most so many
    #[arg(short = 'n', value_name = "N")]
    limit: Option<u32>,
}

/// Show one promotion
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion show P-3")]
struct ShowArguments {
    /// Which
    #[arg(value_name = "P-N")]
    promotion: String,
}

/// Write what a promotion moves as the text of a pull request, in Markdown
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion pr-body P-3")]
struct PrBodyArguments {
    /// Which
    #[arg(value_name = "P-N")]
    promotion: String,
}

/// Try what running a promotion would do now: merges, gates and areas; nothing moves
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion validate P-3")]
struct ValidateArguments {
    /// Which
    #[arg(value_name = "P-N")]
    promotion: String,
}

/// Run a promotion now; once more if it failed, was cancelled, or did not do all of it
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion run P-3 --dry-run")]
struct RunArguments {
    /// Which
    #[arg(value_name = "P-N")]
    promotion: String,
    /// Take along what the changes need
    #[arg(long)]
    with_dependencies: bool,
    /// Move in spite of a freeze window; needs a privilege and a --reason
    #[arg(long)]
    override_freeze: bool,
}

/// Make a new draft of a promotion, whatever became of it
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion clone P-3")]
struct CloneArguments {
    /// Which
    #[arg(value_name = "P-N")]
    promotion: String,
}

/// Leave changes behind, with what is stacked on them; the rest goes on by itself
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion drop P-3 US-104")]
struct DropArguments {
    /// Which
    #[arg(value_name = "P-N")]
    promotion: String,
    /// What to leave behind
    #[arg(required = true, value_name = "CHANGE")]
    changes: Vec<String>,
}

/// Call a promotion off
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion cancel P-3 --reason \"not this week\"")]
struct CancelArguments {
    /// Which
    #[arg(value_name = "P-N")]
    promotion: String,
}

/// Change what a promotion's record says, before it moves
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback promotion edit P-3 --add US-104 --remove US-101 --at 2026-12-01T22:00")]
struct EditArguments {
    /// Which
    #[arg(value_name = "P-N")]
    promotion: String,
    /// Choose this change in addition; repeat it for several
    #[arg(long, value_name = "CHANGE", value_delimiter = ',')]
    add: Vec<String>,
    /// Choose this change no more; repeat it for several
    #[arg(long, value_name = "CHANGE", value_delimiter = ',')]
    remove: Vec<String>,
    /// Where from
    #[arg(long, value_name = "STAGE")]
    from: Option<String>,
    /// Where to
    #[arg(long, value_name = "STAGE")]
    to: Option<String>,
    /// Run it at this time
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Take it off the schedule
    #[arg(long, conflicts_with = "at")]
    draft: bool,
    /// Its project
    #[arg(long)]
    project: Option<String>,
    /// Its release
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
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    full_profiles: Option<bool>,
    /// Make full permission sets a step of the deployment
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    full_permission_sets: Option<bool>,
    /// Mail the owner when the deployment is complete
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    email_on_complete: Option<bool>,
    /// Take along what the changes need
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    with_dependencies: Option<bool>,
    /// Leave conflicting changes behind instead of stopping
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    skip_conflicted: Option<bool>,
    /// Take children along
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    recursive: Option<bool>,
    /// Make a branch ready for people to merge, and move none
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pull_request: Option<bool>,
    #[command(flatten)]
    deploy: DeployArguments,
}

impl PromotionArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what {
            What::List(ListArguments { status, stage, change, limit }) => {
                session.list(&ListRequest { status, stage, change, limit, cursor: None }, render::promotion::list).await
            }
            What::Show(ShowArguments { promotion }) => {
                session.show(&ShowRequest { promotion }, render::promotion::show).await
            }
            What::PrBody(PrBodyArguments { promotion }) => {
                session.show(&PrBodyRequest { promotion }, render::promotion::pr_body).await
            }
            What::Edit(edit) => session.tell(&edit.into_request(), render::operation::answer).await,
            What::Validate(ValidateArguments { promotion }) => {
                session.tell(&ValidateRequest { promotion }, render::operation::answer).await
            }
            What::Run(RunArguments { promotion, with_dependencies, override_freeze }) => {
                session
                    .tell(&RunRequest { promotion, with_dependencies, override_freeze }, render::operation::answer)
                    .await
            }
            What::Clone(CloneArguments { promotion }) => {
                session.tell(&CloneRequest { promotion }, render::operation::answer).await
            }
            What::Drop(DropArguments { promotion, changes }) => {
                session.tell(&DropRequest { promotion, changes }, render::operation::answer).await
            }
            What::Cancel(CancelArguments { promotion }) => {
                session.tell(&CancelRequest { promotion }, render::operation::answer).await
            }
        }
    }
}

impl EditArguments {
    fn into_request(self) -> EditRequest {
        let start = match self.at {
            Some(time) => Some(Start::At(time)),
            None => self.draft.then_some(Start::Draft),
        };
        EditRequest {
            promotion: self.promotion,
            add: self.add,
            remove: self.remove,
            from: self.from,
            to: self.to,
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
            deploy: self.deploy.into_wish(),
            pull_request: self.pull_request,
            start,
        }
    }
}
