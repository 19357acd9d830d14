//! `change record|list|show|edit|attest|exclude|include|ignore|task`: the words it takes.

use crate::commands::{attest, record};
use crate::render;
use crate::session::{Session, Told};
use clap::{ArgGroup, Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::change::{DecideRequest, Decision, Edit, ListRequest, ShowRequest};

/// Record changes, look at them, and decide about them
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback change list")]
pub struct ChangeArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Record(Box<record::RecordArguments>),
    List(ListArguments),
    Show(ShowArguments),
    Edit(EditArguments),
    Attest(attest::AttestArguments),
    Exclude(ExcludeArguments),
    Include(IncludeArguments),
    Ignore(IgnoreArguments),
    Task(TaskArguments),
}

/// List changes
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback change list --stage QA --project billing")]
struct ListArguments {
    /// Only those this stage holds
    #[arg(long)]
    stage: Option<String>,
    /// Only those of this project
    #[arg(long)]
    project: Option<String>,
    /// Only those of this release
    #[arg(long)]
    release: Option<String>,
    /// Only those this user answers for
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
}

/// Show everything known about a change
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback change show US-101")]
struct ShowArguments {
    /// Which
    #[arg(value_name = "KEY")]
    change: String,
}

/// Edit what is known about changes
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("facts").required(true).multiple(true).args(["title", "project", "release", "owner", "parent"])))]
#[command(after_help = "Example:\n  switchback change edit US-101 --title \"Pay by card\" --owner ada")]
struct EditArguments {
    /// Which
    #[arg(value_name = "KEY", required = true)]
    changes: Vec<String>,
    /// The title
    #[arg(long)]
    title: Option<String>,
    /// The project they belong to
    #[arg(long)]
    project: Option<String>,
    /// The release they are planned for
    #[arg(long)]
    release: Option<String>,
    /// Who answers for them
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// The change they are part of
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
}

/// Never count and never offer changes; needs a --reason
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback change exclude US-101 --reason \"superseded by US-120\"")]
struct ExcludeArguments {
    /// Which
    #[arg(value_name = "KEY", required = true)]
    changes: Vec<String>,
}

/// Count and offer excluded changes again
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback change include US-101")]
struct IncludeArguments {
    /// Which
    #[arg(value_name = "KEY", required = true)]
    changes: Vec<String>,
}

/// Do not offer changes to a stage; needs a --reason
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback change ignore US-101 --stage DEV2 --reason \"not used there\"")]
struct IgnoreArguments {
    /// Which
    #[arg(value_name = "KEY", required = true)]
    changes: Vec<String>,
    /// To which stage
    #[arg(long)]
    stage: String,
    /// Offer them to it again
    #[arg(long)]
    off: bool,
}

/// Add a manual task that pauses a change's deployments, or say that it is done
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("task").required(true).args(["add", "done"])))]
#[command(
    after_help = "Examples:\n  switchback change task US-101 --add \"rotate the key\"\n  switchback change task US-101 --done 1 --area qa-web"
)]
struct TaskArguments {
    /// Which change
    #[arg(value_name = "KEY")]
    change: String,
    /// Add this task
    #[arg(long, value_name = "TEXT")]
    add: Option<String>,
    /// The task with this number is done
    #[arg(long, value_name = "N", requires = "area")]
    done: Option<u32>,
    /// For which area; a new task is for every one if not said
    #[arg(long)]
    area: Option<String>,
}

impl ChangeArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.what {
            What::Record(typed) => typed.run(session).await,
            What::Attest(typed) => typed.run(session).await,
            What::List(ListArguments { stage, project, release, owner }) => {
                session
                    .show(
                        &ListRequest { stage, project, release, owner, ..ListRequest::default() },
                        render::change::list,
                    )
                    .await
            }
            What::Show(ShowArguments { change }) => session.show(&ShowRequest { change }, render::change::show).await,
            What::Edit(EditArguments { changes, title, project, release, owner, parent }) => {
                let edit = Decision::Edit(Edit { title, project, release, owner, parent });
                decide(session, changes, edit).await
            }
            What::Exclude(ExcludeArguments { changes }) => decide(session, changes, Decision::Exclude).await,
            What::Include(IncludeArguments { changes }) => decide(session, changes, Decision::Include).await,
            What::Ignore(IgnoreArguments { changes, stage, off }) => {
                let decision = if off { Decision::Notice(stage) } else { Decision::Ignore(stage) };
                decide(session, changes, decision).await
            }
            What::Task(typed) => typed.run(session).await,
        }
    }
}

impl TaskArguments {
    async fn run(self, session: &Session) -> Result<Told, Failure> {
        let decision = match (self.add, self.done, self.area) {
            (Some(text), _, area) => Decision::AddTask { text, area },
            (None, Some(number), Some(area)) => Decision::DoTask { number, area },
            _ => return Err(Failure::usage("say what to add with --add, or what is done with --done and --area")),
        };
        decide(session, vec![self.change], decision).await
    }
}

async fn decide(session: &Session, changes: Vec<String>, decision: Decision) -> Result<Told, Failure> {
    session.tell(&DecideRequest { changes, decision }, render::operation::answer).await
}
